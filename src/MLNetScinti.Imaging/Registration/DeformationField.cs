using System.Globalization;

namespace MLNetScinti.Imaging;

/// <summary>
/// A smooth map of space: a displacement for each voxel of a grid, in mm and DICOM patient coordinates, followed by a rigid motion. It takes
/// a point of a reference to the point of another image that shows the same.
/// </summary>
public sealed class DeformationField
{
    private readonly VectorField _field;

    internal DeformationField(VectorField field, SpatialMap then) => (_field, Then) = (field, then);

    /// <summary>Where displacements are given; beyond it, those of its edge hold. Its axes are at right angles.</summary>
    public ImageGeometry Grid => _field.Grid;

    /// <summary>The rigid motion that follows the displacement, mm about the origin of coordinates.</summary>
    public SpatialMap Then { get; }

    /// <summary>The displacement of a point before the rigid motion, mm.</summary>
    public Point3 DisplacementAt(Point3 point)
    {
        (double column, double row, double section) = Grid.IndexOf(point);
        (float a, float b, float c) = _field.At((float)column, (float)row, (float)section);
        return (a * Grid.RowDirection) + (b * Grid.ColumnDirection) + (c * Grid.SectionDirection);
    }

    /// <summary>Where a point of the reference lies in the other image.</summary>
    public Point3 Move(Point3 point) => Then.Move(point + DisplacementAt(point));

    /// <summary>The other image as the reference's patient lay: linear interpolation, a named value outside its field.</summary>
    /// <param name="moving">The other image.</param>
    /// <param name="grid">The grid, in the reference's space.</param>
    /// <param name="resampling">The value outside, and what is done before voxels become larger.</param>
    public ResampledVolume Apply(Volume moving, ImageGeometry grid, GridResampling resampling)
    {
        ArgumentNullException.ThrowIfNull(moving);
        ArgumentNullException.ThrowIfNull(resampling);
        Volume result = new(grid);
        (double sections, double rows, double columns) = resampling.Smoothing(GridMap.Between(grid, moving.Geometry, Then, default));
        float[] values = [.. moving.Voxels];
        GaussianFilter.Apply(values, moving.Shape, sections, rows, columns);
        int[] outside = new int[grid.Sections];
        Sections(grid, (i, s, place) =>
        {
            bool isWithin = GridSampling.IsWithin(place, moving.Shape);
            result.Voxels[i] = isWithin ? (float)GridSampling.At(values, moving.Shape, place) : resampling.Outside;
            outside[s] += isWithin ? 0 : 1;
        }, moving.Geometry);
        return new ResampledVolume(result, outside.Sum(), resampling.Outside);
    }

    /// <summary>Labels of the other image as the reference's patient lay: those of the nearest voxel, 0 outside.</summary>
    /// <param name="labels">The labels, last dimension fastest.</param>
    /// <param name="geometry">Where they are.</param>
    /// <param name="grid">The grid, in the reference's space.</param>
    /// <exception cref="ArgumentException">The number of labels is not that of their geometry.</exception>
    public byte[] Apply(byte[] labels, ImageGeometry geometry, ImageGeometry grid)
    {
        ArgumentNullException.ThrowIfNull(labels);
        if (labels.Length != geometry.Checked().Shape.Length)
        {
            throw new ArgumentException($"Labels of {geometry.Shape} are {geometry.Shape.Length} values, found {labels.Length}.", nameof(labels));
        }

        byte[] result = new byte[grid.Checked().Shape.Length];
        Sections(grid, (i, _, place) =>
        {
            double x = Math.Floor(place.X + 0.5), y = Math.Floor(place.Y + 0.5), z = Math.Floor(place.Z + 0.5);
            result[i] = x >= 0 && x < geometry.Columns && y >= 0 && y < geometry.Rows && z >= 0 && z < geometry.Sections ? labels[(((((int)z * geometry.Rows) + (int)y) * geometry.Columns) + (int)x)] : (byte)0;
        }, geometry);
        return result;
    }

    /// <summary>How much the space about each voxel of <see cref="Grid"/> grows, the Jacobian's determinant by central differences: 1 where nothing changes, 0 or less where space folds.</summary>
    public float[] Jacobian()
    {
        ImageGeometry grid = Grid;
        ImageShape shape = grid.Shape;
        float[] result = new float[shape.Length];
        _field.ForSections(s =>
        {
            int i = s * shape.PlaneLength;
            for (int r = 0; r < shape.Rows; r++)
            {
                for (int c = 0; c < shape.Columns; c++, i++)
                {
                    Point3 column = Slope(i, c, shape.Columns, 1, grid.ColumnSpacing), row = Slope(i, r, shape.Rows, shape.Columns, grid.RowSpacing), section = Slope(i, s, shape.Sections, shape.PlaneLength, grid.SectionSpacing);
                    result[i] = (float)new SpatialMap(column + new Point3(1, 0, 0), row + new Point3(0, 1, 0), section + new Point3(0, 0, 1), default).Determinant;
                }
            }
        });
        return result;

        Point3 Slope(int i, int at, int count, int stride, double spacing)
        {
            int low = at > 0 ? i - stride : i, high = at + 1 < count ? i + stride : i;
            double per = high > low ? 1 / ((high - low) / stride * spacing) : 0;
            return per * new Point3(_field.A[high] - _field.A[low], _field.B[high] - _field.B[low], _field.C[high] - _field.C[low]);
        }
    }

    /// <summary>How a structure of the reference changes on its way to the other image.</summary>
    /// <param name="mask">The structure.</param>
    /// <param name="geometry">Where it is.</param>
    /// <exception cref="ArgumentException">The mask is empty, or its length is not that of its geometry.</exception>
    public StructureChange ChangeOf(bool[] mask, ImageGeometry geometry)
    {
        ArgumentNullException.ThrowIfNull(mask);
        if (mask.Length != geometry.Checked().Shape.Length || !Array.Exists(mask, inside => inside))
        {
            throw new ArgumentException($"A structure of {geometry.Shape} was expected, found {mask.Length} values of which {mask.Count(inside => inside)} are in it.", nameof(mask));
        }

        float[] growth = Jacobian();
        double volume = 0;
        Point3 shift = default;
        int count = 0;
        for (int i = 0; i < mask.Length; i++)
        {
            if (mask[i])
            {
                (int line, int column) = Math.DivRem(i, geometry.Columns);
                (int section, int row) = Math.DivRem(line, geometry.Rows);
                Point3 at = geometry.PositionOf(column, row, section);
                (double c, double r, double s) = Grid.IndexOf(at);
                volume += GridSampling.At(growth, Grid.Shape, new(c, r, s));
                shift += Move(at) - at;
                count++;
            }
        }

        return new StructureChange((volume / count) - 1, 1.0 / count * shift);
    }

    private void Sections(ImageGeometry grid, Action<int, int, Point3> sample, ImageGeometry image)
    {
        void Section(int s)
        {
            int i = s * grid.Rows * grid.Columns;
            for (int r = 0; r < grid.Rows; r++)
            {
                for (int c = 0; c < grid.Columns; c++, i++)
                {
                    (double column, double row, double section) = image.IndexOf(Move(grid.PositionOf(c, r, s)));
                    sample(i, s, new(column, row, section));
                }
            }
        }

        if (_field.Threads == 1)
        {
            for (int s = 0; s < grid.Sections; s++)
            {
                Section(s);
            }
        }
        else
        {
            Parallel.For(0, grid.Sections, new ParallelOptions { MaxDegreeOfParallelism = _field.Threads }, Section);
        }
    }
}

/// <summary>How a structure changes from one image to another.</summary>
/// <param name="Volume">By which part of itself its volume grows: 0.02 for 2 % more.</param>
/// <param name="Shift">How far its middle moves, mm.</param>
public readonly record struct StructureChange(double Volume, Point3 Shift)
{
    /// <summary>Why such a change is implausible, in one sentence; empty where it is not.</summary>
    /// <param name="mostVolume">The largest plausible part by which the volume grows or shrinks.</param>
    /// <param name="mostShift">The farthest that the middle plausibly moves, mm.</param>
    public string Refusal(double mostVolume = 0.05, double mostShift = 30) =>
        Math.Abs(Volume) > mostVolume ? string.Create(CultureInfo.InvariantCulture, $"its volume changes by {100 * Volume:+0.0;-0.0} %, expected at most {100 * mostVolume:0.#} %: look at the registration.")
        : Shift.Length > mostShift ? string.Create(CultureInfo.InvariantCulture, $"its middle moves by {Shift.Length:0.0} mm, expected at most {mostShift:0.#} mm: look at the registration.")
        : "";
}
