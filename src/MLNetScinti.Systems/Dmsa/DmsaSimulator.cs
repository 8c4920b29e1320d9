using MLNetScinti.Pipelines.Definitions;
using MLNetScinti.Pipelines.Runs;
using MLNetScinti.Simulation;

namespace MLNetScinti.Systems.Dmsa;

/// <summary>Simulated children with 99mTc-DMSA SPECT.</summary>
public sealed class DmsaSimulator : CohortSimulator
{
    /// <summary>The simulator.</summary>
    public static DmsaSimulator Instance { get; } = new();

    /// <inheritdoc/>
    public override string Describe(SimulationDefinition simulation)
    {
        ArgumentNullException.ThrowIfNull(simulation);
        return $"{simulation.Patients} simulated children (seed {simulation.Seed}) with 99mTc-DMSA SPECT; which kidneys have cortical defects is known from the simulation.";
    }

    /// <inheritdoc/>
    public override CohortSummary Write(string folder, SimulationDefinition simulation, int threads, IProgress<CohortProgress>? progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(simulation);
        return DmsaCohortWriter.Write(CohortOf(simulation), folder, threads: threads, progress: progress, cancellation: cancellation);
    }

    /// <summary>The cohort that a definition asks for: the same patients, with their truth, each time.</summary>
    internal static DmsaCohort CohortOf(SimulationDefinition simulation) => new(new DmsaCohortOptions
    {
        Patients = simulation.Patients,
        Seed = simulation.Seed,
        Validation = simulation.BalancedValidation,
        Test = simulation.BalancedTest,
    });
}
