namespace MLNetScinti.Imaging;

/// <summary>
/// The left and the right kidney of a DMSA SPECT volume, found automatically, with a stated confidence. (S1 did this by hand.)
/// Sides come from the geometry's directions, never from the column index: +X is the patient's left.
/// </summary>
/// <remarks>
/// The volume is cut at a fraction of its robust maximum (the value that half a millilitre exceeds) and split into connected
/// regions. Pairs of regions are judged by volume, distance, height, depth, uptake and symmetry about the body's middle; the
/// best pair of the fractions tried is taken. Where no pair is found, each half of the body is searched at a fraction of its
/// own maximum, so that a kidney with little uptake is found beside a normal one.
/// </remarks>
[TypeFormatterSource(typeof(KidneySeparation))]
public sealed class KidneySeparation
{
    /// <summary>Below this confidence a separation counts as failed.</summary>
    public const double MinimumConfidence = 0.3;

    internal KidneySeparation(Kidney? left, Kidney? right, double planeX, double confidence, string? reason)
    {
        Left = left;
        Right = right;
        PlaneX = planeX;
        Confidence = confidence;
        Reason = reason;
    }

    /// <summary>The left kidney, or null where none was found.</summary>
    public Kidney? Left { get; }

    /// <summary>The right kidney, or null where none was found.</summary>
    public Kidney? Right { get; }

    /// <summary>The X coordinate, in mm, of the sagittal plane between the kidneys.</summary>
    public double PlaneX { get; }

    /// <summary>
    /// From 0 to 1: the product of how plausible volume, volume ratio, uptake ratio, distance, height, depth, symmetry, the
    /// threshold needed and the absence of other activity are. Not a probability.
    /// </summary>
    public double Confidence { get; }

    /// <summary>Why the separation failed or is doubtful; null where it succeeded.</summary>
    public string? Reason { get; }

    /// <summary>Whether both kidneys were found with enough confidence.</summary>
    public bool Succeeded => Reason is null;

    /// <summary>Finds the kidneys of a DMSA SPECT volume.</summary>
    public static KidneySeparation Find(Volume volume) => new KidneyFinder(volume).Find();

    /// <summary>The kidney of a side, or null where none was found.</summary>
    public Kidney? Of(KidneySide side) => side == KidneySide.Left ? Left : Right;

    /// <summary>The whole volume with everything on the other kidney's side of the plane set to zero.</summary>
    /// <param name="volume">The volume that was separated, or one of the same geometry.</param>
    /// <param name="side">The side to keep.</param>
    public Volume Isolate(Volume volume, KidneySide side)
    {
        float[] voxels = new float[volume.Voxels.Length];
        CopySide(volume, side, voxels);
        return new Volume(volume.Geometry, voxels);
    }

    /// <summary>A box centred on one kidney, without the other side, and zeros where the box leaves the volume.</summary>
    /// <param name="volume">The volume that was separated, or one of the same geometry.</param>
    /// <param name="side">The kidney.</param>
    /// <param name="size">Voxels along each edge of the box.</param>
    /// <exception cref="InvalidOperationException">There is no kidney on this side.</exception>
    public Volume Crop(Volume volume, KidneySide side, int size) => Crop(volume, side, new ImageShape(size, size, size));

    /// <summary>A box centred on one kidney, without the other side, and zeros where the box leaves the volume.</summary>
    /// <param name="volume">The volume that was separated, or one of the same geometry.</param>
    /// <param name="side">The kidney.</param>
    /// <param name="size">The extent of the box, [sections, rows, columns].</param>
    /// <exception cref="InvalidOperationException">There is no kidney on this side.</exception>
    public Volume Crop(Volume volume, KidneySide side, ImageShape size)
    {
        (int firstSection, int firstRow, int firstColumn) = FirstOf(side, size);
        Volume alone = Isolate(volume, side);
        Volume result = new(volume.Geometry.Window(firstColumn, firstRow, firstSection, size));
        int from = Math.Max(0, firstColumn);
        int to = Math.Min(volume.Geometry.Columns, firstColumn + size.Columns);
        for (int s = Math.Max(0, firstSection); to > from && s < Math.Min(volume.Geometry.Sections, firstSection + size.Sections); s++)
        {
            for (int r = Math.Max(0, firstRow); r < Math.Min(volume.Geometry.Rows, firstRow + size.Rows); r++)
            {
                alone.Voxels.AsSpan(alone.IndexOf(s, r, from), to - from)
                    .CopyTo(result.Voxels.AsSpan(result.IndexOf(s - firstSection, r - firstRow, from - firstColumn)));
            }
        }

        return result;
    }

    /// <summary>Where in space the box of <see cref="Crop(Volume, KidneySide, ImageShape)"/> is.</summary>
    /// <param name="geometry">The geometry of the volume that was separated.</param>
    /// <param name="side">The kidney.</param>
    /// <param name="size">The extent of the box, [sections, rows, columns].</param>
    /// <exception cref="InvalidOperationException">There is no kidney on this side.</exception>
    public ImageGeometry CropGeometry(ImageGeometry geometry, KidneySide side, ImageShape size)
    {
        (int firstSection, int firstRow, int firstColumn) = FirstOf(side, size);
        return geometry.Window(firstColumn, firstRow, firstSection, size);
    }

    private (int Section, int Row, int Column) FirstOf(KidneySide side, ImageShape size)
    {
        Kidney kidney = Of(side) ?? throw new InvalidOperationException($"There is no {(side == KidneySide.Left ? "left" : "right")} kidney to crop: {Reason}");
        // The middle of the box around the kidney: less moved by a defect than the mean position.
        IndexBox box = kidney.Box;
        return (
            ((box.FirstSection + box.LastSection + 1) / 2) - (size.Sections / 2),
            ((box.FirstRow + box.LastRow + 1) / 2) - (size.Rows / 2),
            ((box.FirstColumn + box.LastColumn + 1) / 2) - (size.Columns / 2));
    }

    private void CopySide(Volume volume, KidneySide side, float[] target)
    {
        ImageGeometry geometry = volume.Geometry;
        double step = geometry.ColumnSpacing * geometry.RowDirection.X;
        int i = 0;
        for (int s = 0; s < geometry.Sections; s++)
        {
            for (int r = 0; r < geometry.Rows; r++)
            {
                double start = geometry.PositionOf(0, r, s).X;
                for (int c = 0; c < geometry.Columns; c++, i++)
                {
                    bool left = start + (c * step) > PlaneX;
                    if (left == (side == KidneySide.Left))
                    {
                        target[i] = volume.Voxels[i];
                    }
                }
            }
        }
    }
}
