using System.Text.Json;
using System.Text.Json.Serialization;
using MLNetScinti.Imaging;
using MLNetScinti.Networks;

namespace MLNetScinti.Pipelines.Serving;

/// <summary>
/// A whole fitted pipeline as one ONNX model that explains itself: the inputs of <see cref="FusedModel"/> in; Score [N, 1], the
/// network's logit, and one class activation map for each of the network's inputs out. It needs no automatic differentiation.
/// </summary>
public sealed class ExplainingModel
{
    private const string MapsKey = "scinti.maps";

    private readonly OnnxModel? _built;
    private readonly string? _path;

    internal ExplainingModel(OnnxModel? built, string? path, IReadOnlyList<string> inputColumns, IReadOnlyList<PlacedMap> placed)
    {
        _built = built;
        _path = path;
        InputColumns = inputColumns;
        Placed = placed;
    }

    /// <summary>Reads the model of a file that <see cref="Save"/> wrote.</summary>
    /// <exception cref="NotAFusedModelException">It is none, or does not say how its maps lie over its inputs, as one of an earlier version.</exception>
    public static ExplainingModel Load(string path)
    {
        try
        {
            using OnnxSession session = OnnxSession.Open(path);
            PlacedMap[] maps = session.Metadata.GetValueOrDefault(MapsKey) is { } text ? JsonSerializer.Deserialize<PlacedMap[]>(text) ?? [] : [];
            string[] outputs = [ExplainingStage.ScoreColumn, .. maps.Select(map => map.Map?.Name ?? "")];
            return maps.Length > 0 && maps.All(map => map.IsSound) && outputs.All(name => session.Outputs.Any(output => output.Name == name))
                ? new ExplainingModel(null, path, [.. session.Inputs.Select(input => input.Name)], maps)
                : throw new NotAFusedModelException($"{path}: expected a model that says how its maps lie over its images, found one that does not (an earlier version made it): train it again.");
        }
        catch (Exception problem) when (problem is InvalidDataException or OverflowException or JsonException)
        {
            throw new NotAFusedModelException($"{path}: {problem.Message}", problem);
        }
    }

    /// <summary>The columns it reads, by name.</summary>
    public IReadOnlyList<string> InputColumns { get; }

    /// <summary>The maps, in the order of the model's outputs behind Score: how each is called, and how it lies over its input.</summary>
    public IReadOnlyList<ClassActivation> Maps => [.. Placed.Select(map => map.Map)];

    /// <summary>The maps with the extents of what they lie over.</summary>
    internal IReadOnlyList<PlacedMap> Placed { get; }

    /// <summary>Writes the ONNX file, whole or not at all.</summary>
    /// <returns>The paths that were written.</returns>
    public IReadOnlyList<string> Save(string path) => _built is not null ? _built.Save(path) : OnnxModel.Copy(_path!, path);

    internal OnnxSession Open() => _built is not null ? OnnxSession.Open(_built) : OnnxSession.Open(_path!);

    /// <summary>Writes the steps before a network, and the network with its maps, into one model.</summary>
    internal static ExplainingModel Of(IReadOnlyList<IFusableStage> before, NetworkTransformer network)
    {
        ExplainingStage last = new(network.Features, network.Shapes, network.Network, network.Weights);
        IReadOnlyList<IFusableStage> stages = [.. before, last];
        PlacedMap[] placed = [.. last.Maps.Select(map => new PlacedMap(map, [.. network.Network.Inputs.First(input => input.Name == map.Input).Shape.Skip(1).Select(extent => (int)extent)]))];
        Dictionary<string, string> metadata = new(StringComparer.Ordinal)
        {
            ["scinti.network"] = network.Network.Hash,
            ["scinti.weights"] = network.Weights.Hash(),
            [MapsKey] = JsonSerializer.Serialize(placed),
        };
        OnnxModel built = FusedGraph.Write("scintigraphy_explained", stages,
            "Decoded images in; the network's output before its activation, and for each of its inputs a map of what speaks for it, out. Research use only.", metadata);
        return new ExplainingModel(built, null, [.. FusedGraph.InputsOf(stages).Select(column => column.Name)], placed);
    }
}

/// <summary>A class activation map with the extents of the network's input that it lies over, slowest first.</summary>
internal sealed record PlacedMap(ClassActivation Map, IReadOnlyList<int> Input)
{
    [JsonIgnore]
    public ImageShape InputShape => Input.Count == 3 ? new(Input[0], Input[1], Input[2]) : new(Input[0], Input[1]);

    [JsonIgnore]
    public bool IsSound => Map is { Name: not null, Input: not null, Shape: not null } && Input is { Count: 2 or 3 } && Input.Count == Map.Shape.Count
        && Input.Concat(Map.Shape).All(extent => extent is > 0 and <= 4096) && double.IsFinite(Map.First) && Map.Spacing > 0 && double.IsFinite(Map.Spacing);
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
