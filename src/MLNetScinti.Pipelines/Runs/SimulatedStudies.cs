using System.Diagnostics;
using MLNetScinti.Dicom;
using MLNetScinti.Pipelines.Definitions;
using MLNetScinti.Simulation;

namespace MLNetScinti.Pipelines.Runs;

/// <summary>The studies of a simulated cohort, made where they are not there yet.</summary>
public static class SimulatedStudies
{
    /// <summary>Nobody has to be hidden here, so the key is public: the same cohort has the same pseudonyms, and the same split, everywhere.</summary>
    public static PseudonymKey PseudonymKey { get; } = new("simulated patients");

    /// <summary>Simulates what is missing of a cohort.</summary>
    /// <param name="folder">The folder of the cohort.</param>
    /// <param name="simulation">The cohort.</param>
    /// <param name="threads">Threads to compute with; the files do not depend on it.</param>
    /// <param name="observer">Is told how it goes.</param>
    /// <param name="cancellationToken">Stops after the patient in hand; started again, it goes on.</param>
    /// <exception cref="DefinitionException">The folder holds another cohort.</exception>
    public static void Ensure(string folder, SimulationDefinition simulation, int threads, IRunObserver observer, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(simulation);
        ArgumentNullException.ThrowIfNull(observer);
        DmsaCohort cohort = CohortOf(simulation);
        observer.Stage($"Simulating {simulation.Patients} patients into {folder}");
        try
        {
            CohortSummary summary = DmsaCohortWriter.Write(cohort, folder, threads: threads, progress: new PatientProgress(observer), cancellation: cancellationToken);
            observer.Note(summary.Written == 0
                ? $"all {summary.Kept} patients are there already"
                : $"{summary.Written} patients simulated{(summary.Kept > 0 ? $", {summary.Kept} were there already" : "")}");
        }
        catch (InvalidDataException problem)
        {
            throw new DefinitionException(problem.Message, problem);
        }
    }

    /// <summary>The cohort that a definition asks for: the same patients, with their truth, each time.</summary>
    internal static DmsaCohort CohortOf(SimulationDefinition simulation) => new(new DmsaCohortOptions
    {
        Patients = simulation.Patients,
        Seed = simulation.Seed,
        Validation = simulation.BalancedValidation,
        Test = simulation.BalancedTest,
    });

    private sealed class PatientProgress(IRunObserver observer) : IProgress<CohortProgress>
    {
        private readonly long _start = Stopwatch.GetTimestamp();
        private int _first = -1;

        public void Report(CohortProgress value)
        {
            if (_first < 0)
            {
                _first = value.Done;
            }

            int now = value.Done - _first;
            TimeSpan? left = now > 0 ? Stopwatch.GetElapsedTime(_start) / now * (value.Total - value.Done) : null;
            if (value.Total > _first)
            {
                observer.Progress(value.Done, value.Total, left);
            }
        }
    }
}
