using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using MLNetScinti.Imaging;

namespace MLNetScinti.Networks;

/// <summary>
/// Weights of a network as a safetensors file: eight bytes with the length of a JSON header (little-endian), the header with each
/// weight's type, shape and place, then the values (32-bit, little-endian). Other tools read it; it holds numbers and nothing that could run.
/// </summary>
public static class WeightsFile
{
    private const string Float32 = "F32";
    private const long LongestHeader = 100_000_000;

    /// <summary>Writes the weights, whole or not at all.</summary>
    public static void Save(this NetworkWeights weights, string path)
    {
        ArgumentNullException.ThrowIfNull(weights);
        Dictionary<string, Entry> entries = new(StringComparer.Ordinal);
        long end = 0;
        foreach (NetworkWeight weight in weights)
        {
            long start = end;
            end += (long)weight.Values.Length * sizeof(float);
            entries.Add(weight.Name, new Entry(Float32, [.. weight.Shape], [start, end]));
        }

        byte[] header = JsonSerializer.SerializeToUtf8Bytes(entries);
        AtomicFile.Write(path, stream =>
        {
            Span<byte> length = stackalloc byte[sizeof(long)];
            BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
            stream.Write(length);
            stream.Write(header);
            foreach (NetworkWeight weight in weights)
            {
                for (int i = 0; i < weight.Values.Length; i += 1 << 20)
                {
                    stream.Write(MemoryMarshal.AsBytes(weight.Values.AsSpan(i, Math.Min(1 << 20, weight.Values.Length - i))));
                }
            }
        });
    }

    /// <summary>Reads a file of weights.</summary>
    /// <exception cref="InvalidDataException">The file is none, or not whole.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public static NetworkWeights Load(string path)
    {
        using FileStream stream = InputFile.Open(path, 1 << 16);
        try
        {
            Span<byte> length = stackalloc byte[sizeof(long)];
            stream.ReadExactly(length);
            long headerLength = BinaryPrimitives.ReadInt64LittleEndian(length);
            if (headerLength is < 2 or > LongestHeader || headerLength > stream.Length)
            {
                throw new InvalidDataException($"{path}: expected a safetensors file of weights, found something else.");
            }

            byte[] header = new byte[headerLength];
            stream.ReadExactly(header);
            Dictionary<string, Entry> entries = JsonSerializer.Deserialize<Dictionary<string, Entry>>(header) ?? [];
            long begin = stream.Position;
            return new NetworkWeights(entries.OrderBy(entry => entry.Value.Offsets[0]).Select(entry => Read(stream, begin, entry.Key, entry.Value)).ToList());
        }
        catch (Exception problem) when (problem is JsonException or EndOfStreamException or ArgumentException or NullReferenceException or IndexOutOfRangeException or OverflowException)
        {
            throw new InvalidDataException($"{path}: the file of weights is damaged: {PlainText.Short(problem.Message, 300)}", problem);
        }
    }

    private static NetworkWeight Read(FileStream stream, long begin, string name, Entry entry)
    {
        TensorShape shape = TensorShape.Create(entry.Shape);
        long bytes = checked(shape.ElementCount * sizeof(float));
        if (entry.Type != Float32 || entry.Offsets is not [var start, var end] || end - start != bytes || begin + end > stream.Length)
        {
            throw new InvalidDataException($"{stream.Name}: the weight {PlainText.Short(name)} is of type {PlainText.Short(entry.Type ?? "none")} and shape {shape} at {string.Join(" to ", entry.Offsets.Take(2))}, which is not in the file.");
        }

        float[] values = new float[shape.ElementCount];
        stream.Position = begin + start;
        for (int i = 0; i < values.Length; i += 1 << 20)
        {
            stream.ReadExactly(MemoryMarshal.AsBytes(values.AsSpan(i, Math.Min(1 << 20, values.Length - i))));
        }

        return new NetworkWeight(name, shape, values);
    }

    private sealed record Entry(
        [property: JsonPropertyName("dtype")] string Type, [property: JsonPropertyName("shape")] long[] Shape, [property: JsonPropertyName("data_offsets")] long[] Offsets);
}
