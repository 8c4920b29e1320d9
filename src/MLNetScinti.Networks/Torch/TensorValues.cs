using TorchSharp;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace MLNetScinti.Networks;

/// <summary>Values between tensors on any device and arrays.</summary>
internal static class TensorValues
{
    public static float[] Read(Tensor tensor)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor values = tensor.detach().cpu().contiguous();
        using TensorAccessor<float> accessor = values.data<float>();
        return accessor.ToArray();
    }

    public static void Write(Tensor tensor, float[] values)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        tensor.copy_(torch.tensor(values, tensor.shape));
    }
}
