using Microsoft.ML;
using Microsoft.ML.Data;
using MLNetScinti.Evaluation;
using MLNetScinti.Evaluation.Reporting;
using MLNetScinti.Imaging;
using MLNetScinti.Networks;
using MLNetScinti.Pipelines.Data;

namespace MLNetScinti.Pipelines;

/// <summary>
/// One of two classes: <c>Label</c> is Boolean, true for the second class, the one that is looked for. Answers, as ML.NET's binary
/// classifiers have them: Score (the logit), Probability (of the second class), PredictedLabel.
/// </summary>
public sealed record BinaryTask(string Negative, string Positive) : LearningTask([Negative, Positive])
{
    /// <inheritdoc/>
    public override string Name => "binary-classification";

    /// <inheritdoc/>
    public override Loss DefaultLoss => new BinaryCrossEntropy();

    /// <inheritdoc/>
    public override TensorShape TargetShape => [1];

    /// <inheritdoc/>
    public override Target Parse(string text) => new ClassTarget(ClassNames.IndexOf(Classes, text));

    /// <inheritdoc/>
    public override string Describe(Target target) => Classes[((ClassTarget)target).Index];

    /// <inheritdoc/>
    public override IReadOnlyList<ClassCount> Count(IEnumerable<Target> targets) => [new(Positive, targets.Count(target => ((ClassTarget)target).Index == 1))];

    /// <inheritdoc/>
    public override void MustFit(NetworkGraph network)
    {
        ArgumentNullException.ThrowIfNull(network);
        if (network.OutputShape.ElementCount != 1)
        {
            throw new ArgumentException($"A binary classifier needs a network with one output, found {network.OutputShape}.", nameof(network));
        }
    }

    // No field of its own: two tasks of the same names are the same.
    internal override IReadOnlyList<AnswerColumn> Answers =>
        [new(AnswerColumn.Score, []), new(AnswerColumn.Probability, []), new(AnswerColumn.PredictedLabel, [], OnnxElement.Boolean)];

    internal override StreamingColumn<TRow> TargetColumn<TRow>(Func<TRow, Target> target) =>
        StreamingColumn<TRow>.Flag(LabelColumn, row => ((ClassTarget)target(row)).Index == 1);

    internal override Func<Target> TargetReader(DataViewRow row, DataViewSchema.Column column)
    {
        ValueGetter<bool> getter = ClassNames.Getter<bool>(row, column, column.Type is BooleanDataViewType, "Boolean");
        bool value = false;
        return () =>
        {
            getter(ref value);
            return new ClassTarget(value ? 1 : 0);
        };
    }

    internal override void Write(Target target, Span<float> values) => values[0] = ((ClassTarget)target).Index;

    internal override void WriteAnswers(OnnxGraphBuilder graph, string output, TaskDecision decision, IDictionary<string, string> values)
    {
        string probability = graph.Node("Sigmoid", [output]);
        values[AnswerColumn.Score] = output;
        values[AnswerColumn.Probability] = probability;
        values[AnswerColumn.PredictedLabel] = graph.Node("GreaterOrEqual", [probability, graph.Constant([decision.Thresholds[0].Value], [])]);
    }

    internal override bool HasMean => true;

    internal override void WriteMean(OnnxGraphBuilder graph, IReadOnlyList<IReadOnlyDictionary<string, string>> models, TaskDecision decision, IDictionary<string, string> values)
    {
        (values[AnswerColumn.Score], values[AnswerColumn.Probability]) = MeanAnswers.Write(graph, models, 1);
        values[AnswerColumn.PredictedLabel] = graph.Node("GreaterOrEqual", [values[AnswerColumn.Probability], graph.Constant([decision.Thresholds[0].Value], [])]);
    }

    internal override IEvaluation EvaluateEach(IEnumerable<AnsweredCase> test, IReadOnlyList<TaskDecision> decisions, EvaluationOptions options) =>
        BinaryEvaluation.Of(new TestScores(test.Select(one => Scored(one) with { Decision = one.Answers[2][0] > 0 })), DecisionThreshold.OfEach([.. decisions.Select(one => one.Thresholds[0])]), options);

    // With one class only there is nothing to fit: the report then says that the threshold was given, and why.
    internal override TaskDecision Fit(IEnumerable<AnsweredCase> validation)
    {
        ValidationScores scores = new(validation.Select(Scored));
        return new([scores.Positives > 0 && scores.Negatives > 0
            ? DecisionThreshold.Fit(scores, Threshold)
            : DecisionThreshold.Fixed(0.5f, "The validation patients hold one class only, so no threshold could be fitted.")]);
    }

    internal override IEvaluation Evaluate(IEnumerable<AnsweredCase> validation, IEnumerable<AnsweredCase> test, TaskDecision decision, EvaluationOptions options) =>
        BinaryEvaluation.Of(new ValidationScores(validation.Select(Scored)), new TestScores(test.Select(Scored)), decision.Thresholds[0], options);

    internal static ValidationScores ValidationScoresOf(IEnumerable<AnsweredCase> validation) => new(validation.Select(Scored));

    private static ScoredCase Scored(AnsweredCase one) =>
        new(one.CaseId, one.PatientId, ((ClassTarget)one.Truth).Index == 1, one.Answers[0][0], one.Answers[1][0]) { Facts = one.Facts };
}

/// <summary>
/// One of several classes: <c>Label</c> is a key whose values are the classes' names. Answers, as ML.NET's multi-class classifiers have
/// them: Score (the probability of each class), PredictedLabel (a key; in the ONNX file an index from 0).
/// </summary>
public sealed record MulticlassTask(params IReadOnlyList<string> Classes) : LearningTask(Classes)
{
    /// <inheritdoc/>
    public override string Name => "multiclass-classification";

    /// <inheritdoc/>
    public override Loss DefaultLoss => new SoftmaxCrossEntropy { Classes = Classes.Count };

    /// <inheritdoc/>
    public override TensorShape TargetShape => [1];

    /// <inheritdoc/>
    public override Target Parse(string text) => new ClassTarget(ClassNames.IndexOf(Classes, text));

    /// <inheritdoc/>
    public override string Describe(Target target) => Classes[((ClassTarget)target).Index];

    /// <inheritdoc/>
    public override IReadOnlyList<ClassCount> Count(IEnumerable<Target> targets)
    {
        int[] indices = [.. targets.Select(target => ((ClassTarget)target).Index)];
        return [.. Classes.Select((name, index) => new ClassCount(name, indices.Count(one => one == index)))];
    }

    /// <inheritdoc/>
    public override void MustFit(NetworkGraph network) => ClassNames.MustHaveOutputs(network, Classes, Name);

    /// <inheritdoc/>
    public bool Equals(MulticlassTask? other) => base.Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => base.GetHashCode();

    internal override IReadOnlyList<AnswerColumn> Answers =>
        [new(AnswerColumn.Score, [Classes.Count]), new(AnswerColumn.PredictedLabel, [], OnnxElement.Int64, Classes)];

    internal override StreamingColumn<TRow> TargetColumn<TRow>(Func<TRow, Target> target) =>
        StreamingColumn<TRow>.Key(LabelColumn, Classes, row => ((ClassTarget)target(row)).Index);

    internal override Func<Target> TargetReader(DataViewRow row, DataViewSchema.Column column)
    {
        ValueGetter<uint> getter = ClassNames.Getter<uint>(row, column, column.Type is KeyDataViewType { RawType: { } raw } && raw == typeof(uint), $"a key of UInt32 with {Classes.Count} values");
        uint value = 0;
        return () =>
        {
            getter(ref value);
            return value >= 1 && value <= Classes.Count
                ? new ClassTarget((int)value - 1)
                : throw new InvalidOperationException($"A row of the column '{column.Name}' has the key {value}; the task has {Classes.Count} classes.");
        };
    }

    internal override void Write(Target target, Span<float> values) => values[0] = ((ClassTarget)target).Index;

    internal override void WriteAnswers(OnnxGraphBuilder graph, string output, TaskDecision decision, IDictionary<string, string> values)
    {
        string flat = graph.Node("Reshape", [output, graph.Constant([-1L, Classes.Count], [2])]);
        values[AnswerColumn.Score] = graph.Node("Softmax", [flat], new NodeAttribute("axis", 1));
        values[AnswerColumn.PredictedLabel] = graph.Node("ArgMax", [flat], new NodeAttribute("axis", 1), new NodeAttribute("keepdims", 1));
    }

    internal override bool HasMean => true;

    internal override void WriteMean(OnnxGraphBuilder graph, IReadOnlyList<IReadOnlyDictionary<string, string>> models, TaskDecision decision, IDictionary<string, string> values)
    {
        values[AnswerColumn.Score] = graph.Node("Mean", [.. models.Select(model => model[AnswerColumn.Score])]);
        values[AnswerColumn.PredictedLabel] = graph.Node("ArgMax", [values[AnswerColumn.Score]], new NodeAttribute("axis", 1), new NodeAttribute("keepdims", 1));
    }

    internal override IEvaluation EvaluateEach(IEnumerable<AnsweredCase> test, IReadOnlyList<TaskDecision> decisions, EvaluationOptions options) =>
        MulticlassEvaluation.Of(Classes, test.Select(Scored), options);

    internal override TaskDecision Fit(IEnumerable<AnsweredCase> validation) => TaskDecision.MostProbable;

    internal override IEvaluation Evaluate(IEnumerable<AnsweredCase> validation, IEnumerable<AnsweredCase> test, TaskDecision decision, EvaluationOptions options) =>
        MulticlassEvaluation.Of(Classes, new ValidationScores<MulticlassCase>(validation.Select(Scored)), new TestScores<MulticlassCase>(test.Select(Scored)), options);

    private static MulticlassCase Scored(AnsweredCase one) =>
        new(one.CaseId, one.PatientId, ((ClassTarget)one.Truth).Index, one.Answers[0]) { Facts = one.Facts };
}

/// <summary>
/// Some of several findings: <c>Label</c> is a vector of Boolean, one for each. Answers: Score (a logit each), Probability,
/// PredictedLabel (each against a threshold of its own).
/// </summary>
public sealed record MultiLabelTask(params IReadOnlyList<string> Classes) : LearningTask(Classes)
{
    /// <inheritdoc/>
    public override string Name => "multilabel-classification";

    /// <inheritdoc/>
    public override string Expected => $"none, or some of {string.Join(", ", Classes)} joined by '+'";

    /// <inheritdoc/>
    public override Loss DefaultLoss => new MultiLabelCrossEntropy();

    /// <inheritdoc/>
    public override TensorShape TargetShape => [Classes.Count];

    /// <inheritdoc/>
    public override Target Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        string[] found = text.Split(['+', ';', '|'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        int[] present = [.. found.Where(word => !string.Equals(word, "none", StringComparison.OrdinalIgnoreCase)).Select(word => ClassNames.IndexOf(Classes, word))];
        return found.Length > 0
            ? new FindingsTarget([.. Enumerable.Range(0, Classes.Count).Select(present.Contains)])
            : throw new FormatException($"expected findings out of {string.Join(", ", Classes)} joined by '+', or none, found nothing.");
    }

    /// <inheritdoc/>
    public override string Describe(Target target)
    {
        IReadOnlyList<bool> present = ((FindingsTarget)target).Present;
        return present.Any(one => one) ? string.Join('+', Classes.Where((_, index) => present[index])) : "none";
    }

    /// <inheritdoc/>
    public override IReadOnlyList<ClassCount> Count(IEnumerable<Target> targets)
    {
        FindingsTarget[] all = [.. targets.Cast<FindingsTarget>()];
        return [.. Classes.Select((name, index) => new ClassCount(name, all.Count(one => one.Present[index])))];
    }

    /// <inheritdoc/>
    public override void MustFit(NetworkGraph network) => ClassNames.MustHaveOutputs(network, Classes, Name);

    /// <inheritdoc/>
    public bool Equals(MultiLabelTask? other) => base.Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => base.GetHashCode();

    internal override IReadOnlyList<AnswerColumn> Answers =>
    [
        new(AnswerColumn.Score, [Classes.Count]), new(AnswerColumn.Probability, [Classes.Count]),
        new(AnswerColumn.PredictedLabel, [Classes.Count], OnnxElement.Boolean),
    ];

    internal override StreamingColumn<TRow> TargetColumn<TRow>(Func<TRow, Target> target) =>
        StreamingColumn<TRow>.Flags(LabelColumn, Classes, row => ((FindingsTarget)target(row)).Present);

    internal override Func<Target> TargetReader(DataViewRow row, DataViewSchema.Column column) => FindingsTarget.Reader(row, column, Classes.Count);

    internal override void Write(Target target, Span<float> values)
    {
        IReadOnlyList<bool> present = ((FindingsTarget)target).Present;
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = present[i] ? 1 : 0;
        }
    }

    internal override void WriteAnswers(OnnxGraphBuilder graph, string output, TaskDecision decision, IDictionary<string, string> values)
    {
        string flat = graph.Node("Reshape", [output, graph.Constant([-1L, Classes.Count], [2])]);
        string probability = graph.Node("Sigmoid", [flat]);
        values[AnswerColumn.Score] = flat;
        values[AnswerColumn.Probability] = probability;
        float[] thresholds = [.. decision.Thresholds.Select(threshold => threshold.Value)];
        values[AnswerColumn.PredictedLabel] = graph.Node("GreaterOrEqual", [probability, graph.Constant(thresholds, [Classes.Count])]);
    }

    internal override bool HasMean => true;

    internal override void WriteMean(OnnxGraphBuilder graph, IReadOnlyList<IReadOnlyDictionary<string, string>> models, TaskDecision decision, IDictionary<string, string> values)
    {
        (values[AnswerColumn.Score], values[AnswerColumn.Probability]) = MeanAnswers.Write(graph, models, Classes.Count);
        float[] thresholds = [.. decision.Thresholds.Select(threshold => threshold.Value)];
        values[AnswerColumn.PredictedLabel] = graph.Node("GreaterOrEqual", [values[AnswerColumn.Probability], graph.Constant(thresholds, [Classes.Count])]);
    }

    internal override IEvaluation EvaluateEach(IEnumerable<AnsweredCase> test, IReadOnlyList<TaskDecision> decisions, EvaluationOptions options) =>
        MultiLabelEvaluation.Of(Classes, new TestScores<MultiLabelCase>(test.Select(one => Scored(one) with { Decisions = [.. one.Answers[2].Select(called => called > 0)] })),
            [.. Classes.Select((_, k) => DecisionThreshold.OfEach([.. decisions.Select(one => one.Thresholds[k])]))], options);

    internal override TaskDecision Fit(IEnumerable<AnsweredCase> validation)
    {
        AnsweredCase[] all = [.. validation];
        return new([.. Classes.Select((name, index) =>
        {
            ValidationScores scores = new(all.Select(one =>
                new ScoredCase(one.CaseId, one.PatientId, ((FindingsTarget)one.Truth).Present[index], one.Answers[0][index], one.Answers[1][index])));
            return scores.Positives > 0 && scores.Negatives > 0
                ? DecisionThreshold.Fit(scores, Threshold)
                : DecisionThreshold.Fixed(0.5f, $"The validation patients are all alike in '{name}', so no threshold could be fitted.");
        })]);
    }

    internal override IEvaluation Evaluate(IEnumerable<AnsweredCase> validation, IEnumerable<AnsweredCase> test, TaskDecision decision, EvaluationOptions options) =>
        MultiLabelEvaluation.Of(Classes, new ValidationScores<MultiLabelCase>(validation.Select(Scored)), new TestScores<MultiLabelCase>(test.Select(Scored)), decision.Thresholds, options);

    private static MultiLabelCase Scored(AnsweredCase one) =>
        new(one.CaseId, one.PatientId, ((FindingsTarget)one.Truth).Present, one.Answers[1]) { Facts = one.Facts };
}

/// <summary>The mean of several models' probabilities that each come from a logit.</summary>
internal static class MeanAnswers
{
    /// <summary>Writes the mean and its logit, which is had from the models' logits: that of a mean near 0 or 1 stays finite and keeps its digits.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="models">Of each model the values of its answers, [N, answers] each.</param>
    /// <param name="answers">Answers of one model.</param>
    public static (string Score, string Probability) Write(OnnxGraphBuilder graph, IReadOnlyList<IReadOnlyDictionary<string, string>> models, int answers)
    {
        string shape = graph.Constant([-1L, 1, answers], [3]);
        string scores = graph.Node("Concat", [.. models.Select(model => graph.Node("Reshape", [model[AnswerColumn.Score], shape]))], new NodeAttribute("axis", 1));
        // log p = -softplus(-logit) and log (1 - p) = -softplus(logit); the number of models falls out of the difference.
        string Sum(string logits) => graph.Node("ReduceLogSumExp", [graph.Node("Neg", [graph.Node("Softplus", [logits])])], new NodeAttribute("axes", new long[] { 1 }), new NodeAttribute("keepdims", 0));
        string yes = Sum(graph.Node("Neg", [scores])), no = Sum(scores);
        string flat = graph.Constant([-1L, answers], [2]);
        string probability = graph.Node("Mean", [.. models.Select(model => graph.Node("Reshape", [model[AnswerColumn.Probability], flat]))]);
        return (graph.Node("Sub", [yes, no]), probability);
    }
}

/// <summary>Names of classes in tables: letters' case does not count, 0 and 1 are taken where there are two classes.</summary>
internal static class ClassNames
{
    public static int IndexOf(IReadOnlyList<string> classes, string text)
    {
        string word = text.Trim();
        for (int i = 0; i < classes.Count; i++)
        {
            if (string.Equals(classes[i], word, StringComparison.OrdinalIgnoreCase))
            {
                return i;
            }
        }

        // What people write for one of two: the first class is that nothing is there.
        int told = classes.Count != 2 ? -1 : word.ToLowerInvariant() switch
        {
            "0" or "no" or "n" or "false" or "negative" or "neg" or "-" => 0,
            "1" or "yes" or "y" or "true" or "positive" or "pos" or "+" => 1,
            _ => -1,
        };
        return told >= 0 ? told : throw new FormatException($"expected {string.Join(" or ", classes)}, found '{text}'.");
    }

    public static void MustHaveOutputs(NetworkGraph network, IReadOnlyList<string> classes, string task)
    {
        ArgumentNullException.ThrowIfNull(network);
        if (network.OutputShape.ElementCount != classes.Count)
        {
            throw new ArgumentException($"A network for {task} with {classes.Count} classes ({string.Join(", ", classes)}) needs as many outputs, found {network.OutputShape}.", nameof(network));
        }
    }

    public static ValueGetter<T> Getter<T>(DataViewRow row, DataViewSchema.Column column, bool fits, string expected) => fits
        ? row.GetGetter<T>(column)
        : throw new Transforms.ColumnException($"The label column '{column.Name}' is expected to hold {expected}, found {column.Type}.");
}
