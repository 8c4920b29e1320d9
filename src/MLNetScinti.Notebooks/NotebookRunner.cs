using System.Diagnostics;
using System.Text.Json.Nodes;
using MLNetScinti.Imaging;

namespace MLNetScinti.Notebooks;

/// <summary>
/// Runs the C# cells of a notebook in order, without Jupyter, and puts what each shows under it. A cell that fails stops the
/// notebook; the cells after it have no outputs. The outputs hold no times and no paths of this machine: the same notebook
/// gives the same file again, as far as its own code does.
/// </summary>
/// <remarks>The console and the current folder are the process's: only one notebook runs at a time.</remarks>
public sealed class NotebookRunner(NotebookRunOptions options)
{
    private const string ParametersTag = "parameters";

    private readonly PathScrubber _paths = new(options.Folder);

    /// <summary>Runs a notebook; its cells hold the outputs afterwards.</summary>
    /// <param name="notebook">The notebook.</param>
    /// <param name="progress">Is told after each cell.</param>
    /// <param name="cancellationToken">Stops the run; a cell that is running is left to itself.</param>
    /// <exception cref="NotebookException">A parameter has no cell or no variable to go to, or is no value of its type.</exception>
    public async Task<NotebookRun> RunAsync(NotebookDocument notebook, IProgress<CellProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(notebook);
        if (options.Parameters.Count > 0 && !notebook.Cells.Any(cell => cell.IsCode && cell.Tags.Contains(ParametersTag, StringComparer.Ordinal)))
        {
            throw new NotebookException($"No cell of the notebook is tagged '{ParametersTag}': there is nothing to set {string.Join(", ", options.Parameters.Keys)} in.");
        }

        foreach (NotebookCell cell in notebook.Cells)
        {
            cell.Put(null, []);
        }

        string before = Environment.CurrentDirectory;
        using CellConsole console = new();
        using ScriptSession session = new(options.Folder);
        Environment.CurrentDirectory = Path.GetFullPath(options.Folder);
        try
        {
            return await RunAsync(notebook, session, progress, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            Environment.CurrentDirectory = before;
        }
    }

    private async Task<NotebookRun> RunAsync(NotebookDocument notebook, ScriptSession session, IProgress<CellProgress>? progress, CancellationToken cancellationToken)
    {
        int total = notebook.Cells.Count(cell => cell.IsCode), number = 0;
        List<(NotebookCell Cell, int Number, CellOutputs Outputs)> run = [];
        try
        {
            for (int index = 0; index < notebook.Cells.Count; index++)
            {
                NotebookCell cell = notebook.Cells[index];
                if (!cell.IsCode)
                {
                    continue;
                }

                if (cancellationToken.IsCancellationRequested)
                {
                    return new NotebookRun(number, null, Interrupted: true);
                }

                number++;
                CellOutputs outputs = new(_paths.Scrub);
                run.Add((cell, number, outputs));
                long start = Stopwatch.GetTimestamp();
                (CellFailure? failure, bool interrupted) = await RunCellAsync(cell, number, outputs, session, cancellationToken).ConfigureAwait(false);
                if (failure is not null)
                {
                    outputs.Error(failure);
                }

                // What is between two cells is between two cells of the console, too.
                CellConsole.Current = null;
                progress?.Report(new CellProgress(number, total, Title(notebook, index), Stopwatch.GetElapsedTime(start), failure is not null));
                if (failure is not null || interrupted)
                {
                    return new NotebookRun(number, failure is null ? null : failure with { Message = _paths.Scrub(failure.Message) }, interrupted);
                }
            }

            return new NotebookRun(number, null, Interrupted: false);
        }
        finally
        {
            // At the end, because a later cell may update what an earlier one shows.
            foreach ((NotebookCell cell, int count, CellOutputs outputs) in run)
            {
                JsonArray json = outputs.ToJson();
                cell.Put(count, json);
            }
        }
    }

    private async Task<(CellFailure? Failure, bool Interrupted)> RunCellAsync(
        NotebookCell cell, int number, CellOutputs outputs, ScriptSession session, CancellationToken cancellationToken)
    {
        CellConsole.Current = outputs;
        // On a thread of its own: a cell that never ends must not hold the run.
        Task work = Task.Run(() => ExecuteAsync(cell, number, outputs, session, cancellationToken), CancellationToken.None);
        using CancellationTokenSource waiting = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task limit = Task.Delay(options.CellTimeout ?? Timeout.InfiniteTimeSpan, waiting.Token);
        bool finished = await Task.WhenAny(work, limit).ConfigureAwait(false) == work;
        await waiting.CancelAsync().ConfigureAwait(false);
        if (!finished)
        {
            return cancellationToken.IsCancellationRequested
                ? (null, true)
                : (new CellFailure(number, null, "Timeout", $"the cell took longer than {options.CellTimeout!.Value.TotalSeconds:0.###} s.", []), false);
        }

        try
        {
            await work.ConfigureAwait(false);
            return (null, false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return (null, true);
        }
        catch (NotebookException)
        {
            throw;
        }
        catch (Exception problem)
        {
            return (CellErrors.Describe(problem, number), false);
        }
    }

    private async Task ExecuteAsync(NotebookCell cell, int number, CellOutputs outputs, ScriptSession session, CancellationToken cancellationToken)
    {
        NotebookHost host = new();
        foreach (CellPart part in CellDirectives.Parse(cell.Source).Parts)
        {
            foreach ((string what, int line) in part.References)
            {
                session.Reference(what, line);
            }

            string code = part.Code.ToString();
            if (string.IsNullOrWhiteSpace(code))
            {
                continue;
            }

            if (part.Language != "csharp")
            {
                outputs.Show(new MimeBundle($"text/{part.Language}", code.Trim('\n')));
            }
            else if (await session.RunAsync(code, CellErrors.FileOf(number), host, cancellationToken).ConfigureAwait(false) is { } value)
            {
                outputs.Result(ValueFormatting.Bundle(value), number);
            }
        }

        if (cell.Tags.Contains(ParametersTag, StringComparer.Ordinal))
        {
            NotebookParameters.Apply(session, options.Parameters, outputs);
        }
    }

    /// <summary>The heading that a cell stands under, when it is the first one there; else its own first line of code.</summary>
    private static string Title(NotebookDocument notebook, int index)
    {
        if (index > 0 && notebook.Cells[index - 1] is { Kind: "markdown" } text
            && text.Source.Split('\n').FirstOrDefault(line => line.StartsWith('#')) is { } heading)
        {
            return heading.TrimStart('#').Trim();
        }

        string first = notebook.Cells[index].Source.Split('\n').FirstOrDefault(line => line.Trim().Length > 0 && !line.StartsWith('#'))?.Trim() ?? "";
        return first.Length > 60 ? first[..57] + "..." : first;
    }
}

/// <summary>How a notebook is run.</summary>
public sealed record NotebookRunOptions
{
    /// <summary>The folder that the notebook's relative paths start from: its own. The process works in it while the notebook runs.</summary>
    public string Folder { get; init; } = ".";

    /// <summary>
    /// Values for variables of the cell that is tagged "parameters", by name: set after that cell has run. They are read as
    /// values of the variable's type.
    /// </summary>
    public IReadOnlyDictionary<string, string> Parameters { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>How long a cell may take; null for as long as it likes.</summary>
    public TimeSpan? CellTimeout { get; init; }
}

/// <summary>How a run of a notebook ended.</summary>
/// <param name="CellsRun">The cells of code that ran, the failing one among them.</param>
/// <param name="Failure">Why it stopped, or null where it ran to the end.</param>
/// <param name="Interrupted">Whether it was stopped from outside.</param>
public sealed record NotebookRun(int CellsRun, CellFailure? Failure, bool Interrupted)
{
    /// <summary>Whether every cell ran.</summary>
    public bool Succeeded => Failure is null && !Interrupted;
}

/// <summary>A cell that has just run.</summary>
/// <param name="Number">Its number, from 1.</param>
/// <param name="Total">How many cells of code there are.</param>
/// <param name="Title">The heading above it or, where there is none, its first line.</param>
/// <param name="Elapsed">How long it took.</param>
/// <param name="Failed">Whether it stopped the notebook.</param>
public sealed record CellProgress(int Number, int Total, string Title, TimeSpan Elapsed, bool Failed);

/// <summary>Why a cell stopped the notebook.</summary>
/// <param name="Cell">The number of the cell in the run, from 1.</param>
/// <param name="Line">The line of the cell, from 1, where known.</param>
/// <param name="Name">The kind of error: an exception's type, or CompilationError.</param>
/// <param name="Message">What it says.</param>
/// <param name="Traceback">Where it came from, line by line, as notebooks keep it.</param>
public sealed record CellFailure(int Cell, int? Line, string Name, string Message, IReadOnlyList<string> Traceback)
{
    /// <summary>"cell 3, line 2: InvalidOperationException: ...".</summary>
    public override string ToString() => $"cell {Cell}{(Line is { } line ? $", line {line}" : "")}: {Name}: {Message}";
}

/// <summary>A notebook that cannot be read, or cannot be run as asked. The message is one line and says what to do.</summary>
public sealed class NotebookException : Exception
{
    /// <summary>An exception with a message.</summary>
    public NotebookException(string message)
        : base(PlainText.Message(message))
    {
    }

    /// <summary>An exception with a message and its cause.</summary>
    public NotebookException(string message, Exception cause)
        : base(PlainText.Message(message), cause)
    {
    }
}
