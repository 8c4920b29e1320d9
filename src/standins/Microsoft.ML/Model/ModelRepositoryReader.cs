using System.IO.Compression;
using System.Reflection;

namespace Microsoft.ML;

internal sealed class ModelRepositoryReader : IDisposable
{
    private readonly ZipArchive _archive;

    public ModelRepositoryReader(MLContext environment, Stream stream)
    {
        Environment = environment;
        try
        {
            _archive = new ZipArchive(stream, ZipArchiveMode.Read, leaveOpen: true);
        }
        catch (InvalidDataException error)
        {
            throw new FormatException("Failed to open a zip archive", error);
        }
    }

    public MLContext Environment { get; }

    public bool Contains(string name) => _archive.GetEntry(name) is not null;

    public byte[] ReadOrNull(string name)
    {
        if (_archive.GetEntry(name) is not { } entry)
        {
            return null;
        }

        using Stream stream = entry.Open();
        using MemoryStream copy = new();
        stream.CopyTo(copy);
        return copy.ToArray();
    }

    /// <summary>The component in a folder; null where the folder has none. What its loader throws arrives wrapped, as from a constructor that reflection calls.</summary>
    public T LoadModel<T>(string folder)
        where T : class
    {
        byte[] entry = ReadOrNull($"{folder}/Model.key");
        if (entry is null)
        {
            return null;
        }

        (string signature, byte[] body) = ModelHeader.Read(entry);
        ModelLoadContext context = new(this, folder, signature, body);
        Func<ModelLoadContext, object> loader = ComponentLoaders.Find(signature)
            ?? throw new FormatException($"Couldn't load model with the loader signature '{signature}'.");
        try
        {
            return (T)loader(context);
        }
        catch (Exception error)
        {
            throw new InvalidOperationException("Error during class instantiation", new TargetInvocationException(error));
        }
    }

    public void Dispose() => _archive.Dispose();
}
