namespace MLNetScinti.Imaging;

/// <summary>A three-dimensional image: a value for every voxel, section-major, then rows, then columns.</summary>
[TypeFormatterSource(typeof(Volume))]
public sealed class Volume
{
    /// <summary>A volume over an existing array, which it keeps and does not copy.</summary>
    /// <param name="geometry">Where the voxels are.</param>
    /// <param name="voxels">Sections x rows x columns values.</param>
    /// <exception cref="ArgumentException">The array's length is not the number of voxels, or the geometry is impossible.</exception>
    public Volume(ImageGeometry geometry, float[] voxels)
    {
        Geometry = geometry.Checked();
        if (voxels.Length != geometry.Shape.Length)
        {
            throw new ArgumentException($"A volume of {geometry.Shape} holds {geometry.Shape.Length} voxels, found {voxels.Length}.", nameof(voxels));
        }

        Voxels = voxels;
    }

    /// <summary>A volume of zeros.</summary>
    public Volume(ImageGeometry geometry)
        : this(geometry, new float[geometry.Shape.Length])
    {
    }

    /// <summary>Where the voxels are.</summary>
    public ImageGeometry Geometry { get; }

    /// <summary>The values, section-major, then rows, then columns.</summary>
    public float[] Voxels { get; }

    /// <summary>[sections, rows, columns].</summary>
    public ImageShape Shape => Geometry.Shape;

    /// <summary>The value of one voxel.</summary>
    public float this[int section, int row, int column]
    {
        get => Voxels[IndexOf(section, row, column)];
        set => Voxels[IndexOf(section, row, column)] = value;
    }

    /// <summary>One transverse section, rows x columns values.</summary>
    public Span<float> Section(int section) => Voxels.AsSpan(section * Geometry.Rows * Geometry.Columns, Geometry.Rows * Geometry.Columns);

    /// <summary>The place of a voxel in <see cref="Voxels"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An index lies outside.</exception>
    public int IndexOf(int section, int row, int column)
    {
        if ((uint)section >= (uint)Geometry.Sections || (uint)row >= (uint)Geometry.Rows || (uint)column >= (uint)Geometry.Columns)
        {
            throw new ArgumentOutOfRangeException(nameof(section), $"There is no voxel {section}, {row}, {column} in a volume of {Shape}.");
        }

        return (((section * Geometry.Rows) + row) * Geometry.Columns) + column;
    }
}
