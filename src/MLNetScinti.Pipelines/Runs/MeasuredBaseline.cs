using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;
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
    private readonly MeasuredClasses? _classes;
    private readonly LearningTask _task;

    private MeasuredBaseline(ITransformer model, MeasuredClasses? classes, LearningTask task, int cases)
    {
        _model = model;
        _classes = classes;
        _task = task;
        TrainingCases = cases;
    }

    /// <summary>The number of cases that it was trained on.</summary>
    public int TrainingCases { get; }

    /// <summary>Measures the training patients' cases and fits the regression: one of two classes, of several, or one for each finding.</summary>
    /// <exception cref="ArgumentException">The task is one of masks.</exception>
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
        IEstimator<ITransformer> measures = definition.Measures(ml).Append(ml.Transforms.NormalizeMinMax(Features, fixZero: false));
        if (task is not BinaryTask)
        {
            ITransformer steps = measures.Fit(training);
            return new MeasuredBaseline(steps, MeasuredClasses.Train(ml, task, MeasuredClasses.Read(steps.Transform(training), task), L2), task, cases);
        }

        ITransformer model = measures
            .AppendCacheCheckpoint(ml)
            .Append(ml.BinaryClassification.Trainers.LbfgsLogisticRegression(l1Regularization: 0, l2Regularization: L2))
            .Fit(training);
        return new MeasuredBaseline(model, null, task, cases);
    }

    /// <summary>Evaluates the baseline: the threshold comes from the validation patients, the figures from the test patients.</summary>
    public IEvaluation Evaluate(ValidationSet validation, TestSet test, EvaluationOptions options, CancellationToken cancellationToken = default)
    {
        if (_classes is { } classes)
        {
            AnsweredCase[] chosen = [.. Measured(validation, cancellationToken)];
            TaskDecision decision = _task.Fit(chosen);
            return _task.Evaluate(classes.Called(chosen, decision), classes.Called(Measured(test, cancellationToken), decision), decision, options);
        }

        AnsweredCase[] fitted = [.. Answer(validation, cancellationToken)];
        return _task.Evaluate(fitted, [.. Answer(test, cancellationToken)], _task.Fit(fitted), options);
    }

    private IEnumerable<AnsweredCase> Measured(PatientSet set, CancellationToken cancellationToken)
    {
        Case[] cases = [.. set.Cases!.Read(images: false)];
        foreach ((Case one, IReadOnlyList<float[]> answers) in cases.Zip(_classes!.Answer(MeasuredClasses.Read(_model.Transform(set), _task))))
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return new AnsweredCase(one.Id, one.PatientId, one.Facts, one.Target!, answers, []);
        }
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

/// <summary>Regressions of ML.NET on measures, for tasks of several classes: one for all of them where one is true, else one for each.</summary>
internal sealed class MeasuredClasses
{
    private readonly MLContext _ml;
    private readonly LearningTask _task;
    private readonly IReadOnlyList<ITransformer> _models;

    private MeasuredClasses(MLContext ml, LearningTask task, IReadOnlyList<ITransformer> models) => (_ml, _task, _models) = (ml, task, models);

    /// <summary>The measures of a view's rows, with what is true of them.</summary>
    public static IReadOnlyList<(float[] Measures, Target Truth)> Read(IDataView rows, LearningTask task)
    {
        DataViewSchema.Column label = rows.Schema[LearningTask.LabelColumn], features = rows.Schema[nameof(MeasuredRow.Features)];
        using DataViewRowCursor cursor = rows.GetRowCursor([label, features]);
        Func<Target> truth = task.TargetReader(cursor, label);
        ValueGetter<VBuffer<float>> measures = cursor.GetGetter<VBuffer<float>>(features);
        VBuffer<float> values = default;
        List<(float[], Target)> read = [];
        while (cursor.MoveNext())
        {
            measures(ref values);
            read.Add(([.. values.DenseValues()], truth()));
        }

        return read;
    }

    public static MeasuredClasses Train(MLContext ml, LearningTask task, IReadOnlyList<(float[] Measures, Target Truth)> rows, float l2)
    {
        // On one thread: sums in another order would be other sums.
        if (task is MulticlassTask)
        {
            IDataView view = View(ml, rows, task.Classes.Count, row => (uint)((ClassTarget)row.Truth).Index, _ => false);
            return new(ml, task, [ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy(new LbfgsMaximumEntropyMulticlassTrainer.Options
            {
                LabelColumnName = nameof(MeasuredRow.Class), L1Regularization = 0, L2Regularization = l2, NumberOfThreads = 1,
            }).Fit(view)]);
        }

        if (rows.Any(row => row.Truth is not FindingsTarget))
        {
            throw new ArgumentException($"A {task.Name} has no baseline of measures.", nameof(task));
        }

        return new(ml, task, [.. task.Classes.Select((_, finding) => (ITransformer)ml.BinaryClassification.Trainers.LbfgsLogisticRegression(new LbfgsLogisticRegressionBinaryTrainer.Options
        {
            LabelColumnName = nameof(MeasuredRow.Present), L1Regularization = 0, L2Regularization = l2, NumberOfThreads = 1,
        }).Fit(View(ml, rows, 1, _ => 0, row => ((FindingsTarget)row.Truth).Present[finding])))]);
    }

    /// <summary>What the task's models answer, row by row; nothing is called yet where that takes a threshold.</summary>
    public IEnumerable<IReadOnlyList<float[]>> Answer(IReadOnlyList<(float[] Measures, Target Truth)> rows)
    {
        IDataView view = View(_ml, rows, _task.Classes.Count, _ => 0, _ => false);
        if (_task is MulticlassTask)
        {
            return _models[0].Transform(view).GetColumn<float[]>("Score").Select(scores => (IReadOnlyList<float[]>)[scores, [Array.IndexOf(scores, scores.Max())]]).ToArray();
        }

        float[][] logits = [.. _models.Select(model => model.Transform(view).GetColumn<float>("Score").ToArray())];
        return [.. Enumerable.Range(0, rows.Count).Select(row =>
        {
            float[] scores = [.. logits.Select(each => each[row])], probabilities = [.. scores.Select(score => 1 / (1 + MathF.Exp(-score)))];
            // Where at most two classes go together the probabilities of a case are shares of one.
            float sum = _task is OneOrTwoTask ? probabilities.Sum() : 1;
            return (IReadOnlyList<float[]>)[scores, [.. probabilities.Select(one => one / sum)], new float[scores.Length]];
        })];
    }

    /// <summary>The cases with what is called of them.</summary>
    public IEnumerable<AnsweredCase> Called(IEnumerable<AnsweredCase> cases, TaskDecision decision) => _task is MulticlassTask ? cases : cases.Select(one => one with
    {
        Answers = [one.Answers[0], one.Answers[1], [.. (_task is OneOrTwoTask ? OneOrTwoTask.Call(one.Answers[1], decision.Thresholds[0].Value)
            : one.Answers[1].Select((probability, finding) => probability >= decision.Thresholds[finding].Value)).Select(called => called ? 1f : 0f)]],
    });

    private static IDataView View(MLContext ml, IReadOnlyList<(float[] Measures, Target Truth)> rows, int classes, Func<(float[] Measures, Target Truth), uint> key, Func<(float[] Measures, Target Truth), bool> present)
    {
        // Keys of rows that are no view's count from 0; ML.NET's own count from 1.
        SchemaDefinition schema = SchemaDefinition.Create(typeof(MeasuredRow));
        schema[nameof(MeasuredRow.Features)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, rows[0].Measures.Length);
        schema[nameof(MeasuredRow.Class)].ColumnType = new KeyDataViewType(typeof(uint), classes);
        return ml.Data.LoadFromEnumerable(rows.Select(row => new MeasuredRow { Features = row.Measures, Class = key(row), Present = present(row) }).ToArray(), schema);
    }

    private sealed class MeasuredRow
    {
        public float[] Features { get; set; } = [];

        public uint Class { get; set; }

        public bool Present { get; set; }
    }
}
