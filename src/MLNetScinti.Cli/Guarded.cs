using System.Diagnostics;
using MLNetScinti.Dicom;
using MLNetScinti.Pipelines;
using MLNetScinti.Pipelines.Definitions;
using MLNetScinti.Pipelines.Runs;
using MLNetScinti.Pipelines.Serving;

namespace MLNetScinti.Cli;

/// <summary>Runs a command: Ctrl+C stops it in good order, and a user's mistake is answered with one line.</summary>
internal static class Guarded
{
    /// <summary>Runs the work and turns what it throws into a line and an exit code.</summary>
    public static int Run(Func<CancellationToken, int> work)
    {
        using CancellationTokenSource stop = new();
        ConsoleCancelEventHandler interrupt = (_, pressed) =>
        {
            // The first Ctrl+C asks, the second ends.
            pressed.Cancel = !stop.IsCancellationRequested;
            stop.Cancel();
        };
        Console.CancelKeyPress += interrupt;
        try
        {
            return work(stop.Token);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return Say("interrupted; the same command goes on where this one stopped.", ExitCode.Interrupted);
        }
        catch (Exception problem) when (problem is DefinitionException or RunFolderInUseException or RunKeyException or ModelBundleException or NotAFusedModelException or Networks.NetworkMemoryException)
        {
            return Say(problem.Message, ExitCode.WrongUsage);
        }
        catch (DicomReadException problem) when (problem.Fault != ReadFault.Defect)
        {
            return Say(problem.Message, problem.Fault switch
            {
                ReadFault.MissingDecoder => ExitCode.NotInstalled,
                ReadFault.Limit => ExitCode.NotSupported,
                _ => ExitCode.NothingUsable,
            });
        }
        catch (Exception problem) when (problem is NoStudyException or LabelsTableException or PatientSplitException or DirectoryNotFoundException or FileNotFoundException)
        {
            return Say(problem.Message, ExitCode.NothingUsable);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or Networks.CheckpointException)
        {
            return Say(problem.Message, ExitCode.Failed);
        }
        catch (Networks.Native.NativeLibraryException problem)
        {
            return Say(problem.Message, ExitCode.NotInstalled);
        }
        catch (Exception problem)
        {
            // A defect: whoever reports it needs all of it.
            Console.Error.WriteLine($"scinti: this is a defect, please report it with the lines below.{Environment.NewLine}{problem}");
            return ExitCode.Failed;
        }
        finally
        {
            Console.CancelKeyPress -= interrupt;
        }
    }

    /// <summary>Keeps the process on so many processors. Results never depend on it.</summary>
    public static void UseThreads(int threads)
    {
        if (threads < Environment.ProcessorCount && (OperatingSystem.IsLinux() || OperatingSystem.IsWindows()))
        {
            using Process self = Process.GetCurrentProcess();
            // Only processors that this process may use: a container need not have the first ones.
            ulong allowed = (ulong)self.ProcessorAffinity, chosen = 0;
            for (int taken = 0; taken < threads && allowed != 0; taken++)
            {
                ulong lowest = allowed & (~allowed + 1);
                chosen |= lowest;
                allowed ^= lowest;
            }

            self.ProcessorAffinity = (nint)chosen;
        }
    }

    private static int Say(string message, int code)
    {
        Console.Error.WriteLine($"scinti: {message}");
        return code;
    }
}
