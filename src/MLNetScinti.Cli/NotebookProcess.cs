using System.Diagnostics;
using System.Globalization;
using MLNetScinti.Imaging;
using MLNetScinti.Notebooks;

namespace MLNetScinti.Cli;

/// <summary>
/// Runs a notebook's cells in a process of their own. A cell is any code: it can end the process that it runs in, by
/// <c>Environment.Exit</c> or by calling itself until the stack is used up, and nothing within that process could say so afterwards.
/// </summary>
internal sealed class NotebookProcess
{
    // Its presence tells a process that it is the one for the cells, and where to say how far they are.
    private const string Variable = "SCINTI_NOTEBOOK_STATE";
    private const string Ended = "ended";
    private const string Overflow = "Stack overflow";

    // How the runtime begins what it says of a process that it ends.
    private static readonly string[] s_crashes = [Overflow, "Process terminated", "Unhandled exception", "Out of memory"];

    private readonly string _file;

    private NotebookProcess(string file) => _file = file;

    /// <summary>This process, where it is the one for the cells; null where it is the one that watches over them.</summary>
    public static NotebookProcess? Current()
    {
        string? file = Environment.GetEnvironmentVariable(Variable);
        // What a cell starts is a process of its own again.
        Environment.SetEnvironmentVariable(Variable, null);
        return string.IsNullOrEmpty(file) ? null : new NotebookProcess(file);
    }

    /// <summary>Notes that a cell was run to its end.</summary>
    public void Note(int cell) => AtomicFile.Write(_file, cell.ToString(CultureInfo.InvariantCulture));

    /// <summary>Notes that no more cells are run.</summary>
    public void NoteEnd() => AtomicFile.Write(_file, Ended);

    /// <summary>A token that is cancelled with another one, and when the watching process is gone or says so by closing what this one reads.</summary>
    public static CancellationTokenSource StopWithParent(CancellationToken cancel)
    {
        CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        ParentLine.Listen(() => { }, stop.Cancel);
        return stop;
    }

    /// <summary>Starts this command again for the cells alone, and waits.</summary>
    /// <param name="cancel">Has the cells stopped in good order.</param>
    /// <returns>The exit code; and, where a cell ended the process, its number and how.</returns>
    public static (int Code, CellFailure? Failure) Watch(CancellationToken cancel)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("scinti-notebook-");
        try
        {
            string state = Path.Combine(folder.FullName, "state");
            AtomicFile.Write(state, "0");
            using Process process = Process.Start(Start(state))!;
            using CancellationTokenRegistration stop = cancel.Register(process.StandardInput.Close);
            string? crash = null;
            while (process.StandardError.ReadLine() is { } line)
            {
                // A stack follows, of thousands of lines where it overflowed.
                crash ??= Array.Exists(s_crashes, words => line.StartsWith(words, StringComparison.Ordinal)) ? PlainText.Short(line, 300) : null;
                if (crash is null)
                {
                    Terminal.Error(line);
                }
            }

            process.WaitForExit();
            string last = File.ReadAllText(state);
            if (last == Ended || cancel.IsCancellationRequested || !int.TryParse(last, CultureInfo.InvariantCulture, out int run))
            {
                return (process.ExitCode, null);
            }

            bool overflow = crash?.StartsWith(Overflow, StringComparison.Ordinal) == true;
            string how = overflow
                ? "the cell called itself until the stack was used up, which ends the process; what ran before it is lost."
                : string.Create(CultureInfo.InvariantCulture, $"the cell ended the process with exit code {process.ExitCode}{(crash is null ? ", as Environment.Exit does" : $" ({crash.TrimEnd('.')})")}; what ran before it is lost. A notebook's cells run to their end.");
            return (ExitCode.Failed, new CellFailure(run + 1, null, overflow ? "StackOverflow" : "ProcessEnded", how, [how]));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static ProcessStartInfo Start(string state)
    {
        string program = Environment.ProcessPath ?? throw new InvalidOperationException("This process does not know its own program.");
        bool isHost = Path.GetFileNameWithoutExtension(program).Equals("dotnet", StringComparison.OrdinalIgnoreCase);
        string[] command = Environment.GetCommandLineArgs();
        ProcessStartInfo start = new(program, isHost ? command : command[1..])
        {
            RedirectStandardError = true,
            RedirectStandardInput = true,
            UseShellExecute = false,
        };
        start.Environment[Variable] = state;
        return start;
    }
}
