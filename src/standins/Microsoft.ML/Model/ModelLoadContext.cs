using System.Text;

namespace Microsoft.ML;

/// <summary>One folder of a model file while it is being read.</summary>
internal sealed class ModelLoadContext
{
    private readonly ModelRepositoryReader _repository;
    private readonly string _folder;

    public ModelLoadContext(ModelRepositoryReader repository, string folder, string signature, byte[] body)
    {
        _repository = repository;
        _folder = folder;
        Signature = signature;
        Reader = new BinaryReader(new MemoryStream(body, writable: false), Encoding.UTF8);
    }

    public string Signature { get; }

    public BinaryReader Reader { get; }

    public MLContext Environment => _repository.Environment;

    public T LoadModel<T>(string name)
        where T : class => _repository.LoadModel<T>($"{_folder}/{name}") ?? throw new FormatException("Corrupt model file");

    public bool HasModel(string name) => _repository.Contains($"{_folder}/{name}/Model.key");

    public byte[] ReadBinary(string name) => _repository.ReadOrNull($"{_folder}/{name}") ?? throw new FormatException("Corrupt model file");
}
