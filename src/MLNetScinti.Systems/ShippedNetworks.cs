using MLNetScinti.Networks;
using MLNetScinti.Pipelines.Definitions;
using MLNetScinti.Systems.Dmsa;
using MLNetScinti.Systems.KidneyDose;
using MLNetScinti.Systems.SpectCtKidney;
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
        new(SpectCtKidneyNetworks.Hybrid, SpectCtKidneySystem.Entry.Name, "3D U-Net on SPECT and CT, Gothenburg; steps up by transposed convolutions (ours)", () => SpectCtKidneyNetworks.OfSpectAndCt()),
        new(SpectCtKidneyNetworks.Standard, SpectCtKidneySystem.Entry.Name, "the same on the CT alone", () => SpectCtKidneyNetworks.OfCt()),
        new(KidneyDoseNetworks.Name, KidneyDoseSystem.Entry.Name, "Jackson et al. 2018; layers of the public lung network that it adapts", () => KidneyDoseNetworks.Create()),
        new($"{KidneyDoseNetworks.Name}-coordinates", KidneyDoseSystem.Entry.Name, "the same with the index of each voxel as three channels (kidney-ct.coordinates: on)", () => KidneyDoseNetworks.Create(new KidneyDoseNetworkOptions { Coordinates = true })),
    ];
}

/// <summary>A network that can be asked for by name.</summary>
/// <param name="Name">The name in definitions.</param>
/// <param name="System">The system whose images it takes.</param>
/// <param name="Source">Whose network it is, and what of it is ours.</param>
/// <param name="Create">Makes it at the size of its paper.</param>
public sealed record ShippedNetwork(string Name, string System, string Source, Func<NetworkGraph> Create);
