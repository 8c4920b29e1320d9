using System.CommandLine;
using MLNetScinti.Imaging;
using MLNetScinti.Pipelines.Definitions;
using MLNetScinti.Pipelines.Runs;
using MLNetScinti.Simulation;
using MLNetScinti.Systems;

namespace MLNetScinti.Cli;

/// <summary><c>scinti demo</c>: the small pipeline, from simulated patients to the report.</summary>
internal static class DemoCommand
{
    public static Command Create()
    {
        Option<int> threads = RunCommand.Threads();
        Command command = new("demo", "Simulates a small cohort, trains the 2.5D network on it, evaluates it and writes the report: some minutes on two cores.") { threads };
        command.SetAction(parsed => Guarded.Run(cancel =>
        {
            string file = FindDefinition();
            Terminal.Line("The demo: 99mTc-DMSA kidney SPECT, normal or abnormal, on simulated patients. Research use only.");
            int code = Simulated(() => RunCommand.Run(PipelineReader.Read(file, ShippedSystems.All), new RunSettings { Command = "scinti demo", Threads = parsed.GetValue(threads) }, cancel));
            // A simulated kidney pair that cannot be taken apart is no user's concern here; the report names it.
            return code == ExitCode.SomeLeftOut ? ExitCode.Done : code;
        }));
        return command;
    }

    /// <summary>
    /// Runs the demo, and once more where an earlier version of it left its cohort: nobody chose that folder, so that nobody can be asked to choose
    /// another one. What was there is moved aside and never deleted.
    /// </summary>
    private static int Simulated(Func<int> run)
    {
        try
        {
            return run();
        }
        catch (DefinitionException problem) when (problem.InnerException?.InnerException is AnotherCohortException earlier)
        {
            Terminal.Line($"  another cohort was there, of an earlier version: moved to {AtomicFile.MoveAside(earlier.Folder, "earlier")}, which may be deleted");
            return run();
        }
    }

    private static string FindDefinition()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string file = Path.Combine(folder.FullName, "pipelines", "demo.yaml");
            if (File.Exists(file))
            {
                // So that what is printed reads as in the README.
                Directory.SetCurrentDirectory(folder.FullName);
                return Path.Combine("pipelines", "demo.yaml");
            }
        }

        throw new DefinitionException("pipelines/demo.yaml: the demo's definition is not in any folder above the program; run it from a clone of the repository.");
    }
}
