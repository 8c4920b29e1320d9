using System.Globalization;
using MLNetScinti.Pipelines.Definitions;
using MLNetScinti.Pipelines.Runs;
using MLNetScinti.Simulation;

namespace MLNetScinti.Systems.Dmsa;

/// <summary>Simulated children with 99mTc-DMSA SPECT.</summary>
public sealed class DmsaCohortSimulator : CohortSimulator
{
    /// <summary>The simulator.</summary>
    public static DmsaCohortSimulator Instance { get; } = new();

    /// <inheritdoc/>
    public override string Describe(SimulationDefinition simulation)
    {
        ArgumentNullException.ThrowIfNull(simulation);
        string labels = simulation.FalseReadings > 0
            ? string.Create(CultureInfo.InvariantCulture, $"labels are those of a reader who is wrong in {simulation.FalseReadings:0.#%} of the kidneys, by the simulation.")
            : "which kidneys have cortical defects is known from the simulation.";
        return $"{simulation.Patients} simulated children (seed {simulation.Seed}) with 99mTc-DMSA SPECT{(simulation.Scatter ? "" : " without scatter")}; {labels}";
    }

    /// <inheritdoc/>
    public override CohortSummary Write(string folder, SimulationDefinition simulation, int threads, IProgress<CohortProgress>? progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(simulation);
        return DmsaCohortWriter.Write(CohortOf(simulation), folder, SimulatorOf(simulation), threads, progress: progress, cancellation: cancellation);
    }

    /// <inheritdoc/>
    public override void WriteTruth(string folder, SimulationDefinition simulation, int threads, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(simulation);
        DmsaTruthWriter.Write(CohortOf(simulation), folder, SimulatorOf(simulation), threads, cancellation);
    }

    /// <summary>The cohort that a definition asks for: the same patients, with their truth, each time.</summary>
    internal static DmsaCohort CohortOf(SimulationDefinition simulation) => new(new DmsaCohortOptions
    {
        Patients = simulation.Patients,
        Seed = simulation.Seed,
        Validation = simulation.BalancedValidation,
        Test = simulation.BalancedTest,
        FalseReadings = simulation.FalseReadings,
    });

    /// <summary>How the cohort is scanned.</summary>
    public static DmsaSimulator SimulatorOf(SimulationDefinition simulation)
    {
        ArgumentNullException.ThrowIfNull(simulation);
        return new DmsaSimulator { Acquisition = new SpectAcquisition { Scatter = simulation.Scatter } };
    }
}
