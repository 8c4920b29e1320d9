using System.Globalization;

namespace MLNetScinti.Imaging;

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
