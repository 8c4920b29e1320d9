using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;

namespace MLNetScinti.Imaging;

/// <summary>
/// A volume as NIfTI-1 (single file, gzip or plain): whole and real numbers of 8 to 64 bits, in both orders of bytes, with the
/// header's slope and intercept applied; voxels stay in their order.
/// </summary>
/// <param name="Volume">The values, with their place in DICOM patient coordinates.</param>
/// <param name="SidesAreKnown">Whether the file says of some coordinates that it knows them; else left and right are those of the format's custom alone.</param>
/// <param name="Warnings">What a careful reader would want to know.</param>
public sealed record NiftiImage(Volume Volume, bool SidesAreKnown, IReadOnlyList<string> Warnings)
{
    private const long MostVoxels = 1L << 29;

    /// <summary>Reads a volume from a stream that can be wound back; what the header claims is not believed before the voxels are there.</summary>
    /// <exception cref="NiftiException">It is none: another format, several volumes, values that are no numbers, an end before the last voxel.</exception>
    public static NiftiImage Decode(Stream stream)
    {
        float[] voxels = [];
        NiftiHeader header = NiftiHeader.Read(stream, MostVoxels, header => (values, first) =>
        {
            if (first + values.Length > voxels.Length)
            {
                // Twice as many each time, and never more than all: a header that lies about its extents costs nothing.
                Array.Resize(ref voxels, (int)Math.Min(header.Shape.Length, Math.Max(1 << 16, 2L * (first + values.Length))));
            }

            for (int i = 0; i < values.Length; i++)
            {
                float value = (float)values[i];
                voxels[first + i] = float.IsFinite(value)
                    ? value
                    : throw new NiftiException(string.Create(CultureInfo.InvariantCulture, $"expected numbers of at most 1e38, found {values[i]} at voxel {first + i}: write the background's value in its place."));
            }
        });
        bool isKnown = header.Geometry is not null;
        return new NiftiImage(
            new Volume(header.Geometry ?? header.BySpacingsAlone(), voxels),
            isKnown,
            isKnown ? header.Warnings : [.. header.Warnings, "The file says of no coordinates that it knows them: columns were taken to run to the patient's right, rows to the front, sections to the head."]);
    }

    /// <summary>Reads a file, *.nii or *.nii.gz.</summary>
    /// <exception cref="NiftiException">It is no volume in NIfTI-1; the message begins with the path.</exception>
    /// <exception cref="InvalidDataException">It is no file.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static NiftiImage Load(string path)
    {
        using FileStream stream = InputFile.Open(path, 1 << 16);
        try
        {
            return Decode(stream);
        }
        catch (NiftiException problem)
        {
            throw new NiftiException($"{path}: {problem.Message}", problem);
        }
    }

    /// <summary>Writes a volume into a stream, uncompressed.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="volume">The volume.</param>
    /// <param name="description">What it is, in at most 79 ASCII characters.</param>
    /// <param name="number">How numbers are stored.</param>
    /// <param name="slope">What stored numbers are multiplied by; not 0.</param>
    /// <param name="intercept">What is then added.</param>
    /// <exception cref="ArgumentException">A value has no place among the numbers of that kind, or an axis is longer than the format can say.</exception>
    public static void Encode(Stream stream, Volume volume, string description, NiftiNumber number = NiftiNumber.Single, double slope = 1, double intercept = 0)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(volume);
        // As the file will have them.
        (double factor, double addend) = ((float)slope, (float)intercept);
        if (factor == 0 || !double.IsFinite(factor + addend))
        {
            throw new ArgumentException($"A slope other than 0 and a finite intercept were expected, found {slope} and {intercept}.", nameof(slope));
        }

        stream.Write(NiftiHeader.Write(volume.Geometry, description, number, factor, addend));
        (int size, double lowest, double highest) = number switch
        {
            NiftiNumber.Byte => (1, 0.0, 255.0),
            NiftiNumber.Int16 => (2, short.MinValue, short.MaxValue),
            _ => (4, float.MinValue, float.MaxValue),
        };
        ReadOnlySpan<float> values = volume.AsSpan();
        byte[] piece = new byte[size << 14];
        for (int done = 0; done < values.Length;)
        {
            int some = Math.Min(values.Length - done, 1 << 14);
            for (int i = 0; i < some; i++)
            {
                double stored = (values[done + i] - addend) / factor;
                stored = number == NiftiNumber.Single ? stored : Math.Round(stored, MidpointRounding.ToEven);
                if (!(stored >= lowest && stored <= highest))
                {
                    throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"Value {values[done + i]} of voxel {done + i} has no place among numbers of kind {number} with slope {slope} and intercept {intercept}."), nameof(volume));
                }

                Span<byte> into = piece.AsSpan(i * size, size);
                switch (number)
                {
                    case NiftiNumber.Byte:
                        into[0] = (byte)stored;
                        break;
                    case NiftiNumber.Int16:
                        BinaryPrimitives.WriteInt16LittleEndian(into, (short)stored);
                        break;
                    default:
                        BinaryPrimitives.WriteSingleLittleEndian(into, (float)stored);
                        break;
                }
            }

            stream.Write(piece.AsSpan(0, some * size));
            done += some;
        }
    }

    /// <summary>Writes a file, compressed where its name ends in .gz; it appears whole or not at all. The same volume gives the same bytes.</summary>
    /// <param name="path">The file.</param>
    /// <param name="volume">The volume.</param>
    /// <param name="description">What it is, in at most 79 ASCII characters.</param>
    /// <param name="number">How numbers are stored.</param>
    /// <param name="slope">What stored numbers are multiplied by; not 0.</param>
    /// <param name="intercept">What is then added.</param>
    /// <exception cref="ArgumentException">See <see cref="Encode"/>.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Save(string path, Volume volume, string description, NiftiNumber number = NiftiNumber.Single, double slope = 1, double intercept = 0)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        AtomicFile.Write(path, stream =>
        {
            if (!path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase))
            {
                Encode(stream, volume, description, number, slope, intercept);
                return;
            }

            using GZipStream zip = new(stream, CompressionLevel.Optimal, leaveOpen: true);
            Encode(zip, volume, description, number, slope, intercept);
        });
    }
}
