using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.ML;
using MLNetScinti.Imaging;
using MLNetScinti.Networks.Native;

namespace MLNetScinti.Pipelines;

/// <summary>Something that decided a result was different before. The message is one line and names it.</summary>
public sealed class RunKeyException : Exception
{
    /// <summary>Makes the exception from its one line.</summary>
    public RunKeyException(string message)
        : base(PlainText.Message(message))
    {
    }
}

/// <summary>
/// What decides a result, part by part: the definition in force, the content and identity of every case, the assemblies that
/// compute, the natives' versions and the kind of processor. It binds a checkpoint, a finished run, a comparison and a model's card: where a
/// part differs, what was begun is not gone on with, and the part is named.
/// </summary>
public sealed class RunKey
{
    private const string CodePrefix = "code: ";

    private static readonly JsonSerializerOptions s_json = new() { WriteIndented = true };

    private readonly SortedDictionary<string, string> _parts;

    private RunKey(SortedDictionary<string, string> parts) => _parts = parts;

    /// <summary>What is bound, by name ("training", "cases", "code: MLNetScinti.Networks"), and its value or hash.</summary>
    public IReadOnlyDictionary<string, string> Parts => _parts;

    /// <summary>SHA-256 over all parts, in lower-case hexadecimal.</summary>
    public string Hash => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', _parts.Select(part => $"{part.Key}={part.Value}")))));

    /// <summary>SHA-256 over all parts but the code: the same for a run that another build of this product goes on with.</summary>
    public string HashWithoutCode => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n',
        _parts.Where(part => !part.Key.StartsWith(CodePrefix, StringComparison.Ordinal)).Select(part => $"{part.Key}={part.Value}")))));

    /// <summary>The key of a run: the parts of its definition, the fingerprint of its cases, and what computes here.</summary>
    /// <param name="definition">The definition's parts in force, by name.</param>
    /// <param name="cases">The fingerprint of the cases, see <see cref="CaseView.Fingerprint"/>.</param>
    /// <param name="reproducibility">Between which processors the result is one: whether the kind of this one is part of the key.</param>
    /// <param name="systems">Assemblies that compute besides those below the pipelines: the system's.</param>
    /// <exception cref="NativeLibraryException">A native library is absent or damaged.</exception>
    public static RunKey Of(IEnumerable<KeyValuePair<string, string>> definition, string cases, Reproducibility reproducibility, params IEnumerable<Assembly> systems)
    {
        ArgumentNullException.ThrowIfNull(definition);
        SortedDictionary<string, string> parts = new(StringComparer.Ordinal);
        foreach ((string name, string value) in definition)
        {
            parts.Add(name, value);
        }

        parts.Add("cases", cases);
        foreach (Assembly assembly in systems.Concat([typeof(RunKey).Assembly, .. Computing()]).Distinct())
        {
            parts[CodePrefix + assembly.GetName().Name] = assembly.ManifestModule.ModuleVersionId.ToString("N", CultureInfo.InvariantCulture);
        }

        parts.Add("natives", $"libtorch {NativeLibraries.LibtorchVersion}, TorchSharp {VersionOf(typeof(TorchSharp.torch))}, ONNX Runtime {NativeLibraries.LoadOnnxRuntime()}, ML.NET {VersionOf(typeof(MLContext))}");
        parts.Add("processor", ProcessorKind.Deciding(reproducibility));
        return new RunKey(parts);
    }

    /// <summary>Reads a key that <see cref="ToJson"/> wrote; null where the file is none.</summary>
    public static RunKey? Read(string path)
    {
        try
        {
            return File.Exists(path) && JsonSerializer.Deserialize<SortedDictionary<string, string>>(InputFile.ReadAllBytes(path), s_json) is { } parts ? new RunKey(new(parts, StringComparer.Ordinal)) : null;
        }
        catch (Exception problem) when (problem is JsonException or IOException)
        {
            return null;
        }
    }

    /// <summary>The parts as JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(_parts, s_json);

    /// <summary>The names of the parts that differ, or that one of the keys lacks.</summary>
    public IReadOnlyList<string> DifferencesFrom(RunKey other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return [.. _parts.Keys.Union(other._parts.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal)
            .Where(name => _parts.GetValueOrDefault(name) != other._parts.GetValueOrDefault(name))];
    }

    /// <summary>Refuses to go on with what was begun under another key.</summary>
    /// <param name="begun">The key under which it was begun.</param>
    /// <param name="what">What it is, for the message: a file or folder.</param>
    /// <param name="acceptCode">Whether other code of ours is allowed, as the user says it is.</param>
    /// <returns>The parts of code that differ, which a report must name; empty where nothing does.</returns>
    /// <exception cref="RunKeyException">Something that decides the result differs; the message names it.</exception>
    public IReadOnlyList<string> MustGoOnFrom(RunKey begun, string what, bool acceptCode)
    {
        IReadOnlyList<string> differences = DifferencesFrom(begun);
        string[] code = [.. differences.Where(name => name.StartsWith(CodePrefix, StringComparison.Ordinal))];
        string[] others = [.. differences.Except(code, StringComparer.Ordinal)];
        if (others.Length > 0)
        {
            throw new RunKeyException(
                $"{what} was begun with {Words(others, begun)}: delete it or give another output folder to begin anew, or put back what was there.");
        }

        return code.Length == 0 || acceptCode
            ? code
            : throw new RunKeyException(
                $"{what} was begun by another build of {string.Join(", ", code.Select(name => name[CodePrefix.Length..]))}: scinti run --accept-code goes on with this one (the report will say so); or delete it to begin anew.");
    }

    private string Words(IEnumerable<string> names, RunKey begun) => string.Join(", ", names.Select(name =>
    {
        string now = Told(this), before = Told(begun);
        string Told(RunKey key) => key._parts.GetValueOrDefault(name) is { Length: > 0 } value ? value : "nothing";
        return name == "cases" ? "other cases (images, labels or patients differ)"
            : before.Length + now.Length <= 120 ? $"another {name} ({before} then, {now} now)"
            : $"another {name}";
    }));

    private static IEnumerable<Assembly> Computing() =>
        [typeof(Imaging.Volume).Assembly, typeof(Dicom.DicomImageReader).Assembly, typeof(Networks.NetworkGraph).Assembly, typeof(Evaluation.Facts).Assembly];

    private static string VersionOf(Type type) =>
        type.Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? type.Assembly.GetName().Version?.ToString() ?? "unknown";
}
