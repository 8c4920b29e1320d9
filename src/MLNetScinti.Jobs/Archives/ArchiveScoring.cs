using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using MLNetScinti.Evaluation;
using MLNetScinti.Evaluation.Reporting;
using MLNetScinti.Imaging;
using MLNetScinti.Pipelines;
using MLNetScinti.Pipelines.Runs;

namespace MLNetScinti.Jobs.Archives;

/// <summary>An archive that cannot be scored as it is asked for. The message is one line.</summary>
/// <param name="message">The line.</param>
public sealed class ArchiveException(string message) : Exception(PlainText.Message(message));

/// <summary>How an archive is scored.</summary>
public sealed record ArchiveSettings
{
    /// <summary>The folder for the parts.</summary>
    public required string Output { get; init; }

    /// <summary>Studies in a part, 1 to 100,000.</summary>
    public int StudiesPerPart { get; init; } = 300;

    /// <summary>Files decoded at once, and threads of the model.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>Whether each part is a CSV file, too.</summary>
    public bool Csv { get; init; }

    /// <summary>Whether volumes go on with lengths that their files do not give.</summary>
    public bool AssumeSpacing { get; init; }

    /// <summary>Whether studies are scored too that lie outside of what the model was trained on.</summary>
    public bool AcceptOutside { get; init; }
}

/// <summary>How far it is.</summary>
/// <param name="Done">Parts that are there.</param>
/// <param name="Parts">All of them.</param>
/// <param name="StudiesPerSecond">What this process does.</param>
/// <param name="Left">How long the rest takes this process; null where it has done nothing yet.</param>
public sealed record ArchiveProgress(int Done, int Parts, double StudiesPerSecond, TimeSpan? Left);

/// <summary>What this process did.</summary>
/// <param name="Studies">Studies of the archive.</param>
/// <param name="Parts">Parts of it.</param>
/// <param name="Made">Parts that this process made.</param>
/// <param name="Cases">Cases scored in these.</param>
/// <param name="LeftOut">Studies left out in these.</param>
/// <param name="Lost">Those of them that should have been read.</param>
/// <param name="Refused">Those of them that lie outside of what the model was trained on.</param>
public sealed record ArchiveOutcome(int Studies, int Parts, int Made, int Cases, int LeftOut, int Lost, int Refused);

/// <summary>
/// Scores a folder of any number of studies in parts: each part is a file that is put into place whole, so that the same command goes on where one was broken off, and several processes
/// on one folder share the work. Which study is in which part follows from the names of the files under the pseudonym key, and a folder of parts belongs to one model and one list of studies.
/// </summary>
public static class ArchiveScoring
{
    /// <summary>What the parts belong to.</summary>
    public const string DescriptionFile = "archive.json";

    private static readonly JsonSerializerOptions s_json = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase, WriteIndented = true };

    /// <summary>The name of a part, without its ending.</summary>
    public static string NameOf(int part) => string.Create(CultureInfo.InvariantCulture, $"part-{part + 1:00000}");

    /// <summary>Scores what is not yet scored.</summary>
    /// <param name="bundle">The model.</param>
    /// <param name="system">Its system.</param>
    /// <param name="folder">The studies.</param>
    /// <param name="settings">How.</param>
    /// <param name="progress">Is told after each part.</param>
    /// <param name="cancel">Ends it between cases; a part that is not whole is not there.</param>
    /// <exception cref="ArchiveException">The output belongs to another model or to other studies.</exception>
    /// <exception cref="NoStudyException">There is no study.</exception>
    public static ArchiveOutcome Score(ModelBundle bundle, SystemDefinition system, string folder, ArchiveSettings settings, Action<ArchiveProgress>? progress = null, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(bundle);
        ArgumentNullException.ThrowIfNull(system);
        ArgumentNullException.ThrowIfNull(settings);
        FolderCases studies = FolderScoring.Studies(bundle, system, folder, settings.AssumeSpacing, settings.AcceptOutside, cancel);
        (IReadOnlyList<int> order, string listing) = studies.ByPseudonym();
        int parts = (order.Count + settings.StudiesPerPart - 1) / settings.StudiesPerPart;
        Belongs(settings, new Description(ModelOf(bundle), listing, order.Count, settings.StudiesPerPart, settings.AssumeSpacing, settings.AcceptOutside, settings.Csv));

        // Files that make no study were found before any part is begun: each process writes the same.
        IReadOnlyList<LeftOutStudy> none = studies.LeftOut;
        if (none.Count > 0)
        {
            AtomicFile.WriteText(Path.Combine(settings.Output, "left-out.csv"), Table(none).WriteCsv);
        }

        ArchiveOutcome outcome = new(order.Count, parts, 0, 0, none.Count, none.Count(study => study.IsLoss), none.Count(study => study.IsRefused));
        long started = Stopwatch.GetTimestamp();
        int read = 0;
        // Parts that other processes are at come last: either they are there then, or nobody is at them any more.
        Queue<int> open = new(Enumerable.Range(0, parts).Where(part => !File.Exists(Path.Combine(settings.Output, NameOf(part) + ".parquet"))));
        int done = parts - open.Count, passed = 0;
        while (open.TryDequeue(out int part))
        {
            cancel.ThrowIfCancellationRequested();
            string file = Path.Combine(settings.Output, NameOf(part) + ".parquet");
            if (File.Exists(file))
            {
                passed = 0;
                done++;
                continue;
            }

            using FileStream? held = Hold(Path.Combine(settings.Output, $".{NameOf(part)}.lock"));
            if (held is null)
            {
                open.Enqueue(part);
                if (++passed > open.Count)
                {
                    cancel.WaitHandle.WaitOne(TimeSpan.FromSeconds(1));
                    passed = 0;
                }

                continue;
            }

            passed = 0;
            done++;
            if (File.Exists(file))
            {
                continue;
            }

            int[] some = [.. order.Skip(part * settings.StudiesPerPart).Take(settings.StudiesPerPart)];
            outcome = One(bundle, system, studies.Some(some), settings, NameOf(part), outcome, cancel);
            read += some.Length;
            double rate = read / Stopwatch.GetElapsedTime(started).TotalSeconds;
            progress?.Invoke(new ArchiveProgress(done, parts, rate, TimeSpan.FromSeconds((parts - done) * (double)settings.StudiesPerPart / rate)));
        }

        foreach (string file in Directory.EnumerateFiles(settings.Output, ".part-*.lock"))
        {
            File.Delete(file);
        }

        return outcome;
    }

    private static ArchiveOutcome One(ModelBundle bundle, SystemDefinition system, CaseSource studies, ArchiveSettings settings, string name, ArchiveOutcome outcome, CancellationToken cancel)
    {
        List<LeftOutStudy> leftOut = [];
        // In the order of the pseudonyms, as all that is written.
        ScoredFolderCase[] cases = [.. FolderScoring.Score(bundle, studies, settings.Threads, leftOut.Add, cancel).OrderBy(one => one.Case.Id, StringComparer.Ordinal)];
        FactColumn[] facts = [.. system.Cases.Facts.Where(fact => !fact.FromLabels)];
        ArchiveTable table = new([("File", false), ("CaseId", false), .. facts.Select(fact => (fact.Name, fact.IsNumber)), .. FolderScoring.AnswerColumns(bundle.Model.Task), ("Unusual", false)]);
        foreach (ScoredFolderCase one in cases)
        {
            Dictionary<string, string> given = one.Answers.ToDictionary(StringComparer.Ordinal);
            table.Add([one.Case.FileId, one.Case.Id, .. facts.Select(fact => Value(one.Case.Facts, fact)), .. FolderScoring.AnswerColumns(bundle.Model.Task).Select(answer => given.GetValueOrDefault(answer.Name, "")), string.Join(" ", one.Unusual)]);
        }

        string place = Path.Combine(settings.Output, name);
        AtomicFile.WriteText(place + ".left-out.csv", Table(leftOut).WriteCsv);
        if (settings.Csv)
        {
            AtomicFile.WriteText(place + ".csv", table.WriteCsv);
        }

        // Last: where it is, the part is whole.
        AtomicFile.Write(place + ".parquet", table.WriteParquet);
        return outcome with { Made = outcome.Made + 1, Cases = outcome.Cases + cases.Length, LeftOut = outcome.LeftOut + leftOut.Count, Lost = outcome.Lost + leftOut.Count(study => study.IsLoss), Refused = outcome.Refused + leftOut.Count(study => study.IsRefused) };
    }

    private static ArchiveTable Table(IEnumerable<LeftOutStudy> leftOut)
    {
        ArchiveTable table = new([("File", false), ("Reason", false), ("Sentence", false)]);
        foreach ((string reason, SkippedInput input) in leftOut.Select(study => (study.Reason, study.Named())).OrderBy(one => one.Item2.Name, StringComparer.Ordinal).ThenBy(one => one.Item2.Reason, StringComparer.Ordinal))
        {
            table.Add([input.Name, reason, input.Reason]);
        }

        return table;
    }

    private static string Value(Facts facts, FactColumn fact) => facts[fact.Name] is not { } value ? ""
        : fact.IsNumber ? (value.Number is { } number && double.IsFinite(number) ? number.ToString("R", CultureInfo.InvariantCulture) : "") : value.ToString() ?? "";

    private static FileStream? Hold(string path)
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException problem) when (problem is not DirectoryNotFoundException && File.Exists(path))
        {
            return null;
        }
    }

    private static void Belongs(ArchiveSettings settings, Description wanted)
    {
        string path = Path.Combine(settings.Output, DescriptionFile);
        if (!File.Exists(path) && Directory.Exists(settings.Output) && Directory.EnumerateFileSystemEntries(settings.Output).Any(entry => !AtomicFile.IsTemporary(Path.GetFileName(entry))))
        {
            throw new ArchiveException($"--output: {settings.Output} holds something else than an archive's scores: expected a folder that is empty or not there, or one that this command began.");
        }

        Directory.CreateDirectory(settings.Output);
        // Of several processes that begin at once, one writes it, and all read it.
        _ = !File.Exists(path) && AtomicFile.WriteNew(path, JsonSerializer.SerializeToUtf8Bytes(wanted, s_json));
        Description? found;
        try
        {
            found = JsonSerializer.Deserialize<Description>(InputFile.ReadAllText(path), s_json);
        }
        catch (JsonException)
        {
            found = null;
        }

        string? other = found is null ? "cannot be read: expected what this command wrote"
            : found.Model != wanted.Model ? "belongs to another model"
            : found.Listing != wanted.Listing || found.Studies != wanted.Studies ? string.Create(CultureInfo.InvariantCulture, $"belongs to other studies, or to these under another pseudonym key ({found.Studies} then, {wanted.Studies} now)")
            : found.StudiesPerPart != wanted.StudiesPerPart ? string.Create(CultureInfo.InvariantCulture, $"has parts of {found.StudiesPerPart} studies")
            : found != wanted ? "was begun with other options"
            : null;
        if (other is not null)
        {
            throw new ArchiveException($"--output: {path} {other}: go on with what it was begun with, or give another folder.");
        }
    }

    private static string ModelOf(ModelBundle bundle) => Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(string.Join('\n', bundle.Card.Files.OrderBy(file => file.Key, StringComparer.Ordinal).Select(file => $"{file.Key} {file.Value}")))));

    private sealed record Description(string Model, string Listing, int Studies, int StudiesPerPart, bool AssumeSpacing, bool AcceptOutside, bool Csv);
}
