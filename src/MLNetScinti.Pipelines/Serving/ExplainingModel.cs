using MLNetScinti.Networks;

namespace MLNetScinti.Pipelines.Serving;

/// <summary>
/// A whole fitted pipeline as one ONNX model that explains itself: the inputs of <see cref="FusedModel"/> in; Score [N, 1], the
/// network's logit, and one class activation map for each of the network's inputs out. It needs no automatic differentiation.
/// </summary>
public sealed class ExplainingModel
{
    private readonly byte[] _bytes;

    internal ExplainingModel(byte[] bytes, IReadOnlyList<FusedColumn> inputs, IReadOnlyList<ClassActivation> maps)
    {
        _bytes = bytes;
        Inputs = inputs;
        Maps = maps;
    }

    /// <summary>The columns it reads, by name.</summary>
    public IReadOnlyList<string> InputColumns => [.. Inputs.Select(column => column.Name)];

    /// <summary>The maps, in the order of the model's outputs behind Score: how each is called, and how it lies over its input.</summary>
    public IReadOnlyList<ClassActivation> Maps { get; }

    /// <summary>The ONNX file's content.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes;

    internal IReadOnlyList<FusedColumn> Inputs { get; }

    /// <summary>Writes the ONNX file, whole or not at all.</summary>
    public void WriteOnnx(string path)
    {
        string temporary = path + ".part";
        File.WriteAllBytes(temporary, _bytes);
        File.Move(temporary, path, overwrite: true);
    }
}
