using System.Buffers;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLNetScinti.Evaluation;
using MLNetScinti.Evaluation.Reporting;
using MLNetScinti.Imaging;
using MLNetScinti.Networks;
using MLNetScinti.Pipelines.Data;
using MLNetScinti.Pipelines.Serving;
using MLNetScinti.Pipelines.Transforms;

namespace MLNetScinti.Pipelines;

/// <summary>
/// A trained network as a step of a chain, in its ONNX form: it reads preprocessed images and adds the answers of its task, as
/// ML.NET's own models name them.
/// </summary>
[TypeFormatterSource(typeof(NetworkTransformer))]
public sealed class NetworkTransformer : RowTransformer, IBatchMapping, IFusableStage, IDisposable
{
    private readonly Lazy<OnnxScorer> _scorer;

    internal NetworkTransformer(
        LearningTask task, IReadOnlyList<string> features, NetworkGraph network, NetworkWeights weights, IReadOnlyList<ImageShape> shapes, TaskDecision decision, TrainingResult training)
    {
        Task = task;
        Features = features;
        Network = network;
        Weights = weights;
        Shapes = shapes;
        Decision = decision;
        Training = training;
        _scorer = new Lazy<OnnxScorer>(() => new OnnxScorer(FusedModel.Of("network", "", [this], task, ServedDecision), threads: 1));
    }

    /// <summary>What is asked of a case.</summary>
    public LearningTask Task { get; }

    /// <summary>The network.</summary>
    public NetworkGraph Network { get; }

    /// <summary>The weights of the epoch that was kept.</summary>
    public NetworkWeights Weights { get; }

    /// <summary>What was decided on validation cases.</summary>
    public TaskDecision Decision { get; }

    /// <summary>How the training went.</summary>
    public TrainingResult Training { get; }

    /// <summary>How images go through the network.</summary>
    public Inferer Inferer { get; init; } = Inferer.WholeImage;

    /// <summary>Images that were generated and trained on beside the cases; null for none.</summary>
    public GenerationSection? Generation { get; init; }

    /// <summary>What is true of the cases that it was trained on.</summary>
    public IReadOnlyList<Target> TrainingTargets { get; private init; } = [];

    /// <summary>What its probabilities mean; null where that is not known.</summary>
    public BundleCalibration? Calibration { get; private init; }

    /// <summary>The columns that it reads.</summary>
    public IReadOnlyList<string> Features { get; }

    /// <summary>The shapes of the images in these columns.</summary>
    internal IReadOnlyList<ImageShape> Shapes { get; }

    /// <inheritdoc/>
    protected override IReadOnlyList<string> InputColumns => Features;

    IReadOnlyList<FusedColumn> IFusableStage.Inputs => [.. Features.Select((feature, index) => new FusedColumn(feature, Shapes[index].ToArray()))];

    IReadOnlyList<FusedColumn> IFusableStage.Outputs => [.. Task.Answers.Select(answer => new FusedColumn(answer.Name, answer.Dimensions, answer.Element))];

    // Answers that stand on a threshold need one even before it is fitted: it is not looked at then.
    private TaskDecision ServedDecision => Decision.Thresholds.Count > 0 || Task is MulticlassTask
        ? Decision
        : new([.. Task.Classes.Select(_ => DecisionThreshold.Fixed(0.5f, "Before the threshold is fitted."))]);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_scorer.IsValueCreated)
        {
            _scorer.Value.Dispose();
        }
    }

    /// <summary>Saves the stock form. Called by <c>Model.Save</c>.</summary>
    protected override void Save(ModelSaveContext context) => StockForm.Save([this], context);

    /// <summary>The same network with what was decided.</summary>
    internal NetworkTransformer WithDecision(TaskDecision decision, IReadOnlyList<Target> targets, BundleCalibration? calibration)
    {
        Dispose();
        return new(Task, Features, Network, Weights, Shapes, decision, Training) { TrainingTargets = targets, Calibration = calibration, Inferer = Inferer, Generation = Generation };
    }

    /// <summary>The answers for preprocessed rows of known truth, one after the other.</summary>
    internal IEnumerable<AnsweredCase> Answer(IDataView rows, NetworkTrainerOptions options) =>
        AnswerReading.Read(_scorer.Value, rows, Task, options.LabelColumnName, options.CaseColumnName, options.PatientColumnName, options.CancellationToken);

    /// <inheritdoc/>
    protected override IReadOnlyList<DataViewSchema.DetachedColumn> OutputColumns(DataViewSchema input)
    {
        for (int i = 0; i < Features.Count; i++)
        {
            ImageShape found = ImageColumns.ShapeOf(input, Features[i]);
            if (found != Shapes[i])
            {
                throw new ColumnException($"The column '{Features[i]}' is expected to hold images of {Shapes[i]}, as in training; found {found}.");
            }
        }

        return AnswerGetters.Columns(Task);
    }

    /// <inheritdoc/>
    protected override IReadOnlyList<Delegate> MakeGetters(DataViewRow row) => AnswerGetters.Make(row, Task, _scorer.Value);

    int IBatchMapping.RowsAtOnce => _scorer.Value.AtOnce;

    IRowBatch IBatchMapping.Begin(DataViewRow input) => new AnswerBatch(input, Task, _scorer.Value);

    void IFusableStage.WriteNodes(OnnxGraphBuilder graph, IDictionary<string, string> values)
    {
        List<string> inputs = [];
        for (int i = 0; i < Features.Count; i++)
        {
            long[] shape = [-1, Network.Inputs[i].Shape.Channels, .. Shapes[i].ToArray().Select(extent => (long)extent)];
            inputs.Add(graph.Node("Reshape", [values[Features[i]], graph.Constant(shape, [shape.Length])]));
        }

        TensorShape image = TensorShape.Create([Network.Inputs[0].Shape.Channels, .. Shapes[0].ToArray().Select(extent => (long)extent)]);
        string output = graph.AddNetwork(Network, Weights, inputs, Inferer, image, new OnnxNetworkOptions { WithActivation = false });
        Task.WriteAnswers(graph, output, ServedDecision, values);
    }
}

/// <summary>The answers of a model as columns of a row.</summary>
internal static class AnswerGetters
{
    public static IReadOnlyList<DataViewSchema.DetachedColumn> Columns(LearningTask task) => [.. task.Answers.Select(answer =>
    {
        DataViewSchema.Annotations.Builder annotations = new();
        if (answer.KeyNames is { } names)
        {
            annotations.Add("KeyValues", new VectorDataViewType(TextDataViewType.Instance, names.Count),
                (ref VBuffer<ReadOnlyMemory<char>> values) => values = new VBuffer<ReadOnlyMemory<char>>(names.Count, [.. names.Select(name => name.AsMemory())]));
        }

        return new DataViewSchema.DetachedColumn(answer.Name, answer.Type, annotations.ToAnnotations());
    })];

    /// <summary>One run a row, however many of the columns are read. A row without a position (a prediction engine's) is always new.</summary>
    public static IReadOnlyList<Delegate> Make(DataViewRow row, LearningTask task, OnnxScorer scorer)
    {
        Func<ReadOnlyMemory<float>>[] readers = [.. scorer.Model.InputColumns.Select(name => RowReading.Values(row, row.Schema[name], reuse: true))];
        long scored = -1;
        IReadOnlyList<float[]> answers = [];
        IReadOnlyList<float[]> Answers()
        {
            if (row.Position < 0 || scored != row.Position || row is not DataViewRowCursor)
            {
                answers = scorer.Score([[.. readers.Select(read => read())]])[0];
                scored = row.Position;
            }

            return answers;
        }

        return [.. task.Answers.Select((answer, index) => Getter(answer, () => Answers()[index]))];
    }

    internal static Delegate Getter(AnswerColumn answer, Func<float[]> values) => (answer.Element, answer.Dimensions.Count) switch
    {
        (OnnxElement.Boolean, 0) => (ValueGetter<bool>)((ref bool value) => value = values()[0] > 0),
        (OnnxElement.Boolean, _) => (ValueGetter<VBuffer<bool>>)((ref VBuffer<bool> value) => value = new VBuffer<bool>(answer.Length, Array.ConvertAll(values(), one => one > 0))),
        (OnnxElement.Int64, 0) => (ValueGetter<uint>)((ref uint value) => value = (uint)values()[0] + 1),
        (_, 0) => (ValueGetter<float>)((ref float value) => value = values()[0]),
        _ => (ValueGetter<VBuffer<float>>)((ref VBuffer<float> value) => value = new VBuffer<float>(answer.Length, values())),
    };
}

/// <summary>The answers of a model for a few rows at once.</summary>
internal sealed class AnswerBatch : IRowBatch
{
    private readonly LearningTask _task;
    private readonly OnnxScorer _scorer;
    private readonly Func<ReadOnlyMemory<float>>[] _readers;
    private float[][] _taken;
    private IReadOnlyList<float[]>[]? _answers;

    public AnswerBatch(DataViewRow input, LearningTask task, OnnxScorer scorer)
    {
        _task = task;
        _scorer = scorer;
        _readers = [.. scorer.Model.InputColumns.Select(name => RowReading.Values(input, input.Schema[name], reuse: true))];
        // Memory that is new costs a page fault for each 4 KiB, at 128 x 128 x 128 a twentieth of the network's own time.
        _taken = [.. scorer.Lengths.Select(length => ArrayPool<float>.Shared.Rent(scorer.AtOnce * length))];
    }

    public void Take(int place)
    {
        _answers = null;
        for (int column = 0; column < _taken.Length; column++)
        {
            ReadOnlySpan<float> values = _readers[column]().Span;
            int length = _scorer.Lengths[column];
            if (values.Length != length)
            {
                throw new InvalidOperationException($"The model reads {length} values of '{_scorer.Model.InputColumns[column]}'; a row holds {values.Length}.");
            }

            values.CopyTo(_taken[column].AsSpan(place * length, length));
        }
    }

    public void Dispose()
    {
        foreach (float[] values in _taken)
        {
            ArrayPool<float>.Shared.Return(values);
        }

        _taken = [];
    }

    public IReadOnlyList<Delegate> MakeGetters(Func<int> place, Func<int> count) =>
        [.. _task.Answers.Select((answer, index) => AnswerGetters.Getter(answer, () => (_answers ??= _scorer.ScoreTogether(count(), _taken))[place()][index]))];
}
