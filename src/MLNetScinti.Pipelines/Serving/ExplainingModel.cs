using MLNetScinti.Imaging;
using MLNetScinti.Networks;
using Microsoft.ML.OnnxRuntime;

namespace MLNetScinti.Pipelines.Serving;

/// <summary>
/// A whole fitted pipeline as one ONNX model that explains itself: the inputs of <see cref="FusedModel"/> in; Score [N, 1], the
/// network's logit, and one class activation map for each of the network's inputs out. It needs no automatic differentiation.
/// </summary>
public sealed class ExplainingModel
{
    private readonly byte[] _bytes;

    internal ExplainingModel(byte[] bytes, IReadOnlyList<FusedColumn> inputs, IReadOnlyList<ClassActivation> maps)
    {
        _bytes = bytes;
        Inputs = inputs;
        Maps = maps;
    }

    /// <summary>The columns it reads, by name.</summary>
    public IReadOnlyList<string> InputColumns => [.. Inputs.Select(column => column.Name)];

    /// <summary>The maps, in the order of the model's outputs behind Score: how each is called, and how it lies over its input.</summary>
    public IReadOnlyList<ClassActivation> Maps { get; }

    /// <summary>The ONNX file's content.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes;

    internal IReadOnlyList<FusedColumn> Inputs { get; }

    /// <summary>Writes the steps before a network, and the network with its maps, into one model.</summary>
    internal static ExplainingModel Of(IReadOnlyList<IFusableStage> before, NetworkTransformer network)
    {
        ExplainingStage last = new(network.Features, network.Shapes, network.Network, network.Weights);
        IReadOnlyList<IFusableStage> stages = [.. before, last];
        Dictionary<string, string> metadata = new(StringComparer.Ordinal)
        {
            ["scinti.network"] = network.Network.Hash,
            ["scinti.weights"] = network.Weights.Hash(),
        };
        byte[] bytes = FusedGraph.Write("scintigraphy_explained", stages,
            "Decoded images in; the network's output before its activation, and for each of its inputs a map of what speaks for it, out. Research use only.", metadata);
        return new ExplainingModel(bytes, FusedGraph.InputsOf(stages), last.Maps);
    }
}

/// <summary>A case's score with what speaks for it.</summary>
/// <param name="Score">The network's logit.</param>
/// <param name="Maps">The values of each class activation map, in the order of <see cref="ExplainingModel.Maps"/>; last axis fastest, nothing below 0.</param>
public sealed record ExplainedScore(float Score, IReadOnlyList<float[]> Maps);

/// <summary>Scores and explains cases with an explaining model in ONNX Runtime. Calls may come from several threads.</summary>
public sealed class ExplainingScorer : IDisposable
{
    private readonly ExplainingModel _model;
    private readonly InferenceSession _session;
    private readonly RunOptions _run = new();

    /// <summary>Loads the model.</summary>
    /// <param name="model">The explaining model.</param>
    public ExplainingScorer(ExplainingModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        _model = model;
        using SessionOptions options = new() { IntraOpNumThreads = 1, InterOpNumThreads = 1, LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };
        _session = new InferenceSession(model.Bytes.ToArray(), options);
    }

    /// <summary>Scores and explains cases.</summary>
    /// <param name="cases">For each case, the values of each input column in the model's order.</param>
    public IReadOnlyList<ExplainedScore> Explain(IReadOnlyList<IReadOnlyList<ReadOnlyMemory<float>>> cases)
    {
        ArgumentNullException.ThrowIfNull(cases);
        if (cases.Count == 0)
        {
            return [];
        }

        OrtValue[] inputs = ModelInputs.Of(_model.Inputs, cases);
        try
        {
            using IDisposableReadOnlyCollection<OrtValue> outputs =
                _session.Run(_run, [.. _model.InputColumns], inputs, [ExplainingStage.ScoreColumn, .. _model.Maps.Select(map => map.Name)]);
            float[][] values = [.. outputs.Select(output => output.GetTensorDataAsSpan<float>().ToArray())];
            return [.. Enumerable.Range(0, cases.Count).Select(index => new ExplainedScore(
                values[0][index],
                [.. values.Skip(1).Select(maps => maps.AsSpan(index * (maps.Length / cases.Count), maps.Length / cases.Count).ToArray())]))];
        }
        finally
        {
            ModelInputs.Dispose(inputs);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _session.Dispose();
        _run.Dispose();
    }
}

/// <summary>A network with its class activation maps as the last step of a fused model.</summary>
internal sealed class ExplainingStage(IReadOnlyList<string> features, IReadOnlyList<ImageShape> shapes, NetworkGraph network, NetworkWeights weights) : IFusableStage
{
    public const string ScoreColumn = "Score";

    public IReadOnlyList<ClassActivation> Maps { get; } = ExplainingNetwork.Activations(network);

    public IReadOnlyList<FusedColumn> Inputs => [.. features.Select((feature, index) => new FusedColumn(feature, shapes[index].ToArray()))];

    public IReadOnlyList<FusedColumn> Outputs => [new FusedColumn(ScoreColumn, []), .. Maps.Select(map => new FusedColumn(map.Name, map.Shape))];

    public void WriteNodes(OnnxGraphBuilder graph, IDictionary<string, string> values)
    {
        List<string> inputs = [];
        for (int i = 0; i < features.Count; i++)
        {
            long[] shape = [-1, .. network.Inputs[i].Shape];
            inputs.Add(graph.Node("Reshape", [values[features[i]], graph.Constant(shape, [shape.Length])]));
        }

        ExplainedNetwork explained = graph.AddExplainedNetwork(network, weights, inputs);
        values[ScoreColumn] = explained.Output;
        foreach ((string value, ClassActivation map) in explained.Maps.Zip(Maps))
        {
            values[map.Name] = value;
        }
    }
}

/// <summary>The rows of several cases as the tensors that a model takes.</summary>
internal static class ModelInputs
{
    /// <summary>One tensor [cases, ...] for each column.</summary>
    /// <param name="columns">The model's inputs.</param>
    /// <param name="cases">For each case, the values of each column, in the same order.</param>
    /// <exception cref="ArgumentException">A case has another number of values than a column takes.</exception>
    public static OrtValue[] Of(IReadOnlyList<FusedColumn> columns, IReadOnlyList<IReadOnlyList<ReadOnlyMemory<float>>> cases)
    {
        float[][] values = [.. columns.Select((column, index) =>
        {
            int length = checked((int)column.GraphShape.Aggregate(1L, (product, extent) => product * extent));
            float[] all = new float[cases.Count * length];
            for (int c = 0; c < cases.Count; c++)
            {
                if (cases[c][index].Length != length)
                {
                    throw new ArgumentException($"The input {column.Name} takes {length} values a case, found {cases[c][index].Length}.", nameof(cases));
                }

                cases[c][index].Span.CopyTo(all.AsSpan(c * length));
            }

            return all;
        })];
        return [.. columns.Select((column, index) => OrtValue.CreateTensorValueFromMemory(values[index], [cases.Count, .. column.GraphShape]))];
    }

    public static void Dispose(IEnumerable<OrtValue> inputs)
    {
        foreach (OrtValue input in inputs)
        {
            input.Dispose();
        }
    }
}
