using MLNetScinti.Imaging;
using MLNetScinti.Networks;

namespace MLNetScinti.Pipelines.Serving;

/// <summary>
/// A whole fitted pipeline as one ONNX model that explains itself: the inputs of <see cref="FusedModel"/> in; Score [N, 1], the
/// network's logit, and one class activation map for each of the network's inputs out. It needs no automatic differentiation.
/// </summary>
public sealed class ExplainingModel
{
    private readonly OnnxModel _built;

    internal ExplainingModel(OnnxModel built, IReadOnlyList<FusedColumn> inputs, IReadOnlyList<ClassActivation> maps)
    {
        _built = built;
        Inputs = inputs;
        Maps = maps;
    }

    /// <summary>The columns it reads, by name.</summary>
    public IReadOnlyList<string> InputColumns => [.. Inputs.Select(column => column.Name)];

    /// <summary>The maps, in the order of the model's outputs behind Score: how each is called, and how it lies over its input.</summary>
    public IReadOnlyList<ClassActivation> Maps { get; }

    internal IReadOnlyList<FusedColumn> Inputs { get; }

    /// <summary>Writes the ONNX file, whole or not at all.</summary>
    /// <returns>The paths that were written.</returns>
    public IReadOnlyList<string> Save(string path) => _built.Save(path);

    internal OnnxSession Open() => OnnxSession.Open(_built);

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
        OnnxModel built = FusedGraph.Write("scintigraphy_explained", stages,
            "Decoded images in; the network's output before its activation, and for each of its inputs a map of what speaks for it, out. Research use only.", metadata);
        return new ExplainingModel(built, FusedGraph.InputsOf(stages), last.Maps);
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
    private readonly OnnxSession _session;

    /// <summary>Loads the model.</summary>
    /// <param name="model">The explaining model.</param>
    public ExplainingScorer(ExplainingModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        _model = model;
        _session = model.Open();
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

        using OnnxAnswers answers = _session.Run(cases, [ExplainingStage.ScoreColumn, .. _model.Maps.Select(map => map.Name)]);
        float[][] values = [.. answers.Names.Select((_, output) => answers.Floats(output).ToArray())];
        return [.. Enumerable.Range(0, cases.Count).Select(index => new ExplainedScore(
            values[0][index],
            [.. values.Skip(1).Select(maps => maps.AsSpan(index * (maps.Length / cases.Count), maps.Length / cases.Count).ToArray())]))];
    }

    /// <inheritdoc/>
    public void Dispose() => _session.Dispose();
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
