using System.Globalization;

namespace MLNetScinti.Imaging;

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
