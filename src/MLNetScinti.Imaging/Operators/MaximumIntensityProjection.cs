using System.Numerics.Tensors;

namespace MLNetScinti.Imaging;

/// <summary>
/// The maximum intensity projection of a volume of transverse sections. Index 0 of the sections stays row 0 of the
/// result. The image must be finite: a normalisation before it sees to that.
/// </summary>
/// <param name="axis">The view.</param>
public sealed class MaximumIntensityProjection(ProjectionAxis axis) : IImageOperator
{
    /// <summary>The view.</summary>
    public ProjectionAxis Axis { get; } = axis;

    /// <inheritdoc/>
    public string Name => $"MaximumIntensityProjection({Axis})";

    /// <inheritdoc/>
    public ImageShape OutputShape(ImageShape input)
    {
        if (!input.IsVolume)
        {
            throw new ArgumentException($"{Name} needs a volume, found a planar image of {input}.", nameof(input));
        }

        return Axis switch
        {
            ProjectionAxis.Transverse => new(input.Rows, input.Columns),
            ProjectionAxis.Sagittal => new(input.Sections, input.Rows),
            _ => new(input.Sections, input.Columns),
        };
    }

    /// <inheritdoc/>
    public void Apply(ReadOnlySpan<float> input, ImageShape inputShape, Span<float> output)
    {
        ImageOperators.CheckLengths(this, input, inputShape, output);
        int columns = inputShape.Columns;
        switch (Axis)
        {
            case ProjectionAxis.Transverse:
                MaximumOfBlocks(input, output);
                break;
            case ProjectionAxis.Sagittal:
                for (int i = 0; i < output.Length; i++)
                {
                    output[i] = TensorPrimitives.Max(input.Slice(i * columns, columns));
                }

                break;
            default:
                for (int s = 0; s < inputShape.Sections; s++)
                {
                    MaximumOfBlocks(input.Slice(s * inputShape.PlaneLength, inputShape.PlaneLength), output.Slice(s * columns, columns));
                }

                break;
        }

        // Of two zeros the positive one is the larger, in whatever order they are compared.
        TensorPrimitives.Add(output, 0f, output);
    }

    /// <inheritdoc/>
    public string WriteNodes(INodeGraph graph, string input, ImageShape inputShape)
    {
        _ = OutputShape(inputShape);
        long through = Axis switch
        {
            ProjectionAxis.Transverse => 1,
            ProjectionAxis.Coronal => 2,
            _ => 3,
        };
        return graph.Node("ReduceMax", [input], new NodeAttribute("axes", [through]), new NodeAttribute("keepdims", 0));
    }

    private static void MaximumOfBlocks(ReadOnlySpan<float> input, Span<float> output)
    {
        input[..output.Length].CopyTo(output);
        for (int start = output.Length; start < input.Length; start += output.Length)
        {
            TensorPrimitives.Max(output, input.Slice(start, output.Length), output);
        }
    }
}

/// <summary>The anatomical view of a projection through transverse sections.</summary>
public enum ProjectionAxis
{
    /// <summary>Through the sections: [rows, columns].</summary>
    Transverse,

    /// <summary>Through the columns, from the side: [sections, rows].</summary>
    Sagittal,

    /// <summary>Through the rows, from the front or back: [sections, columns].</summary>
    Coronal,
}
