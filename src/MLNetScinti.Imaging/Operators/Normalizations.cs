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
