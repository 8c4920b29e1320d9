using System.Numerics.Tensors;

namespace MLNetScinti.Imaging;

/// <summary>
/// Divides an image by its maximum (S1, data pre-processing). NaN and infinities count as 0, also in the result. Negative
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
