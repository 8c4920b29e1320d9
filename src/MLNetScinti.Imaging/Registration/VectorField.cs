using System.Runtime.CompilerServices;

namespace MLNetScinti.Imaging;

/// <summary>
/// A vector for each voxel of a grid whose axes are at right angles: millimetres along its columns (A), rows (B) and sections (C).
/// Beyond the outermost centres the edge's vector holds.
/// </summary>
internal sealed class VectorField
{
    private readonly ImageShape _shape;
    private readonly float _perA, _perB, _perC;

    public VectorField(ImageGeometry grid, int threads)
        : this(grid, threads, new float[grid.Shape.Length], new float[grid.Shape.Length], new float[grid.Shape.Length])
    {
    }

    private VectorField(ImageGeometry grid, int threads, float[] a, float[] b, float[] c)
    {
        (Grid, _shape, Threads, A, B, C) = (grid, grid.Shape, threads, a, b, c);
        (_perA, _perB, _perC) = ((float)(1 / grid.ColumnSpacing), (float)(1 / grid.RowSpacing), (float)(1 / grid.SectionSpacing));
    }

    public ImageGeometry Grid { get; }

    public float[] A { get; }

    public float[] B { get; }

    public float[] C { get; }

    public int Threads { get; }

    /// <summary>Does something for each section; whatever it does must not depend on another one.</summary>
    public void ForSections(Action<int> what) => For(_shape.Sections, Threads, what);

    /// <summary>The map exp(sign v) - identity of this stationary velocity field, by scaling and squaring (Arsigny et al., MICCAI 2006).</summary>
    /// <param name="sign">1, or -1 for the inverse map.</param>
    /// <param name="result">Gets the displacements.</param>
    /// <param name="work">Memory that is lent.</param>
    public VectorField Exponential(float sign, VectorField result, VectorField work)
    {
        float largest = 0;
        for (int i = 0; i < A.Length; i++)
        {
            float a = A[i] * _perA, b = B[i] * _perB, c = C[i] * _perC;
            largest = Math.Max(largest, (a * a) + (b * b) + (c * c));
        }

        // Halved until no voxel moves further than a quarter of one.
        int squarings = 0;
        for (float reach = MathF.Sqrt(largest); reach > 0.25f && squarings < 12; reach /= 2)
        {
            squarings++;
        }

        float scale = sign / (1 << squarings);
        For(3, Threads, axis =>
        {
            (float[] from, float[] to) = axis switch { 0 => (A, result.A), 1 => (B, result.B), _ => (C, result.C) };
            for (int i = 0; i < from.Length; i++)
            {
                to[i] = scale * from[i];
            }
        });
        for (; squarings > 0; squarings--)
        {
            result.Composed(result, work);
            (result, work) = (work, result);
        }

        return result;
    }

    /// <summary>This displacement after another: x to other(x) + this(x + other(x)).</summary>
    public void Composed(VectorField other, VectorField result) => ForSections(s =>
    {
        int i = s * _shape.PlaneLength;
        for (int r = 0; r < _shape.Rows; r++)
        {
            for (int c = 0; c < _shape.Columns; c++, i++)
            {
                (float a, float b, float d) = (other.A[i], other.B[i], other.C[i]);
                (float x, float y, float z) = At(c + (a * _perA), r + (b * _perB), s + (d * _perC));
                (result.A[i], result.B[i], result.C[i]) = (a + x, b + y, d + z);
            }
        }
    });

    /// <summary>The vector at a column, row and section, which may be fractions and may lie outside.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public (float A, float B, float C) At(float column, float row, float section)
    {
        Corners corners = new(_shape, column, row, section);
        return (corners.Of(A), corners.Of(B), corners.Of(C));
    }

    /// <summary>An image seen through this displacement: the value at x + u(x).</summary>
    public void Warp(float[] image, float[] result) => ForSections(s =>
    {
        int i = s * _shape.PlaneLength;
        for (int r = 0; r < _shape.Rows; r++)
        {
            for (int c = 0; c < _shape.Columns; c++, i++)
            {
                result[i] = new Corners(_shape, c + (A[i] * _perA), r + (B[i] * _perB), s + (C[i] * _perC)).Of(image);
            }
        }
    });

    /// <summary>Smooths the vectors with a Gaussian of a standard deviation in voxels; axes of one voxel stay as they are.</summary>
    public void Smooth(double voxels)
    {
        if (voxels > 0)
        {
            For(3, Threads, axis => GaussianFilter.Apply(axis switch { 0 => A, 1 => B, _ => C }, _shape, voxels, voxels, voxels));
        }
    }

    /// <summary>The same vectors, as columns, rows and sections have them, where a rigid motion takes the grid.</summary>
    public VectorField Taken(SpatialMap motion) => new(
        Grid with { Origin = motion.Move(Grid.Origin), RowDirection = motion.Turn(Grid.RowDirection), ColumnDirection = motion.Turn(Grid.ColumnDirection), SectionDirection = motion.Turn(Grid.SectionDirection) },
        Threads,
        A,
        B,
        C);

    /// <summary>The same vectors on another grid over the same field.</summary>
    public VectorField On(ImageGeometry grid)
    {
        VectorField result = new(grid, Threads);
        GridMap map = GridMap.Between(grid, Grid, SpatialMap.Identity, default);
        result.ForSections(s =>
        {
            int i = s * grid.Rows * grid.Columns;
            for (int r = 0; r < grid.Rows; r++)
            {
                for (int c = 0; c < grid.Columns; c++, i++)
                {
                    Point3 place = map.At(c, r, s);
                    (result.A[i], result.B[i], result.C[i]) = At((float)place.X, (float)place.Y, (float)place.Z);
                }
            }
        });
        return result;
    }

    private static void For(int count, int threads, Action<int> what)
    {
        if (threads == 1)
        {
            for (int i = 0; i < count; i++)
            {
                what(i);
            }
        }
        else
        {
            Parallel.For(0, count, new ParallelOptions { MaxDegreeOfParallelism = threads }, what);
        }
    }

    /// <summary>The eight voxels about a place, and the parts that they have in it.</summary>
    internal readonly struct Corners
    {
        private readonly int _at, _right, _below, _far;
        private readonly float _x, _y, _z;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Corners(ImageShape shape, float column, float row, float section)
        {
            float x = Math.Min(Math.Max(column, 0), shape.Columns - 1), y = Math.Min(Math.Max(row, 0), shape.Rows - 1), z = Math.Min(Math.Max(section, 0), shape.Sections - 1);
            int left = (int)x, top = (int)y, near = (int)z;
            _at = (((near * shape.Rows) + top) * shape.Columns) + left;
            _right = left + 1 < shape.Columns ? 1 : 0;
            _below = top + 1 < shape.Rows ? shape.Columns : 0;
            _far = near + 1 < shape.Sections ? shape.Rows * shape.Columns : 0;
            (_x, _y, _z) = (x - left, y - top, z - near);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public float Of(float[] image)
        {
            float a = image[_at], b = image[_at + _below], c = image[_at + _far], d = image[_at + _far + _below];
            a += _x * (image[_at + _right] - a);
            b += _x * (image[_at + _below + _right] - b);
            c += _x * (image[_at + _far + _right] - c);
            d += _x * (image[_at + _far + _below + _right] - d);
            a += _y * (b - a);
            c += _y * (d - c);
            return a + (_z * (c - a));
        }
    }
}
