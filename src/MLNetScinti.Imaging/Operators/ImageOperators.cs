namespace MLNetScinti.Imaging;

/// <summary>Applying operators to arrays, volumes and planar images.</summary>
public static class ImageOperators
{
    /// <summary>Applies an operator and returns a new array.</summary>
    public static float[] Apply(this IImageOperator operation, ReadOnlySpan<float> input, ImageShape inputShape)
    {
        float[] output = new float[operation.OutputShape(inputShape).Length];
        operation.Apply(input, inputShape, output);
        return output;
    }

    /// <summary>Applies an operator that keeps the shape of a volume, and its place in space.</summary>
    /// <exception cref="ArgumentException">The operator changes the shape.</exception>
    public static Volume Apply(this IImageOperator operation, Volume volume)
    {
        ImageShape shape = operation.OutputShape(volume.Shape);
        return shape == volume.Shape
            ? new Volume(volume.Geometry, operation.Apply(volume.Voxels, volume.Shape))
            : throw new ArgumentException($"{operation.Name} makes {shape} of {volume.Shape}: the geometry of the result is not known here.", nameof(operation));
    }

    /// <summary>Applies operators one after another and returns the last result with its shape.</summary>
    public static (float[] Values, ImageShape Shape) ApplyAll(this IEnumerable<IImageOperator> operations, ReadOnlySpan<float> input, ImageShape inputShape)
    {
        float[] values = input.ToArray();
        ImageShape shape = inputShape;
        foreach (IImageOperator operation in operations)
        {
            ImageShape next = operation.OutputShape(shape);
            values = operation.Apply(values, shape);
            shape = next;
        }

        return (values, shape);
    }

    internal static void CheckLengths(IImageOperator operation, ReadOnlySpan<float> input, ImageShape inputShape, Span<float> output)
    {
        ImageShape outputShape = operation.OutputShape(inputShape);
        if (input.Length != inputShape.Length || output.Length != outputShape.Length)
        {
            throw new ArgumentException(
                $"{operation.Name}: expected {inputShape.Length} values in ({inputShape}) and room for {outputShape.Length} ({outputShape}), "
                + $"found {input.Length} and {output.Length}.",
                nameof(input));
        }

        if (input.Overlaps(output))
        {
            throw new ArgumentException($"{operation.Name}: the output must not overlap the input.", nameof(output));
        }
    }

    /// <summary>The ONNX axes of one image behind the batch axis: 1, 2 or 1, 2, 3.</summary>
    internal static long[] ImageAxes(ImageShape shape) => shape.IsVolume ? [1, 2, 3] : [1, 2];

    /// <summary>The nodes that replace NaN and infinities by zero.</summary>
    internal static string WriteFinite(INodeGraph graph, string input)
    {
        string bad = graph.Node("Or", [graph.Node("IsNaN", [input]), graph.Node("IsInf", [input])]);
        return graph.Node("Where", [bad, graph.Constant([0f], []), input]);
    }

    /// <summary>Copies, with zero in place of NaN and infinities.</summary>
    public static void CopyFinite(ReadOnlySpan<float> input, Span<float> output)
    {
        for (int i = 0; i < input.Length; i++)
        {
            float value = input[i];
            output[i] = float.IsFinite(value) ? value : 0f;
        }
    }
}
