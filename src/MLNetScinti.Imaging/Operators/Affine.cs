using System.Globalization;

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
        double middleColumn = (columns - 1) / 2.0;
        double middleRow = (rows - 1) / 2.0;
        // A frame of zeros around each section makes the edge rule hold without asking for every neighbour.
        int stride = columns + 3;
        float[] framed = new float[(rows + 3) * stride];
        int[] index = new int[columns];
        Weights[] weights = new Weights[columns];
        int plane = inputShape.PlaneLength;

        if (inputShape.Sections == 1)
        {
            Frame(input, rows, columns, framed, stride);
            for (int r = 0; r < rows; r++)
            {
                PrepareRow(r - middleRow, middleColumn, middleRow, rows, columns, stride, index, weights);
                SampleRow(framed, stride, index, weights, output.Slice(r * columns, columns));
            }

            return;
        }

        // All sections move alike: where each pixel comes from is worked out once for all of them.
        int[] allIndices = new int[plane];
        Weights[] allWeights = new Weights[plane];
        for (int r = 0; r < rows; r++)
        {
            PrepareRow(
                r - middleRow, middleColumn, middleRow, rows, columns, stride,
                allIndices.AsSpan(r * columns, columns), allWeights.AsSpan(r * columns, columns));
        }

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
            SampleRow(framed, stride, allIndices, allWeights, target);
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

    private static void SampleRow(ReadOnlySpan<float> framed, int stride, ReadOnlySpan<int> index, ReadOnlySpan<Weights> weights, Span<float> target)
    {
        for (int i = 0; i < target.Length; i++)
        {
            int at = index[i];
            Weights w = weights[i];
            float upper = framed[at] + (w.Column * (framed[at + 1] - framed[at]));
            float lower = framed[at + stride] + (w.Column * (framed[at + stride + 1] - framed[at + stride]));
            target[i] = upper + (w.Row * (lower - upper));
        }
    }

    private void PrepareRow(
        double row, double middleColumn, double middleRow, int rows, int columns, int stride, Span<int> index, Span<Weights> weights)
    {
        for (int c = 0; c < columns; c++)
        {
            (double fromColumn, double fromRow) = _back.Map(c - middleColumn, row);
            // Clamped to the frame of zeros: one pixel outside the image, on either side.
            double x = Math.Clamp(fromColumn + middleColumn, -1, columns) + 1;
            double y = Math.Clamp(fromRow + middleRow, -1, rows) + 1;
            int low = (int)x;
            int high = (int)y;
            index[c] = (high * stride) + low;
            weights[c] = new((float)(x - low), (float)(y - high));
        }
    }

    private readonly record struct Weights(float Column, float Row);
}
