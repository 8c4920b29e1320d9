using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.ExceptionServices;
using System.Text;
using MLNetScinti.Dicom;
using MLNetScinti.Imaging;

namespace MLNetScinti.Simulation;

/// <summary>
/// The folder of a simulated cohort: files of the patients, <c>labels.csv</c> with their rows, and <c>cohort.json</c> with what the cohort is. A run
/// that was stopped goes on where it was; files that are there are kept; a folder that somebody else made is left alone. The same cohort gives the
/// same files, bit for bit, at any number of threads.
/// </summary>
internal sealed class CohortFolder
{
    /// <summary>The name of the table of labels.</summary>
    public const string LabelsName = "labels.csv";

    /// <summary>The name of the file that says what the cohort is.</summary>
    public const string CohortName = "cohort.json";

    private readonly string _folder;
    private readonly ulong _seed;
    private readonly int _patients;
    private readonly string _header;
    private readonly string _description;

    /// <summary>The folder of a cohort.</summary>
    /// <param name="folder">Where it is, or will be.</param>
    /// <param name="seed">The cohort's seed.</param>
    /// <param name="patients">Its patients.</param>
    /// <param name="header">The columns of its table of labels; the first one holds a patient's first file.</param>
    /// <param name="description">What the cohort is, as JSON.</param>
    public CohortFolder(string folder, ulong seed, int patients, string header, string description) =>
        (_folder, _seed, _patients, _header, _description) = (folder, seed, patients, header, description);

    /// <summary>What a file of a patient may end with.</summary>
    public IReadOnlyList<string> Endings { get; init; } = [".dcm"];

    /// <summary>Rows of a patient.</summary>
    public int RowsOfEach { get; init; } = 1;

    /// <summary>Rows of each patient, by index, where they differ; null for <see cref="RowsOfEach"/>.</summary>
    public Func<int, int>? RowsOf { get; init; }

    /// <summary>The names of all files of a patient, by index.</summary>
    public required Func<int, IReadOnlyList<string>> FilesOf { get; init; }

    /// <summary>The number in files of a cohort's patient.</summary>
    public static string IdOf(ulong seed, int number) => string.Create(CultureInfo.InvariantCulture, $"{SimulatedPatient.IdPrefix}{seed}-{number:000000}");

    /// <summary>The number of the patient whose ID, with something behind it, is a file's name; 0 where it is none.</summary>
    public static int NumberOf(string name, string ending, ulong seed, int patients)
    {
        string prefix = string.Create(CultureInfo.InvariantCulture, $"{SimulatedPatient.IdPrefix}{seed}-");
        return name.StartsWith(prefix, StringComparison.Ordinal) && name.EndsWith(ending, StringComparison.Ordinal) && name.Length > prefix.Length + ending.Length
            && int.TryParse(name.AsSpan(prefix.Length, name.Length - prefix.Length - ending.Length), NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            && number >= 1 && number <= patients && name == IdOf(seed, number) + ending ? number : 0;
    }

    /// <summary>Writes what is not there yet.</summary>
    /// <param name="simulate">Writes the files of a patient, by index and with a number of threads, and gives the patient's rows, each with its line end.</param>
    /// <param name="threads">Threads at most, or -1 for all.</param>
    /// <param name="progress">Is told after each patient, from any thread.</param>
    /// <param name="cancellation">Stops the work; what is written stays and is kept by the next run.</param>
    /// <exception cref="InvalidDataException">The folder holds another cohort, or files that no simulator made: nothing is written then.</exception>
    public CohortSummary Write(Func<int, int, string> simulate, int threads, IProgress<CohortProgress>? progress, CancellationToken cancellation)
    {
        CheckCohort();
        CheckFolder();
        Directory.CreateDirectory(_folder);
        string cohort = Path.Combine(_folder, CohortName), labels = Path.GetFullPath(Path.Combine(_folder, LabelsName));
        if (!File.Exists(cohort))
        {
            AtomicFile.Write(cohort, _description);
        }

        ConcurrentDictionary<int, string> rows = new(KeptRows(labels));
        int kept = rows.Count;
        int[] missing = [.. Enumerable.Range(0, _patients).Where(i => !rows.ContainsKey(i))];
        progress?.Report(new(kept, _patients, ""));

        // A complete table stays the file that it is.
        if (missing.Length == 0)
        {
            return new(labels, 0, kept);
        }

        int workers = threads > 0 ? threads : Environment.ProcessorCount;
        // Whole patients side by side waste no time waiting for one another; only where there are too few of them
        // is each divided.
        int within = missing.Length >= workers ? 1 : workers;
        Stopwatch sinceSaved = Stopwatch.StartNew();
        Lock saving = new();
        try
        {
            Parallel.ForEach(
                Partitioner.Create(missing, loadBalance: true),
                new ParallelOptions { MaxDegreeOfParallelism = missing.Length >= workers ? workers : 1, CancellationToken = cancellation },
                index =>
                {
                    rows[index] = simulate(index, within);
                    progress?.Report(new(rows.Count, _patients, IdOf(_seed, index + 1)));
                    lock (saving)
                    {
                        // The table is small but grows: it is saved every few seconds, and what it lacks is simulated again.
                        if (sinceSaved.Elapsed.TotalSeconds > 5)
                        {
                            SaveLabels(labels, rows);
                            sinceSaved.Restart();
                        }
                    }
                });
        }
        catch (AggregateException failures)
        {
            // One patient that cannot be written stops the run; its own reason is what the caller needs.
            ExceptionDispatchInfo.Throw(failures.InnerExceptions[0]);
        }
        finally
        {
            SaveLabels(labels, rows);
        }

        return new(labels, missing.Length, kept);
    }

    /// <summary>Refuses a folder of truth that holds files of somebody else.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="isOurs">Whether a name is one of those that are written.</param>
    /// <param name="tables">Names of tables and the header that each must have where it is there.</param>
    /// <exception cref="InvalidDataException">It holds such files.</exception>
    public static void CheckTruth(string folder, Func<string, bool> isOurs, params IReadOnlyList<(string Name, string Header)> tables)
    {
        string? foreign = Directory.Exists(folder) ? Directory.EnumerateFileSystemEntries(folder).Select(entry => Path.GetFileName(entry)).Order(StringComparer.Ordinal).FirstOrDefault(name => !name.StartsWith('.') && !isOurs(Finished(name))) : null;
        foreach ((string name, string header) in tables)
        {
            string table = Path.Combine(folder, name);
            if (foreign is null && File.Exists(table) && InputFile.ReadAllLines(table).FirstOrDefault() is { } first && first != header)
            {
                foreign = name;
            }
        }

        if (foreign is not null)
        {
            throw new InvalidDataException($"{folder}: masks are only written into a folder of their own, and this one holds '{foreign}', which no simulator made for this cohort: choose another folder.");
        }
    }

    /// <summary>The name that a file would have had, had its writing not been cut off.</summary>
    private static string Finished(string name) => name.EndsWith(".partial", StringComparison.Ordinal) ? name[..^".partial".Length]
        : name.EndsWith(".part", StringComparison.Ordinal) && name.Length > 38 ? name[..^38] : name;

    /// <summary>Refuses a folder that the simulator did not make: somebody's table of labels is never written over, nor are simulated studies mixed with real ones.</summary>
    private void CheckFolder()
    {
        if (!Directory.Exists(_folder))
        {
            return;
        }

        // What is written first is cohort.json: a folder without it was not made here, unless it holds nothing.
        if (!File.Exists(Path.Combine(_folder, CohortName))
            && Directory.EnumerateFileSystemEntries(_folder).Select(entry => Path.GetFileName(entry)).Where(name => !name.StartsWith('.') && Finished(name) != CohortName).Order(StringComparer.Ordinal).FirstOrDefault() is { } foreign)
        {
            throw new InvalidDataException($"{_folder}: simulated studies are only written into a folder of their own, and this one holds '{foreign}' and was not made by the simulator: choose another folder, or leave the simulation out where these studies are meant.");
        }

        string labels = Path.Combine(_folder, LabelsName);
        string[] lines = File.Exists(labels) ? InputFile.ReadAllLines(labels) : [];
        if (lines.Length > 0 && !(lines[0] == _header && lines.Skip(1).All(line => line.Length == 0 || IndexOf(line.Split(',')[0]) >= 0)))
        {
            throw new InvalidDataException($"{labels}: expected the table that the simulator wrote, found another one or lines of other files; it is not written over: move it to another folder.");
        }
    }

    private void CheckCohort()
    {
        string path = Path.Combine(_folder, CohortName);
        if (File.Exists(path) && !string.Equals(InputFile.ReadAllText(path), _description, StringComparison.Ordinal))
        {
            throw new InvalidDataException(
                $"{path}: the folder holds another simulated cohort than the one asked for; choose another folder, or delete this one.", new AnotherCohortException(_folder));
        }
    }

    private int IndexOf(string file) => Endings.Max(ending => NumberOf(file, ending, _seed, _patients)) - 1;

    /// <summary>The rows of patients whose files and rows are all there, by index.</summary>
    private Dictionary<int, string> KeptRows(string labels)
    {
        Dictionary<int, string> kept = [];
        string[] lines = File.Exists(labels) ? InputFile.ReadAllLines(labels) : [];
        if (lines.Length == 0 || !string.Equals(lines[0], _header, StringComparison.Ordinal))
        {
            return kept;
        }

        foreach (IGrouping<int, string> rows in lines.Skip(1).GroupBy(line => IndexOf(line.Split(',')[0])))
        {
            if (rows.Key is >= 0 and int index && rows.Count() == (RowsOf?.Invoke(index) ?? RowsOfEach) && FilesOf(index).All(file => File.Exists(Path.Combine(_folder, file))))
            {
                kept[index] = string.Concat(rows.Select(row => row + "\n"));
            }
        }

        return kept;
    }

    private void SaveLabels(string path, ConcurrentDictionary<int, string> rows)
    {
        StringBuilder text = new(_header + "\n");
        // Others add patients meanwhile: only its own copy of the dictionary is taken at one moment.
        foreach ((_, string row) in rows.ToArray().OrderBy(row => row.Key))
        {
            text.Append(row);
        }

        AtomicFile.Write(path, text.ToString());
    }
}

/// <summary>Why a folder is refused: it holds a simulated cohort, intact, but another one than was asked for (also one of an earlier version of the simulator).</summary>
public sealed class AnotherCohortException(string folder) : Exception($"{folder} holds another simulated cohort")
{
    /// <summary>The folder of that cohort.</summary>
    public string Folder { get; } = folder;
}
