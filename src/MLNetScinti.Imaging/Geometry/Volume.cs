namespace MLNetScinti.Imaging;

/// <summary>A three-dimensional image: a value for every voxel, section-major, then rows, then columns.</summary>
[TypeFormatterSource(typeof(Volume))]
public sealed class Volume
{
    // Longer than the volume where the memory was lent.
    private float[] _memory;

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

        _memory = voxels;
    }

    private Volume(ImageGeometry geometry, Memory<float> lent, float[] memory)
    {
        Geometry = geometry.Checked();
        if (lent.Length < geometry.Shape.Length)
        {
            throw new ArgumentException($"A volume of {geometry.Shape} holds {geometry.Shape.Length} voxels, found memory for {lent.Length}.", nameof(memory));
        }

        _memory = memory;
    }

    /// <summary>A volume of zeros.</summary>
    public Volume(ImageGeometry geometry)
        : this(geometry, new float[geometry.Shape.Length])
    {
    }

    /// <summary>Where the voxels are.</summary>
    public ImageGeometry Geometry { get; }

    /// <summary>The values, section-major, then rows, then columns. An array of their own: of a volume in memory that is lent, which may be longer, this makes a copy that takes its place.</summary>
    public float[] Voxels => _memory.Length == Shape.Length ? _memory : _memory = _memory[..Shape.Length];

    /// <summary>[sections, rows, columns].</summary>
    public ImageShape Shape => Geometry.Shape;

    /// <summary>The value of one voxel.</summary>
    public float this[int section, int row, int column]
    {
        get => _memory[IndexOf(section, row, column)];
        set => _memory[IndexOf(section, row, column)] = value;
    }

    /// <summary>A volume over the beginning of memory that is lent to it: for who reads many volumes of different sizes, one after the other.</summary>
    /// <param name="geometry">Where the voxels are.</param>
    /// <param name="memory">Sections x rows x columns values, and any number behind them.</param>
    /// <exception cref="ArgumentException">The memory is too short, or the geometry is impossible.</exception>
    public static Volume Over(ImageGeometry geometry, float[] memory) => new(geometry, memory, memory);

    /// <summary>The values where they lie.</summary>
    public Span<float> AsSpan() => _memory.AsSpan(0, Shape.Length);

    /// <summary>The values where they lie.</summary>
    public Memory<float> AsMemory() => _memory.AsMemory(0, Shape.Length);

    /// <summary>The same values in another place.</summary>
    internal Volume At(ImageGeometry geometry) => Over(geometry, _memory);

    /// <summary>One transverse section, rows x columns values.</summary>
    public Span<float> Section(int section) => _memory.AsSpan(section * Geometry.Rows * Geometry.Columns, Geometry.Rows * Geometry.Columns);

    /// <summary>A box of the volume, which keeps its place in space; zeros where it leaves the volume.</summary>
    /// <param name="firstSection">The section that becomes section 0; may be negative.</param>
    /// <param name="firstRow">The row that becomes row 0; may be negative.</param>
    /// <param name="firstColumn">The column that becomes column 0; may be negative.</param>
    /// <param name="size">The extent of the box, [sections, rows, columns].</param>
    public Volume Window(int firstSection, int firstRow, int firstColumn, ImageShape size)
    {
        Volume result = new(Geometry.Window(firstColumn, firstRow, firstSection, size));
        CopyWindow(firstSection, firstRow, firstColumn, size, result.Voxels);
        return result;
    }

    /// <summary>Copies the part of a box that lies in the volume; the rest of the target stays as it is.</summary>
    internal void CopyWindow(int firstSection, int firstRow, int firstColumn, ImageShape size, Span<float> target)
    {
        int from = Math.Max(0, firstColumn), to = Math.Min(Geometry.Columns, firstColumn + size.Columns);
        int lastSection = Math.Min(Geometry.Sections, firstSection + size.Sections), lastRow = Math.Min(Geometry.Rows, firstRow + size.Rows);
        for (int s = Math.Max(0, firstSection); to > from && s < lastSection; s++)
        {
            for (int r = Math.Max(0, firstRow); r < lastRow; r++)
            {
                int start = ((((s - firstSection) * size.Rows) + r - firstRow) * size.Columns) + from - firstColumn;
                _memory.AsSpan(IndexOf(s, r, from), to - from).CopyTo(target.Slice(start, to - from));
            }
        }
    }

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
