using MLNetScinti.Networks;
using MLNetScinti.Pipelines;
using MLNetScinti.Pipelines.Definitions;

namespace MLNetScinti.Systems.Tests.NewSystems;

/// <summary>The same views, and one question: is the focus low?</summary>
internal sealed record OnePlaceSystem : ThreeClassSystem
{
    public static new SystemEntry Entry { get; } = new("one-place", "Is the focus low?", "views", section => new OnePlaceSystem { Size = section.Whole("size", 32, least: 8, most: 256) });

    public override string Name => Entry.Name;

    public override LearningTask Task { get; } = new BinaryTask("other", "low");

    public override NetworkGraph Network(NetworkDefinition network)
    {
        NetworkGraphBuilder graph = new();
        string Branch(string view) => graph.Flatten($"{view}Flat", graph.MaxPooling($"{view}Pool", graph.Relu($"{view}Relu", graph.Convolution($"{view}Convolution", graph.Input(view, [1, Size, Size]), filters: 4, stride: 2)), kernel: 4));
        return graph.Build(graph.Dense("low", graph.Concatenate("both", Branch("Anterior"), Branch("Posterior")), units: 1, gain: 1), OutputActivation.Sigmoid);
    }
}
