using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using MLNetScinti.Imaging;

namespace MLNetScinti.Jobs.Registry;

/// <summary>A registry that cannot do what is asked, or holds something else than was written. The message is one line.</summary>
public sealed class RegistryException : Exception
{
    /// <summary>Makes the exception from its one line.</summary>
    public RegistryException(string message)
        : base(PlainText.Message(message))
    {
    }

    /// <summary>Makes the exception from its one line and what lies behind it.</summary>
    public RegistryException(string message, Exception innerException)
        : base(PlainText.Message(message), innerException)
    {
    }

    /// <summary>Whether what is kept is not what was written: damage, or somebody's hand.</summary>
    public bool IsTampered { get; init; }

    internal static RegistryException Tampered(string message) => new(message) { IsTampered = true };
}

/// <summary>What names a blob by its content (OCI image specification 1.1, "Content Descriptors").</summary>
/// <param name="MediaType">What it is.</param>
/// <param name="Digest">"sha256:" and 64 hexadecimal digits.</param>
/// <param name="Size">Bytes.</param>
public sealed record OciDescriptor(string MediaType, string Digest, long Size)
{
    /// <summary>Notes of whoever lists it; a file's name stands under <see cref="OciLayout.TitleKey"/>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyDictionary<string, string>? Annotations { get; init; }

    /// <summary>The note under a key; empty where there is none.</summary>
    public string Note(string key) => Annotations is not null && Annotations.TryGetValue(key, out string? note) ? note ?? "" : "";
}

/// <summary>What belongs together under one digest (OCI image specification 1.1, "Image Manifest").</summary>
/// <param name="SchemaVersion">2.</param>
/// <param name="MediaType">The manifest's own type.</param>
/// <param name="ArtifactType">What it is a manifest of.</param>
/// <param name="Config">The blob that describes the rest.</param>
/// <param name="Layers">The rest.</param>
public sealed record OciManifest(int SchemaVersion, string MediaType, string? ArtifactType, OciDescriptor Config, IReadOnlyList<OciDescriptor> Layers)
{
    /// <summary>Notes.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyDictionary<string, string>? Annotations { get; init; }
}

/// <summary>What a layout lists (OCI image specification 1.1, "Image Index").</summary>
/// <param name="SchemaVersion">2.</param>
/// <param name="MediaType">The index's own type.</param>
/// <param name="Manifests">A descriptor for each tag; a manifest with several tags is there several times.</param>
public sealed record OciIndex(int SchemaVersion, string MediaType, IReadOnlyList<OciDescriptor> Manifests)
{
    /// <summary>Notes on the whole.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyDictionary<string, string>? Annotations { get; init; }

    /// <summary>The note under a key; empty where there is none.</summary>
    public string Note(string key) => Annotations is not null && Annotations.TryGetValue(key, out string? note) ? note ?? "" : "";
}

/// <summary>
/// A folder in the form of an OCI image layout: <c>oci-layout</c>, <c>index.json</c>, and <c>blobs/sha256</c> with every content under its
/// SHA-256. Any tool for container registries reads it. A blob is written once and never changed; <c>index.json</c> is replaced as a
/// whole, which is the moment at which a change holds.
/// </summary>
public sealed partial class OciLayout
{
    /// <summary>The type of a manifest.</summary>
    public const string ManifestType = "application/vnd.oci.image.manifest.v1+json";

    /// <summary>The type of an index.</summary>
    public const string IndexType = "application/vnd.oci.image.index.v1+json";

    /// <summary>Where a descriptor of an index has its tag.</summary>
    public const string TagKey = "org.opencontainers.image.ref.name";

    /// <summary>Where a descriptor of a manifest has its file's name.</summary>
    public const string TitleKey = "org.opencontainers.image.title";

    /// <summary>Where a descriptor of an index says when it was tagged.</summary>
    public const string CreatedKey = "org.opencontainers.image.created";

    private const string Algorithm = "sha256:";
    private const long LargestJson = 16L << 20, LargestIndex = 64L << 20;

    private static readonly JsonSerializerOptions s_json = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = false, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    /// <summary>Opens a layout; nothing is read or written yet.</summary>
    public OciLayout(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        Folder = folder;
    }

    /// <summary>Where it is.</summary>
    public string Folder { get; }

    /// <summary>The file of the index.</summary>
    public string IndexFile => Path.Combine(Folder, "index.json");

    /// <summary>Whether there is one.</summary>
    public bool Exists => File.Exists(Path.Combine(Folder, "oci-layout"));

    /// <summary>Refuses a folder that holds something else.</summary>
    /// <exception cref="RegistryException">The folder is there and is neither a layout nor empty.</exception>
    public void MustBeFree()
    {
        if (!Exists && Directory.Exists(Folder) && Directory.EnumerateFileSystemEntries(Folder).Select(path => Path.GetFileName(path)).FirstOrDefault(name => name is not (ModelRegistry.LockFile or "blobs" or "index.json") && !AtomicFile.IsTemporary(name)) is { } other)
        {
            throw new RegistryException($"{Folder}: expected a registry or an empty folder, found {PlainText.Short(other)} and no oci-layout: give another folder.");
        }
    }

    /// <summary>Makes the layout where there is none. Who calls has made sure that nobody else does at the same time.</summary>
    public void Create()
    {
        if (!Exists)
        {
            Directory.CreateDirectory(Path.Combine(Folder, "blobs", "sha256"));
            if (!File.Exists(IndexFile))
            {
                Write(new OciIndex(2, IndexType, []));
            }

            AtomicFile.Write(Path.Combine(Folder, "oci-layout"), """{"imageLayoutVersion":"1.0.0"}""");
        }
    }

    /// <summary>Tells whether the index may have been replaced since, without reading it; null where there is none.</summary>
    public (DateTime Written, long Size)? Stamp => new FileInfo(IndexFile) is { Exists: true } file ? (file.LastWriteTimeUtc, file.Length) : null;

    /// <summary>The index as it is now, and the SHA-256 of its file.</summary>
    /// <exception cref="RegistryException">There is no layout, or its index cannot be read.</exception>
    public (OciIndex Index, string Digest) Read()
    {
        if (!Exists || !File.Exists(IndexFile))
        {
            throw new RegistryException($"{Folder}: there is no registry here: 'scinti model add' makes one, or give its folder with --registry.");
        }

        byte[] bytes = Bounded(IndexFile, "index.json", LargestIndex);
        return (Parse<OciIndex>(bytes, IndexFile, index => index.Manifests.All(IsSound)), DigestOf(bytes));
    }

    /// <summary>Replaces the index.</summary>
    public void Write(OciIndex index) => AtomicFile.Write(IndexFile, JsonSerializer.SerializeToUtf8Bytes(index, s_json));

    /// <summary>Where a blob lies.</summary>
    public string PathOf(string digest) => IsDigest(digest)
        ? Path.Combine(Folder, "blobs", "sha256", digest[Algorithm.Length..])
        : throw RegistryException.Tampered($"{Folder}: expected a digest of the form sha256:..., found '{PlainText.Short(digest)}'.");

    /// <summary>Keeps a file's content; one that is there whole already is left.</summary>
    /// <param name="path">The file.</param>
    /// <param name="mediaType">What it is.</param>
    /// <param name="expected">The SHA-256 that it must have, in hexadecimal; null where nobody knows.</param>
    /// <exception cref="RegistryException">The file has another content.</exception>
    public OciDescriptor Keep(string path, string mediaType, string? expected = null)
    {
        (string digest, long size) = Measure(path);
        if (expected is not null && digest != Algorithm + expected)
        {
            throw RegistryException.Tampered($"{path}: not the file that was written with the model (SHA-256 {digest[Algorithm.Length..][..12]}, expected {PlainText.Short(expected, 12)}): copy the model again.");
        }

        if (!IsWhole(digest, size))
        {
            AtomicFile.Write(PathOf(digest), stream =>
            {
                using FileStream file = InputFile.Open(path, 1 << 16);
                if (Copy(file, stream) != digest)
                {
                    throw new IOException($"{path} was changed while it was copied: add it again.");
                }
            });
        }

        return new(mediaType, digest, size) { Annotations = new SortedDictionary<string, string>(StringComparer.Ordinal) { [TitleKey] = Path.GetFileName(path) } };
    }

    /// <summary>Keeps a blob that comes from elsewhere; one that is there whole already is not asked for.</summary>
    /// <param name="descriptor">What it is.</param>
    /// <param name="receive">Writes it, and throws where it is another content: nothing is kept then.</param>
    /// <returns>Whether it was asked for.</returns>
    public bool Keep(OciDescriptor descriptor, Action<Stream> receive)
    {
        ArgumentNullException.ThrowIfNull(descriptor);
        ArgumentNullException.ThrowIfNull(receive);
        if (IsWhole(descriptor.Digest, descriptor.Size))
        {
            return false;
        }

        AtomicFile.Write(PathOf(descriptor.Digest), receive);
        return true;
    }

    /// <summary>Keeps a manifest.</summary>
    public OciDescriptor Keep(OciManifest manifest)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        byte[] bytes = JsonSerializer.SerializeToUtf8Bytes(manifest, s_json);
        return KeepManifest(bytes);
    }

    /// <summary>Keeps a manifest as another registry has it, to the byte.</summary>
    public OciDescriptor KeepManifest(ReadOnlySpan<byte> bytes)
    {
        string digest = DigestOf(bytes);
        if (!IsWhole(digest, bytes.Length))
        {
            AtomicFile.Write(PathOf(digest), bytes);
        }

        return new(ManifestType, digest, bytes.Length);
    }

    /// <summary>Reads a manifest and checks it against its digest.</summary>
    /// <exception cref="RegistryException">It is gone, changed or no manifest.</exception>
    public OciManifest Manifest(OciDescriptor descriptor)
    {
        ArgumentNullException.ThrowIfNull(descriptor);
        string path = PathOf(descriptor.Digest), name = Named(descriptor, "manifest");
        byte[] bytes = File.Exists(path) ? Bounded(path, name) : throw RegistryException.Tampered($"{Folder}: {name} is gone.");
        return DigestOf(bytes) == descriptor.Digest ? ManifestOf(bytes, $"{Folder}: {name}") : throw Changed(name);
    }

    /// <summary>What a manifest says.</summary>
    /// <exception cref="RegistryException">It is none.</exception>
    public static OciManifest ManifestOf(byte[] bytes, string what) =>
        Parse<OciManifest>(bytes, what, manifest => IsSound(manifest.Config) && manifest.Layers.All(IsSound));

    /// <summary>A small blob's content, checked against its digest.</summary>
    /// <exception cref="RegistryException">It is gone, changed or large.</exception>
    public byte[] Content(OciDescriptor descriptor)
    {
        ArgumentNullException.ThrowIfNull(descriptor);
        string path = PathOf(descriptor.Digest), name = Named(descriptor, "blob");
        byte[] bytes = File.Exists(path) ? Bounded(path, name) : throw RegistryException.Tampered($"{Folder}: {name} is gone.");
        return DigestOf(bytes) == descriptor.Digest ? bytes : throw Changed(name);
    }

    /// <summary>What is wrong with a blob, to stand behind its name; null where it is whole.</summary>
    public string? Fault(OciDescriptor descriptor)
    {
        ArgumentNullException.ThrowIfNull(descriptor);
        string path = PathOf(descriptor.Digest);
        return !File.Exists(path) ? "is gone"
            : Measure(path) is var (digest, size) && size != descriptor.Size ? $"is not what was written: {size} bytes, expected {descriptor.Size}"
            : digest != descriptor.Digest ? $"is not what was written: SHA-256 {digest[Algorithm.Length..][..12]}, expected {descriptor.Digest[Algorithm.Length..][..12]}"
            : null;
    }

    /// <summary>The digests of all blobs that are there.</summary>
    public IEnumerable<string> Blobs() => Directory.Exists(Path.Combine(Folder, "blobs", "sha256"))
        ? Directory.EnumerateFiles(Path.Combine(Folder, "blobs", "sha256")).Select(path => Algorithm + Path.GetFileName(path)).Where(IsDigest).Order(StringComparer.Ordinal)
        : [];

    /// <summary>Copies a blob into a file, and refuses it where its content is another one.</summary>
    /// <exception cref="RegistryException">It is gone or changed; the file is not written then.</exception>
    public void Export(OciDescriptor descriptor, string path)
    {
        ArgumentNullException.ThrowIfNull(descriptor);
        string blob = PathOf(descriptor.Digest), name = Named(descriptor, "blob");
        if (!File.Exists(blob))
        {
            throw RegistryException.Tampered($"{Folder}: {name} is gone.");
        }

        AtomicFile.Write(path, stream =>
        {
            using FileStream file = InputFile.Open(blob, 1 << 16);
            if (Copy(file, stream) != descriptor.Digest)
            {
                throw Changed(name);
            }
        });
    }

    /// <summary>"sha256:" and the SHA-256 of bytes.</summary>
    public static string DigestOf(ReadOnlySpan<byte> bytes) => Algorithm + Convert.ToHexStringLower(SHA256.HashData(bytes));

    /// <summary>Whether a text is a digest as this layout has them.</summary>
    public static bool IsDigest(string? text) => text is not null && DigestForm().IsMatch(text);

    /// <summary>Whether a manifest's title is the name of a file, and of nothing beside its folder.</summary>
    internal static bool IsFileName(string title) =>
        title.Length > 0 && Path.GetFileName(title) == title && title is not ("." or "..") && !title.Any(PlainText.IsCommand) && !title.Contains('\\', StringComparison.Ordinal);

    /// <summary>Copies a stream and says its digest.</summary>
    internal static string Copy(Stream from, Stream to)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = new byte[1 << 18];
        while (from.Read(buffer) is > 0 and var read)
        {
            hash.AppendData(buffer, 0, read);
            to.Write(buffer, 0, read);
        }

        return Algorithm + Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    internal static string Named(OciDescriptor descriptor, string what) =>
        $"{(descriptor.Note(TitleKey) is { Length: > 0 } title ? PlainText.Short(title) : descriptor.Note(TagKey) is { Length: > 0 } tag ? $"the {what} of {PlainText.Short(tag)}" : $"a {what}")} (blobs/sha256/{PlainText.Short(descriptor.Digest.Replace(Algorithm, "", StringComparison.Ordinal), 15)})";

    private bool IsWhole(string digest, long size) =>
        PathOf(digest) is var path && File.Exists(path) && Measure(path) == (digest, size);

    private static bool IsSound(OciDescriptor descriptor) => descriptor is { MediaType: not null, Size: >= 0 } && IsDigest(descriptor.Digest);

    private static (string Digest, long Size) Measure(string path)
    {
        using FileStream file = InputFile.Open(path, 1 << 16);
        return (Algorithm + Convert.ToHexStringLower(SHA256.HashData(file)), file.Length);
    }

    private RegistryException Changed(string name) => RegistryException.Tampered($"{Folder}: {name} is not what was written: its content has another SHA-256.");

    private byte[] Bounded(string path, string name, long most = LargestJson) => new FileInfo(path).Length <= most
        ? InputFile.ReadAllBytes(path)
        : throw RegistryException.Tampered($"{Folder}: {name} is larger than {most >> 20} MiB; {(most == LargestJson ? "it has a few kilobytes" : "that is room for more than 100,000 versions")}.");

    private static T Parse<T>(byte[] bytes, string what, Func<T, bool> isSound)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize<T>(bytes, s_json) is { } read && isSound(read) ? read : throw RegistryException.Tampered($"{what}: expected a document of an OCI image layout, found something else.");
        }
        catch (Exception problem) when (problem is JsonException or NotSupportedException or ArgumentNullException or NullReferenceException)
        {
            throw new RegistryException($"{what}: cannot be read: {PlainText.Short(problem.Message, 200)}", problem) { IsTampered = true };
        }
    }

    [GeneratedRegex("^sha256:[0-9a-f]{64}\\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex DigestForm();
}
