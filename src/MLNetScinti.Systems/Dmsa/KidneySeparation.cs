using MLNetScinti.Imaging;

namespace MLNetScinti.Systems.Dmsa;

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

    /// <summary>A side with less than this part of both sides' counts is no kidney that could be judged: the other one is alone.</summary>
    public const double LeastShare = 0.05;

    internal KidneySeparation(ImageGeometry frame, Kidney? left, Kidney? right, double planeX, double confidence, string? reason)
    {
        Frame = frame;
        Left = left;
        Right = right;
        PlaneX = planeX;
        Confidence = confidence;
        Reason = reason;
    }

    /// <summary>The geometry whose indices the kidneys' boxes and mean indices are: the volume's, or that of the frame around it.</summary>
    public ImageGeometry Frame { get; }

    /// <summary>The left kidney, or null where none was found.</summary>
    public Kidney? Left { get; }

    /// <summary>The right kidney, or null where none was found.</summary>
    public Kidney? Right { get; }

    /// <summary>The X coordinate, in mm, of the sagittal plane between the kidneys.</summary>
    public double PlaneX { get; }

    /// <summary>
    /// From 0 to 1: the product of how plausible volume, volume ratio, uptake ratio, distance, height, depth, symmetry, the
    /// threshold needed and the absence of other activity are. Not a probability. Of a kidney that is alone, how plausible it is as
    /// one and its side are; 0 where the other side is not shown to be empty.
    /// </summary>
    public double Confidence { get; }

    /// <summary>Why the separation failed or is doubtful; null where it succeeded.</summary>
    public string? Reason { get; }

    /// <summary>The kidney that is alone, since the other side shows less than a tenth of its uptake or less than <see cref="LeastShare"/> of the counts; null where there are two, or none is certain.</summary>
    public Kidney? Alone => (Left is null) != (Right is null) && Confidence > 0 ? Left ?? Right : null;

    /// <summary>Whether both kidneys were found with enough confidence.</summary>
    public bool Succeeded => Reason is null;

    /// <summary>Finds the kidneys of a DMSA SPECT volume.</summary>
    /// <param name="volume">The volume; it stays as it is. NaN and infinities count as 0.</param>
    public static KidneySeparation Find(Volume volume) => Find(volume, volume.Geometry.Sections);

    /// <summary>
    /// Finds the kidneys of a volume as if it had been padded with sections of zeros on both ends (<see cref="PadSections"/>):
    /// the same result to the bit, without the sections.
    /// </summary>
    /// <param name="volume">The volume; it stays as it is. NaN and infinities count as 0.</param>
    /// <param name="sections">The number of sections of the frame.</param>
    /// <exception cref="ArgumentOutOfRangeException">The volume has more sections.</exception>
    public static KidneySeparation Find(Volume volume, int sections)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(sections, volume.Geometry.Sections);
        int before = (sections - volume.Geometry.Sections) / 2;
        ImageGeometry frame = sections == volume.Geometry.Sections
            ? volume.Geometry
            : volume.Geometry.Window(0, 0, -before, new ImageShape(sections, volume.Geometry.Rows, volume.Geometry.Columns));
        using KidneyFinder finder = new(volume, frame, before);
        return finder.Find();
    }

    /// <summary>The kidney of a side, or null where none was found.</summary>
    public Kidney? Of(BodySide side) => side == BodySide.Left ? Left : Right;

    /// <summary>The whole volume with everything on the other kidney's side of the plane set to zero.</summary>
    /// <param name="volume">The volume that was separated, with or without the sections of the frame.</param>
    /// <param name="side">The side to keep.</param>
    public Volume Isolate(Volume volume, BodySide side)
    {
        int before = SectionsBefore(volume);
        Volume result = new(volume.Geometry);
        for (int line = 0; line < volume.Geometry.Sections * volume.Geometry.Rows; line++)
        {
            (int section, int row) = Math.DivRem(line, volume.Geometry.Rows);
            (int first, int end) = ColumnsOf(Frame, row, section + before, PlaneX, side);
            Range kept = ((line * volume.Geometry.Columns) + first)..((line * volume.Geometry.Columns) + end);
            volume.AsSpan()[kept].CopyTo(result.Voxels.AsSpan(kept));
        }

        return result;
    }

    /// <summary>A cube around one kidney, without the other side, and zeros where it leaves the volume.</summary>
    /// <param name="volume">The volume that was separated, with or without the sections of the frame.</param>
    /// <param name="side">The kidney.</param>
    /// <param name="size">Voxels along each edge of the cube.</param>
    /// <param name="placement">Where the kidney lies in it.</param>
    /// <exception cref="InvalidOperationException">There is no kidney on this side.</exception>
    public Volume Crop(Volume volume, BodySide side, int size, KidneyPlacement placement = KidneyPlacement.Centred)
    {
        ImageShape cube = new(size, size, size);
        Volume result = new(CropGeometry(side, cube, placement));
        CropInto(volume, side, cube, result.Voxels, isClear: true, placement);
        return result;
    }

    /// <summary>Writes a box centred on one kidney, without the other side, and zeros where it leaves the volume.</summary>
    /// <param name="volume">The volume that was separated, with or without the sections of the frame.</param>
    /// <param name="side">The kidney.</param>
    /// <param name="size">The extent of the box, [sections, rows, columns].</param>
    /// <param name="box">Receives the box; what was there is overwritten.</param>
    /// <exception cref="ArgumentException">The target does not hold the box's voxels.</exception>
    /// <exception cref="InvalidOperationException">There is no kidney on this side.</exception>
    public void Crop(Volume volume, BodySide side, ImageShape size, Span<float> box) => CropInto(volume, side, size, box, isClear: false, KidneyPlacement.Centred);

    /// <summary>Whether the cube in the middle of the frame holds both kidneys whole.</summary>
    /// <param name="size">Voxels along each edge of the cube.</param>
    public bool IsWholeInPlace(int size)
    {
        ImageShape cube = new(size, size, size);
        return new[] { Left, Right }.OfType<Kidney>().All(kidney =>
        {
            (int section, int row, int column) = FirstOf(kidney.Side, cube, KidneyPlacement.InPlace);
            IndexBox box = kidney.Box;
            return box.FirstSection >= section && box.LastSection < section + size && box.FirstRow >= row && box.LastRow < row + size
                && box.FirstColumn >= column && box.LastColumn < column + size;
        });
    }

    /// <summary>Where in space the box of <see cref="Crop(Volume, BodySide, ImageShape, Span{float})"/> is.</summary>
    /// <param name="side">The kidney.</param>
    /// <param name="size">The extent of the box, [sections, rows, columns].</param>
    /// <param name="placement">Where the kidney lies in it.</param>
    /// <exception cref="InvalidOperationException">There is no kidney on this side.</exception>
    public ImageGeometry CropGeometry(BodySide side, ImageShape size, KidneyPlacement placement = KidneyPlacement.Centred)
    {
        (int firstSection, int firstRow, int firstColumn) = FirstOf(side, size, placement);
        return Frame.Window(firstColumn, firstRow, firstSection, size);
    }

    /// <summary>The columns of a row that lie on one side of a sagittal plane. X rises or falls along a row, so they are neighbours.</summary>
    internal static (int First, int End) ColumnsOf(ImageGeometry geometry, int row, int section, double plane, BodySide side)
    {
        double start = geometry.PositionOf(0, row, section).X, step = geometry.ColumnSpacing * geometry.RowDirection.X;
        bool firstIsLeft = start > plane;
        int low = 0, high = geometry.Columns;
        while (low < high)
        {
            int middle = (low + high) / 2;
            bool isLeft = start + (middle * step) > plane;
            (low, high) = isLeft == firstIsLeft ? (middle + 1, high) : (low, middle);
        }

        return firstIsLeft == (side == BodySide.Left) ? (0, low) : (low, geometry.Columns);
    }

    private void CropInto(Volume volume, BodySide side, ImageShape size, Span<float> box, bool isClear, KidneyPlacement placement)
    {
        (int firstSection, int firstRow, int firstColumn) = FirstOf(side, size, placement);
        if (box.Length != size.Length)
        {
            throw new ArgumentException($"A box of {size} holds {size.Length} voxels, found {box.Length}.", nameof(box));
        }

        if (!isClear)
        {
            box.Clear();
        }

        int before = SectionsBefore(volume);
        int lastSection = Math.Min(before + volume.Geometry.Sections, firstSection + size.Sections), lastRow = Math.Min(volume.Geometry.Rows, firstRow + size.Rows);
        for (int s = Math.Max(before, firstSection); s < lastSection; s++)
        {
            for (int r = Math.Max(0, firstRow); r < lastRow; r++)
            {
                (int from, int to) = ColumnsOf(Frame, r, s, PlaneX, side);
                (from, to) = (Math.Max(from, firstColumn), Math.Min(to, firstColumn + size.Columns));
                if (to > from)
                {
                    int target = ((((s - firstSection) * size.Rows) + r - firstRow) * size.Columns) + from - firstColumn;
                    volume.AsSpan().Slice(volume.IndexOf(s - before, r, from), to - from).CopyTo(box.Slice(target, to - from));
                }
            }
        }
    }

    private int SectionsBefore(Volume volume)
    {
        int missing = Frame.Sections - volume.Geometry.Sections;
        return missing >= 0 && volume.Geometry.Rows == Frame.Rows && volume.Geometry.Columns == Frame.Columns
            ? missing / 2
            : throw new ArgumentException($"A volume of {volume.Shape} is not the one that was separated, in a frame of {Frame.Shape}.", nameof(volume));
    }

    private (int Section, int Row, int Column) FirstOf(BodySide side, ImageShape size, KidneyPlacement placement)
    {
        Kidney kidney = Of(side) ?? throw new InvalidOperationException($"There is no {(side == BodySide.Left ? "left" : "right")} kidney to crop: {Reason}");
        if (placement == KidneyPlacement.InPlace)
        {
            return ((Frame.Sections / 2) - (size.Sections / 2), (Frame.Rows / 2) - (size.Rows / 2), (Frame.Columns / 2) - (size.Columns / 2));
        }

        // The middle of the box around the kidney: less moved by a defect than the mean position.
        IndexBox box = kidney.Box;
        return (
            ((box.FirstSection + box.LastSection + 1) / 2) - (size.Sections / 2),
            ((box.FirstRow + box.LastRow + 1) / 2) - (size.Rows / 2),
            ((box.FirstColumn + box.LastColumn + 1) / 2) - (size.Columns / 2));
    }
}

/// <summary>Where a kidney lies in the cube that is cut out for it.</summary>
public enum KidneyPlacement
{
    /// <summary>In the middle.</summary>
    Centred,

    /// <summary>Where it lay in the matrix: the cube is the matrix's middle, cut or filled up with zeros to its size.</summary>
    InPlace,
}

/// <summary>A kidney found in a DMSA SPECT volume. Indices are those of <see cref="KidneySeparation.Frame"/>.</summary>
/// <param name="Side">The patient's side on which it lies.</param>
/// <param name="Centre">The mean position of its voxels in DICOM patient coordinates, mm.</param>
/// <param name="Column">Mean column index.</param>
/// <param name="Row">Mean row index.</param>
/// <param name="Section">Mean section index.</param>
/// <param name="Box">The smallest box around it at the threshold used.</param>
/// <param name="Millilitres">Its volume at the threshold used.</param>
/// <param name="Counts">The sum of its voxels' values.</param>
public sealed record Kidney(
    BodySide Side, Point3 Centre, double Column, double Row, double Section, IndexBox Box, double Millilitres, double Counts);
