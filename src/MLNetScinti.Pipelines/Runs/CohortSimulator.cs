using System.Diagnostics;
using MLNetScinti.Dicom;
using MLNetScinti.Pipelines.Definitions;
using MLNetScinti.Simulation;

namespace MLNetScinti.Pipelines.Runs;

/// <summary>Makes the studies of simulated patients for a system, with their labels table, where they are not there yet.</summary>
public abstract class CohortSimulator
{
    /// <summary>Nobody has to be hidden here, so the key is public: the same cohort has the same pseudonyms everywhere.</summary>
    public static PseudonymKey PseudonymKey => PseudonymKey.Simulated;

    /// <summary>The cohort in a sentence.</summary>
    public abstract string Describe(SimulationDefinition simulation);

    /// <summary>Simulates what is missing of a cohort.</summary>
    /// <param name="folder">The folder of the cohort.</param>
    /// <param name="simulation">The cohort.</param>
    /// <param name="threads">Threads to compute with; the files do not depend on it.</param>
    /// <param name="progress">Is told how far it is; null for nobody.</param>
    /// <param name="cancellation">Stops after the patient in hand; started again, it goes on.</param>
    /// <exception cref="InvalidDataException">The folder holds another cohort.</exception>
    public abstract CohortSummary Write(string folder, SimulationDefinition simulation, int threads, IProgress<CohortProgress>? progress, CancellationToken cancellation);

    /// <summary>Reads the keys of a definition's section <c>data.simulation</c> that are the system's own.</summary>
    /// <returns>What they say; null where the system has none.</returns>
    /// <exception cref="DefinitionException">A key holds what it cannot.</exception>
    public virtual SimulationSettings? Read(DefinitionSection section) => null;

    /// <summary>How many patients a cohort has where nobody says; null for no number of its own.</summary>
    /// <param name="settings">What <see cref="Read"/> gave.</param>
    public virtual int? UsualPatients(SimulationSettings? settings) => null;

    /// <summary>Writes what is true of a cohort, masks and tables, into a folder of its own.</summary>
    /// <exception cref="InvalidDataException">The folder holds files of somebody else.</exception>
    public abstract void WriteTruth(string folder, SimulationDefinition simulation, int threads, CancellationToken cancellation);

    /// <summary>Simulates what is missing, telling a run's observer.</summary>
    /// <exception cref="DefinitionException">The folder holds another cohort.</exception>
    public void Ensure(string folder, SimulationDefinition simulation, int threads, IRunObserver observer, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(simulation);
        ArgumentNullException.ThrowIfNull(observer);
        observer.Stage($"Simulating {simulation.Patients} patients into {folder}");
        try
        {
            CohortSummary summary = Write(folder, simulation, threads, new PatientProgress(observer), cancellation);
            observer.Note(summary.Written == 0
                ? $"all {summary.Kept} patients are there already"
                : $"{summary.Written} patients simulated{(summary.Kept > 0 ? $", {summary.Kept} were there already" : "")}");
        }
        catch (InvalidDataException problem)
        {
            throw new DefinitionException(problem.Message, problem);
        }
    }

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
