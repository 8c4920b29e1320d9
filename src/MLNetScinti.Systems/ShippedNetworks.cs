using MLNetScinti.Networks;
using MLNetScinti.Pipelines.Definitions;
using MLNetScinti.Systems.Dmsa;
using MLNetScinti.Systems.WholeBody.Networks;

namespace MLNetScinti.Systems;

/// <summary>The networks that come with the product, at the sizes of their papers.</summary>
public static class ShippedNetworks
{
    /// <summary>All of them, system by system.</summary>
    public static IReadOnlyList<ShippedNetwork> All { get; } =
    [
        .. new DmsaSystem().Architectures.Select(name => new ShippedNetwork(
            name, DmsaSystem.Entry.Name, "Lin et al. 2023", () => new DmsaSystem().Network(new NetworkDefinition(name, Width: 1)))),
        .. WholeBodyNetworks.All,
    ];
}

/// <summary>A network that can be asked for by name.</summary>
/// <param name="Name">The name in definitions.</param>
/// <param name="System">The system whose images it takes.</param>
/// <param name="Source">Whose network it is, and what of it is ours.</param>
/// <param name="Create">Makes it at the size of its paper.</param>
public sealed record ShippedNetwork(string Name, string System, string Source, Func<NetworkGraph> Create);
