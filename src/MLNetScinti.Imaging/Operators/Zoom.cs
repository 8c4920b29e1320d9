using System.Globalization;

namespace MLNetScinti.Imaging;

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
