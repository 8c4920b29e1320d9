using MLNetScinti.Imaging;
using MLNetScinti.Pipelines;
using MLNetScinti.Pipelines.Definitions;
using MLNetScinti.Simulation;

namespace MLNetScinti.Systems.Dmsa.Explanation;

/// <summary>Knows where the defects of kidneys are, or why that is not known.</summary>
internal abstract class DefectTruth
{
    /// <summary>Why nothing is known, or null where something is.</summary>
    public abstract string? Unknown { get; }

    /// <summary>
    /// A label for each voxel of the kidney's cube, sections first: 0 outside, 1 in the kidney, 2 and more in its defects; null
    /// where this kidney is not known.
    /// </summary>
    public abstract byte[]? LabelsOf(Case kidney);

    /// <summary>The truth of a simulated cohort, or nothing of real patients.</summary>
    public static DefectTruth Of(SimulationDefinition? simulation) => simulation is null
        ? new NoTruth("where the defects are is known of simulated patients only; these are real ones, with labels but without masks")
        : Of(DmsaCohortSimulator.CohortOf(simulation));

    /// <summary>The truth of a simulated cohort.</summary>
    public static DefectTruth Of(DmsaCohort cohort) => new SimulatedTruth(cohort);

    private sealed class NoTruth(string reason) : DefectTruth
    {
        public override string? Unknown => reason;

        public override byte[]? LabelsOf(Case kidney) => null;
    }

    /// <summary>The patients are drawn anew, which gives the same ones, and are known by the names of their files.</summary>
    private sealed class SimulatedTruth(DmsaCohort cohort) : DefectTruth
    {
        private readonly Dictionary<string, int> _patients =
            cohort.Select((patient, index) => (File: DmsaCohortWriter.FileOf(patient), index)).ToDictionary(pair => pair.File, pair => pair.index, StringComparer.Ordinal);

        public override string? Unknown => null;

        public override byte[]? LabelsOf(Case kidney) => _patients.TryGetValue(kidney.File, out int index)
            ? DmsaTruth.Of(cohort[index], kidney.Part == "L" ? BodySide.Left : BodySide.Right, kidney.Images[0].Geometry!).Labels
            : null;
    }
}
