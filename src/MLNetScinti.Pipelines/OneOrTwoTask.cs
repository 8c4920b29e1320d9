using Microsoft.ML;
using MLNetScinti.Evaluation;
using MLNetScinti.Evaluation.Reporting;
using MLNetScinti.Imaging;
using MLNetScinti.Networks;
using MLNetScinti.Pipelines.Data;

namespace MLNetScinti.Pipelines;

/// <summary>
/// One of several classes, or two of them: a softmax whose most probable class is called, and beside it the second one where its
/// probability reaches a threshold that was fitted on validation data. The first class goes with no other. <c>Label</c> is a vector of
/// Boolean; a case of two classes is trained on as half of each. Answers, and how they are judged, are those of
/// <see cref="MultiLabelTask"/>: Score (a logit each), Probability (they sum to 1), PredictedLabel.
/// </summary>
/// <param name="Alone">The class that goes with no other.</param>
/// <param name="Findings">The others, of which two may go together.</param>
public sealed record OneOrTwoTask(string Alone, params IReadOnlyList<string> Findings) : LearningTask([Alone, .. Findings])
{
    // Above every second probability: none is called.
    private const float Never = 1;

    /// <inheritdoc/>
    public override string Name => "multilabel-classification";

    /// <inheritdoc/>
    public override string Expected => $"{Alone}, or one or two of {string.Join(", ", Findings)} joined by '+'";

    /// <inheritdoc/>
    public override Loss DefaultLoss => new SoftmaxCrossEntropy { Classes = Classes.Count };

    /// <inheritdoc/>
    public override TensorShape TargetShape => [Classes.Count];

    /// <inheritdoc/>
    public override Target Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        string[] words = text.Split(['+', ';', '|'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        int[] present = [.. words.Select(word => string.Equals(word, "none", StringComparison.OrdinalIgnoreCase) ? 0 : ClassNames.IndexOf(Classes, word)).Distinct()];
        return present.Length == 1 || (present.Length == 2 && !present.Contains(0))
            ? new FindingsTarget([.. Enumerable.Range(0, Classes.Count).Select(present.Contains)])
            : throw new FormatException($"expected {Alone}, or one or two of {string.Join(", ", Findings)} joined by '+', found '{text}'.");
    }

    /// <inheritdoc/>
    public override string Describe(Target target) => string.Join('+', Classes.Where((_, index) => ((FindingsTarget)target).Present[index]));

    /// <inheritdoc/>
    public override IReadOnlyList<ClassCount> Count(IEnumerable<Target> targets)
    {
        FindingsTarget[] all = [.. targets.Cast<FindingsTarget>()];
        return [.. Classes.Select((name, index) => new ClassCount(name, all.Count(one => one.Present[index])))];
    }

    /// <inheritdoc/>
    public override void MustFit(NetworkGraph network) => ClassNames.MustHaveOutputs(network, Classes, Name);

    /// <inheritdoc/>
    public bool Equals(OneOrTwoTask? other) => base.Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => base.GetHashCode();

    /// <summary>What is called: the most probable class, and the second finding where it reaches the threshold.</summary>
    /// <param name="probabilities">The probability of each class.</param>
    /// <param name="threshold">The least probability of a second finding.</param>
    public static IReadOnlyList<bool> Call(IReadOnlyList<float> probabilities, float threshold)
    {
        ArgumentNullException.ThrowIfNull(probabilities);
        (int first, int second) = Ranks(probabilities);
        bool[] called = new bool[probabilities.Count];
        called[first] = true;
        if (first > 0 && second > 0 && probabilities[second] >= threshold)
        {
            called[second] = true;
        }

        return called;
    }

    internal override IReadOnlyList<AnswerColumn> Answers =>
    [
        new(AnswerColumn.Score, [Classes.Count]), new(AnswerColumn.Probability, [Classes.Count]),
        new(AnswerColumn.PredictedLabel, [Classes.Count], OnnxElement.Boolean),
    ];

    internal override bool HasMean => true;

    internal override StreamingColumn<TRow> TargetColumn<TRow>(Func<TRow, Target> target) =>
        StreamingColumn<TRow>.Flags(LabelColumn, Classes, row => ((FindingsTarget)target(row)).Present);

    internal override Func<Target> TargetReader(DataViewRow row, DataViewSchema.Column column) => FindingsTarget.Reader(row, column, Classes.Count);

    internal override void Write(Target target, Span<float> values)
    {
        IReadOnlyList<bool> present = ((FindingsTarget)target).Present;
        float each = 1f / present.Count(one => one);
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = present[i] ? each : 0;
        }
    }

    internal override void WriteAnswers(OnnxGraphBuilder graph, string output, TaskDecision decision, IDictionary<string, string> values)
    {
        string flat = graph.Node("Reshape", [output, graph.Constant([-1L, Classes.Count], [2])]);
        values[AnswerColumn.Score] = flat;
        values[AnswerColumn.Probability] = graph.Node("Softmax", [flat], new NodeAttribute("axis", 1));
        WriteCall(graph, decision, values);
    }

    internal override void WriteMean(OnnxGraphBuilder graph, IReadOnlyList<IReadOnlyDictionary<string, string>> models, TaskDecision decision, IDictionary<string, string> values)
    {
        string probability = graph.Node("Mean", [.. models.Select(model => model[AnswerColumn.Probability])]);
        values[AnswerColumn.Probability] = probability;
        values[AnswerColumn.Score] = graph.Node("Log", [graph.Node("Max", [probability, graph.Constant([1e-37f], [])])]);
        WriteCall(graph, decision, values);
    }

    internal override IEvaluation EvaluateEach(IEnumerable<AnsweredCase> test, IReadOnlyList<TaskDecision> decisions, EvaluationOptions options) =>
        MultiLabelEvaluation.Of(Classes, new TestScores<MultiLabelCase>(test.Select(Scored)), Thresholds(DecisionThreshold.OfEach([.. decisions.Select(one => one.Thresholds[0])])), options);

    internal override TaskDecision Fit(IEnumerable<AnsweredCase> validation)
    {
        AnsweredCase[] all = [.. validation];
        if (!all.Any(one => ((FindingsTarget)one.Truth).Present.Count(present => present) > 1))
        {
            return new([DecisionThreshold.Fixed(Never, "No validation case has two findings, so no threshold could be fitted: a second one is never called.")]);
        }

        // Only where two findings come first and second does the threshold decide: what it gains by calling the second one there.
        List<(float Second, int Gain)> steps = [];
        foreach (AnsweredCase one in all)
        {
            (int first, int second) = Ranks(one.Answers[1]);
            IReadOnlyList<bool> truth = ((FindingsTarget)one.Truth).Present;
            if (first > 0 && second > 0)
            {
                bool alone = truth.Count(present => present) == 1 && truth[first], both = truth.Count(present => present) == 2 && truth[first] && truth[second];
                steps.Add((one.Answers[1][second], both ? 1 : alone ? -1 : 0));
            }
        }

        float threshold = Never;
        int gained = 0, most = 0;
        foreach (IGrouping<float, (float Second, int Gain)> step in steps.GroupBy(step => step.Second).OrderByDescending(step => step.Key))
        {
            gained += step.Sum(one => one.Gain);
            if (gained > most)
            {
                (threshold, most) = (step.Key, gained);
            }
        }

        return new([DecisionThreshold.Kept(threshold, ThresholdProtocol.Validation,
            "Of the second finding's probability: most validation cases are called exactly right. Among thresholds that are equally good the highest is taken.", all.Length, all.Select(one => one.PatientId).Distinct(StringComparer.Ordinal).Count())]);
    }

    internal override IEvaluation Evaluate(IEnumerable<AnsweredCase> validation, IEnumerable<AnsweredCase> test, TaskDecision decision, EvaluationOptions options) =>
        MultiLabelEvaluation.Of(Classes, new ValidationScores<MultiLabelCase>(validation.Select(Scored)), new TestScores<MultiLabelCase>(test.Select(Scored)), Thresholds(decision.Thresholds[0]), options);

    private IReadOnlyList<DecisionThreshold> Thresholds(DecisionThreshold second) =>
        [.. Classes.Select((_, index) => DecisionThreshold.ByCase(second, index == 0 ? "Called where it is the most probable class." : "Called where it is the most probable class, or the second one behind another finding, with this probability at least."))];

    private static (int First, int Second) Ranks(IReadOnlyList<float> probabilities)
    {
        int first = 0, second = -1;
        for (int k = 1; k < probabilities.Count; k++)
        {
            first = probabilities[k] > probabilities[first] ? k : first;
        }

        for (int k = 1; k < probabilities.Count; k++)
        {
            second = k != first && (second < 0 || probabilities[k] > probabilities[second]) ? k : second;
        }

        return (first, second);
    }

    private void WriteCall(OnnxGraphBuilder graph, TaskDecision decision, IDictionary<string, string> values)
    {
        long[] places = [.. Classes.Select((_, index) => (long)index)];
        string probability = values[AnswerColumn.Probability], range = graph.Constant(places, [1, places.Length]);
        string first = graph.Node("ArgMax", [probability], new NodeAttribute("axis", 1), new NodeAttribute("keepdims", 1));
        string isFirst = graph.Node("Equal", [range, first]);
        // The first class stands apart, and what comes first is no second.
        string apart = graph.Node("Or", [isFirst, graph.Node("Equal", [range, graph.Constant([0L], [1, 1])])]);
        string others = graph.Node("Where", [apart, graph.Constant([-1f], []), probability]);
        string second = graph.Node("ArgMax", [others], new NodeAttribute("axis", 1), new NodeAttribute("keepdims", 1));
        string reaches = graph.Node("GreaterOrEqual", [others, graph.Constant([decision.Thresholds.Count > 0 ? decision.Thresholds[0].Value : Never], [])]);
        string isSecond = graph.Node("And", [graph.Node("And", [graph.Node("Equal", [range, second]), reaches]), graph.Node("Greater", [first, graph.Constant([0L], [1, 1])])]);
        values[AnswerColumn.PredictedLabel] = graph.Node("Or", [isFirst, isSecond]);
    }

    private static MultiLabelCase Scored(AnsweredCase one) =>
        new(one.CaseId, one.PatientId, ((FindingsTarget)one.Truth).Present, one.Answers[1]) { Facts = one.Facts, Decisions = [.. one.Answers[2].Select(called => called > 0)] };
}
