using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using MLNetScinti.Imaging;

namespace MLNetScinti.Dicom;

/// <summary>An image with its values: counts, or what the file's unit says, as floats.</summary>
/// <remarks>Whole numbers above 16,777,216 are rounded to 24 significant bits.</remarks>
[TypeFormatterSource(typeof(ScintigraphyImage))]
public sealed class ScintigraphyImage
{
    // Longer than the image where the memory was lent.
    private float[] _memory;
    private readonly int _count;

    internal ScintigraphyImage(ImageHeader header, float[] memory, long paddedPixels)
    {
        Header = header;
        _memory = memory;
        _count = checked((int)header.ValueCount);
        PaddedPixels = paddedPixels;
    }

    /// <summary>Everything that the file says besides the pixels.</summary>
    public ImageHeader Header { get; }

    /// <summary>What the image is.</summary>
    public ImageKind Kind => Header.Kind;

    /// <summary>All values: frames in the file's order, each row by row. An array of their own: of an image in memory that is lent, which may be longer, this makes a copy that takes its place.</summary>
    public float[] Values => _memory.Length == _count ? _memory : _memory = _memory[.._count];

    /// <summary>All values where they lie.</summary>
    public ReadOnlySpan<float> AsSpan() => _memory.AsSpan(0, _count);

    /// <summary>How many pixels were padding: they have the value 0, in CT that of air.</summary>
    public long PaddedPixels { get; }

    /// <summary>What a careful reader would want to know before using the image, what was assumed of its geometry included.</summary>
    public IReadOnlyList<string> AllWarnings => Header.GeometryNote.Length == 0 ? Header.Warnings : [.. Header.Warnings, Header.GeometryNote];

    /// <summary>The sum of all values.</summary>
    public double Total => Sum(AsSpan());

    /// <summary>The largest value.</summary>
    public float Maximum => TensorPrimitives.Max(AsSpan());

    /// <summary>The smallest value.</summary>
    public float Minimum => TensorPrimitives.Min(AsSpan());

    /// <summary>Number of volumes that <see cref="ToVolume"/> can give: one for each phase, energy window and so on; 0 where frames are not sections.</summary>
    public int VolumeCount => Header.Geometry is null || Header.VolumeRefusal.Length > 0 ? 0 : Header.Volumes.Count;

    /// <summary>The values of one frame, row by row.</summary>
    /// <param name="index">The frame, from 0.</param>
    public ReadOnlySpan<float> Frame(int index)
    {
        int pixels = Header.Rows * Header.Columns;
        return AsSpan().Slice(index * pixels, pixels);
    }

    /// <summary>The sections as a volume; a copy of the values.</summary>
    /// <param name="index">Which volume, from 0, where the file holds several: in the order in which they begin in the file.</param>
    /// <exception cref="InvalidOperationException">The frames are not sections.</exception>
    /// <exception cref="DicomReadException">They are, and the file does not say enough, or says what contradicts itself, of where they lie.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such volume.</exception>
    public Volume ToVolume(int index = 0)
    {
        if (Header.VolumeRefusal.Length > 0)
        {
            throw new DicomReadException(Header.File, SkipReason.InconsistentHeader, $"no volume can be made of its frames: {Header.VolumeRefusal}; ask the source for a complete export, or go on with assumed lengths where that is meant (assume-spacing).");
        }

        if (Header.Geometry is not ImageGeometry geometry)
        {
            throw new InvalidOperationException(Header.Kind is ImageKind.Tomo or ImageKind.GatedTomo
                ? $"{Header.File}: these are projections, expected sections: reconstruct them first."
                : $"{Header.File}: this is a {Header.Kind} image, expected sections: read its frames as planar images.");
        }

        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, VolumeCount);
        int pixels = Header.Rows * Header.Columns;
        float[] voxels = new float[geometry.Sections * pixels];
        int section = 0;
        foreach (int frame in Header.Volumes[index])
        {
            Frame(frame).CopyTo(voxels.AsSpan(section++ * pixels, pixels));
        }

        return new Volume(geometry, voxels);
    }

    /// <summary>
    /// The sections as a volume over this image's own values, where they lie there in the volume's order; else a copy. Whoever changes the
    /// volume changes the image: for who reads an image once and goes on to the next.
    /// </summary>
    /// <exception cref="InvalidOperationException">The frames are not sections.</exception>
    /// <exception cref="DicomReadException">They are, and nothing tells where they lie.</exception>
    public Volume TakeVolume()
    {
        bool inOrder = VolumeCount == 1 && _count == Header.Geometry!.Shape.Length && Header.Volumes[0].SequenceEqual(Enumerable.Range(0, Header.Frames.Count));
        return inOrder ? Volume.Over(Header.Geometry!, _memory) : ToVolume();
    }

    /// <summary>Every frame as a planar image, in the file's order; copies of the values.</summary>
    public IReadOnlyList<PlanarImage> ToPlanarImages() =>
        [.. Header.Frames.Select(frame => new PlanarImage(Header.Columns, Header.Rows, Header.ColumnSpacing, Header.RowSpacing, Frame(frame.Index).ToArray()))];

    /// <summary>The first frame that looks from a side, as a planar image, or null where none does.</summary>
    public PlanarImage? ToPlanarImage(DetectorView view) =>
        Header.Frames.FirstOrDefault(frame => frame.View == view) is ImageFrame found
            ? new PlanarImage(Header.Columns, Header.Rows, Header.ColumnSpacing, Header.RowSpacing, Frame(found.Index).ToArray())
            : null;

    /// <summary>The sum of values, in double precision in several partial sums: exact for counts, which are whole numbers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static double Sum(ReadOnlySpan<float> values)
    {
        Vector<double> even = Vector<double>.Zero, odd = Vector<double>.Zero;
        int i = 0;
        for (; i <= values.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            Vector.Widen(new Vector<float>(values[i..]), out Vector<double> lower, out Vector<double> upper);
            even += lower;
            odd += upper;
        }

        double total = Vector.Sum(even + odd);
        for (; i < values.Length; i++)
        {
            total += values[i];
        }

        return total;
    }
}
