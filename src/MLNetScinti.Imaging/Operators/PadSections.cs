namespace MLNetScinti.Imaging;

/// <summary>
/// Brings a volume to a fixed number of sections by adding sections of zeros at both ends. The volume stays in the
/// middle; where the number to add is odd, the end with the higher index gets the one more. A volume with more sections
/// is an error unless cropping was asked for: then sections are cut from both ends, the one more from the higher end.
/// </summary>
/// <param name="sections">Number of sections of the result.</param>
/// <param name="cropLarger">Whether a larger volume is cut instead of refused.</param>
public sealed class PadSections(int sections, bool cropLarger = false) : IImageOperator
{
    /// <summary>Number of sections of the result.</summary>
    public int Sections { get; } = sections > 0 ? sections : throw new ArgumentOutOfRangeException(nameof(sections), sections, "The number of sections must be positive.");

    /// <inheritdoc/>
    public string Name => $"PadSections({Sections})";

    /// <inheritdoc/>
    public ImageShape OutputShape(ImageShape input)
    {
        if (!input.IsVolume)
        {
            throw new ArgumentException($"{Name} needs a volume, found a planar image of {input}.", nameof(input));
        }

        if (input.Sections > Sections && !cropLarger)
        {
            throw new ArgumentException($"{Name}: the volume has {input.Sections} sections; crop it first, or allow cropping.", nameof(input));
        }

        return new(Sections, input.Rows, input.Columns);
    }

    /// <inheritdoc/>
    public void Apply(ReadOnlySpan<float> input, ImageShape inputShape, Span<float> output)
    {
        ImageOperators.CheckLengths(this, input, inputShape, output);
        // Division towards zero in both cases: the ONNX form divides in the same way.
        int before = (Sections - inputShape.Sections) / 2;
        int plane = inputShape.PlaneLength;
        if (before < 0 || inputShape.Sections >= Sections)
        {
            input.Slice(-before * plane, output.Length).CopyTo(output);
            return;
        }

        output[..(before * plane)].Clear();
        input.CopyTo(output[(before * plane)..]);
        output[((before * plane) + input.Length)..].Clear();
    }

    /// <inheritdoc/>
    /// <remarks>The nodes work for any number of sections in, not only that of <paramref name="inputShape"/>: patients differ.</remarks>
    public string WriteNodes(INodeGraph graph, string input, ImageShape inputShape)
    {
        _ = OutputShape(inputShape);
        string found = graph.Node("Shape", [input], new NodeAttribute("start", 1), new NodeAttribute("end", 2));
        string missing = graph.Node("Sub", [graph.Constant([(long)Sections], [1]), found]);
        string before = graph.Node("Div", [missing, graph.Constant([2L], [1])]);
        string after = graph.Node("Sub", [missing, before]);
        string zero = graph.Constant([0L], [1]);
        string zeros = graph.Constant([0L, 0L, 0L], [3]);
        string pads = graph.Node("Concat", [zero, before, zeros, after, graph.Constant([0L, 0L], [2])], new NodeAttribute("axis", 0));
        if (!cropLarger)
        {
            // A larger volume then keeps its extent, and the reshape below refuses it.
            pads = graph.Node("Max", [pads, zero]);
        }

        string padded = graph.Node("Pad", [input, pads, graph.Constant([0f], [])], new NodeAttribute("mode", "constant"));
        return graph.Node("Reshape", [padded, graph.Constant([0L, Sections, inputShape.Rows, inputShape.Columns], [4])]);
    }
}
