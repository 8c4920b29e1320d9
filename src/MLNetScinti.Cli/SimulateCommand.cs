using System.CommandLine;
using MLNetScinti.Pipelines.Definitions;
using MLNetScinti.Pipelines.Runs;

namespace MLNetScinti.Cli;

/// <summary><c>scinti simulate FOLDER</c>: a cohort with known truth, as DICOM files and a labels table.</summary>
internal static class SimulateCommand
{
    public static Command Create()
    {
        Argument<string> folder = new("folder") { Description = "Where to write; what is there already of the same cohort is kept." };
        Option<int> patients = new("--patients") { Description = "The number of patients.", DefaultValueFactory = _ => 20 };
        Option<ulong> seed = new("--seed") { Description = "The cohort's seed: the same seed gives the same files.", DefaultValueFactory = _ => 1 };
        Option<int> threads = RunCommand.Threads();
        Command command = new("simulate", "Simulates children with 99mTc-DMSA SPECT, some kidneys with cortical defects: DICOM files and labels.csv.") { folder, patients, seed, threads };
        command.SetAction(parsed => Guarded.Run(cancel =>
        {
            if (parsed.GetValue(patients) < 1)
            {
                throw new DefinitionException($"--patients: expected a whole number of at least 1, found '{parsed.GetValue(patients)}'.");
            }

            Guarded.UseThreads(parsed.GetValue(threads));
            using ConsoleObserver observer = new();
            SimulatedStudies.Ensure(parsed.GetRequiredValue(folder), new SimulationDefinition(parsed.GetValue(patients), parsed.GetValue(seed)), parsed.GetValue(threads), observer, cancel);
            observer.End();
            Console.WriteLine($"{parsed.GetValue(patients)} patients in {Path.GetFullPath(parsed.GetRequiredValue(folder))}");
            return ExitCode.Done;
        }));
        return command;
    }
}
