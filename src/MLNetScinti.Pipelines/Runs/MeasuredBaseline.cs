using Microsoft.ML;
using MLNetScinti.Evaluation;
using MLNetScinti.Pipelines.Data;
using MLNetScinti.Pipelines.Transforms;

namespace MLNetScinti.Pipelines.Runs;

/// <summary>
/// What every network has to beat: logistic regression on the kidneys' hand-made measures (side asymmetry, volume, evenness of
/// the cortex), trained on the same patients, its threshold fitted on the same validation patients.
/// </summary>
public sealed class MeasuredBaseline
{
    /// <summary>The baseline's name in tables.</summary>
    public const string Name = "baseline";

    /// <summary>What it is, in a few words.</summary>
    public const string Description = "logistic regression on hand-made measures: side asymmetry, volume, evenness of the cortex";

    // So little that eight measures of hundreds of kidneys fit freely, and enough that separable ones keep finite weights.
    private const float L2 = 0.01f;

    private readonly ITransformer _model;
    private readonly MLContext _ml;

    private MeasuredBaseline(MLContext ml, ITransformer model, int kidneys)
    {
        _ml = ml;
        _model = model;
        TrainingKidneys = kidneys;
    }

    /// <summary>The number of kidneys it was trained on.</summary>
    public int TrainingKidneys { get; }

    /// <summary>Measures the training patients' kidneys and fits the regression.</summary>
    public static MeasuredBaseline Train(MLContext ml, TrainingSet training, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(ml);
        ArgumentNullException.ThrowIfNull(training);
        MeasuredKidney[] kidneys = [.. Measure(ml, training, cancellationToken).Select(kidney => kidney.Measures)];
        ITransformer model = ml.Transforms.NormalizeMinMax("Features", fixZero: false)
            .Append(ml.BinaryClassification.Trainers.LbfgsLogisticRegression(l1Regularization: 0, l2Regularization: L2))
            .Fit(ml.Data.LoadFromEnumerable(kidneys));
        return new MeasuredBaseline(ml, model, kidneys.Length);
    }

    /// <summary>Evaluates the baseline: the threshold comes from the validation patients, the figures from the test patients.</summary>
    public BinaryEvaluation Evaluate(ValidationSet validation, TestSet test, EvaluationOptions options, CancellationToken cancellationToken = default)
    {
        ValidationScores fitted = new(Score(validation, cancellationToken));
        return BinaryEvaluation.Of(fitted, new TestScores(Score(test, cancellationToken)), DecisionThreshold.FitYouden(fitted), options);
    }

    private List<ScoredCase> Score(IDataView set, CancellationToken cancellationToken)
    {
        (ScoredCase Case, MeasuredKidney Measures)[] kidneys = [.. Measure(_ml, set, cancellationToken)];
        IDataView scored = _model.Transform(_ml.Data.LoadFromEnumerable(kidneys.Select(kidney => kidney.Measures)));
        DataViewSchema.Column score = scored.Schema["Score"], probability = scored.Schema["Probability"];
        using DataViewRowCursor cursor = scored.GetRowCursor([score, probability]);
        Func<float> readScore = RowReading.Number(cursor, score), readProbability = RowReading.Number(cursor, probability);
        List<ScoredCase> cases = [];
        while (cursor.MoveNext())
        {
            cases.Add(kidneys[cases.Count].Case with { Score = readScore(), Probability = readProbability() });
        }

        return cases;
    }

    private static IEnumerable<(ScoredCase Case, MeasuredKidney Measures)> Measure(MLContext ml, IDataView set, CancellationToken cancellationToken)
    {
        IDataView measured = ml.Transforms.MeasureKidneys("Features").Fit(set).Transform(set);
        DataViewSchema schema = measured.Schema;
        using DataViewRowCursor cursor = measured.GetRowCursor([.. CaseReader.Columns.Append("Features").Select(name => schema[name])]);
        CaseReader reader = new(cursor);
        Func<ReadOnlyMemory<float>> features = RowReading.Values(cursor, schema["Features"]);
        while (cursor.MoveNext())
        {
            cancellationToken.ThrowIfCancellationRequested();
            ScoredCase one = reader.Read(0, 0);
            yield return (one, new MeasuredKidney { Label = one.Label, Features = features().ToArray() });
        }
    }
}
