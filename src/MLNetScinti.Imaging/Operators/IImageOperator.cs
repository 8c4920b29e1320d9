namespace MLNetScinti.Imaging;

/// <summary>
/// A deterministic operation on an image. It works on spans, and it can write itself as ONNX nodes that give the same
/// result, so that a chain of operators can be served without this library.
/// </summary>
public interface IImageOperator
{
    /// <summary>The operator's name with its parameters, as reports show it.</summary>
    string Name { get; }

    /// <summary>The shape of the result for an input shape.</summary>
    /// <exception cref="ArgumentException">The operator has no result for this shape.</exception>
    ImageShape OutputShape(ImageShape input);

    /// <summary>Computes the result.</summary>
    /// <param name="input">The image, last dimension fastest.</param>
    /// <param name="inputShape">Its shape.</param>
    /// <param name="output">Receives the result; must hold exactly <see cref="OutputShape"/> values and must not overlap the input.</param>
    /// <exception cref="ArgumentException">A span's length is not that of its shape.</exception>
    void Apply(ReadOnlySpan<float> input, ImageShape inputShape, Span<float> output);

    /// <summary>Writes the operator as ONNX nodes over a batch of images, and returns the name of the result.</summary>
    /// <param name="graph">The graph to add to.</param>
    /// <param name="input">The name of the input, [N, ...inputShape].</param>
    /// <param name="inputShape">The shape of one image.</param>
    string WriteNodes(INodeGraph graph, string input, ImageShape inputShape);
}

/// <summary>An operator that moves the pixels of a planar image, or of every section of a volume, by an affine map.</summary>
public interface IPlaneOperator : IImageOperator
{
    /// <summary>The map, in pixels from the middle of the plane.</summary>
    PlaneTransform Transform { get; }
}
