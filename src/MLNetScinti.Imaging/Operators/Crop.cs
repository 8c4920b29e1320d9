namespace MLNetScinti.Imaging;

/// <summary>Cuts a box out of an image; without a start the middle of the image, where an odd remainder leaves one more at the higher end.</summary>
public sealed class Crop : IImageOperator
{
    private readonly int[]? _start;

    /// <summary>A box in the middle of the image.</summary>
    public Crop(ImageShape size) => Size = size;

    /// <summary>A box that starts at the given indices, slowest dimension first.</summary>
    /// <exception cref="ArgumentException">The start has another rank than the size, or is negative.</exception>
    public Crop(ReadOnlySpan<int> start, ImageShape size)
    {
        if (start.Length != size.Rank || start.ContainsAnyInRange(int.MinValue, -1))
        {
            throw new ArgumentException($"The start of a box of {size} needs {size.Rank} indices of 0 or more.", nameof(start));
        }

        _start = start.ToArray();
        Size = size;
    }

    /// <summary>The extent of the box.</summary>
    public ImageShape Size { get; }

    /// <inheritdoc/>
    public string Name => _start is null ? $"Crop({Size})" : $"Crop({string.Join(", ", _start)}: {Size})";

    /// <inheritdoc/>
    public ImageShape OutputShape(ImageShape input)
    {
        if (input.Rank != Size.Rank)
        {
            throw new ArgumentException($"{Name}: the image has {input.Rank} dimensions, the box {Size.Rank}.", nameof(input));
        }

        for (int d = 0; d < input.Rank; d++)
        {
            if ((_start?[d] ?? 0) + Size[d] > input[d])
            {
                throw new ArgumentException($"{Name}: the box does not fit into an image of {input}.", nameof(input));
            }
        }

        return Size;
    }

    /// <inheritdoc/>
    public void Apply(ReadOnlySpan<float> input, ImageShape inputShape, Span<float> output)
    {
        ImageOperators.CheckLengths(this, input, inputShape, output);
        int[] start = StartIn(inputShape);
        int firstSection = inputShape.IsVolume ? start[0] : 0;
        int firstRow = start[^2];
        int firstColumn = start[^1];
        for (int s = 0; s < Size.Sections; s++)
        {
            for (int r = 0; r < Size.Rows; r++)
            {
                int from = ((((firstSection + s) * inputShape.Rows) + firstRow + r) * inputShape.Columns) + firstColumn;
                input.Slice(from, Size.Columns).CopyTo(output.Slice(((s * Size.Rows) + r) * Size.Columns, Size.Columns));
            }
        }
    }

    /// <inheritdoc/>
    public string WriteNodes(INodeGraph graph, string input, ImageShape inputShape)
    {
        _ = OutputShape(inputShape);
        long[] starts = [.. StartIn(inputShape).Select(index => (long)index)];
        long[] ends = [.. starts.Select((index, d) => index + Size[d])];
        long[] axes = ImageOperators.ImageAxes(inputShape);
        long[] one = [axes.Length];
        return graph.Node("Slice", [input, graph.Constant(starts, one), graph.Constant(ends, one), graph.Constant(axes, one)]);
    }

    private int[] StartIn(ImageShape shape) => _start ?? [.. Enumerable.Range(0, shape.Rank).Select(d => (shape[d] - Size[d]) / 2)];
}
