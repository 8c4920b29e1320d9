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
    private readonly PlaneTransform _back = transform.IsFinite
        ? transform.Inverse()
        : throw new ArgumentException($"An affine map needs finite numbers, found {transform}.", nameof(transform));

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

        PlaneSampling.Apply(_back, input, inputShape, output);
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
}

/// <summary>Turns a planar image, or every section of a volume, about its middle. Linear interpolation, zeros outside.</summary>
/// <param name="degrees">The angle from the column axis towards the row axis: clockwise where rows run downwards.</param>
public sealed class Rotate(double degrees) : IPlaneOperator
{
    private readonly Affine _affine = new(PlaneTransform.Rotate(degrees));

    /// <inheritdoc/>
    public string Name => string.Create(CultureInfo.InvariantCulture, $"Rotate({degrees:g6})");

    /// <inheritdoc/>
    public PlaneTransform Transform => _affine.Transform;

    /// <inheritdoc/>
    public ImageShape OutputShape(ImageShape input) => input;

    /// <inheritdoc/>
    public void Apply(ReadOnlySpan<float> input, ImageShape inputShape, Span<float> output) => _affine.Apply(input, inputShape, output);

    /// <inheritdoc/>
    public string WriteNodes(INodeGraph graph, string input, ImageShape inputShape) => _affine.WriteNodes(graph, input, inputShape);
}

/// <summary>Enlarges a planar image, or every section of a volume, about its middle; the number of pixels stays. Linear interpolation, zeros outside.</summary>
/// <param name="factor">1.2 shows everything 20 % larger.</param>
public sealed class Zoom(double factor) : IPlaneOperator
{
    private readonly Affine _affine = new(PlaneTransform.Zoom(factor));

    /// <inheritdoc/>
    public string Name => string.Create(CultureInfo.InvariantCulture, $"Zoom({factor:g6})");

    /// <inheritdoc/>
    public PlaneTransform Transform => _affine.Transform;

    /// <inheritdoc/>
    public ImageShape OutputShape(ImageShape input) => input;

    /// <inheritdoc/>
    public void Apply(ReadOnlySpan<float> input, ImageShape inputShape, Span<float> output) => _affine.Apply(input, inputShape, output);

    /// <inheritdoc/>
    public string WriteNodes(INodeGraph graph, string input, ImageShape inputShape) => _affine.WriteNodes(graph, input, inputShape);
}

/// <summary>Moves a planar image, or every section of a volume, by a number of pixels that may be a fraction. Linear interpolation, zeros outside.</summary>
/// <param name="columns">Pixels towards higher columns.</param>
/// <param name="rows">Pixels towards higher rows.</param>
public sealed class Translate(double columns, double rows) : IPlaneOperator
{
    private readonly Affine _affine = new(PlaneTransform.Translate(columns, rows));

    /// <inheritdoc/>
    public string Name => string.Create(CultureInfo.InvariantCulture, $"Translate({columns:g6}, {rows:g6})");

    /// <inheritdoc/>
    public PlaneTransform Transform => _affine.Transform;

    /// <inheritdoc/>
    public ImageShape OutputShape(ImageShape input) => input;

    /// <inheritdoc/>
    public void Apply(ReadOnlySpan<float> input, ImageShape inputShape, Span<float> output) => _affine.Apply(input, inputShape, output);

    /// <inheritdoc/>
    public string WriteNodes(INodeGraph graph, string input, ImageShape inputShape) => _affine.WriteNodes(graph, input, inputShape);
}
