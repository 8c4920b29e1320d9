using System.Globalization;
using System.Text.Json;
using Microsoft.ML;
using MLNetScinti.Imaging;
using MLNetScinti.Networks;

namespace MLNetScinti.Pipelines.Serving;

/// <summary>A file that is no fused model. The message is one line.</summary>
public sealed class NotAFusedModelException : Exception
{
    /// <summary>Makes the exception from its one line.</summary>
    public NotAFusedModelException(string message)
        : base(PlainText.Message(message))
    {
    }

    /// <summary>Makes the exception from its one line and what lies behind it.</summary>
    public NotAFusedModelException(string message, Exception innerException)
        : base(PlainText.Message(message), innerException)
    {
    }
}

/// <summary>
/// A whole fitted pipeline as one ONNX model: decoded images in, the answers of its task out. Normalisation, projection,
/// network, output function and decision are all inside, so what serves is what was tested.
/// </summary>
/// <remarks>
/// Inputs bear the names of the pipeline's columns with a batch axis N in front, scalars are [N, 1]. Outputs are those of the
/// task, see <see cref="BinaryTask"/>, <see cref="MulticlassTask"/>, <see cref="MultiLabelTask"/> and <see cref="SegmentationTask"/>.
/// </remarks>
[TypeFormatterSource(typeof(FusedModel))]
public sealed class FusedModel
{
    // Of one case: an image of 512 x 512 x 1,000 is as large as one comes.
    private const long MostValues = 1L << 28;

    private const string TaskKey = "scinti.task", ClassesKey = "scinti.classes", ShapeKey = "scinti.shape", ThresholdsKey = "scinti.thresholds", NotFusedKey = "scinti.not-fused", RuleKey = "scinti.rule", OneOrTwo = "one-or-two";

    private readonly OnnxModel? _built;
    private readonly string? _path;

    private FusedModel(OnnxModel? built, string? path, IReadOnlyList<FusedColumn> inputs, LearningTask task)
    {
        _built = built;
        _path = path;
        Inputs = inputs;
        Task = task;
    }

    /// <summary>What is asked of a case.</summary>
    public LearningTask Task { get; }

    /// <summary>What its file says it decides by; null where that is not known without the file, or the file does not say it.</summary>
    internal string? Thresholds { get; private init; }

    /// <summary>What of the pipeline is not in the file, so that it does not answer for cases as they are read; null for nothing.</summary>
    public string? NotFused { get; private init; }

    /// <summary>How a file says what it decides by.</summary>
    internal static string ThresholdWords(IEnumerable<float> values) => string.Join(' ', values.Select(value => value.ToString("R", CultureInfo.InvariantCulture)));

    /// <summary>The columns it reads, by name.</summary>
    public IReadOnlyList<string> InputColumns => [.. Inputs.Select(column => column.Name)];

    /// <summary>The columns it adds, by name.</summary>
    public IReadOnlyList<string> OutputColumns => [.. Task.Answers.Select(answer => answer.Name)];

    internal IReadOnlyList<FusedColumn> Inputs { get; }

    internal IReadOnlyList<FusedColumn> Outputs => [.. Task.Answers.Select(answer => new FusedColumn(answer.Name, answer.Dimensions, answer.Element))];

    /// <summary>The shape of the images in a column that the model reads: none for a scalar.</summary>
    public IReadOnlyList<int> DimensionsOf(string inputColumn) => Inputs.First(column => column.Name == inputColumn).Dimensions;

    /// <summary>What the model reads of a case.</summary>
    /// <exception cref="NotAFusedModelException">The model reads a column that the cases do not have, or one as a step made it that is not in the file.</exception>
    public IReadOnlyList<ReadOnlyMemory<float>> ValuesOf(Case one, CaseSchema schema)
    {
        ArgumentNullException.ThrowIfNull(one);
        ArgumentNullException.ThrowIfNull(schema);
        if (NotFused is { } sentence)
        {
            throw new NotAFusedModelException($"The model does not read cases as they are: {PlainText.Short(sentence, 600)}");
        }

        return [.. Inputs.Select(input =>
        {
            for (int i = 0; i < schema.Images.Count; i++)
            {
                if (schema.Images[i].Name == input.Name)
                {
                    return one.Images[i].Values.Length == input.GraphShape.Aggregate(1L, (product, extent) => product * extent)
                        ? one.Images[i].Values
                        : throw new NotAFusedModelException($"The model reads the column {input.Name} of {string.Join(" x ", input.GraphShape)}; these cases have {one.Images[i].Shape} there.");
                }
            }

            int number = schema.Numbers.ToList().IndexOf(input.Name);
            return number >= 0 && input.Dimensions.Count == 0
                ? new[] { one.Numbers[number] }
                : throw new NotAFusedModelException($"The model reads the column {input.Name}, which these cases do not have; they have {string.Join(", ", schema.Images.Select(image => image.Name).Concat(schema.Numbers))}.");
        })];
    }

    /// <summary>Reads a fused model from its ONNX file.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="NotAFusedModelException">The file is no ONNX model, or none that this product fused.</exception>
    public static FusedModel Load(string path)
    {
        try
        {
            using OnnxSession session = OnnxSession.Open(path);
            LearningTask task = TaskOf(session.Metadata)
                ?? throw new NotAFusedModelException($"{path}: expected a model that says which task it answers, found one with the outputs {string.Join(", ", session.Outputs.Select(output => output.Name))}.");
            return task.Answers.Select(answer => answer.Name).SequenceEqual(session.Outputs.Select(output => output.Name), StringComparer.Ordinal)
                ? new FusedModel(null, path, Columns(path, session, task), task) { Thresholds = session.Metadata.GetValueOrDefault(ThresholdsKey), NotFused = session.Metadata.GetValueOrDefault(NotFusedKey) }
                : throw new NotAFusedModelException($"{path}: expected a model with the outputs {string.Join(", ", task.Answers.Select(answer => answer.Name))}, found {string.Join(", ", session.Outputs.Select(output => output.Name))}.");
        }
        catch (Exception problem) when (problem is InvalidDataException or OverflowException)
        {
            throw new NotAFusedModelException(problem.Message, problem);
        }
    }

    /// <summary>Writes the ONNX file, whole or not at all; above 2 GiB its weights go into a second file beside it.</summary>
    /// <returns>The paths that were written.</returns>
    public IReadOnlyList<string> Save(string path)
    {
        return _built is not null ? _built.Save(path) : OnnxModel.Copy(_path!, path);
    }

    /// <summary>
    /// Saves the model in ML.NET's own format, made of stock parts only: any application with Microsoft.ML and
    /// Microsoft.ML.OnnxTransformer loads it with <c>Model.Load</c>, without this product. There the outputs are vectors, of
    /// length one for a scalar, as <c>ApplyOnnxModel</c> makes them.
    /// </summary>
    /// <param name="ml">The context that saves.</param>
    /// <param name="path">The zip file, written whole or not at all.</param>
    /// <exception cref="NotSupportedException">The model is larger than the one ONNX file that this format holds.</exception>
    public void SaveStock(MLContext ml, string path)
    {
        ArgumentNullException.ThrowIfNull(ml);
        if (IsTooLargeForStock)
        {
            throw new NotSupportedException("ML.NET's own format holds one ONNX file, which ends at 2 GiB, and the weights of this model are in a second one: save it as ONNX.");
        }

        StockForm.Save(this, ml, path);
    }

    /// <summary>Writes steps into one model.</summary>
    /// <param name="name">The graph's name.</param>
    /// <param name="documentation">What it is, for who opens the file.</param>
    /// <param name="stages">The steps, the last of which gives the answers of the task.</param>
    /// <param name="task">The task.</param>
    /// <param name="decision">What was decided, for the file's metadata.</param>
    /// <param name="network">The network, for the file's metadata; null for none.</param>
    /// <param name="notFused">What of the pipeline is not among the steps, in a sentence; null for nothing.</param>
    internal static FusedModel Of(
        string name, string documentation, IReadOnlyList<IFusableStage> stages, LearningTask task, TaskDecision decision, NetworkTransformer? network = null, string? notFused = null)
    {
        Dictionary<string, string> metadata = new(StringComparer.Ordinal)
        {
            [TaskKey] = task.Name,
            [ClassesKey] = JsonSerializer.Serialize(task.Classes),
        };
        if (task is SegmentationTask masks)
        {
            metadata[ShapeKey] = JsonSerializer.Serialize(masks.Shape.ToArray());
        }

        if (task is OneOrTwoTask)
        {
            metadata[RuleKey] = OneOrTwo;
        }

        if (notFused is not null)
        {
            metadata[NotFusedKey] = notFused;
        }

        if (network is not null)
        {
            metadata["scinti.network"] = network.Network.Hash;
            metadata["scinti.weights"] = network.Weights.Hash();
            metadata[ThresholdsKey] = ThresholdWords(decision.Thresholds.Select(threshold => threshold.Value));
            metadata["scinti.threshold.protocol"] = string.Join(' ', decision.Thresholds.Select(threshold => threshold.Protocol));
        }

        return new FusedModel(FusedGraph.Write(name, stages, documentation, metadata), null, FusedGraph.InputsOf(stages), task) { NotFused = notFused };
    }

    /// <summary>The same model where it now lies.</summary>
    internal FusedModel At(string path) => new(null, path, Inputs, Task) { NotFused = NotFused, Thresholds = Thresholds };

    /// <summary>The graph, to become a part of another one.</summary>
    /// <exception cref="NotAFusedModelException">Its file cannot be read.</exception>
    internal OnnxModel Graph()
    {
        try
        {
            return _built ?? OnnxModel.Load(_path!);
        }
        catch (InvalidDataException problem)
        {
            throw new NotAFusedModelException(problem.Message, problem);
        }
    }

    /// <summary>Whether the model is too large for ML.NET's own format, which has one ONNX file in it.</summary>
    internal bool IsTooLargeForStock => _built is not null ? _built.ByteCount > OnnxModel.OneFileLimit : OnnxModel.IsInSeveralFiles(_path!);

    /// <summary>Opens the model in ONNX Runtime.</summary>
    /// <exception cref="NotAFusedModelException">It cannot be run.</exception>
    internal OnnxSession Open(OnnxSessionOptions options)
    {
        try
        {
            return _built is not null ? OnnxSession.Open(_built, options) : OnnxSession.Open(_path!, options);
        }
        catch (InvalidDataException problem)
        {
            throw new NotAFusedModelException(problem.Message, problem);
        }
    }

    private static LearningTask? TaskOf(IReadOnlyDictionary<string, string> metadata)
    {
        try
        {
            string[]? classes = metadata.TryGetValue(ClassesKey, out string? names) ? JsonSerializer.Deserialize<string[]>(names) : null;
            return classes is null or [] ? null : metadata.GetValueOrDefault(TaskKey) switch
            {
                "binary-classification" when classes.Length == 2 => new BinaryTask(classes[0], classes[1]),
                "multiclass-classification" => new MulticlassTask(classes),
                // Of one name in ML.NET's words, and of different rules.
                "multilabel-classification" when metadata.GetValueOrDefault(RuleKey) == OneOrTwo && classes.Length > 1 => new OneOrTwoTask(classes[0], classes[1..]),
                "multilabel-classification" => new MultiLabelTask(classes),
                "segmentation" when metadata.TryGetValue(ShapeKey, out string? shape) => new SegmentationTask(ImageShape.From(JsonSerializer.Deserialize<int[]>(shape)), classes),
                _ => null,
            };
        }
        catch (Exception problem) when (problem is JsonException or ArgumentException)
        {
            return null;
        }
    }

    /// <summary>The columns that a model of others reads, checked before memory is taken for them, and its answers against its task's.</summary>
    private static FusedColumn[] Columns(string path, OnnxSession session, LearningTask task)
    {
        foreach (OnnxValue input in session.Inputs)
        {
            double values = input.Shape.Aggregate(1.0, (product, extent) => product * extent);
            if (input.Element != typeof(float) || input.Shape.Any(extent => extent < 1) || values > MostValues)
            {
                throw new NotAFusedModelException($"{path}: expected inputs of numbers whose dimensions are told and above 0, at most {MostValues >> 20} million of them a case, found {PlainText.Short(input.Name)} of {string.Join(" x ", input.Shape)} ({input.Element.Name}).");
            }
        }

        if (session.Inputs.Count == 0)
        {
            throw new NotAFusedModelException($"{path}: expected a model that reads something, found one without inputs.");
        }

        foreach ((AnswerColumn answer, OnnxValue output) in task.Answers.Zip(session.Outputs))
        {
            Type element = answer.Element switch
            {
                OnnxElement.Boolean => typeof(bool),
                OnnxElement.Int64 => typeof(long),
                _ => typeof(float),
            };
            // What the graph leaves open is seen when it runs.
            bool fits = output.Element == element && (output.Shape.Any(extent => extent < 0) || output.Length == answer.Length);
            if (!fits)
            {
                throw new NotAFusedModelException($"{path}: expected the answer {answer.Name} to be {answer.Length} of {element.Name} a case, found {string.Join(" x ", output.Shape)} of {output.Element.Name}.");
            }
        }

        return [.. session.Inputs.Select(input => new FusedColumn(input.Name, Dimensions(input.Shape)))];
    }

    // The batch axis stands in front; a scalar is one value a row.
    private static int[] Dimensions(IReadOnlyList<long> shape) => shape is [1] ? [] : [.. shape.Select(extent => (int)extent)];
}

/// <summary>A column that a fused model reads or adds: its name, the dimensions of one row's values (none for a scalar), the element type.</summary>
internal sealed record FusedColumn(string Name, IReadOnlyList<int> Dimensions, OnnxElement Element = OnnxElement.Float)
{
    /// <summary>One row's shape in the graph, where a scalar is one value.</summary>
    public long[] GraphShape => Dimensions.Count == 0 ? [1] : [.. Dimensions.Select(dimension => (long)dimension)];
}

/// <summary>A fitted step of a pipeline that can write itself into an ONNX graph.</summary>
internal interface IFusableStage
{
    /// <summary>The columns that are read, with the dimensions they had when the step was fitted.</summary>
    IReadOnlyList<FusedColumn> Inputs { get; }

    /// <summary>The columns that are added.</summary>
    IReadOnlyList<FusedColumn> Outputs { get; }

    /// <summary>Writes the step. <paramref name="values"/> maps a column's name to its value in the graph; the outputs are entered there.</summary>
    void WriteNodes(OnnxGraphBuilder graph, IDictionary<string, string> values);
}

/// <summary>Several fitted steps written into one ONNX graph.</summary>
internal static class FusedGraph
{
    /// <summary>The columns that the steps read and none of them makes, in the order of their first use.</summary>
    public static IReadOnlyList<FusedColumn> InputsOf(IEnumerable<IFusableStage> stages)
    {
        List<FusedColumn> inputs = [];
        HashSet<string> made = new(StringComparer.Ordinal);
        foreach (IFusableStage stage in stages)
        {
            inputs.AddRange(stage.Inputs.Where(column => !made.Contains(column.Name) && inputs.TrueForAll(there => there.Name != column.Name)));
            made.UnionWith(stage.Outputs.Select(column => column.Name));
        }

        return inputs;
    }

    /// <summary>Writes the steps. The graph's inputs bear the columns' names, unless <paramref name="inputNames"/> gives others.</summary>
    public static OnnxModel Write(
        string name, IReadOnlyList<IFusableStage> stages, string documentation, IReadOnlyDictionary<string, string> metadata, IReadOnlyDictionary<string, string>? inputNames = null)
    {
        OnnxGraphBuilder graph = new(name) { Documentation = documentation };
        foreach ((string key, string value) in metadata)
        {
            graph.Metadata[key] = value;
        }

        Dictionary<string, string> values = new(StringComparer.Ordinal);
        foreach (FusedColumn column in InputsOf(stages))
        {
            values[column.Name] = graph.Input(inputNames?.GetValueOrDefault(column.Name) ?? column.Name, column.GraphShape, column.Element);
        }

        foreach (IFusableStage stage in stages)
        {
            stage.WriteNodes(graph, values);
        }

        foreach (FusedColumn column in stages[^1].Outputs)
        {
            graph.Output(values[column.Name], column.Name, column.GraphShape, column.Element);
        }

        return graph.BuildModel();
    }
}
