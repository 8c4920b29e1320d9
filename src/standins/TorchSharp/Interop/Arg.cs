using System.Runtime.CompilerServices;

namespace TorchSharp.Interop;

/// <summary>One argument of an operator. An object stays referenced here for as long as the call lasts.</summary>
internal readonly struct Arg
{
    internal readonly object Object;
    internal readonly long Bits;
    internal readonly Kind Kind;

    private Arg(Kind kind, long bits, object value = null)
    {
        Kind = kind;
        Bits = bits;
        Object = value;
    }

    internal static Arg None => default;

    /// <summary>How many 8-byte places the elements of a list take.</summary>
    internal int ListLength => Kind switch
    {
        Kind.IntList => Unsafe.As<long[]>(Object).Length,
        Kind.DoubleList => Unsafe.As<double[]>(Object).Length,
        Kind.TensorList or Kind.OptionalTensorList => Unsafe.As<torch.Tensor[]>(Object).Length,
        Kind.Text => (Unsafe.As<string>(Object).Length + 7) / 8,
        _ => 0,
    };

    internal static Arg Optionals(torch.Tensor[] tensors) => new(Kind.OptionalTensorList, 0, tensors);

    public static implicit operator Arg(torch.Tensor value) => value is null ? default : new(Kind.Tensor, 0, value);
    public static implicit operator Arg(long value) => new(Kind.Int, value);
    public static implicit operator Arg(int value) => new(Kind.Int, value);
    public static implicit operator Arg(bool value) => new(Kind.Bool, value ? 1 : 0);
    public static implicit operator Arg(double value) => new(Kind.Double, BitConverter.DoubleToInt64Bits(value));
    public static implicit operator Arg(long? value) => value is null ? default : new(Kind.Int, value.Value);
    public static implicit operator Arg(bool? value) => value is null ? default : new(Kind.Bool, value.Value ? 1 : 0);
    public static implicit operator Arg(double? value) => value is null ? default : value.Value;
    public static implicit operator Arg(long[] value) => value is null ? default : new(Kind.IntList, 0, value);
    public static implicit operator Arg(double[] value) => value is null ? default : new(Kind.DoubleList, 0, value);
    public static implicit operator Arg(torch.Tensor[] value) => new(Kind.TensorList, 0, value);
    public static implicit operator Arg(string value) => value is null ? default : new(Kind.Text, 0, value);
    public static implicit operator Arg(torch.ScalarType value) => new(Kind.Int, (long)value);
    public static implicit operator Arg(torch.ScalarType? value) => value is null ? default : new(Kind.Int, (long)value.Value);
    public static implicit operator Arg(torch.Device value) => value is null ? default : new(Kind.Device, (long)value.type, value);
    public static implicit operator Arg(torch.Generator value) => value is null ? default : new(Kind.Generator, 0, value);
    public static implicit operator Arg(Scalar value) => value is null ? default : new(value.Kind, value.Bits);
}
