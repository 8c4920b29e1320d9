using MLNetScinti.Imaging;
using MLNetScinti.Networks.Native;
using static TorchSharp.torch;

namespace MLNetScinti.Networks;

/// <summary>The sum of values of one shape, element by element.</summary>
public sealed record Sum : NetworkLayer
{
    /// <summary>A sum of two values or more.</summary>
    public Sum(string name, params IReadOnlyList<string> inputs)
        : base(name, inputs)
    {
    }

    /// <inheritdoc/>
    public override bool NeedsOwnOutput => false;

    /// <inheritdoc/>
    public override bool CanOverwrite => true;

    /// <inheritdoc/>
    public override TensorShape OutputShape(IReadOnlyList<TensorShape> inputs) => ExpectAlike(inputs);

    /// <inheritdoc/>
    public override Tensor Forward(LayerTensors tensors)
    {
        Tensor result = tensors.Inputs[0];
        for (int input = 1; input < tensors.Inputs.Count; input++)
        {
            Tensor other = tensors.Inputs[input];
            result = (input > 1 || tensors.MayOverwrite) && result.dtype == other.dtype ? result.add_(other, KeptScalar.Of(1)) : result.add(other, KeptScalar.Of(1));
        }

        return result;
    }

    /// <inheritdoc/>
    public override string WriteNodes(LayerNodes nodes)
    {
        string result = nodes.Inputs[0];
        for (int input = 1; input < nodes.Inputs.Count; input++)
        {
            result = nodes.Node("Add", [result, nodes.Inputs[input]]);
        }

        return result;
    }
}

/// <summary>
/// The product of values, element by element. The first decides the shape; each of the others has the same, or is a gate for
/// its places [1, ...] or for its channels [channels].
/// </summary>
public sealed record Multiply : NetworkLayer
{
    /// <summary>A product of two values or more.</summary>
    public Multiply(string name, params IReadOnlyList<string> inputs)
        : base(name, inputs)
    {
    }

    /// <inheritdoc/>
    public override TensorShape OutputShape(IReadOnlyList<TensorShape> inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        if (inputs.Count < 2)
        {
            throw new NetworkGraphException($"expected two inputs or more, found {inputs.Count}");
        }

        return inputs.Skip(1).All(other => other.Equals(inputs[0]) || IsGate(other, inputs[0])
            || (other.Channels == 1 && inputs[0].SpatialRank > 0 && other.Spatial.SequenceEqual(inputs[0].Spatial)))
            ? inputs[0]
            : throw new NetworkGraphException($"expected inputs of one shape, or gates for the places or the channels of the first, found {string.Join(" and ", inputs)}");
    }

    /// <inheritdoc/>
    public override Tensor Forward(LayerTensors tensors)
    {
        Tensor result = tensors.Inputs[0];
        for (int input = 1; input < tensors.Inputs.Count; input++)
        {
            Tensor other = tensors.Inputs[input];
            if (IsGate(tensors.Shapes[input], tensors.Shapes[0]))
            {
                long[] shape = new long[tensors.SpatialRank + 2];
                Array.Fill(shape, 1);
                (shape[0], shape[1]) = (other.shape[0], other.shape[1]);
                other = other.reshape(shape);
            }

            result = result.mul(other);
        }

        return result;
    }

    /// <inheritdoc/>
    public override string WriteNodes(LayerNodes nodes)
    {
        string result = nodes.Inputs[0];
        for (int input = 1; input < nodes.Inputs.Count; input++)
        {
            string other = nodes.Inputs[input];
            if (IsGate(nodes.Shapes[input], nodes.Shapes[0]))
            {
                long[] space = [.. Enumerable.Range(2, nodes.SpatialRank).Select(axis => (long)axis)];
                other = nodes.Node("Unsqueeze", [other, nodes.Graph.Constant(space, [space.Length])]);
            }

            result = nodes.Node("Mul", [result, other]);
        }

        return result;
    }

    private static bool IsGate(TensorShape other, TensorShape first) => first.SpatialRank > 0 && other.Count == 1 && other.Channels == first.Channels;
}

/// <summary>Values one after the other along the first axis (features, or channels); the other axes are alike.</summary>
public sealed record Concatenate : NetworkLayer
{
    /// <summary>A concatenation of two values or more.</summary>
    public Concatenate(string name, params IReadOnlyList<string> inputs)
        : base(name, inputs)
    {
    }

    /// <inheritdoc/>
    public override bool NeedsOwnOutput => false;

    /// <inheritdoc/>
    public override TensorShape OutputShape(IReadOnlyList<TensorShape> inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        if (inputs.Count < 2)
        {
            throw new NetworkGraphException($"expected two inputs or more, found {inputs.Count}");
        }

        if (inputs.Any(input => !input.Spatial.SequenceEqual(inputs[0].Spatial)))
        {
            throw new NetworkGraphException($"expected inputs that differ in channels only, found {string.Join(" and ", inputs)}");
        }

        long[] shape = inputs[0].ToArray();
        shape[0] = inputs.Sum(input => input.Channels);
        return TensorShape.Create(shape);
    }

    /// <inheritdoc/>
    public override Tensor Forward(LayerTensors tensors) => cat(tensors.Inputs.ToArray(), 1);

    /// <inheritdoc/>
    public override string WriteNodes(LayerNodes nodes) => nodes.Node("Concat", nodes.Inputs, new NodeAttribute("axis", 1));
}

/// <summary>
/// The image with the place of each voxel as further channels, one for each axis in space, fastest axis first (column, row, section):
/// indices from 0, not normalised. A convolution sees alike wherever it is; behind these channels it can tell one side from the other.
/// </summary>
public sealed record VoxelCoordinates : NetworkLayer
{
    /// <summary>An image with its voxels' indices behind it.</summary>
    public VoxelCoordinates(string name, string input)
        : base(name, input)
    {
    }

    /// <inheritdoc/>
    public override bool NeedsOwnOutput => false;

    /// <inheritdoc/>
    public override TensorShape OutputShape(IReadOnlyList<TensorShape> inputs)
    {
        TensorShape input = ExpectImage(inputs);
        return TensorShape.Create([input.Channels + input.SpatialRank, .. input.Spatial]);
    }

    /// <inheritdoc/>
    public override Tensor Forward(LayerTensors tensors)
    {
        Tensor image = tensors.Single;
        long[] extents = tensors.Shapes[0].Spatial.ToArray();
        long batch = image.shape[0];
        Tensor[] all = new Tensor[extents.Length + 1];
        all[0] = image;
        for (int axis = 0; axis < extents.Length; axis++)
        {
            Tensor line = tensor(Line(extents[axis]), Along(axis, extents), device: image.device);
            all[extents.Length - axis] = line.expand([batch, 1, .. extents]);
        }

        return cat(all, 1);
    }

    /// <inheritdoc/>
    public override string WriteNodes(LayerNodes nodes)
    {
        long[] extents = nodes.Shapes[0].Spatial.ToArray();
        string batch = nodes.Node("Shape", [nodes.Input], new NodeAttribute("start", 0), new NodeAttribute("end", 1));
        string shape = nodes.Node("Concat", [batch, nodes.Graph.Constant([1L, .. extents], [extents.Length + 1])], new NodeAttribute("axis", 0));
        string[] all = new string[extents.Length + 1];
        all[0] = nodes.Input;
        for (int axis = 0; axis < extents.Length; axis++)
        {
            all[extents.Length - axis] = nodes.Node("Expand", [nodes.Graph.Constant(Line(extents[axis]), Along(axis, extents)), shape]);
        }

        return nodes.Node("Concat", all, new NodeAttribute("axis", 1));
    }

    private static float[] Line(long extent) => [.. Enumerable.Range(0, (int)extent).Select(index => (float)index)];

    private static long[] Along(int axis, long[] extents) => [1, 1, .. extents.Select((extent, other) => other == axis ? extent : 1)];
}
