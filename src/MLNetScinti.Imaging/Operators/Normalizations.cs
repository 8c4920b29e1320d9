using System.Globalization;
using System.Numerics.Tensors;

namespace MLNetScinti.Imaging;

/// <summary>
/// Divides an image by its maximum. NaN and infinities count as 0, also in the result. Negative
/// values are divided like the others and stay negative. An image whose maximum is 0 or less becomes all zeros.
/// </summary>
public sealed class NormalizeByMaximum : IImageOperator
{
    /// <inheritdoc/>
    public string Name => "NormalizeByMaximum";

    /// <inheritdoc/>
    public ImageShape OutputShape(ImageShape input) => input;

    /// <inheritdoc/>
    public void Apply(ReadOnlySpan<float> input, ImageShape inputShape, Span<float> output)
    {
        ImageOperators.CheckLengths(this, input, inputShape, output);
        ImageOperators.CopyFinite(input, output);
        float maximum = TensorPrimitives.Max(output);
        if (maximum > 0)
        {
            TensorPrimitives.Divide(output, maximum, output);
        }
        else
        {
            output.Clear();
        }
    }

    /// <inheritdoc/>
    public string WriteNodes(INodeGraph graph, string input, ImageShape inputShape)
    {
        string finite = ImageOperators.WriteFinite(graph, input);
        string maximum = graph.Node("ReduceMax", [finite], new NodeAttribute("axes", ImageOperators.ImageAxes(inputShape)), new NodeAttribute("keepdims", 1));
        string zero = graph.Constant([0f], []);
        string positive = graph.Node("Greater", [maximum, zero]);
        string divisor = graph.Node("Where", [positive, maximum, graph.Constant([1f], [])]);
        return graph.Node("Where", [positive, graph.Node("Div", [finite, divisor]), zero]);
    }
}

/// <summary>
/// Maps an image's minimum to 0 and its maximum to 1. NaN and infinities count as 0 before the minimum and maximum
/// are taken. A constant image becomes all zeros.
/// </summary>
public sealed class NormalizeMinMax : IImageOperator
{
    /// <inheritdoc/>
    public string Name => "NormalizeMinMax";

    /// <inheritdoc/>
    public ImageShape OutputShape(ImageShape input) => input;

    /// <inheritdoc/>
    public void Apply(ReadOnlySpan<float> input, ImageShape inputShape, Span<float> output)
    {
        ImageOperators.CheckLengths(this, input, inputShape, output);
        ImageOperators.CopyFinite(input, output);
        float minimum = TensorPrimitives.Min(output);
        float range = TensorPrimitives.Max(output) - minimum;
        if (range > 0)
        {
            TensorPrimitives.Subtract(output, minimum, output);
            TensorPrimitives.Divide(output, range, output);
        }
        else
        {
            output.Clear();
        }
    }

    /// <inheritdoc/>
    public string WriteNodes(INodeGraph graph, string input, ImageShape inputShape)
    {
        long[] axes = ImageOperators.ImageAxes(inputShape);
        string finite = ImageOperators.WriteFinite(graph, input);
        string minimum = graph.Node("ReduceMin", [finite], new NodeAttribute("axes", axes), new NodeAttribute("keepdims", 1));
        string maximum = graph.Node("ReduceMax", [finite], new NodeAttribute("axes", axes), new NodeAttribute("keepdims", 1));
        string range = graph.Node("Sub", [maximum, minimum]);
        string zero = graph.Constant([0f], []);
        string positive = graph.Node("Greater", [range, zero]);
        string divisor = graph.Node("Where", [positive, range, graph.Constant([1f], [])]);
        string scaled = graph.Node("Div", [graph.Node("Sub", [finite, minimum]), divisor]);
        return graph.Node("Where", [positive, scaled, zero]);
    }
}

/// <summary>
/// Maps a window of values to 0 to 1, and what lies below or above it to 0 or 1: a range of Hounsfield units, whatever the image holds
/// besides. NaN and infinities count as the value 0.
/// </summary>
public sealed class NormalizeByWindow : IImageOperator
{
    private readonly float _lower, _upper;

    /// <summary>A window.</summary>
    /// <param name="lower">The value that becomes 0.</param>
    /// <param name="upper">The value that becomes 1; above the other.</param>
    /// <exception cref="ArgumentOutOfRangeException">The window is empty, or not of finite numbers.</exception>
    public NormalizeByWindow(double lower, double upper)
    {
        (_lower, _upper) = ((float)lower, (float)upper);
        if (!float.IsFinite(_lower) || !float.IsFinite(_upper) || _upper <= _lower)
        {
            throw new ArgumentOutOfRangeException(nameof(upper), upper, string.Create(CultureInfo.InvariantCulture, $"A window ends above its beginning, {lower}."));
        }
    }

    /// <inheritdoc/>
    public string Name => string.Create(CultureInfo.InvariantCulture, $"NormalizeByWindow({_lower:g6}, {_upper:g6})");

    /// <inheritdoc/>
    public ImageShape OutputShape(ImageShape input) => input;

    /// <inheritdoc/>
    public void Apply(ReadOnlySpan<float> input, ImageShape inputShape, Span<float> output)
    {
        ImageOperators.CheckLengths(this, input, inputShape, output);
        ImageOperators.CopyFinite(input, output);
        TensorPrimitives.Clamp(output, _lower, _upper, output);
        TensorPrimitives.Subtract(output, _lower, output);
        TensorPrimitives.Divide(output, _upper - _lower, output);
    }

    /// <inheritdoc/>
    public string WriteNodes(INodeGraph graph, string input, ImageShape inputShape)
    {
        string lower = graph.Constant([_lower], []), upper = graph.Constant([_upper], []);
        string inside = graph.Node("Min", [graph.Node("Max", [ImageOperators.WriteFinite(graph, input), lower]), upper]);
        return graph.Node("Div", [graph.Node("Sub", [inside, lower]), graph.Constant([_upper - _lower], [])]);
    }
}
