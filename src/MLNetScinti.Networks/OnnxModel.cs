using System.Globalization;
using System.Runtime.InteropServices;
using Google.Protobuf;
using MLNetScinti.Imaging;
using MLNetScinti.Networks.Onnx;

namespace MLNetScinti.Networks;

/// <summary>
/// A model in ONNX's format, of any size. Up to 2 GiB, the limit of the format's encoding, it is one file; above, the weights
/// are in a second file beside it, and both are opened by the path of the first.
/// </summary>
public sealed class OnnxModel
{
    /// <summary>The size in bytes above which the weights go into a file of their own, where nothing else is asked for.</summary>
    public const long OneFileLimit = int.MaxValue - (1L << 20);

    // Readers map the file into memory, by pages.
    private const long Alignment = 4096;
    private const int Piece = 1 << 20;

    // Smaller tensors stay in the graph.
    private const int HeldBeside = 4096;

    private readonly ModelProto _model;
    private readonly IReadOnlyList<(TensorProto Tensor, ReadOnlyMemory<float> Values)> _weights;

    internal OnnxModel(ModelProto model, IReadOnlyList<(TensorProto Tensor, ReadOnlyMemory<float> Values)> weights) => (_model, _weights) = (model, [.. weights]);

    /// <summary>The graph, without the values of <see cref="Weights"/>.</summary>
    internal GraphProto Graph => _model.Graph;

    /// <summary>Tensors of the graph whose values are held beside it.</summary>
    internal IReadOnlyList<(TensorProto Tensor, ReadOnlyMemory<float> Values)> Weights => _weights;

    /// <summary>The version of the ONNX operations that the model is written in.</summary>
    internal long OperationSet => _model.OpsetImport.FirstOrDefault(set => set.Domain.Length == 0)?.Version ?? 0;

    /// <summary>Reads a model that <see cref="Save"/> wrote, with the weights of its second file where it has one.</summary>
    /// <exception cref="FileNotFoundException">There is no such file, or none with its weights.</exception>
    /// <exception cref="InvalidDataException">The file is no ONNX model, or holds less than it says.</exception>
    public static OnnxModel Load(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ModelProto model;
        try
        {
            using FileStream stream = InputFile.Open(path);
            model = ModelProto.Parser.ParseFrom(stream);
        }
        catch (InvalidProtocolBufferException problem)
        {
            throw new InvalidDataException($"{path} is no ONNX model: {problem.Message}", problem);
        }

        List<(TensorProto Tensor, ReadOnlyMemory<float> Values)> weights = [];
        foreach (TensorProto tensor in model.Graph.Initializer.Where(tensor => tensor.DataType == (int)OnnxElement.Float))
        {
            if (tensor.DataLocation == TensorProto.Types.DataLocation.External)
            {
                weights.Add((tensor, Beside(path, tensor)));
                tensor.ExternalData.Clear();
                tensor.ClearDataLocation();
            }
            else if (tensor.RawData.Length >= HeldBeside)
            {
                weights.Add((tensor, MemoryMarshal.Cast<byte, float>(tensor.RawData.Span).ToArray()));
                tensor.ClearRawData();
            }
        }

        return new OnnxModel(model, weights);
    }

    /// <summary>The size as one file, in bytes, to within a few kilobytes.</summary>
    public long ByteCount => _model.CalculateSize() + _weights.Sum(weight => (long)sizeof(float) * weight.Values.Length);

    /// <summary>The model as the bytes of one file.</summary>
    /// <exception cref="InvalidOperationException">It is larger than one file can be.</exception>
    public byte[] ToBytes()
    {
        if (ByteCount > OneFileLimit)
        {
            throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture,
                $"The model takes {ByteCount / (double)(1L << 30):0.0} GiB, and one ONNX file holds 2 at most: save it, which makes two files, and open it by its path."));
        }

        return Whole().ToByteArray();
    }

    /// <summary>Writes the model; above the limit its weights go into "<paramref name="path"/>.data". Each file is whole or absent, and the model is there last.</summary>
    /// <param name="path">The path of the model.</param>
    /// <param name="oneFileLimit">The size in bytes up to which the model is one file.</param>
    /// <returns>The paths that were written.</returns>
    public IReadOnlyList<string> Save(string path, long oneFileLimit = OneFileLimit)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        string data = path + ".data";
        if (ByteCount <= Math.Min(oneFileLimit, OneFileLimit))
        {
            AtomicFile.Write(path, stream => Whole().WriteTo(stream));
            File.Delete(data);
            return [path];
        }

        // A model beside weights of another one would be read without a word.
        File.Delete(path);
        ModelProto model = _model.Clone();
        Dictionary<string, TensorProto> tensors = model.Graph.Initializer.ToDictionary(tensor => tensor.Name, StringComparer.Ordinal);
        AtomicFile.Write(data, stream =>
        {
            long offset = 0;
            foreach ((TensorProto weight, ReadOnlyMemory<float> values) in _weights)
            {
                long start = (offset + Alignment - 1) / Alignment * Alignment;
                stream.Write(new byte[start - offset]);
                for (int at = 0; at < values.Length; at += Piece)
                {
                    stream.Write(MemoryMarshal.AsBytes(values.Span.Slice(at, Math.Min(Piece, values.Length - at))));
                }

                long length = (long)sizeof(float) * values.Length;
                offset = start + length;
                TensorProto tensor = tensors[weight.Name];
                tensor.ClearRawData();
                tensor.DataLocation = TensorProto.Types.DataLocation.External;
                tensor.ExternalData.Add(new StringStringEntryProto { Key = "location", Value = Path.GetFileName(data) });
                tensor.ExternalData.Add(new StringStringEntryProto { Key = "offset", Value = start.ToString(CultureInfo.InvariantCulture) });
                tensor.ExternalData.Add(new StringStringEntryProto { Key = "length", Value = length.ToString(CultureInfo.InvariantCulture) });
            }
        });
        AtomicFile.Write(path, stream => model.WriteTo(stream));
        return [path, data];
    }

    private static float[] Beside(string path, TensorProto tensor)
    {
        string Of(string key) => tensor.ExternalData.FirstOrDefault(entry => entry.Key == key)?.Value ?? "";
        string name = Of("location");
        if (name.Length == 0 || Path.GetFileName(name) != name
            || !long.TryParse(Of("offset"), CultureInfo.InvariantCulture, out long offset) || !long.TryParse(Of("length"), CultureInfo.InvariantCulture, out long length)
            || length % sizeof(float) != 0 || length / sizeof(float) > Array.MaxLength)
        {
            throw new InvalidDataException($"{path}: the tensor {tensor.Name} does not say where its values are: expected a file beside the model, an offset and a length.");
        }

        string file = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, name);
        using FileStream stream = InputFile.Open(file);
        if (offset < 0 || length < 0 || offset + length > stream.Length)
        {
            throw new InvalidDataException($"{file}: the values of {tensor.Name} would end at {offset + length} bytes, the file ends at {stream.Length}.");
        }

        float[] values = new float[length / sizeof(float)];
        stream.Position = offset;
        stream.ReadExactly(MemoryMarshal.AsBytes(values.AsSpan()));
        return values;
    }

    /// <summary>Copies a model's file, and with it the weights that lie in a file of their own.</summary>
    /// <param name="from">The path of the model.</param>
    /// <param name="to">The path of the copy; its weights go into "<paramref name="to"/>.data".</param>
    /// <returns>The paths that were written.</returns>
    /// <exception cref="InvalidDataException">The file is no ONNX model.</exception>
    public static IReadOnlyList<string> Copy(string from, string to)
    {
        ArgumentException.ThrowIfNullOrEmpty(from);
        ArgumentException.ThrowIfNullOrEmpty(to);
        ModelProto model = Read(from);
        StringStringEntryProto[] places = [.. PlacesOf(model)];
        string[] files = [.. places.Select(place => place.Value).Distinct(StringComparer.Ordinal)];
        if (string.Equals(Path.GetFullPath(from), Path.GetFullPath(to), StringComparison.Ordinal))
        {
            return [to, .. files.Select(file => Path.Combine(Path.GetDirectoryName(Path.GetFullPath(to))!, file))];
        }

        if (files.Length == 0)
        {
            AtomicFile.Write(to, stream => Pour(from, stream));
            return [to];
        }

        // The file says by name where its weights are: a copy of another name says another.
        string folder = Path.GetDirectoryName(Path.GetFullPath(from))!;
        string[] copies = [.. files.Select((_, index) => index == 0 ? to + ".data" : string.Create(CultureInfo.InvariantCulture, $"{to}.data{index}"))];
        File.Delete(to);
        for (int i = 0; i < files.Length; i++)
        {
            AtomicFile.Write(copies[i], stream => Pour(Path.Combine(folder, files[i]), stream));
        }

        foreach (StringStringEntryProto place in places)
        {
            place.Value = Path.GetFileName(copies[Array.IndexOf(files, place.Value)]);
        }

        AtomicFile.Write(to, stream => model.WriteTo(stream));
        return [to, .. copies];
    }

    /// <summary>Whether a model's file has weights in a file of their own.</summary>
    /// <exception cref="InvalidDataException">The file is no ONNX model.</exception>
    public static bool IsInSeveralFiles(string path) => PlacesOf(Read(path)).Any();

    private static ModelProto Read(string path)
    {
        try
        {
            using FileStream stream = InputFile.Open(path);
            return ModelProto.Parser.ParseFrom(stream);
        }
        catch (InvalidProtocolBufferException problem)
        {
            throw new InvalidDataException($"{path} is no ONNX model: {problem.Message}", problem);
        }
    }

    private static IEnumerable<StringStringEntryProto> PlacesOf(ModelProto model) => model.Graph?.Initializer
        .Where(tensor => tensor.DataLocation == TensorProto.Types.DataLocation.External)
        .SelectMany(tensor => tensor.ExternalData.Where(entry => entry.Key == "location")) ?? [];

    private static void Pour(string from, Stream to)
    {
        using FileStream stream = InputFile.Open(from);
        stream.CopyTo(to, Piece);
    }

    private ModelProto Whole()
    {
        ModelProto model = _model.Clone();
        Dictionary<string, TensorProto> tensors = model.Graph.Initializer.ToDictionary(tensor => tensor.Name, StringComparer.Ordinal);
        foreach ((TensorProto tensor, ReadOnlyMemory<float> values) in _weights)
        {
            tensors[tensor.Name].RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes(values.Span));
        }

        return model;
    }
}
