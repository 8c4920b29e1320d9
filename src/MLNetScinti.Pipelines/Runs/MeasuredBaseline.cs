using Microsoft.ML;
using MLNetScinti.Evaluation;
using MLNetScinti.Pipelines.Data;

namespace MLNetScinti.Pipelines.Runs;

/// <summary>
/// What every network has to beat: logistic regression of ML.NET on a system's hand-made measures, trained on the same patients, its
/// threshold fitted on the same validation patients.
/// </summary>
public sealed class MeasuredBaseline
{
    /// <summary>The baseline's name in tables.</summary>
    public const string Name = "baseline";

    private const string Features = "Features";

    // So little that a few measures of hundreds of cases fit freely, and enough that separable ones keep finite weights.
    private const float L2 = 0.01f;

    private readonly ITransformer _model;
    private readonly LearningTask _task;

    private MeasuredBaseline(ITransformer model, LearningTask task, int cases)
    {
        _model = model;
        _task = task;
        TrainingCases = cases;
    }

    /// <summary>The number of cases that it was trained on.</summary>
    public int TrainingCases { get; }

    /// <summary>Measures the training patients' cases and fits the regression.</summary>
    public static MeasuredBaseline Train(MLContext ml, BaselineDefinition definition, LearningTask task, TrainingSet training)
    {
        ArgumentNullException.ThrowIfNull(ml);
        ArgumentNullException.ThrowIfNull(definition);
        ArgumentNullException.ThrowIfNull(training);
        int cases = 0;
        using (DataViewRowCursor cursor = training.GetRowCursor([]))
        {
            while (cursor.MoveNext())
            {
                cases++;
            }
        }

        // The measures are kept: the regression goes over its rows many times.
        ITransformer model = definition.Measures(ml)
            .Append(ml.Transforms.NormalizeMinMax(Features, fixZero: false))
            .AppendCacheCheckpoint(ml)
            .Append(ml.BinaryClassification.Trainers.LbfgsLogisticRegression(l1Regularization: 0, l2Regularization: L2))
            .Fit(training);
        return new MeasuredBaseline(model, task, cases);
    }

    /// <summary>Evaluates the baseline: the threshold comes from the validation patients, the figures from the test patients.</summary>
    public IEvaluation Evaluate(ValidationSet validation, TestSet test, EvaluationOptions options, CancellationToken cancellationToken = default)
    {
        AnsweredCase[] fitted = [.. Answer(validation, cancellationToken)];
        return _task.Evaluate(fitted, [.. Answer(test, cancellationToken)], _task.Fit(fitted), options);
    }

    private IEnumerable<AnsweredCase> Answer(PatientSet set, CancellationToken cancellationToken)
    {
        IDataView scored = _model.Transform(set);
        DataViewSchema schema = scored.Schema;
        DataViewSchema.Column label = schema[LearningTask.LabelColumn], id = schema[CaseSchema.CaseId], score = schema["Score"], probability = schema["Probability"];
        using DataViewRowCursor cursor = scored.GetRowCursor([label, id, score, probability]);
        Func<string> readId = RowReading.Text(cursor, id);
        Func<Target> truth = _task.TargetReader(cursor, label);
        Func<float> readScore = RowReading.Number(cursor, score), readProbability = RowReading.Number(cursor, probability);
        Dictionary<string, Case> cases = set.Cases!.Read(images: false).ToDictionary(one => one.Id, StringComparer.Ordinal);
        while (cursor.MoveNext())
        {
            cancellationToken.ThrowIfCancellationRequested();
            Case one = cases[readId()];
            yield return new AnsweredCase(one.Id, one.PatientId, one.Facts, truth(), [[readScore()], [readProbability()]], []);
        }
    }
}
