using MLNetScinti.Pipelines;
using MLNetScinti.Pipelines.Definitions;
using MLNetScinti.Systems.Dmsa;
using MLNetScinti.Systems.KidneyDose;
using MLNetScinti.Systems.SpectCtKidney;
using MLNetScinti.Systems.WholeBody;

namespace MLNetScinti.Systems;

/// <summary>The systems that come with the product.</summary>
public static class ShippedSystems
{
    /// <summary>All of them; the first one is meant where a definition names none.</summary>
    public static IReadOnlyList<SystemEntry> All { get; } = [DmsaSystem.Entry, WholeBodySystem.Entry, SpectCtKidneySystem.Entry, KidneyDoseSystem.Entry];

    /// <summary>The system that made a model, with the settings that it was made with.</summary>
    /// <exception cref="DefinitionException">No such system comes with this build, or the settings are none of its.</exception>
    public static SystemDefinition Of(BundleCard card)
    {
        ArgumentNullException.ThrowIfNull(card);
        SystemEntry entry = All.FirstOrDefault(one => one.Name == card.System)
            ?? throw new DefinitionException($"the model {card.Name} is of the system '{card.System}'; this build has {string.Join(", ", All.Select(one => one.Name))}.");
        return entry.Restore(card.Settings);
    }
}
