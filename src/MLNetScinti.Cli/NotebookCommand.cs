using System.CommandLine;
using System.Globalization;
using MLNetScinti.Notebooks;

namespace MLNetScinti.Cli;

/// <summary><c>scinti notebook run FILE</c>: runs a C# notebook without Jupyter.</summary>
internal static class NotebookCommand
{
    public static Command Create() => new("notebook", "C# notebooks without Jupyter.") { Run() };

    private static Command Run()
    {
        Argument<string> file = new("file") { Description = "A C# notebook (.ipynb)." };
        Option<string?> output = new("--output") { Description = "Where to write the notebook with its outputs; without this, into the notebook itself." };
        Option<string?> html = new("--html") { Description = "Where to write it as a page; without this, beside the notebook that is written." };
        Option<string[]> set = new("--set") { Description = "name=value: another value for a variable of the cell tagged 'parameters'. May be given several times.", DefaultValueFactory = _ => [] };
        Option<double?> timeout = new("--timeout") { Description = "Seconds that one cell may take; without this, as long as it likes." };
        Command command = new("run", "Runs a C# notebook cell by cell, and writes what each cell shows into the notebook and into an HTML page. A failing cell stops it, with exit code 1.")
        {
            file, output, html, set, timeout,
        };
        command.SetAction(parsed => Guarded.Run(cancel =>
        {
            try
            {
                string notebook = parsed.GetRequiredValue(file), target = parsed.GetValue(output) ?? notebook, page = parsed.GetValue(html) ?? Path.ChangeExtension(target, ".html");
                NotebookRunOptions options = new()
                {
                    Folder = Path.GetDirectoryName(Path.GetFullPath(notebook))!,
                    Parameters = Parameters(parsed.GetValue(set) ?? []),
                    CellTimeout = parsed.GetValue(timeout) is { } seconds ? Limit(seconds) : null,
                };
                return NotebookProcess.Current() is { } process
                    ? Run(process, notebook, target, page, options, cancel)
                    : Watch(notebook, target, page, cancel);
            }
            catch (NotebookException problem)
            {
                Terminal.Error($"scinti: {problem.Message}");
                return ExitCode.WrongUsage;
            }
        }));
        return command;
    }

    /// <summary>Watches over the process that runs the cells: whatever they do to it, this one is there to say so.</summary>
    private static int Watch(string file, string target, string page, CancellationToken cancel)
    {
        NotebookDocument notebook = NotebookDocument.Read(file);
        (int code, CellFailure? failure) = NotebookProcess.Watch(cancel);
        cancel.ThrowIfCancellationRequested();
        if (failure is not null)
        {
            notebook.Fail(failure);
            Write(notebook, file, target, page);
            Terminal.Error($"scinti: {file}: {failure}");
        }

        return code;
    }

    private static int Run(NotebookProcess process, string file, string target, string page, NotebookRunOptions options, CancellationToken cancel)
    {
        NotebookDocument notebook = NotebookDocument.Read(file);
        // A cell may change the current folder.
        (target, page) = (Path.GetFullPath(target), Path.GetFullPath(page));
        using CancellationTokenSource stop = NotebookProcess.StopWithParent(cancel);
        NotebookRun run;
        try
        {
            run = new NotebookRunner(options).RunAsync(notebook, new CellLines(process), stop.Token).GetAwaiter().GetResult();
        }
        finally
        {
            process.NoteEnd();
        }

        Write(notebook, file, target, page);
        if (run.Failure is { } failure)
        {
            Terminal.Error($"scinti: {file}: {failure}");
            return ExitCode.Failed;
        }

        if (run.Interrupted)
        {
            Terminal.Error($"scinti: interrupted in cell {run.CellsRun}; what ran before is written.");
            return ExitCode.Interrupted;
        }

        return ExitCode.Done;
    }

    private static void Write(NotebookDocument notebook, string file, string target, string page)
    {
        (target, page) = (Path.GetFullPath(target), Path.GetFullPath(page));
        notebook.Write(target);
        NotebookPage.Write(notebook, Path.GetFileNameWithoutExtension(file), page);
        Terminal.Error($"Notebook: {target}");
        Terminal.Error($"Page: {page}");
    }

    private static Dictionary<string, string> Parameters(string[] settings)
    {
        Dictionary<string, string> parameters = new(StringComparer.Ordinal);
        foreach (string setting in settings)
        {
            int equals = setting.IndexOf('=', StringComparison.Ordinal);
            if (equals < 1)
            {
                throw new NotebookException($"--set: expected name=value, found '{setting}'.");
            }

            parameters[setting[..equals].Trim()] = setting[(equals + 1)..];
        }

        return parameters;
    }

    private static TimeSpan Limit(double seconds) => seconds is > 0 and < 1e6
        ? TimeSpan.FromSeconds(seconds)
        : throw new NotebookException(string.Create(CultureInfo.InvariantCulture, $"--timeout: expected seconds above 0, found {seconds}."));

    // What the cells print is the notebook's; the progress goes to the console as it was.
    private sealed class CellLines(NotebookProcess process) : IProgress<CellProgress>
    {
        public void Report(CellProgress value)
        {
            process.Note(value.Number);
            Terminal.Error(string.Create(CultureInfo.InvariantCulture,
                $"[{value.Number,2}/{value.Total}] {value.Elapsed.TotalSeconds,6:0.0} s  {value.Title}{(value.Failed ? "  FAILED" : "")}"));
        }
    }
}
