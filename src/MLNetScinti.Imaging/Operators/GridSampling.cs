using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MLNetScinti.Imaging;

/// <summary>Where the voxels of a grid come from: column' = C · (column, row, section) + the shift, and so on.</summary>
/// <param name="C">How the column depends on column (X), row (Y) and section (Z).</param>
/// <param name="R">How the row does.</param>
/// <param name="S">How the section does.</param>
/// <param name="Shift">What is added to column (X), row (Y) and section (Z).</param>
internal readonly record struct GridMap(Point3 C, Point3 R, Point3 S, Point3 Shift)
{
    /// <summary>The map that leaves every voxel where it is.</summary>
    public static GridMap Identity { get; } = new(new(1, 0, 0), new(0, 1, 0), new(0, 0, 1), default);

    /// <summary>Whether every section stays a section, and all move alike.</summary>
    public bool KeepsSections => S == new Point3(0, 0, 1) && Shift.Z == 0 && C.Z == 0 && R.Z == 0;

    /// <summary>From the voxels of one grid to those of another, by a map of space about a centre.</summary>
    /// <param name="to">The grid whose voxels are wanted.</param>
    /// <param name="from">The grid that they are taken from.</param>
    /// <param name="back">From where a point is to where it comes from.</param>
    /// <param name="centre">The centre of the map.</param>
    public static GridMap Between(ImageGeometry to, ImageGeometry from, SpatialMap back, Point3 centre)
    {
        (double Column, double Row, double Section) At(double column, double row, double section) =>
            from.IndexOf(back.Move(to.PositionOf(column, row, section) - centre) + centre);
        var zero = At(0, 0, 0);
        var (column, row, section) = (At(1, 0, 0), At(0, 1, 0), At(0, 0, 1));
        return new(
            Whole(column.Column - zero.Column, row.Column - zero.Column, section.Column - zero.Column),
            Whole(column.Row - zero.Row, row.Row - zero.Row, section.Row - zero.Row),
            Whole(column.Section - zero.Section, row.Section - zero.Section, section.Section - zero.Section),
            Whole(zero.Column, zero.Row, zero.Section));
    }

    /// <summary>The map of one plane, in pixels from its middle.</summary>
    public PlaneTransform ToPlane(int rows, int columns)
    {
        double column = (columns - 1) / 2.0, row = (rows - 1) / 2.0;
        return new(C.X, C.Y, R.X, R.Y, (C.X * column) + (C.Y * row) + Shift.X - column, (R.X * column) + (R.Y * row) + Shift.Y - row);
    }

    /// <summary>Where a voxel comes from: column (X), row (Y) and section (Z).</summary>
    public Point3 At(double column, double row, double section) => new(
        (C.X * column) + (C.Y * row) + (C.Z * section) + Shift.X,
        (R.X * column) + (R.Y * row) + (R.Z * section) + Shift.Y,
        (S.X * column) + (S.Y * row) + (S.Z * section) + Shift.Z);

    // What should be whole is whole: a mirror image or a shift by voxels is then exact.
    private static Point3 Whole(double x, double y, double z) => new(Whole(x), Whole(y), Whole(z));

    private static double Whole(double value) => Math.Abs(value - Math.Round(value)) < 1e-7 ? Math.Round(value) : value;
}

/// <summary>
/// Sampling of an image at places that an affine map of its indices gives: linear, with zeros outside, as is what a voxel at the
/// edge is mixed with; or nearest, for labels. The same bits on every processor.
/// </summary>
internal static class GridSampling
{
    /// <summary>Linear interpolation.</summary>
    public static void Linear(in GridMap map, ReadOnlySpan<float> input, ImageShape shape, Span<float> output, ImageShape outputShape)
    {
        if (shape == outputShape && map == GridMap.Identity)
        {
            input.CopyTo(output);
        }
        else if (shape == outputShape && map.KeepsSections)
        {
            PlaneSampling.Apply(map.ToPlane(shape.Rows, shape.Columns), input, shape, output);
        }
        else
        {
            LinearInSpace(map, input, shape, output, outputShape);
        }
    }

    /// <summary>Whether a place, as column, row and section, lies in the boxes of an image's voxels.</summary>
    public static bool IsWithin(Point3 place, ImageShape shape)
    {
        // What was computed along two ways may part in its last digits.
        const double half = 0.5 + 1e-9;
        return place.X >= -half && place.X <= shape.Columns - 1 + half && place.Y >= -half && place.Y <= shape.Rows - 1 + half && place.Z >= -half && place.Z <= shape.Sections - 1 + half;
    }

    /// <summary>Linear interpolation in double precision at one place; beyond the outermost centres the edge's value holds.</summary>
    /// <param name="image">The values, last dimension fastest.</param>
    /// <param name="shape">Their shape.</param>
    /// <param name="place">Column, row and section.</param>
    public static double At(ReadOnlySpan<float> image, ImageShape shape, Point3 place) => At(image, shape, place, out _);

    /// <summary>Linear interpolation in double precision at one place, and how it changes with column, row and section there.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double At(ReadOnlySpan<float> image, ImageShape shape, Point3 place, out Point3 slope)
    {
        double x = Math.Min(Math.Max(place.X, 0), shape.Columns - 1), y = Math.Min(Math.Max(place.Y, 0), shape.Rows - 1), z = Math.Min(Math.Max(place.Z, 0), shape.Sections - 1);
        int left = (int)x, top = (int)y, near = (int)z;
        int right = left + 1 < shape.Columns ? 1 : 0, below = top + 1 < shape.Rows ? shape.Columns : 0, far = near + 1 < shape.Sections ? shape.PlaneLength : 0;
        int at = (near * shape.PlaneLength) + (top * shape.Columns) + left;
        (x, y, z) = (x - left, y - top, z - near);
        double a = image[at], b = image[at + below], c = image[at + far], d = image[at + far + below];
        double aStep = image[at + right] - a, bStep = image[at + below + right] - b, cStep = image[at + far + right] - c, dStep = image[at + far + below + right] - d;
        (a, b, c, d) = (a + (x * aStep), b + (x * bStep), c + (x * cStep), d + (x * dStep));
        double upper = aStep + (y * (bStep - aStep)), lower = cStep + (y * (dStep - cStep)), first = a + (y * (b - a)), second = c + (y * (d - c));
        slope = new(upper + (z * (lower - upper)), (b - a) + (z * ((d - c) - (b - a))), second - first);
        return first + (z * (second - first));
    }

    /// <summary>Interpolation in double precision, a named value outside the image's field.</summary>
    /// <returns>How many voxels of the grid lie outside.</returns>
    public static int InField(in GridMap map, ReadOnlySpan<float> input, ImageShape shape, Span<float> output, ImageShape outputShape, float outside, Interpolation interpolation = Interpolation.Linear)
    {
        CubicSpline? spline = interpolation == Interpolation.Cubic ? new CubicSpline(input, shape) : null;
        int count = 0, i = 0;
        for (int s = 0; s < outputShape.Sections; s++)
        {
            for (int r = 0; r < outputShape.Rows; r++)
            {
                for (int c = 0; c < outputShape.Columns; c++, i++)
                {
                    Point3 place = map.At(c, r, s);
                    if (IsWithin(place, shape))
                    {
                        output[i] = (float)(spline?.At(place) ?? At(input, shape, place));
                    }
                    else
                    {
                        output[i] = outside;
                        count++;
                    }
                }
            }
        }

        return count;
    }

    /// <summary>The value of the nearest voxel; zero outside.</summary>
    public static void Nearest(in GridMap map, ReadOnlySpan<byte> input, ImageShape shape, Span<byte> output, ImageShape outputShape)
    {
        int line = 0;
        for (int s = 0; s < outputShape.Sections; s++)
        {
            for (int r = 0; r < outputShape.Rows; r++, line++)
            {
                Span<byte> target = output.Slice(line * outputShape.Columns, outputShape.Columns);
                double column = (map.C.Y * r) + (map.C.Z * s) + map.Shift.X, row = (map.R.Y * r) + (map.R.Z * s) + map.Shift.Y, section = (map.S.Y * r) + (map.S.Z * s) + map.Shift.Z;
                for (int c = 0; c < target.Length; c++)
                {
                    double x = Math.Floor((map.C.X * c) + column + 0.5), y = Math.Floor((map.R.X * c) + row + 0.5), z = Math.Floor((map.S.X * c) + section + 0.5);
                    target[c] = x >= 0 && x < shape.Columns && y >= 0 && y < shape.Rows && z >= 0 && z < shape.Sections
                        ? input[(((((int)z * shape.Rows) + (int)y) * shape.Columns) + (int)x)]
                        : (byte)0;
                }
            }
        }
    }

    private static void LinearInSpace(in GridMap map, ReadOnlySpan<float> input, ImageShape shape, Span<float> output, ImageShape outputShape)
    {
        // A frame of zeros, as in a plane: one voxel before and two behind.
        int stride = shape.Columns + 3, plane = (shape.Rows + 3) * stride, columns = outputShape.Columns;
        int framedLength = checked((shape.Sections + 3) * plane);
        float[] framed = ArrayPool<float>.Shared.Rent(framedLength);
        int[] places = ArrayPool<int>.Shared.Rent(columns);
        float[] parts = ArrayPool<float>.Shared.Rent(3 * columns);
        try
        {
            framed.AsSpan(0, framedLength).Clear();
            for (int line = 0; line < shape.Sections * shape.Rows; line++)
            {
                (int s, int r) = Math.DivRem(line, shape.Rows);
                input.Slice(line * shape.Columns, shape.Columns).CopyTo(framed.AsSpan(((s + 1) * plane) + ((r + 1) * stride) + 1));
            }

            Span<float> columnParts = parts.AsSpan(0, columns), rowParts = parts.AsSpan(columns, columns), sectionParts = parts.AsSpan(2 * columns, columns);
            for (int line = 0; line < outputShape.Sections * outputShape.Rows; line++)
            {
                (int s, int r) = Math.DivRem(line, outputShape.Rows);
                double column = (map.C.Y * r) + (map.C.Z * s) + map.Shift.X, row = (map.R.Y * r) + (map.R.Z * s) + map.Shift.Y, section = (map.S.Y * r) + (map.S.Z * s) + map.Shift.Z;
                for (int c = 0; c < columns; c++)
                {
                    double x = Math.Min(Math.Max((map.C.X * c) + column, -1), shape.Columns) + 1;
                    double y = Math.Min(Math.Max((map.R.X * c) + row, -1), shape.Rows) + 1;
                    double z = Math.Min(Math.Max((map.S.X * c) + section, -1), shape.Sections) + 1;
                    int left = (int)x, top = (int)y, near = (int)z;
                    places[c] = (near * plane) + (top * stride) + left;
                    columnParts[c] = (float)(x - left);
                    rowParts[c] = (float)(y - top);
                    sectionParts[c] = (float)(z - near);
                }

                Sample(framed.AsSpan(0, framedLength), stride, plane, places, columnParts, rowParts, sectionParts, output.Slice(line * columns, columns));
            }
        }
        finally
        {
            ArrayPool<float>.Shared.Return(framed);
            ArrayPool<int>.Shared.Return(places);
            ArrayPool<float>.Shared.Return(parts);
        }
    }

    private static void Sample(
        ReadOnlySpan<float> framed, int stride, int plane, ReadOnlySpan<int> places, ReadOnlySpan<float> columnParts, ReadOnlySpan<float> rowParts, ReadOnlySpan<float> sectionParts, Span<float> target)
    {
        // Every place is clamped to the frame: no neighbour lies outside.
        ref float origin = ref MemoryMarshal.GetReference(framed);
        int i = 0;
        if (Sse.IsSupported)
        {
            ref int place = ref MemoryMarshal.GetReference(places);
            ref float columnPart = ref MemoryMarshal.GetReference(columnParts), rowPart = ref MemoryMarshal.GetReference(rowParts);
            ref float sectionPart = ref MemoryMarshal.GetReference(sectionParts), result = ref MemoryMarshal.GetReference(target);
            for (; i <= target.Length - 4; i += 4)
            {
                ref float a = ref Unsafe.Add(ref origin, Unsafe.Add(ref place, i)), b = ref Unsafe.Add(ref origin, Unsafe.Add(ref place, i + 1));
                ref float c = ref Unsafe.Add(ref origin, Unsafe.Add(ref place, i + 2)), d = ref Unsafe.Add(ref origin, Unsafe.Add(ref place, i + 3));
                Vector128<float> x = Vector128.LoadUnsafe(ref columnPart, (nuint)i), y = Vector128.LoadUnsafe(ref rowPart, (nuint)i);
                Vector128<float> near = FourLines(ref a, ref b, ref c, ref d, 0, stride, x, y), far = FourLines(ref a, ref b, ref c, ref d, plane, stride, x, y);
                (near + (Vector128.LoadUnsafe(ref sectionPart, (nuint)i) * (far - near))).StoreUnsafe(ref result, (nuint)i);
            }
        }

        for (; i < target.Length; i++)
        {
            ref float at = ref Unsafe.Add(ref origin, places[i]);
            float near = OfPlane(ref at, stride, columnParts[i], rowParts[i]), far = OfPlane(ref Unsafe.Add(ref at, plane), stride, columnParts[i], rowParts[i]);
            target[i] = near + (sectionParts[i] * (far - near));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> FourLines(ref float a, ref float b, ref float c, ref float d, int plane, int stride, Vector128<float> x, Vector128<float> y)
    {
        (Vector128<float> left, Vector128<float> right) = PlaneSampling.Neighbours(
            ref Unsafe.Add(ref a, plane), ref Unsafe.Add(ref b, plane), ref Unsafe.Add(ref c, plane), ref Unsafe.Add(ref d, plane));
        Vector128<float> upper = left + (x * (right - left));
        plane += stride;
        (left, right) = PlaneSampling.Neighbours(
            ref Unsafe.Add(ref a, plane), ref Unsafe.Add(ref b, plane), ref Unsafe.Add(ref c, plane), ref Unsafe.Add(ref d, plane));
        Vector128<float> lower = left + (x * (right - left));
        return upper + (y * (lower - upper));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float OfPlane(ref float at, int stride, float x, float y)
    {
        float upper = at + (x * (Unsafe.Add(ref at, 1) - at));
        ref float below = ref Unsafe.Add(ref at, stride);
        float lower = below + (x * (Unsafe.Add(ref below, 1) - below));
        return upper + (y * (lower - upper));
    }
}
