using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using MLNetScinti.Imaging;

namespace MLNetScinti.Networks.Training;

/// <summary>
/// All of a training after an epoch, in one file: eight letters, the length of a JSON header, the header (settings, history,
/// names and shapes), little-endian float32 values, and the SHA-256 of everything before it. Values go from tensors to the
/// file and back in pieces, so that neither the size of the file nor a second copy in memory is a limit. The values are, for
/// each network, its weights; then for each network the weights of the best epoch, unless that is the last one; then for
/// each network the tensors of its optimizer.
/// </summary>
internal sealed class Checkpoint
{
    private const int Piece = 1 << 20;

    // A loss may be no number at all, and a checkpoint must hold that too.
    private static readonly JsonSerializerOptions s_json = new() { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

    /// <summary>The setting that names the assemblies that compute, of each build that had a part in the training.</summary>
    public const string Code = "code";

    private const string ThenBy = "; then ";

    private readonly string _path;
    private readonly Header _header;
    private readonly long _start;

    private Checkpoint(string path, Header header, long start, string code) => (_path, _header, _start, CodeSoFar) = (path, header, start, code);

    private static ReadOnlySpan<byte> Magic => "SCINTI2\n"u8;

    public IReadOnlyList<EpochResult> History => _header.History;

    /// <summary>The code of all builds that had a part in the training, this one's last.</summary>
    public string CodeSoFar { get; }

    public EpochResult BestEpoch => _header.History[_header.BestEpoch - 1];

    /// <summary>Writes a checkpoint. The best weights are those of each network, in order.</summary>
    public static void Save(
        string path, IReadOnlyDictionary<string, string> settings, IReadOnlyList<EpochResult> history, int bestEpoch,
        IReadOnlyList<NetworkInTraining> networks, IReadOnlyList<NetworkWeights> best)
    {
        Header header = new(settings, history, bestEpoch, [.. networks.Select(PartOf)]);
        AtomicFile.Write(path, stream =>
        {
            using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            void Write(ReadOnlySpan<byte> bytes)
            {
                hash.AppendData(bytes);
                stream.Write(bytes);
            }

            byte[] text = JsonSerializer.SerializeToUtf8Bytes(header, s_json);
            Span<byte> length = stackalloc byte[sizeof(int)];
            BinaryPrimitives.WriteInt32LittleEndian(length, text.Length);
            Write(Magic);
            Write(length);
            Write(text);
            foreach (NetworkInTraining network in networks)
            {
                network.Network.All.ForEach(weight => TensorValues.ForEachPiece(weight.Tensor, Write));
            }

            foreach (NetworkWeight weight in bestEpoch == history.Count ? [] : best.SelectMany(weights => weights))
            {
                for (int start = 0; start < weight.Values.Length; start += Piece)
                {
                    Write(MemoryMarshal.AsBytes(weight.Values.AsSpan(start, Math.Min(Piece, weight.Values.Length - start))));
                }
            }

            foreach (TorchSharp.torch.Tensor tensor in networks.SelectMany(network => network.Optimizer.Tensors))
            {
                TensorValues.ForEachPiece(tensor, Write);
            }

            stream.Write(hash.GetHashAndReset());
        });
    }

    /// <summary>Looks at a checkpoint: it is whole, and of a training with these settings.</summary>
    /// <param name="path">The file.</param>
    /// <param name="settings">What decides the course of the training.</param>
    /// <param name="acceptCode">Whether it may be of another build.</param>
    /// <exception cref="CheckpointException">It is damaged, or a setting differs; the message says which and what to do.</exception>
    public static Checkpoint Open(string path, IReadOnlyDictionary<string, string> settings, bool acceptCode) => Guarded(path, () =>
    {
        using FileStream stream = InputFile.Open(path);
        MustBeWhole(stream);
        stream.Position = 0;
        byte[] start = new byte[Magic.Length + sizeof(int)];
        stream.ReadExactly(start);
        int length = BinaryPrimitives.ReadInt32LittleEndian(start.AsSpan(Magic.Length));
        if (length < 2 || length > stream.Length - stream.Position - SHA256.HashSizeInBytes)
        {
            throw new InvalidDataException("its header has no end");
        }

        byte[] text = new byte[length];
        stream.ReadExactly(text);
        Header header = JsonSerializer.Deserialize<Header>(text, s_json) ?? throw new InvalidDataException("it has no header");
        MustMakeSense(header);
        string code = settings[Code], before = header.Settings.GetValueOrDefault(Code, "absent");
        bool isOther = !before.EndsWith(code, StringComparison.Ordinal);
        MustBeOf(header.Settings, new Dictionary<string, string>(settings, StringComparer.Ordinal) { [Code] = before }, path);
        return !isOther || acceptCode
            ? new Checkpoint(path, header, stream.Position, isOther ? before + ThenBy + code : before)
            : throw new CheckpointException($"The checkpoint {path} was made by another build of this product ({PlainText.Short(before, 200)}, now {PlainText.Short(code, 200)}): {nameof(TrainingOptions)}.{nameof(TrainingOptions.AcceptCode)} goes on with this one, and the result says so; or delete the checkpoint to start anew.");
    });

    /// <summary>How many builds a setting of code names.</summary>
    public static int BuildsOf(string code) => code.Split(ThenBy).Length;

    /// <summary>Gives the networks and their optimizers the values of the checkpoint, and returns the best weights of each network.</summary>
    /// <exception cref="CheckpointException">It holds other networks than these.</exception>
    public IReadOnlyList<NetworkWeights> Restore(IReadOnlyList<NetworkInTraining> networks) => Guarded(_path, () =>
    {
        if (networks.Count != _header.Networks.Count)
        {
            throw new InvalidDataException("it holds another number of networks");
        }

        for (int index = 0; index < networks.Count; index++)
        {
            MustMatch(networks[index], _header.Networks[index]);
            networks[index].Optimizer.Restore(_header.Networks[index].Steps);
        }

        bool bestIsLast = _header.BestEpoch == _header.History.Count;
        long values = networks.Sum(network => ((bestIsLast ? 1 : 2) * network.Network.All.Sum(weight => weight.Shape.ElementCount)) + network.Optimizer.Tensors.Sum(tensor => tensor.numel()));
        using FileStream stream = InputFile.Open(_path);
        if (stream.Length != _start + (values * sizeof(float)) + SHA256.HashSizeInBytes)
        {
            throw new InvalidDataException("it holds another number of values");
        }

        stream.Position = _start;
        foreach (NetworkInTraining network in networks)
        {
            network.Network.All.ForEach(weight => TensorValues.FillByPieces(weight.Tensor, stream.ReadExactly));
        }

        IReadOnlyList<NetworkWeights> best = [.. networks.Select(network => bestIsLast ? network.Network.ReadWeights() : Read(network.Network, stream))];
        foreach (TorchSharp.torch.Tensor tensor in networks.SelectMany(network => network.Optimizer.Tensors))
        {
            TensorValues.FillByPieces(tensor, stream.ReadExactly);
        }

        return best;
    });

    private static NetworkWeights Read(TorchNetwork network, FileStream stream) => new(network.All.Select(weight =>
    {
        float[] values = new float[weight.Shape.ElementCount];
        for (int start = 0; start < values.Length; start += Piece)
        {
            stream.ReadExactly(MemoryMarshal.AsBytes(values.AsSpan(start, Math.Min(Piece, values.Length - start))));
        }

        return new NetworkWeight(weight.Name, weight.Shape, values);
    }));

    private static T Guarded<T>(string path, Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception problem) when (problem is InvalidDataException or JsonException or ArgumentException or OverflowException or EndOfStreamException or NotSupportedException)
        {
            throw new CheckpointException($"The checkpoint {path} is damaged ({problem.Message.TrimEnd('.')}): delete it to start anew.", problem) { IsDamaged = true };
        }
    }

    private static void MustBeWhole(FileStream stream)
    {
        byte[] piece = new byte[Piece];
        long left = stream.Length - SHA256.HashSizeInBytes;
        if (left < Magic.Length + sizeof(int))
        {
            throw new InvalidDataException("it does not begin as a checkpoint");
        }

        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (bool first = true; left > 0; first = false)
        {
            Span<byte> bytes = piece.AsSpan(0, (int)Math.Min(left, piece.Length));
            stream.ReadExactly(bytes);
            if (first && !bytes.StartsWith(Magic))
            {
                throw new InvalidDataException(bytes.StartsWith("SCINTI"u8) ? "another version of this program wrote it" : "it does not begin as a checkpoint");
            }

            hash.AppendData(bytes);
            left -= bytes.Length;
        }

        byte[] sum = new byte[SHA256.HashSizeInBytes];
        stream.ReadExactly(sum);
        if (!hash.GetHashAndReset().AsSpan().SequenceEqual(sum))
        {
            throw new InvalidDataException("its check sum is wrong");
        }
    }

    private static void MustMakeSense(Header header)
    {
        bool sense = header is { Settings: not null, History.Count: > 0, Networks.Count: > 0 }
            && header.Settings.Values.All(value => value is not null)
            && header.History.Select((epoch, index) => epoch is { Figures: not null } && epoch.Epoch == index + 1).All(right => right)
            && header.BestEpoch >= 1 && header.BestEpoch <= header.History.Count
            && header.Networks.All(part => part is { Name: not null, Weights: not null, Shapes: not null, Steps: not null }
                && part.Weights.Count == part.Shapes.Count && part.Weights.All(name => name is not null) && part.Shapes.All(shape => shape is not null) && part.Steps.All(step => step >= 0));
        if (!sense)
        {
            throw new InvalidDataException("its header makes no sense");
        }
    }

    private static void MustBeOf(IReadOnlyDictionary<string, string> then, IReadOnlyDictionary<string, string> now, string path)
    {
        foreach (string name in now.Keys.Union(then.Keys, StringComparer.Ordinal))
        {
            string before = then.GetValueOrDefault(name, "absent");
            string after = now.GetValueOrDefault(name, "absent");
            if (!string.Equals(before, after, StringComparison.Ordinal))
            {
                throw new CheckpointException($"The checkpoint {path} was made with another {PlainText.Short(name)}: {PlainText.Short(before, 200)}, now {PlainText.Short(after, 200)}. Restore the setting, or delete the checkpoint to start anew.");
            }
        }
    }

    private static void MustMatch(NetworkInTraining network, Part part)
    {
        Part expected = PartOf(network);
        bool same = string.Equals(expected.Name, part.Name, StringComparison.Ordinal)
            && expected.Weights.SequenceEqual(part.Weights, StringComparer.Ordinal)
            && expected.Shapes.Zip(part.Shapes, (left, right) => left.AsSpan().SequenceEqual(right)).All(right => right)
            && expected.Steps.Count == part.Steps.Count;
        if (!same)
        {
            throw new InvalidDataException($"it holds other weights than those of the network '{network.Name}'");
        }
    }

    private static Part PartOf(NetworkInTraining network) => new(
        network.Name, [.. network.Network.All.Select(weight => weight.Name)], [.. network.Network.All.Select(weight => weight.Shape.ToArray())], network.Optimizer.Steps);

    private sealed record Header(IReadOnlyDictionary<string, string> Settings, IReadOnlyList<EpochResult> History, int BestEpoch, IReadOnlyList<Part> Networks);

    private sealed record Part(string Name, IReadOnlyList<string> Weights, IReadOnlyList<long[]> Shapes, IReadOnlyList<long> Steps);
}
