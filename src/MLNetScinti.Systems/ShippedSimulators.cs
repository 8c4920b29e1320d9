using MLNetScinti.Pipelines.Runs;
using MLNetScinti.Systems.Dmsa;
using MLNetScinti.Systems.KidneyDose;
using MLNetScinti.Systems.SpectCtKidney;
using MLNetScinti.Systems.WholeBody.Simulation;

namespace MLNetScinti.Systems;

/// <summary>A simulator that can be asked for by name.</summary>
/// <param name="Name">The name: that of its system.</param>
/// <param name="Description">What it makes, in a sentence.</param>
/// <param name="Simulator">The simulator.</param>
public sealed record ShippedSimulator(string Name, string Description, CohortSimulator Simulator);

/// <summary>The simulators that come with the product.</summary>
public static class ShippedSimulators
{
    /// <summary>All of them; the first one is meant where none is named.</summary>
    public static IReadOnlyList<ShippedSimulator> All { get; } =
    [
        new("dmsa", "children with 99mTc-DMSA SPECT, some kidneys with cortical defects", DmsaCohortSimulator.Instance),
        new("whole-body", "adults with whole-body scans: normal, metastases, arthritis, both, carcinoma of the thyroid", WholeBodyCohortSimulator.Dscint),
        new("spect-ct-kidney", "adults with SPECT/CT with 177Lu, or with CT alone, with masks of the kidneys", SpectCtCohortSimulator.Instance),
        new("kidney-dose", "adults with CT, or with SPECT/CT with 177Lu at several times, with masks of the left and the right kidney", KidneyDoseCohortSimulator.Instance),
    ];
}
