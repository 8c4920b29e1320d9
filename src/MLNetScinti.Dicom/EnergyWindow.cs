namespace MLNetScinti.Dicom;

/// <summary>An energy window of an acquisition: one or more energy ranges counted together (PS3.3 table C.8-10).</summary>
/// <param name="Number">Its number, from 1, as the Energy Window Vector counts.</param>
/// <param name="Name">The name the operator gave it; empty where there is none.</param>
/// <param name="Ranges">Its ranges, in the file's order; empty where the file does not say.</param>
public sealed record EnergyWindow(int Number, string Name, IReadOnlyList<EnergyRange> Ranges)
{
    /// <summary>The window of S1 and of most Tc-99m work: 140.5 keV, 20 % wide.</summary>
    public static EnergyWindow Technetium99m { get; } = new(1, "Tc-99m", [new EnergyRange(126.45, 154.55)]);
}
