namespace MLNetScinti.Simulation;

/// <summary>
/// Activity in voxels, ordered row, column, section with the sections fastest: what happens to one line of sections at once
/// is then one run through memory. The number of sections is padded to a multiple of <see cref="SectionBlock"/>.
/// </summary>
public sealed class ActivityMap
{
    /// <summary>Sections are stored in blocks of this many.</summary>
    public const int SectionBlock = 16;

    private readonly AlignedArray _voxels;

    /// <summary>A map of zeros.</summary>
    /// <param name="size">Rows and columns; the axis of rotation runs through the middle.</param>
    /// <param name="sections">Sections in use.</param>
    /// <param name="pixel">Edge of a voxel, mm.</param>
    /// <param name="halfWidth">Half the width of the body's ellipse, mm; 0 for no attenuation.</param>
    /// <param name="halfDepth">Half the depth of the body's ellipse, mm.</param>
    public ActivityMap(int size, int sections, double pixel, double halfWidth, double halfDepth)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 2);
        ArgumentOutOfRangeException.ThrowIfLessThan(sections, 1);
        Size = size;
        Sections = sections;
        Stride = (sections + SectionBlock - 1) / SectionBlock * SectionBlock;
        Pixel = pixel;
        HalfWidth = halfWidth;
        HalfDepth = halfDepth;
        _voxels = new AlignedArray(size * size * Stride);
    }

    /// <summary>Rows and columns.</summary>
    public int Size { get; }

    /// <summary>Sections in use.</summary>
    public int Sections { get; }

    /// <summary>Sections in memory.</summary>
    public int Stride { get; }

    /// <summary>Edge of a voxel, mm.</summary>
    public double Pixel { get; }

    /// <summary>Half the width of the body's ellipse, mm.</summary>
    public double HalfWidth { get; }

    /// <summary>Half the depth of the body's ellipse, mm.</summary>
    public double HalfDepth { get; }

    /// <summary>MBq in each voxel, those of the sections beyond the last among them.</summary>
    public Span<float> Voxels => _voxels.Span;

    /// <summary>All sections of one row and column.</summary>
    public Span<float> Line(int row, int column) => Voxels.Slice(((row * Size) + column) * Stride, Sections);

    /// <summary>The middle of a voxel from the axis of rotation, mm.</summary>
    public double PositionOf(int index) => (index - ((Size - 1) / 2.0)) * Pixel;
}
