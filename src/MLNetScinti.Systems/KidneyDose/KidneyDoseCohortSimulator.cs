using MLNetScinti.Simulation.SpectCt;
using MLNetScinti.Systems.SpectCtKidney;

namespace MLNetScinti.Systems.KidneyDose;

/// <summary>Simulated patients of CT, and of SPECT/CT at several times, for masks of left and right kidney and for their doses (Jackson et al. 2018, S5).</summary>
public static class KidneyDoseCohortSimulator
{
    /// <summary>The simulator.</summary>
    public static SpectCtCohortSimulator Instance { get; } = new(KidneyLabels.Sides, SpectCtCohortOptions.DoseTraining, SpectCtCohortOptions.DoseTest);
}
