using MLNetScinti.Imaging;
using MLNetScinti.Networks;

namespace MLNetScinti.Pipelines.Serving;

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
