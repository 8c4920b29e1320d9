namespace MLNetScinti.Imaging;

/// <summary>Mirrors the columns, the rows, or both, of a planar image or of every section of a volume. Exact.</summary>
/// <param name="horizontal">Whether the order of the columns is reversed.</param>
/// <param name="vertical">Whether the order of the rows is reversed.</param>
public sealed class Flip(bool horizontal, bool vertical) : IPlaneOperator
{
    /// <inheritdoc/>
    public string Name => $"Flip({(horizontal, vertical) switch { (true, true) => "both", (true, false) => "horizontal", (false, true) => "vertical", _ => "none" }})";

    /// <inheritdoc/>
    public PlaneTransform Transform { get; } = PlaneTransform.Flip(horizontal, vertical);

    /// <inheritdoc/>
    public ImageShape OutputShape(ImageShape input) => input;

    /// <inheritdoc/>
    public void Apply(ReadOnlySpan<float> input, ImageShape inputShape, Span<float> output)
    {
        ImageOperators.CheckLengths(this, input, inputShape, output);
        int columns = inputShape.Columns;
        int rows = inputShape.Rows;
        for (int line = 0; line < inputShape.Sections * rows; line++)
        {
            int row = line % rows;
            int from = line - row + (vertical ? rows - 1 - row : row);
            Span<float> target = output.Slice(line * columns, columns);
            input.Slice(from * columns, columns).CopyTo(target);
            if (horizontal)
            {
                target.Reverse();
            }
        }
    }

    /// <inheritdoc/>
    public string WriteNodes(INodeGraph graph, string input, ImageShape inputShape)
    {
        long rowAxis = inputShape.Rank - 1;
        long[] axes = [.. (long[])(vertical ? [rowAxis] : []), .. (long[])(horizontal ? [rowAxis + 1] : [])];
        if (axes.Length == 0)
        {
            return graph.Node("Identity", [input]);
        }

        long[] one = [axes.Length];
        return graph.Node(
            "Slice",
            [
                input,
                graph.Constant([.. axes.Select(_ => -1L)], one),
                // Before the first element, however long the axis is.
                graph.Constant([.. axes.Select(_ => (long)int.MinValue)], one),
                graph.Constant(axes, one),
                graph.Constant([.. axes.Select(_ => -1L)], one),
            ]);
    }
}
