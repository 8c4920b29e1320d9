using System.Buffers;
using System.Globalization;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace MLNetScinti.Imaging;

/// <summary>
/// Moves the pixels of a planar image, or of every transverse section of a volume, by an affine map about the middle of the
/// plane. Linear interpolation; everything outside the image is zero, as is what a pixel at the edge is mixed with. Lengths
/// are counted in pixels, so a rotation is one in space where rows and columns have the same spacing.
/// </summary>
/// <param name="transform">Where each point of the input goes.</param>
public sealed class Affine(PlaneTransform transform) : IPlaneOperator
{
    private readonly PlaneTransform _back = transform.Inverse();

    /// <inheritdoc/>
    public PlaneTransform Transform { get; } = transform;

    /// <inheritdoc/>
    public string Name => string.Create(
        CultureInfo.InvariantCulture,
        $"Affine({Transform.ColumnColumn:g6}, {Transform.ColumnRow:g6}, {Transform.RowColumn:g6}, {Transform.RowRow:g6}; {Transform.ColumnShift:g6}, {Transform.RowShift:g6})");

    /// <summary>Several plane operators as one, which interpolates only once.</summary>
    public static Affine Compose(params ReadOnlySpan<IPlaneOperator> operators)
    {
        PlaneTransform whole = PlaneTransform.Identity;
        foreach (IPlaneOperator each in operators)
        {
            whole = whole.Then(each.Transform);
        }

        return new Affine(whole);
    }

    /// <inheritdoc/>
    public ImageShape OutputShape(ImageShape input) => input;

    /// <inheritdoc/>
    public void Apply(ReadOnlySpan<float> input, ImageShape inputShape, Span<float> output)
    {
        ImageOperators.CheckLengths(this, input, inputShape, output);
        if (Transform == PlaneTransform.Identity)
        {
            input.CopyTo(output);
            return;
        }

        int columns = inputShape.Columns;
        int rows = inputShape.Rows;
        int plane = inputShape.PlaneLength;
        // A frame of zeros around each section makes the edge rule hold without asking for every neighbour.
        int stride = columns + 3;
        float[] framed = ArrayPool<float>.Shared.Rent((rows + 3) * stride);
        int[] places = ArrayPool<int>.Shared.Rent(plane);
        float[] columnParts = ArrayPool<float>.Shared.Rent(plane), rowParts = ArrayPool<float>.Shared.Rent(plane);
        try
        {
            // All sections move alike: where each pixel comes from is worked out once for all of them.
            for (int r = 0; r < rows; r++)
            {
                Range row = (r * columns)..((r + 1) * columns);
                PrepareRow(r, rows, columns, places.AsSpan(row), columnParts.AsSpan(row), rowParts.AsSpan(row));
            }

            framed.AsSpan(0, (rows + 3) * stride).Clear();
            for (int s = 0; s < inputShape.Sections; s++)
            {
                ReadOnlySpan<float> section = input.Slice(s * plane, plane);
                Span<float> target = output.Slice(s * plane, plane);
                if (!section.ContainsAnyExcept(0f))
                {
                    target.Clear();
                    continue;
                }

                Frame(section, rows, columns, framed, stride);
                Sample(framed, stride, places, columnParts, rowParts, target);
            }
        }
        finally
        {
            ArrayPool<float>.Shared.Return(framed);
            ArrayPool<int>.Shared.Return(places);
            ArrayPool<float>.Shared.Return(columnParts);
            ArrayPool<float>.Shared.Return(rowParts);
        }
    }

    /// <inheritdoc/>
    public string WriteNodes(INodeGraph graph, string input, ImageShape inputShape)
    {
        // GridSample counts from -1 to 1 between the outer centres (align_corners), and the sections serve as its channels.
        int columns = inputShape.Columns;
        int rows = inputShape.Rows;
        float[] grid = new float[rows * columns * 2];
        for (int r = 0; r < rows; r++)
        {
            for (int c = 0; c < columns; c++)
            {
                (double fromColumn, double fromRow) = _back.Map(c - ((columns - 1) / 2.0), r - ((rows - 1) / 2.0));
                int at = ((r * columns) + c) * 2;
                grid[at] = columns > 1 ? (float)(fromColumn * 2 / (columns - 1)) : 0;
                grid[at + 1] = rows > 1 ? (float)(fromRow * 2 / (rows - 1)) : 0;
            }
        }

        string axis = graph.Constant([1L], [1]);
        string image = inputShape.IsVolume ? input : graph.Node("Unsqueeze", [input, axis]);
        string batch = graph.Node("Shape", [image], new NodeAttribute("start", 0), new NodeAttribute("end", 1));
        string extent = graph.Node("Concat", [batch, graph.Constant([rows, columns, 2L], [3])], new NodeAttribute("axis", 0));
        string grids = graph.Node("Expand", [graph.Constant(grid, [1, rows, columns, 2]), extent]);
        string moved = graph.Node(
            "GridSample",
            [image, grids],
            new NodeAttribute("mode", "bilinear"),
            new NodeAttribute("padding_mode", "zeros"),
            new NodeAttribute("align_corners", 1));
        return inputShape.IsVolume ? moved : graph.Node("Squeeze", [moved, axis]);
    }

    private static void Frame(ReadOnlySpan<float> section, int rows, int columns, Span<float> framed, int stride)
    {
        for (int r = 0; r < rows; r++)
        {
            section.Slice(r * columns, columns).CopyTo(framed.Slice(((r + 1) * stride) + 1, columns));
        }
    }

    /// <summary>Mixes the four neighbours of where each pixel comes from.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Sample(ReadOnlySpan<float> framed, int stride, ReadOnlySpan<int> places, ReadOnlySpan<float> columnParts, ReadOnlySpan<float> rowParts, Span<float> target)
    {
        // PrepareRow clamps every place to the frame, so that no neighbour lies outside: the check of each would cost as much as the mixing.
        ref float origin = ref MemoryMarshal.GetReference(framed);
        places = places[..target.Length];
        columnParts = columnParts[..target.Length];
        rowParts = rowParts[..target.Length];
        for (int i = 0; i < target.Length; i++)
        {
            ref float upperLeft = ref Unsafe.Add(ref origin, places[i]);
            ref float lowerLeft = ref Unsafe.Add(ref upperLeft, stride);
            float column = columnParts[i];
            float upper = upperLeft + (column * (Unsafe.Add(ref upperLeft, 1) - upperLeft));
            float lower = lowerLeft + (column * (Unsafe.Add(ref lowerLeft, 1) - lowerLeft));
            target[i] = upper + (rowParts[i] * (lower - upper));
        }
    }

    /// <summary>Where the pixels of a row come from: the place of the upper left neighbour in the framed section, and how far from it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void PrepareRow(int row, int rows, int columns, Span<int> places, Span<float> columnParts, Span<float> rowParts)
    {
        double middleColumn = (columns - 1) / 2.0, middleRow = (rows - 1) / 2.0;
        double down = row - middleRow;
        int stride = columns + 3;
        int c = 0;
        for (; c <= columns - Vector<float>.Count; c += Vector<float>.Count)
        {
            Vector<double> first = Vector.CreateSequence(c - middleColumn, 1.0), second = Vector.CreateSequence(c + Vector<double>.Count - middleColumn, 1.0);
            (Vector<int> x, Vector<float> columnPart) = Split(
                From(first, _back.ColumnColumn, _back.ColumnRow * down, _back.ColumnShift, middleColumn, columns),
                From(second, _back.ColumnColumn, _back.ColumnRow * down, _back.ColumnShift, middleColumn, columns));
            (Vector<int> y, Vector<float> rowPart) = Split(
                From(first, _back.RowColumn, _back.RowRow * down, _back.RowShift, middleRow, rows),
                From(second, _back.RowColumn, _back.RowRow * down, _back.RowShift, middleRow, rows));
            ((y * stride) + x).CopyTo(places[c..]);
            columnPart.CopyTo(columnParts[c..]);
            rowPart.CopyTo(rowParts[c..]);
        }

        for (; c < columns; c++)
        {
            (double fromColumn, double fromRow) = _back.Map(c - middleColumn, down);
            // Clamped to the frame of zeros: one pixel outside the image, on either side.
            double x = Math.Clamp(fromColumn + middleColumn, -1, columns) + 1;
            double y = Math.Clamp(fromRow + middleRow, -1, rows) + 1;
            int low = (int)x;
            int high = (int)y;
            places[c] = (high * stride) + low;
            columnParts[c] = (float)(x - low);
            rowParts[c] = (float)(y - high);
        }
    }

    /// <summary>One coordinate of where pixels come from, in the framed section; the same operations in the same order as for a single pixel.</summary>
    private static Vector<double> From(Vector<double> column, double perColumn, double ofRow, double shift, double middle, int extent)
    {
        Vector<double> from = (new Vector<double>(perColumn) * column) + new Vector<double>(ofRow) + new Vector<double>(shift) + new Vector<double>(middle);
        return Vector.Min(Vector.Max(from, new Vector<double>(-1)), new Vector<double>(extent)) + Vector<double>.One;
    }

    /// <summary>Whole and broken parts of coordinates that are 0 or more.</summary>
    private static (Vector<int> Whole, Vector<float> Part) Split(Vector<double> first, Vector<double> second)
    {
        Vector<double> low = Vector.Floor(first), high = Vector.Floor(second);
        return (Vector.ConvertToInt32(Vector.Narrow(low, high)), Vector.Narrow(first - low, second - high));
    }
}
