using System.IO.Compression;

namespace Microsoft.ML;

/// <summary>A model file: a zip archive with a folder for each component.</summary>
internal sealed class ModelRepositoryWriter(Stream stream) : IDisposable
{
    private readonly ZipArchive _archive = new(stream, ZipArchiveMode.Create, leaveOpen: true);

    public void Write(string name, Action<Stream> write)
    {
        using Stream entry = _archive.CreateEntry(name, CompressionLevel.Optimal).Open();
        write(entry);
    }

    public void SaveModel<T>(T model, string folder)
        where T : class
    {
        using ModelSaveContext context = new(this, folder);
        ((ICanSaveModel)model).Save(context);
        context.Done();
    }

    public void Dispose() => _archive.Dispose();
}
