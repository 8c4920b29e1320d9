using System.Text.Json;
using MLNetScinti.Imaging;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace MLNetScinti.Networks.Layers;

/// <summary>An image made larger by a whole factor on each axis in space: each value repeated.</summary>
public sealed record Upsample : NetworkLayer
{
    /// <summary>An upsampling.</summary>
    public Upsample(string name, string input, int factor = 2)
        : base(name, input)
    {
        Factor = factor;
    }

    /// <summary>How often each value is repeated along each axis.</summary>
    public int Factor { get; init; }

    /// <inheritdoc/>
    public override TensorShape OutputShape(IReadOnlyList<TensorShape> inputs)
    {
        TensorShape input = ExpectImage(inputs);
        long[] shape = input.ToArray();
        for (int axis = 1; axis < shape.Length; axis++)
        {
            shape[axis] *= AtLeast(1, Factor, "the factor");
        }

        return TensorShape.Create(shape);
    }

    /// <inheritdoc/>
    public override Tensor Forward(LayerTensors tensors)
    {
        double[] factors = new double[tensors.SpatialRank];
        Array.Fill(factors, Factor);
        return functional.interpolate(tensors.Input, scale_factor: factors, mode: InterpolationMode.Nearest);
    }

    /// <inheritdoc/>
    public override string WriteNodes(LayerNodes nodes)
    {
        float[] scales = new float[nodes.SpatialRank + 2];
        Array.Fill(scales, Factor);
        scales[0] = scales[1] = 1;
        return nodes.Node(
            "Resize",
            [nodes.Input, "", nodes.Graph.Constant(scales, [scales.Length])],
            new NodeAttribute("coordinate_transformation_mode", "asymmetric"),
            new NodeAttribute("mode", "nearest"),
            new NodeAttribute("nearest_mode", "floor"));
    }

    /// <inheritdoc/>
    public override void WriteSettings(Utf8JsonWriter json) => json.WriteNumber("factor", Factor);
}
