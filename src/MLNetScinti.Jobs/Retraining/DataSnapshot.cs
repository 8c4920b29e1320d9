using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using MLNetScinti.Dicom;
using MLNetScinti.Imaging;

namespace MLNetScinti.Jobs.Retraining;

/// <summary>A file of the data, by the pseudonym of its name.</summary>
/// <param name="Name">The pseudonym: names of files may be names of patients.</param>
/// <param name="Hash">SHA-256 of its content, in hexadecimal.</param>
public sealed record SnapshotFile(string Name, string Hash);

/// <summary>What changed from one snapshot to the next, by pseudonym.</summary>
/// <param name="Came">Files that are new.</param>
/// <param name="Went">Files that are gone.</param>
/// <param name="Changed">Files of which the content is another one.</param>
/// <param name="Kept">How many are as they were.</param>
public sealed record SnapshotChange(IReadOnlyList<string> Came, IReadOnlyList<string> Went, IReadOnlyList<string> Changed, int Kept)
{
    /// <summary>"12 files came, 1 went, 0 changed, 300 kept".</summary>
    public string Words => string.Create(CultureInfo.InvariantCulture, $"{Came.Count} files came, {Went.Count} went, {Changed.Count} changed, {Kept} kept");
}

/// <summary>What the data of a retraining were, to the byte.</summary>
/// <param name="Files">The files, by pseudonym.</param>
public sealed record DataSnapshot(IReadOnlyList<SnapshotFile> Files)
{
    private static readonly JsonSerializerOptions s_json = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase, WriteIndented = true, RespectNullableAnnotations = true };

    /// <summary>SHA-256 over all files, in hexadecimal.</summary>
    public string Hash => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Concat(Files.Select(file => $"{file.Name} {file.Hash}\n")))));

    /// <summary>Takes one: all files of a folder, and the labels table wherever it lies.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="labels">The table; it may lie in the folder.</param>
    /// <param name="key">What pseudonyms are made with.</param>
    /// <param name="cancel">Ends it early.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    public static DataSnapshot Take(string folder, string labels, PseudonymKey key, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(folder);
        ArgumentNullException.ThrowIfNull(key);
        SortedDictionary<string, SnapshotFile> files = new(StringComparer.Ordinal);
        string table = Path.GetFullPath(Path.Combine(folder, labels));
        foreach (string file in FolderWalk.Files(folder).Select(Path.GetFullPath).Append(table).Distinct(StringComparer.Ordinal).Where(File.Exists))
        {
            cancel.ThrowIfCancellationRequested();
            string name = key.PseudonymOfFile(Path.GetRelativePath(folder, file).Replace('\\', '/'));
            using FileStream stream = InputFile.Open(file);
            files[name] = new(name, Convert.ToHexStringLower(SHA256.HashData(stream)));
        }

        return new([.. files.Values]);
    }

    /// <summary>What changed since another one; null for none, so that all came.</summary>
    public SnapshotChange Since(DataSnapshot? before)
    {
        Dictionary<string, string> old = (before?.Files ?? []).ToDictionary(file => file.Name, file => file.Hash, StringComparer.Ordinal);
        HashSet<string> now = [.. Files.Select(file => file.Name)];
        string[] changed = [.. Files.Where(file => old.TryGetValue(file.Name, out string? hash) && hash != file.Hash).Select(file => file.Name)];
        string[] came = [.. now.Where(name => !old.ContainsKey(name)).Order(StringComparer.Ordinal)];
        return new(came, [.. old.Keys.Where(name => !now.Contains(name)).Order(StringComparer.Ordinal)], changed, Files.Count - came.Length - changed.Length);
    }

    /// <summary>Writes it.</summary>
    public void Write(string file) => AtomicFile.Write(file, JsonSerializer.Serialize(this, s_json) + "\n");

    /// <summary>Reads one; null where there is none.</summary>
    /// <exception cref="InvalidDataException">It cannot be read.</exception>
    public static DataSnapshot? Read(string file)
    {
        try
        {
            return File.Exists(file) ? JsonSerializer.Deserialize<DataSnapshot>(InputFile.ReadAllText(file), s_json) : null;
        }
        catch (JsonException problem)
        {
            throw new InvalidDataException($"{file}: the snapshot of the data cannot be read: {PlainText.Short(problem.Message, 200)}", problem);
        }
    }
}
