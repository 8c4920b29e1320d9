using System.Diagnostics;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using MLNetScinti.Dicom;
using MLNetScinti.Dosimetry;
using MLNetScinti.Imaging;
using MLNetScinti.Jobs.Archives;
using MLNetScinti.Jobs.Registry;
using MLNetScinti.Jobs.Scheduling;
using MLNetScinti.Networks;
using MLNetScinti.Pacs.DicomWeb;
using MLNetScinti.Pipelines;
using MLNetScinti.Pipelines.Definitions;
using MLNetScinti.Pipelines.Runs;
using MLNetScinti.Pipelines.Serving;
using MLNetScinti.Service;

namespace MLNetScinti.Cli;

/// <summary>Runs a command: a signal stops it in good order, and a user's mistake is answered with one line.</summary>
internal static class Guarded
{
    private const string Memory = "there is not enough memory for this: ask for less (a smaller batch-size, kidneys.size or network.width, fewer --threads, fewer images in the folder), or use a computer with more of it.";

    /// <summary>Runs the work and turns what it throws into a line and an exit code.</summary>
    public static int Run(Func<CancellationToken, int> work)
    {
        using Signals signals = new();
        try
        {
            PseudonymKey.CheckEnvironment();
            return work(signals.Stop);
        }
        catch (Exception thrown)
        {
            // First of all: the answer itself needs the parts that may be gone.
            return Cause(thrown) is var cause && AssemblyOf(cause) is { } assembly ? Missing(assembly) : Answer(cause, signals);
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

    private static int Answer(Exception problem, Signals signals)
    {
        switch (problem)
        {
            // Whoever hung up took the terminal away: what could not be written to it is no failure of its own.
            case OperationCanceledException or IOException when signals.Stop.IsCancellationRequested:
                return Say($"{signals.Word}; the same command goes on where this one stopped.", signals.Code);
            case ScheduleException or ArchiveException or ServiceException:
                return Say(problem.Message, ExitCode.WrongUsage);
            case RegistryException registry:
                return Say(registry.Message, registry.IsTampered ? ExitCode.Tampered : ExitCode.WrongUsage);
            case DefinitionException or PseudonymKeyException or RunFolderInUseException or RunKeyException or ModelBundleException or NotAFusedModelException or NetworkMemoryException or TrainingException or InvalidDataException or DosimetryException or UnitException or SpectCtException or NiftiException or CheckpointException { IsDamaged: false }:
                return Say(problem.Message, ExitCode.WrongUsage);
            case DicomReadException { Fault: not ReadFault.Defect } image:
                return Say(image.Message, image.Fault switch
                {
                    ReadFault.MissingDecoder => ExitCode.NotInstalled,
                    ReadFault.Limit => ExitCode.NotSupported,
                    _ => ExitCode.NothingUsable,
                });
            case NoStudyException or LabelsTableException or PatientSplitException or DirectoryNotFoundException or FileNotFoundException:
                return Say(problem.Message, ExitCode.NothingUsable);
            case IOException or UnauthorizedAccessException or CheckpointException or DicomWebException:
                return Say(problem.Message, ExitCode.Failed);
            case Networks.Native.NativeLibraryException:
                return Say(problem.Message, ExitCode.NotInstalled);
            case DllNotFoundException:
                // .NET's own words are three pages for those who build native libraries.
                return Say($"the native library {Regex.Match(problem.Message, "'([^']*)'").Groups[1].Value} is not there or cannot be loaded: build again, or install what it needs ('scinti setup').", ExitCode.NotInstalled);
            case Exception when IsMemory(problem):
                return Say(Memory, ExitCode.Failed);
            default:
                // A defect: whoever reports it needs all of it.
                Terminal.ErrorText($"scinti: this is a defect, please report it with the lines below.{Environment.NewLine}{problem}");
                return ExitCode.Failed;
        }
    }

    // What several threads met is told by the first of them.
    private static Exception Cause(Exception thrown) => thrown switch
    {
        AggregateException { InnerExceptions.Count: > 0 } several => Cause(several.InnerExceptions[0]),
        TargetInvocationException { InnerException: { } inner } => Cause(inner),
        TypeInitializationException { InnerException: { } inner } when IsMemory(inner) || inner is DllNotFoundException || AssemblyOf(inner) is not null => inner,
        _ => thrown,
    };

    /// <summary>Says that a part of the program is gone, with nothing but the base library.</summary>
    /// <returns>The exit code.</returns>
    public static int Missing(string assembly)
    {
        try
        {
            Terminal.Own($"scinti: {assembly}.dll, which belongs to this program, is not there or is damaged: build again ('scinti setup').");
        }
        catch (IOException)
        {
            // Nobody is there to read it; the code says the same.
        }

        return ExitCode.NotInstalled;
    }

    // A part of the program that is gone is no file of the user's: .NET names it with its version, and a damaged one by its path.
    public static string? AssemblyOf(Exception problem)
    {
        string file = problem switch
        {
            FileNotFoundException missing => missing.FileName,
            FileLoadException refused => refused.FileName,
            BadImageFormatException damaged => damaged.FileName,
            _ => null,
        } ?? "";
        return file.Contains(", Version=", StringComparison.Ordinal) ? file.Split(',')[0]
            : problem is not FileNotFoundException && file.EndsWith(".dll", StringComparison.OrdinalIgnoreCase) ? Path.GetFileNameWithoutExtension(file)
            : null;
    }

    // Native libraries have exceptions of their own, of which only the words tell.
    private static bool IsMemory(Exception problem) => problem is OutOfMemoryException || (problem is ExternalException or InvalidOperationException || problem.GetType().Name == "OnnxRuntimeException")
        && s_memory.Any(words => problem.Message.Contains(words, StringComparison.OrdinalIgnoreCase));

    private static readonly string[] s_memory = ["not enough memory", "can't allocate memory", "failed to allocate memory", "bad_alloc", "out of memory"];

    private static int Say(string message, int code)
    {
        try
        {
            Terminal.Error($"scinti: {message}");
        }
        catch (IOException)
        {
            // Nobody is there to read it; the code says the same.
        }

        return code;
    }

    /// <summary>The signals that ask for an end (Ctrl+C, a service manager's stop, a terminal that was closed): the first one asks, the second one ends.</summary>
    private sealed class Signals : IDisposable
    {
        private readonly CancellationTokenSource _stop = new();
        private readonly PosixSignalRegistration[] _registrations;
        private PosixSignal _signal = PosixSignal.SIGINT;

        public Signals()
        {
            // The work goes on for a while after the first signal, and needs its temporary files; they go with the process.
            PrivateFolder.StaysOnSignals = true;
            _registrations = [.. new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP }.Select(signal => PosixSignalRegistration.Create(signal, Receive))];
            if (JobChild.Current is not null)
            {
                JobChild.EndWithNode(End);
            }
        }

        public CancellationToken Stop => _stop.Token;

        public int Code => _signal switch
        {
            PosixSignal.SIGTERM => ExitCode.Terminated,
            PosixSignal.SIGHUP => ExitCode.HungUp,
            _ => ExitCode.Interrupted,
        };

        public string Word => _signal switch
        {
            PosixSignal.SIGTERM => "told to end (SIGTERM)",
            PosixSignal.SIGHUP => "the terminal was closed (SIGHUP)",
            _ => "interrupted",
        };

        public void Dispose()
        {
            foreach (PosixSignalRegistration registration in _registrations)
            {
                registration.Dispose();
            }

            _stop.Dispose();
        }

        private void End()
        {
            try
            {
                _signal = PosixSignal.SIGTERM;
                _stop.Cancel();
            }
            catch (ObjectDisposedException)
            {
                // The work is done.
            }
        }

        private void Receive(PosixSignalContext context)
        {
            if (_stop.IsCancellationRequested)
            {
                PrivateFolder.Remove();
                return;
            }

            context.Cancel = true;
            _signal = context.Signal;
            _stop.Cancel();
        }
    }
}
