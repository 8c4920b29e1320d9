using TorchSharp.Interop;

namespace TorchSharp;

public sealed class Scalar : IDisposable
{
    private Scalar(Kind kind, long bits, torch.ScalarType type)
    {
        Kind = kind;
        Bits = bits;
        Type = type;
    }

    public torch.ScalarType Type { get; }

    internal Kind Kind { get; }

    internal long Bits { get; }

    public static implicit operator Scalar(byte value) => new(Kind.Int, value, torch.ScalarType.Int64);
    public static implicit operator Scalar(sbyte value) => new(Kind.Int, value, torch.ScalarType.Int64);
    public static implicit operator Scalar(short value) => new(Kind.Int, value, torch.ScalarType.Int64);
    public static implicit operator Scalar(int value) => new(Kind.Int, value, torch.ScalarType.Int64);
    public static implicit operator Scalar(long value) => new(Kind.Int, value, torch.ScalarType.Int64);
    public static implicit operator Scalar(float value) => new(Kind.Double, BitConverter.DoubleToInt64Bits(value), torch.ScalarType.Float64);
    public static implicit operator Scalar(double value) => new(Kind.Double, BitConverter.DoubleToInt64Bits(value), torch.ScalarType.Float64);
    public static implicit operator Scalar(bool value) => new(Kind.Bool, value ? 1 : 0, torch.ScalarType.Bool);

    public void Dispose()
    {
    }
}
