using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace MLNetScinti.Networks;

/// <summary>
/// All of a training after an epoch, in one file: eight letters, the length of a JSON header, the header (settings, history,
/// names and shapes of the arrays), the arrays as little-endian float32, and the SHA-256 of everything before it. Written
/// to a temporary name, flushed to the disk and moved into place, so that the file is whole or absent.
/// </summary>
internal sealed record Checkpoint
{
    // A loss may be no number at all, and a checkpoint must hold that too.
    private static readonly JsonSerializerOptions s_json = new() { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

    private static ReadOnlySpan<byte> Magic => "SCINTI1\n"u8;

    /// <summary>What must be the same for training to go on, by name.</summary>
    public required IReadOnlyDictionary<string, string> Settings { get; init; }

    public required IReadOnlyList<EpochResult> History { get; init; }

    public required NetworkWeights Weights { get; init; }

    public required NetworkWeights BestWeights { get; init; }

    public required EpochResult BestEpoch { get; init; }

    public required long OptimizerSteps { get; init; }

    public required IReadOnlyList<float[]> FirstMoments { get; init; }

    public required IReadOnlyList<float[]> SecondMoments { get; init; }

    public void Save(string path)
    {
        string full = Path.GetFullPath(path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        string temporary = full + ".partial";
        using (FileStream stream = new(temporary, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 16))
        {
            using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            void Write(ReadOnlySpan<byte> bytes)
            {
                hash.AppendData(bytes);
                stream.Write(bytes);
            }

            Header header = new(
                Settings,
                History,
                BestEpoch,
                OptimizerSteps,
                [.. Weights.Select(weight => weight.Name)],
                [.. Weights.Select(weight => weight.Shape.ToArray())],
                [.. FirstMoments.Select(values => values.Length)]);
            byte[] text = JsonSerializer.SerializeToUtf8Bytes(header, s_json);
            Span<byte> length = stackalloc byte[sizeof(int)];
            BinaryPrimitives.WriteInt32LittleEndian(length, text.Length);
            Write(Magic);
            Write(length);
            Write(text);
            foreach (float[] values in Weights.Select(weight => weight.Values)
                .Concat(BestWeights.Select(weight => weight.Values)).Concat(FirstMoments).Concat(SecondMoments))
            {
                Write(MemoryMarshal.AsBytes(values.AsSpan()));
            }

            stream.Write(hash.GetHashAndReset());
            stream.Flush(flushToDisk: true);
        }

        File.Move(temporary, full, overwrite: true);
    }

    /// <exception cref="CheckpointException">The file is not a whole checkpoint.</exception>
    public static Checkpoint Load(string path)
    {
        try
        {
            return Parse(File.ReadAllBytes(path));
        }
        catch (Exception exception) when (exception is InvalidDataException or JsonException or ArgumentException or OverflowException)
        {
            throw new CheckpointException($"The checkpoint {path} is damaged ({exception.Message.TrimEnd('.')}): delete it to start anew.", exception);
        }
    }

    /// <summary>Refuses to go on with settings other than the checkpoint's.</summary>
    /// <exception cref="CheckpointException">A setting differs; the message names it.</exception>
    public void MustBeOf(IReadOnlyDictionary<string, string> settings, string path)
    {
        foreach (string name in settings.Keys.Union(Settings.Keys, StringComparer.Ordinal))
        {
            string now = settings.GetValueOrDefault(name, "absent");
            string then = Settings.GetValueOrDefault(name, "absent");
            if (!string.Equals(now, then, StringComparison.Ordinal))
            {
                throw new CheckpointException($"The checkpoint {path} was made with another {name}: {then}, now {now}. Restore the setting, or delete the checkpoint to start anew.");
            }
        }
    }

    private static Checkpoint Parse(ReadOnlySpan<byte> file)
    {
        int start = Magic.Length + sizeof(int);
        if (file.Length < start + SHA256.HashSizeInBytes || !file.StartsWith(Magic))
        {
            throw new InvalidDataException("it does not begin as a checkpoint");
        }

        ReadOnlySpan<byte> body = file[..^SHA256.HashSizeInBytes];
        if (!SHA256.HashData(body).AsSpan().SequenceEqual(file[^SHA256.HashSizeInBytes..]))
        {
            throw new InvalidDataException("its check sum is wrong");
        }

        int length = BinaryPrimitives.ReadInt32LittleEndian(body[Magic.Length..]);
        Header header = JsonSerializer.Deserialize<Header>(body.Slice(start, length), s_json) ?? throw new InvalidDataException("it has no header");
        ReadOnlySpan<byte> data = body[(start + length)..];
        float[] Next(long count, ref ReadOnlySpan<byte> rest)
        {
            float[] values = MemoryMarshal.Cast<byte, float>(rest[..checked((int)count * sizeof(float))]).ToArray();
            rest = rest[(values.Length * sizeof(float))..];
            return values;
        }

        NetworkWeights Weights(ref ReadOnlySpan<byte> rest)
        {
            List<NetworkWeight> weights = [];
            for (int index = 0; index < header.Names.Count; index++)
            {
                TensorShape shape = TensorShape.Create(header.Shapes[index]);
                weights.Add(new NetworkWeight(header.Names[index], shape, Next(shape.ElementCount, ref rest)));
            }

            return new NetworkWeights(weights);
        }

        List<float[]> Moments(ref ReadOnlySpan<byte> rest)
        {
            List<float[]> moments = [];
            foreach (int count in header.Moments)
            {
                moments.Add(Next(count, ref rest));
            }

            return moments;
        }

        return new Checkpoint
        {
            Settings = header.Settings,
            History = header.History,
            BestEpoch = header.BestEpoch,
            OptimizerSteps = header.OptimizerSteps,
            Weights = Weights(ref data),
            BestWeights = Weights(ref data),
            FirstMoments = Moments(ref data),
            SecondMoments = Moments(ref data),
        };
    }

    private sealed record Header(
        IReadOnlyDictionary<string, string> Settings,
        IReadOnlyList<EpochResult> History,
        EpochResult BestEpoch,
        long OptimizerSteps,
        IReadOnlyList<string> Names,
        IReadOnlyList<long[]> Shapes,
        IReadOnlyList<int> Moments);
}
