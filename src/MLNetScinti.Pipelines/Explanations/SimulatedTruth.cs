using MLNetScinti.Imaging;
using MLNetScinti.Pipelines.Data;
using MLNetScinti.Pipelines.Definitions;
using MLNetScinti.Pipelines.Runs;
using MLNetScinti.Simulation;

namespace MLNetScinti.Pipelines.Explanations;

/// <summary>The truth of a simulated cohort: the patients are drawn anew, which gives the same ones, and are known by the names of their files.</summary>
internal sealed class SimulatedTruth(DmsaCohort cohort) : IDefectTruth
{
    private readonly Dictionary<string, int> _patients =
        cohort.Select((patient, index) => (File: DmsaCohortWriter.FileOf(patient), index)).ToDictionary(pair => pair.File, pair => pair.index, StringComparer.Ordinal);

    public string? Unknown => null;

    public static IDefectTruth Of(SimulationDefinition? simulation) => simulation is null
        ? new NoTruth("where the defects are is known of simulated patients only; these are real ones, with labels but without masks")
        : new SimulatedTruth(SimulatedStudies.CohortOf(simulation));

    public byte[]? LabelsOf(KidneyFacts kidney) => _patients.TryGetValue(kidney.File, out int index)
        ? DmsaTruth.Of(cohort[index], kidney.Side == "L" ? BodySide.Left : BodySide.Right, kidney.Geometry).Labels
        : null;

    private sealed class NoTruth(string reason) : IDefectTruth
    {
        public string? Unknown => reason;

        public byte[]? LabelsOf(KidneyFacts kidney) => null;
    }
}
