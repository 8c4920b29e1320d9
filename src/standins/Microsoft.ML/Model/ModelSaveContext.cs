using System.Text;

namespace Microsoft.ML;

/// <summary>One folder of a model file while it is being written.</summary>
public sealed class ModelSaveContext : IDisposable
{
    private readonly ModelRepositoryWriter _repository;
    private readonly string _folder;
    private readonly MemoryStream _body = new();
    private string _signature;

    internal ModelSaveContext(ModelRepositoryWriter repository, string folder)
    {
        _repository = repository;
        _folder = folder;
        Writer = new BinaryWriter(_body, Encoding.UTF8, leaveOpen: true);
    }

    internal BinaryWriter Writer { get; }

    /// <summary>Says which loader reads what follows. Without it the folder holds no model.</summary>
    internal void Begin(string loaderSignature)
    {
        Guard.State(_signature is null, "SetVersionInfo was called twice.");
        _signature = loaderSignature;
    }

    internal void SaveModel<T>(T model, string name)
        where T : class => _repository.SaveModel(model, $"{_folder}/{name}");

    internal void SaveBinary(string name, Action<Stream> write) => _repository.Write($"{_folder}/{name}", write);

    /// <summary>Writes the folder's model entry, behind all entries of the folders below it.</summary>
    internal void Done()
    {
        Guard.State(_signature is not null, "ModelSignature not specified!");
        Writer.Flush();
        _repository.Write($"{_folder}/Model.key", stream => ModelHeader.Write(stream, _signature, _body.GetBuffer().AsSpan(0, (int)_body.Length)));
    }

    public void Dispose() => Writer.Dispose();
}
