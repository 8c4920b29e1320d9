using System.Buffers;
using System.Globalization;
using System.IO.Compression;

namespace MLNetScinti.Imaging;

/// <summary>A label map as NIfTI-1 (single file, gzip or plain), which every medical viewer reads; voxels stay in their order.</summary>
/// <param name="Labels">A label for each voxel, ordered as a volume's voxels.</param>
/// <param name="Shape">[sections, rows, columns]; one section for a planar map.</param>
/// <param name="Geometry">Where the voxels are; null where the file says of no coordinates that it knows them.</param>
public sealed record NiftiLabels(byte[] Labels, ImageShape Shape, ImageGeometry? Geometry)
{
    private const long MostVoxels = 1L << 30;

    /// <summary>The bytes of a gzip file. The same map gives the same bytes.</summary>
    /// <param name="labels">A label for each voxel, ordered as a volume's voxels.</param>
    /// <param name="geometry">Where the voxels are.</param>
    /// <param name="description">What it is, in at most 79 ASCII characters.</param>
    /// <exception cref="ArgumentException">There are more or fewer labels than voxels, or more voxels along an axis than the format can say.</exception>
    public static byte[] Encode(ReadOnlySpan<byte> labels, ImageGeometry geometry, string description)
    {
        ArgumentNullException.ThrowIfNull(geometry);
        if (labels.Length != geometry.Shape.Length)
        {
            throw new ArgumentException($"A mask of {geometry.Shape} holds {geometry.Shape.Length} labels, found {labels.Length}.", nameof(labels));
        }

        using MemoryStream file = new();
        using (GZipStream zip = new(file, CompressionLevel.Optimal, leaveOpen: true))
        {
            zip.Write(NiftiHeader.Write(geometry, description, NiftiNumber.Byte));
            zip.Write(labels);
        }

        return file.ToArray();
    }

    /// <summary>Writes a file, by custom *.nii.gz; it appears whole or not at all.</summary>
    /// <exception cref="ArgumentException">See <see cref="Encode"/>.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Save(string path, ReadOnlySpan<byte> labels, ImageGeometry geometry, string description) => AtomicFile.Write(path, Encode(labels, geometry, description));

    /// <summary>Reads a label map from a stream that can be wound back; what the header claims is not believed before the voxels are there.</summary>
    /// <exception cref="NiftiException">It is none: another format, values that are no labels from 0 to 255, an end before the last voxel.</exception>
    public static NiftiLabels Decode(Stream stream)
    {
        // Grown as voxels come: a header that lies about its extents costs nothing.
        ArrayBufferWriter<byte> labels = new();
        NiftiHeader header = NiftiHeader.Read(stream, MostVoxels, _ => (values, first) =>
        {
            Span<byte> into = labels.GetSpan(values.Length);
            for (int i = 0; i < values.Length; i++)
            {
                double value = values[i], label = Math.Round(value);
                into[i] = label is >= 0 and <= 255 && Math.Abs(value - label) < 1e-3
                    ? (byte)label
                    : throw new NiftiException(string.Create(CultureInfo.InvariantCulture, $"expected labels, whole numbers from 0 to 255, found {value} at voxel {first + i}."));
            }

            labels.Advance(values.Length);
        });
        return new NiftiLabels(labels.WrittenSpan.ToArray(), header.Shape, header.Geometry);
    }
}
