using System.Diagnostics;
using MLNetScinti.Evaluation;
using MLNetScinti.Evaluation.Reporting;
using MLNetScinti.Imaging;
using MLNetScinti.Networks;
using MLNetScinti.Pipelines.Definitions;

namespace MLNetScinti.Pipelines.Runs;

/// <summary>What a run is told besides its definition.</summary>
public sealed record RunSettings
{
    /// <summary>The command that was given, for the report.</summary>
    public required string Command { get; init; }

    /// <summary>The folder to write instead of the definition's; null for the definition's.</summary>
    public string? Output { get; init; }

    /// <summary>Threads to compute with. Results do not depend on it.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>Whether a run that another build of this product began is gone on with; the report then says so.</summary>
    public bool AcceptCode { get; init; }
}

/// <summary>What a finished run leaves.</summary>
/// <param name="Report">The report's content.</param>
/// <param name="Folder">The folder with the model, metrics and report.</param>
/// <param name="LeftOut">The files that gave no case.</param>
/// <param name="FusedDifference">The largest difference in an answer between the fused ONNX model and the pipeline, over the validation cases.</param>
public sealed record RunOutcome(EvaluationReport Report, string Folder, IReadOnlyList<LeftOutStudy> LeftOut, double FusedDifference)
{
    /// <summary>The name of the figures' file.</summary>
    internal const string MetricsName = "metrics.json";

    /// <summary>The HTML report.</summary>
    public string HtmlFile => Path.Combine(Folder, "report.html");

    /// <summary>The figures as JSON.</summary>
    public string MetricsFile => Path.Combine(Folder, MetricsName);

    /// <summary>The fused ONNX model.</summary>
    public string OnnxFile => Path.Combine(Folder, ModelBundle.ModelFile);

    /// <summary>The same model in ML.NET's format.</summary>
    public string ModelFile => Path.Combine(Folder, ModelBundle.StockFile);
}

/// <summary>Measures how long the stages of a run take.</summary>
internal sealed class StageClock
{
    private readonly List<StageDuration> _durations = [];

    /// <summary>When the run began.</summary>
    public DateTimeOffset Started { get; } = DateTimeOffset.UtcNow;

    /// <summary>What was measured so far, in order.</summary>
    public IReadOnlyList<StageDuration> Durations => _durations;

    public T Time<T>(string stage, Func<T> work)
    {
        long start = Stopwatch.GetTimestamp();
        T result = work();
        _durations.Add(new StageDuration(stage, Stopwatch.GetElapsedTime(start)));
        return result;
    }

    public void Time(string stage, Action work) => Time(stage, () =>
    {
        work();
        return 0;
    });
}

/// <summary>Another run writes the same folder. The message is one line.</summary>
public sealed class RunFolderInUseException : Exception
{
    /// <summary>Makes the exception from its one line.</summary>
    public RunFolderInUseException(string message)
        : base(PlainText.Message(message))
    {
    }
}

/// <summary>Keeps two runs from writing one folder. The operating system lets go of it even when the run is killed.</summary>
internal sealed class RunFolderLock : IDisposable
{
    private readonly FileStream _file;

    private RunFolderLock(FileStream file) => _file = file;

    /// <summary>Takes a folder.</summary>
    /// <param name="folder">The folder to write.</param>
    /// <param name="data">Folders of studies that the run reads.</param>
    /// <exception cref="DefinitionException">Results would lie among the studies, and be read as such the next time.</exception>
    public static RunFolderLock Take(string folder, params IEnumerable<string> data)
    {
        if (data.FirstOrDefault(read => Lies(folder, within: read)) is { } studies)
        {
            throw new DefinitionException($"output: {folder} lies in {studies}, the folder of the studies, where results would be read as studies the next time: give a folder outside of it with 'output' or --output.");
        }

        string file = Path.Combine(folder, ".run.lock");
        try
        {
            Directory.CreateDirectory(folder);
            FileStream held = new(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            // Checkpoints are large, and nobody else writes here now.
            AtomicFile.RemoveLeftBehind(folder, TimeSpan.Zero);
            return new RunFolderLock(held);
        }
        catch (IOException problem) when (IsHeld(problem))
        {
            throw new RunFolderInUseException($"{folder}: another run is writing this folder; wait for it, or give another one with --output.");
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"{folder}: the results cannot be written into this folder ({problem.Message.TrimEnd('.')}): check its rights and the disk, or give another one with --output.", problem);
        }
    }

    public void Dispose() => _file.Dispose();

    /// <summary>Whether a path is a folder or leads into it, over links too.</summary>
    public static bool Lies(string path, string within) => Whole(path).StartsWith(Whole(within), StringComparison.Ordinal);

    // The separator keeps "data-2" from lying in "data".
    private static string Whole(string folder) => Resolved(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder))) + Path.DirectorySeparatorChar;

    /// <summary>The path without links, as far as it leads to something.</summary>
    private static string Resolved(string path)
    {
        if (Path.GetDirectoryName(path) is not { } parent)
        {
            return path;
        }

        string own = Path.Combine(Resolved(parent), Path.GetFileName(path));
        try
        {
            return Directory.ResolveLinkTarget(own, returnFinalTarget: true)?.FullName is { } target ? Path.TrimEndingDirectorySeparator(target) : own;
        }
        catch (IOException)
        {
            // Links that lead in a circle lead nowhere.
            return own;
        }
    }

    // The operating systems' numbers for a lock that another process holds: EAGAIN of Linux and of macOS, and Windows' two.
    private static bool IsHeld(IOException problem) => OperatingSystem.IsWindows() ? (problem.HResult & 0xFFFF) is 32 or 33 : problem.HResult is 11 or 35;
}

/// <summary>Is told how a run goes. Calls may come from any thread, one at a time.</summary>
public interface IRunObserver
{
    /// <summary>A stage begins, such as "Simulating 80 patients".</summary>
    void Stage(string text);

    /// <summary>Something worth a line, such as how the patients were split.</summary>
    void Note(string text);

    /// <summary>So many of so many are done in a stage.</summary>
    void Progress(int done, int total, TimeSpan? left);

    /// <summary>A training epoch ended.</summary>
    void Epoch(TrainingProgress progress);

    /// <summary>One model of a comparison is trained and evaluated.</summary>
    /// <param name="number">The model's number, from 1.</param>
    /// <param name="evaluation">Its figures.</param>
    /// <param name="duration">How long it took.</param>
    void Trial(int number, IEvaluation evaluation, TimeSpan duration);

    /// <summary>A file gave no case.</summary>
    void LeftOut(LeftOutStudy study);
}
