using MLNetScinti.Imaging;
using MLNetScinti.Simulation.WholeBody;

namespace MLNetScinti.Simulation.SpectCt;

/// <summary>
/// A body in voxels: the tissue at the middle of each voxel of a grid along the axes of patient coordinates. Solids are painted in the order in which
/// <see cref="AbdomenBuilder"/> lists them, then the fat around the kidneys, the kidneys, and their cysts.
/// </summary>
internal sealed class TissueMap
{
    private readonly byte[] _labels;

    public TissueMap(AbdomenAnatomy anatomy, ImageGeometry grid)
    {
        Grid = grid;
        _labels = new byte[grid.Shape.Length];
        foreach (TissueShape shape in AbdomenBuilder.Build(anatomy))
        {
            Paint(shape);
        }

        uint kidneys = ~(AbdomenBuilder.Hard | TissueShape.Bits(Tissue.SubcutaneousFat));
        foreach (BodySide side in (ReadOnlySpan<BodySide>)[BodySide.Left, BodySide.Right])
        {
            if (anatomy.Of(side) is { } kidney)
            {
                double fat = anatomy.PerirenalFat;
                KidneyAnatomy around = kidney with { Length = kidney.Length + (2 * fat), Width = kidney.Width + (2 * fat), Thickness = kidney.Thickness + (2 * fat) };
                Paint(new(Tissue.VisceralFat, new KidneyShape(around), AbdomenBuilder.Beside));
            }
        }

        foreach (BodySide side in (ReadOnlySpan<BodySide>)[BodySide.Left, BodySide.Right])
        {
            if (anatomy.Of(side) is { } kidney)
            {
                PaintKidney(kidney, anatomy.Dilated.Contains(side), kidneys);
            }
        }

        if (anatomy is { IsHorseshoe: true, Left: { } left, Right: { } right })
        {
            Point3 leftPole = left.FromOwnFrame(new(0, 0, -0.42 * left.Length)), rightPole = right.FromOwnFrame(new(0, 0, -0.42 * right.Length));
            Point3 middle = new(0, Math.Min(leftPole.Y, rightPole.Y) - 6, (leftPole.Z + rightPole.Z) / 2);
            middle = middle with { Y = Math.Min(middle.Y, anatomy.SpineDepth - 54) };
            Paint(new(Tissue.LeftCortex, new Tube([leftPole, middle with { X = 0.5 }], [13, 9]), kidneys));
            Paint(new(Tissue.RightCortex, new Tube([rightPole, middle with { X = -0.5 }], [13, 9]), kidneys));
        }

        foreach (RenalCyst cyst in anatomy.Cysts)
        {
            if (anatomy.Of(cyst.Side) is { } kidney)
            {
                Paint(new(cyst.Side == BodySide.Left ? Tissue.LeftCyst : Tissue.RightCyst, new Superellipsoid(kidney.FromOwnFrame(cyst.Centre), new(cyst.Radius, cyst.Radius, cyst.Radius)), kidneys));
            }
        }
    }

    private TissueMap(ImageGeometry grid) => (Grid, _labels) = (grid, new byte[grid.Shape.Length]);

    /// <summary>Where the voxels are.</summary>
    public ImageGeometry Grid { get; }

    /// <summary>The tissue of each voxel, as a number, ordered as a volume's voxels.</summary>
    public ReadOnlySpan<byte> Labels => _labels;

    /// <summary>A kidney alone on a grid, labelled as the left one.</summary>
    public static byte[] OfKidney(KidneyAnatomy kidney, ImageGeometry grid)
    {
        TissueMap map = new(grid);
        map.PaintKidney(kidney with { Side = BodySide.Left }, dilated: false, uint.MaxValue);
        return map._labels;
    }

    /// <summary>A grid with several samples of each voxel of another, which together fill it.</summary>
    public static ImageGeometry Finer(ImageGeometry grid, int across, int along) => grid with
    {
        Columns = grid.Columns * across,
        Rows = grid.Rows * across,
        Sections = grid.Sections * along,
        ColumnSpacing = grid.ColumnSpacing / across,
        RowSpacing = grid.RowSpacing / across,
        SectionSpacing = grid.SectionSpacing / along,
        Origin = grid.PositionOf((1.0 / across - 1) / 2, (1.0 / across - 1) / 2, (1.0 / along - 1) / 2),
    };

    private void Paint(TissueShape painted)
    {
        if (Box(painted.Shape.Bounds) is not var (columns, rows, sections))
        {
            return;
        }

        byte tissue = (byte)painted.Tissue;
        for (int s = sections.First; s <= sections.Last; s++)
        {
            double z = Grid.Origin.Z + (s * Grid.SectionSpacing);
            for (int r = rows.First; r <= rows.Last; r++)
            {
                double y = Grid.Origin.Y + (r * Grid.RowSpacing);
                int line = ((s * Grid.Rows) + r) * Grid.Columns;
                for (int c = columns.First; c <= columns.Last; c++)
                {
                    if ((painted.Onto >> _labels[line + c] & 1) != 0 && painted.Shape.Contains(Grid.Origin.X + (c * Grid.ColumnSpacing), y, z))
                    {
                        _labels[line + c] = tissue;
                    }
                }
            }
        }
    }

    private void PaintKidney(KidneyAnatomy kidney, bool dilated, uint onto)
    {
        if (Box(new KidneyShape(kidney).Bounds) is not var (columns, rows, sections))
        {
            return;
        }

        bool isLeft = kidney.Side == BodySide.Left;
        byte cortex = (byte)(isLeft ? Tissue.LeftCortex : Tissue.RightCortex), medulla = (byte)(isLeft ? Tissue.LeftMedulla : Tissue.RightMedulla);
        byte sinus = (byte)(isLeft ? dilated ? Tissue.LeftUrine : Tissue.LeftSinus : dilated ? Tissue.RightUrine : Tissue.RightSinus);
        // Columns of cortex among the pyramids: what is nearer to cortex than to medulla.
        double parting = (1 + kidney.Medulla) / 2;
        for (int s = sections.First; s <= sections.Last; s++)
        {
            for (int r = rows.First; r <= rows.Last; r++)
            {
                int line = ((s * Grid.Rows) + r) * Grid.Columns;
                for (int c = columns.First; c <= columns.Last; c++)
                {
                    Point3 own = kidney.ToOwnFrame(Grid.PositionOf(c, r, s));
                    if ((onto >> _labels[line + c] & 1) == 0 || kidney.IsBeyond(own, 0))
                    {
                        continue;
                    }

                    double uptake = kidney.IntactUptakeAt(own);
                    if (uptake > 0)
                    {
                        _labels[line + c] = uptake >= parting ? cortex : uptake > kidney.Pelvis ? medulla : sinus;
                    }
                }
            }
        }
    }

    private ((int First, int Last) Columns, (int First, int Last) Rows, (int First, int Last) Sections)? Box(ShapeBounds bounds)
    {
        (int First, int Last) Range(double low, double high, double origin, double spacing, int count) =>
            ((int)Math.Clamp(Math.Ceiling((low - origin) / spacing), 0, count), (int)Math.Clamp(Math.Floor((high - origin) / spacing), -1, count - 1));
        var columns = Range(bounds.Low.X, bounds.High.X, Grid.Origin.X, Grid.ColumnSpacing, Grid.Columns);
        var rows = Range(bounds.Low.Y, bounds.High.Y, Grid.Origin.Y, Grid.RowSpacing, Grid.Rows);
        var sections = Range(bounds.Low.Z, bounds.High.Z, Grid.Origin.Z, Grid.SectionSpacing, Grid.Sections);
        return columns.First > columns.Last || rows.First > rows.Last || sections.First > sections.Last ? null : (columns, rows, sections);
    }

    /// <summary>A kidney's outer surface as a solid.</summary>
    private sealed record KidneyShape(KidneyAnatomy Kidney) : BodyShape
    {
        public override ShapeBounds Bounds
        {
            get
            {
                // A box along the axes around one along the kidney's.
                double a = (Kidney.Width / 2 * 1.06) + Kidney.Bend, b = Kidney.Thickness / 2 * 1.06, c = Kidney.Length / 2 * 1.06;
                double Reach(Func<Point3, double> of) => (a * Math.Abs(of(Kidney.Medial))) + (b * Math.Abs(of(Kidney.Anterior))) + (c * Math.Abs(of(Kidney.Upward)));
                Point3 reach = new(Reach(axis => axis.X), Reach(axis => axis.Y), Reach(axis => axis.Z));
                return new(Kidney.Centre - reach, Kidney.Centre + reach);
            }
        }

        public override bool Contains(double x, double y, double z)
        {
            Point3 own = Kidney.ToOwnFrame(new(x, y, z));
            return !Kidney.IsBeyond(own, 0) && Kidney.RadiusAt(own) <= 1;
        }
    }
}
