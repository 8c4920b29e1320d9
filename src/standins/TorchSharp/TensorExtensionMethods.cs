namespace TorchSharp;

public static class TensorExtensionMethods
{
    public static Scalar ToScalar(this int value) => value;
    public static Scalar ToScalar(this long value) => value;
    public static Scalar ToScalar(this float value) => value;
    public static Scalar ToScalar(this double value) => value;
    public static Scalar ToScalar(this bool value) => value;

    public static torch.Tensor ToTensor<T>(this T[] rawArray, long[] dimensions, bool doCopy = false, bool requires_grad = false)
    {
        using torch.Tensor shared = torch.from_array(rawArray);
        torch.Tensor shaped = doCopy ? torch.Reshaped(shared, dimensions).clone() : torch.Reshaped(shared, dimensions);
        return shaped.requires_grad_(requires_grad);
    }

    public static torch.Tensor ToTensor<T>(this T scalar, torch.Device device = null, bool requires_grad = false)
        where T : struct => torch.Full([], scalar switch
        {
            float v => v,
            double v => v,
            long v => v,
            int v => v,
            short v => v,
            byte v => v,
            sbyte v => v,
            bool v => v,
            _ => throw new NotSupportedException($"Creating tensor of type {typeof(T)} is not supported."),
        }, torch.TypeOf(typeof(T)), device, requires_grad);

    public static float ToSingle(this torch.Tensor value) => (float)value.Number();
    public static double ToDouble(this torch.Tensor value) => value.Number();
    public static int ToInt32(this torch.Tensor value) => (int)value.WholeNumber();
    public static long ToInt64(this torch.Tensor value) => value.WholeNumber();
    public static bool ToBoolean(this torch.Tensor value) => value.WholeNumber() != 0;

    public static bool is_floating_point(this torch.Tensor value) => torch.is_floating_point(value.dtype);
}
