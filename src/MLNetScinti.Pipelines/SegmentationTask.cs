using Microsoft.ML;
using Microsoft.ML.Data;
using MLNetScinti.Evaluation;
using MLNetScinti.Evaluation.Reporting;
using MLNetScinti.Imaging;
using MLNetScinti.Networks;
using MLNetScinti.Pipelines.Data;

namespace MLNetScinti.Pipelines;

/// <summary>
/// Which voxels are what: <c>Label</c> is a vector of Single with the mask's extents, holding label numbers, 0 for background. A network
/// has one output channel for one label (a logistic function), or one for background and each label (a softmax). Answers: Probability
/// ([channels, ...]) and PredictedLabel (label numbers, [...]). In a labels table, a label is the file of a mask.
/// </summary>
/// <param name="Shape">The extents of image and mask.</param>
/// <param name="Classes">The names of the labels from 1 on.</param>
public sealed record SegmentationTask(ImageShape Shape, params IReadOnlyList<string> Classes) : LearningTask(Classes)
{
    // Thresholds of a mask are looked for in steps of a hundredth.
    private const int Steps = 100;

    /// <inheritdoc/>
    public override string Name => "segmentation";

    /// <inheritdoc/>
    public override string Expected => "the file of a mask (NIfTI), from the table's folder";

    /// <inheritdoc/>
    public override Loss DefaultLoss => new DiceLoss();

    /// <inheritdoc/>
    public override TensorShape TargetShape => [1, .. Shape.ToArray().Select(extent => (long)extent)];

    private int Channels => Classes.Count == 1 ? 1 : Classes.Count + 1;

    /// <inheritdoc/>
    public override Target Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        string file = text.Trim().Replace('\\', '/');
        return file.Length > 0 && !Path.IsPathRooted(file) && !file.Split('/').Contains("..", StringComparer.Ordinal)
            ? new MaskFileTarget(file)
            : throw new FormatException($"expected the file of a mask (NIfTI), relative to the folder of studies and within it, found '{text}'.");
    }

    /// <inheritdoc/>
    public override string Describe(Target target) => "mask";

    /// <inheritdoc/>
    public override IReadOnlyList<ClassCount> Count(IEnumerable<Target> targets)
    {
        int[] cases = new int[Classes.Count];
        foreach (MaskTarget mask in targets.Cast<MaskTarget>())
        {
            for (int label = 1; label <= cases.Length; label++)
            {
                cases[label - 1] += mask.Labels.Span.Contains((byte)label) ? 1 : 0;
            }
        }

        return [.. Classes.Select((name, index) => new ClassCount(name, cases[index]))];
    }

    /// <inheritdoc/>
    public override void MustFit(NetworkGraph network) => MustFit(network, Inferer.WholeImage);

    /// <inheritdoc/>
    public override void MustFit(NetworkGraph network, Inferer inferer)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(inferer);
        long[] expected = [Channels, .. inferer.WindowOf(TargetShape).Skip(1)];
        if (!network.OutputShape.SequenceEqual(expected))
        {
            throw new ArgumentException($"A network for masks of {Classes.Count} labels needs the output {string.Join(" x ", expected)}, found {network.OutputShape}.", nameof(network));
        }
    }

    /// <inheritdoc/>
    public bool Equals(SegmentationTask? other) => base.Equals(other) && Shape == other!.Shape;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(base.GetHashCode(), Shape);

    internal override IReadOnlyList<AnswerColumn> Answers =>
        [new(AnswerColumn.Probability, [Channels, .. Shape.ToArray()]), new(AnswerColumn.PredictedLabel, Shape.ToArray())];

    internal override StreamingColumn<TRow> TargetColumn<TRow>(Func<TRow, Target> target) =>
        StreamingColumn<TRow>.Vector(LabelColumn, Shape.ToArray(), isImage: true, row =>
        {
            ReadOnlySpan<byte> labels = ((MaskTarget)target(row)).Labels.Span;
            float[] values = new float[labels.Length];
            for (int i = 0; i < values.Length; i++)
            {
                values[i] = labels[i];
            }

            return values;
        });

    internal override Func<Target> TargetReader(DataViewRow row, DataViewSchema.Column column)
    {
        ValueGetter<VBuffer<float>> getter = ClassNames.Getter<VBuffer<float>>(row, column,
            column.Type is VectorDataViewType vector && vector.ItemType.Equals(NumberDataViewType.Single) && vector.Size == Shape.Length, $"Single of {Shape}");
        VBuffer<float> value = default;
        return () =>
        {
            getter(ref value);
            return new MaskTarget(Shape, value.DenseValues().Select(label => (byte)label).ToArray());
        };
    }

    internal override void Write(Target target, Span<float> values)
    {
        ReadOnlySpan<byte> labels = ((MaskTarget)target).Labels.Span;
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = labels[i];
        }
    }

    internal override void WriteAnswers(OnnxGraphBuilder graph, string output, TaskDecision decision, IDictionary<string, string> values)
    {
        const int single = 1;
        string probability, label;
        if (Channels == 1)
        {
            probability = graph.Node("Sigmoid", [output]);
            string over = graph.Node("GreaterOrEqual", [probability, graph.Constant([decision.Thresholds[0].Value], [])]);
            label = graph.Node("Cast", [over], new NodeAttribute("to", single));
        }
        else
        {
            probability = graph.Node("Softmax", [output], new NodeAttribute("axis", 1));
            string most = graph.Node("ArgMax", [output], new NodeAttribute("axis", 1), new NodeAttribute("keepdims", 1));
            label = graph.Node("Cast", [most], new NodeAttribute("to", single));
        }

        values[AnswerColumn.Probability] = probability;
        long[] shape = [-1, .. Shape.ToArray().Select(extent => (long)extent)];
        values[AnswerColumn.PredictedLabel] = graph.Node("Reshape", [label, graph.Constant(shape, [shape.Length])]);
    }

    internal override bool HasMean => true;

    internal override void WriteMean(OnnxGraphBuilder graph, IReadOnlyList<IReadOnlyDictionary<string, string>> models, TaskDecision decision, IDictionary<string, string> values)
    {
        const int single = 1;
        string probability = graph.Node("Mean", [.. models.Select(model => model[AnswerColumn.Probability])]);
        string called = Channels == 1
            ? graph.Node("GreaterOrEqual", [probability, graph.Constant([decision.Thresholds[0].Value], [])])
            : graph.Node("ArgMax", [probability], new NodeAttribute("axis", 1), new NodeAttribute("keepdims", 1));
        long[] shape = [-1, .. Shape.ToArray().Select(extent => (long)extent)];
        values[AnswerColumn.Probability] = probability;
        values[AnswerColumn.PredictedLabel] = graph.Node("Reshape", [graph.Node("Cast", [called], new NodeAttribute("to", single)), graph.Constant(shape, [shape.Length])]);
    }

    // The threshold that gives the highest Dice over all validation voxels together; of equal ones the lowest distance to a half.
    internal override TaskDecision Fit(IEnumerable<AnsweredCase> validation)
    {
        if (Channels > 1)
        {
            return TaskDecision.MostProbable;
        }

        long[] inside = new long[Steps + 1], outside = new long[Steps + 1];
        int cases = 0;
        foreach (AnsweredCase one in validation)
        {
            cases++;
            ReadOnlySpan<byte> truth = ((MaskTarget)one.Truth).Labels.Span;
            for (int i = 0; i < truth.Length; i++)
            {
                int step = Math.Clamp((int)(one.Answers[0][i] * Steps), 0, Steps);
                (truth[i] > 0 ? inside : outside)[step]++;
            }
        }

        long all = inside.Sum(), found = 0, wrong = 0;
        if (all == 0)
        {
            return new([DecisionThreshold.Fixed(0.5f, "The validation masks are empty, so no threshold could be fitted.")]);
        }

        (double dice, int best) = (-1, Steps / 2);
        for (int step = Steps; step >= 1; step--)
        {
            found += inside[step];
            wrong += outside[step];
            double value = 2.0 * found / (all + found + wrong);
            if (value > dice || (value.Equals(dice) && Math.Abs(step - (Steps / 2)) < Math.Abs(best - (Steps / 2))))
            {
                (dice, best) = (value, step);
            }
        }

        return new([DecisionThreshold.Fixed((float)best / Steps, string.Create(System.Globalization.CultureInfo.InvariantCulture,
            $"The highest Dice of all voxels of the {cases} validation cases together ({dice:0.000}), in steps of 0.01."))]);
    }

    internal override IEvaluation Evaluate(IEnumerable<AnsweredCase> validation, IEnumerable<AnsweredCase> test, TaskDecision decision, EvaluationOptions options) =>
        SegmentationEvaluation.Of(Classes, new ValidationScores<SegmentedCase>(validation.Select(Segmented)), new TestScores<SegmentedCase>(test.Select(Segmented)), options);

    // The answer's label numbers stand on the decision already: what is judged is the mask that would be served.
    private SegmentedCase Segmented(AnsweredCase one)
    {
        byte[] truth = ((MaskTarget)one.Truth).Labels.ToArray();
        float[] called = one.Answers[1];
        double[] spacing = [.. one.Spacing];
        return new SegmentedCase(one.CaseId, one.PatientId, [.. Classes.Select((_, index) => MaskMeasures.Of(
            Array.ConvertAll(truth, label => label == index + 1), Array.ConvertAll(called, label => label.Equals(index + 1f)), Shape, spacing))])
        { Facts = one.Facts };
    }
}
