using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    private static ScalarType s_defaultType = ScalarType.Float32;

    public static ScalarType get_default_dtype() => s_defaultType;

    public static void set_default_dtype(ScalarType dtype) => s_defaultType = dtype;

    public static Device get_default_device() => CPU;

    public static Tensor arange(Scalar start, Scalar stop, Scalar step, ScalarType? dtype = null, Device device = null, bool requires_grad = false)
    {
        bool whole = is_integral(start.Type) && is_integral(stop.Type) && is_integral(step.Type);
        ScalarType type = dtype ?? (whole ? ScalarType.Int64 : s_defaultType);
        return Aten.Arange.Call(start, stop, step, type, Arg.None, InitializeDevice(device), Arg.None).requires_grad_(requires_grad);
    }

    public static Tensor arange(Scalar start, Scalar stop, ScalarType? dtype = null, Device device = null, bool requires_grad = false) =>
        arange(start, stop, 1, dtype, device, requires_grad);

    public static Tensor arange(Scalar stop, ScalarType? dtype = null, Device device = null, bool requires_grad = false) =>
        arange(0, stop, 1, dtype, device, requires_grad);

    public static Tensor linspace(double start, double end, long steps, ScalarType? dtype = null, Device device = null, bool requires_grad = false) =>
        Aten.Linspace.Call(start, end, steps, dtype ?? s_defaultType, Arg.None, InitializeDevice(device), Arg.None).requires_grad_(requires_grad);

    public static Tensor eye(long rows, long columns = -1L, ScalarType? dtype = null, Device device = null, bool requires_grad = false)
    {
        Tensor square = zeros([rows, columns < 0 ? rows : columns], dtype, device);
        using Tensor diagonal = new Operator("aten::diagonal").Call(square, 0, 0, 1);
        diagonal.fill_(1);
        return square.requires_grad_(requires_grad);
    }

    public static Tensor randint(long low, long high, long[] size, ScalarType? dtype = null, Device device = null, bool requires_grad = false, Generator generator = null) =>
        (generator is null
            ? Aten.Randint.Call(low, high, size, dtype ?? ScalarType.Int64, Arg.None, InitializeDevice(device), Arg.None)
            : Aten.RandintGenerator.Call(low, high, size, generator, dtype ?? ScalarType.Int64, Arg.None, InitializeDevice(device), Arg.None)).requires_grad_(requires_grad);

    public static Tensor randint(long high, long[] size, ScalarType? dtype = null, Device device = null, bool requires_grad = false, Generator generator = null) =>
        randint(0, high, size, dtype, device, requires_grad, generator);

    public static Tensor randperm(long n, ScalarType? dtype = null, Device device = null, bool requires_grad = false, Generator generator = null) =>
        (generator is null
            ? Aten.Randperm.Call(n, dtype ?? ScalarType.Int64, Arg.None, InitializeDevice(device), Arg.None)
            : Aten.RandpermGenerator.Call(n, generator, dtype ?? ScalarType.Int64, Arg.None, InitializeDevice(device), Arg.None)).requires_grad_(requires_grad);

    public static Tensor zeros_like(Tensor input, ScalarType? dtype = null, Device device = null, bool requires_grad = false) => Like(Aten.ZerosLike, input, dtype, device, requires_grad);

    public static Tensor ones_like(Tensor input, ScalarType? dtype = null, Device device = null, bool requires_grad = false) => Like(Aten.OnesLike, input, dtype, device, requires_grad);

    public static Tensor empty_like(Tensor input, ScalarType? dtype = null, Device device = null, bool requires_grad = false) => Like(Aten.EmptyLike, input, dtype, device, requires_grad);

    public static Tensor rand_like(Tensor input, ScalarType? dtype = null, Device device = null, bool requires_grad = false) => Like(Aten.RandLike, input, dtype, device, requires_grad);

    public static Tensor randn_like(Tensor input, ScalarType? dtype = null, Device device = null, bool requires_grad = false) => Like(Aten.RandnLike, input, dtype, device, requires_grad);

    public static Tensor full_like(Tensor input, Scalar value, ScalarType? dtype = null, Device device = null, bool requires_grad = false) =>
        Aten.FullLike.Call(input, value, dtype, Arg.None, device, Arg.None, Arg.None).requires_grad_(requires_grad);

    /// <summary>A tensor on the array's own memory: what is written to one is seen in the other.</summary>
    public static Tensor from_array(Array rawArray, Device device = null) => from_array(rawArray, null, device);

    public static Tensor from_array(Array rawArray, ScalarType? dtype, Device device = null, bool requires_grad = false, string[] names = null)
    {
        ScalarType own = TypeOf(rawArray.GetType().GetElementType()) ?? throw new NotSupportedException($"The type {rawArray.GetType().GetElementType()} cannot be the element type of a tensor.");
        return Placed(Shared(rawArray, own, 0, Sizes(rawArray)), dtype, device, requires_grad);
    }

    public static Tensor frombuffer(Array rawArray, ScalarType dtype, long count = -1, long offset = 0, bool requires_grad = false)
    {
        long have = rawArray.LongLength;
        if (offset < 0 || offset >= have)
        {
            throw new ArgumentException($"invalid value for 'offset': {offset}");
        }

        return Shared(rawArray, dtype, offset * ElementSizeOf(dtype), [count < 0 ? have - offset : count]).requires_grad_(requires_grad);
    }

    internal static Tensor Full(long[] size, Scalar value, ScalarType? dtype, Device device, bool requires_grad)
    {
        ScalarType type = dtype ?? (value.Type == ScalarType.Float64 ? s_defaultType : value.Type);
        return Aten.Full.Call(size, value, type, Arg.None, InitializeDevice(device), Arg.None).requires_grad_(requires_grad);
    }

    internal static Tensor Reshaped(Tensor tensor, long[] dimensions) => tensor.view(dimensions);

    private static Tensor Made(Operator factory, long[] size, ScalarType? dtype, Device device, bool requires_grad)
    {
        Arg type = dtype ?? s_defaultType;
        Arg place = InitializeDevice(device);
        Tensor made = factory == Aten.Empty
            ? factory.Call(size, type, Arg.None, place, Arg.None, Arg.None)
            : factory.Call(size, type, Arg.None, place, Arg.None);
        return requires_grad ? made.requires_grad_() : made;
    }

    private static Tensor Drawn(Operator plain, Operator seeded, long[] size, ScalarType? dtype, Device device, bool requires_grad, Generator generator)
    {
        Arg type = dtype ?? s_defaultType;
        Arg place = InitializeDevice(device);
        return (generator is null
            ? plain.Call(size, type, Arg.None, place, Arg.None)
            : seeded.Call(size, generator, type, Arg.None, place, Arg.None)).requires_grad_(requires_grad);
    }

    private static Tensor Like(Operator factory, Tensor input, ScalarType? dtype, Device device, bool requires_grad) =>
        factory.Call(input, dtype, Arg.None, device, Arg.None, Arg.None).requires_grad_(requires_grad);

    private static unsafe Tensor Copied<T>(ReadOnlySpan<T> values, ReadOnlySpan<long> dimensions, ScalarType? dtype, Device device, bool requires_grad)
        where T : unmanaged
    {
        long elements = 1;
        foreach (long size in dimensions)
        {
            elements *= size;
        }

        if (elements != values.Length)
        {
            throw new ArgumentException($"mismatched total size creating a tensor from an array: {elements} vs. {values.Length}");
        }

        Tensor copy = empty(dimensions, TypeOf(typeof(T)));
        values.CopyTo(new Span<T>(copy.DataPointer(), values.Length));
        return Placed(copy, dtype, device, requires_grad);
    }

    private static unsafe Tensor CopiedArray<T>(Array array, ScalarType? dtype, Device device, bool requires_grad)
        where T : unmanaged
    {
        fixed (byte* start = &MemoryMarshal.GetArrayDataReference(array))
        {
            return Copied(new ReadOnlySpan<T>(start, array.Length), Sizes(array), dtype, device, requires_grad);
        }
    }

    private static ReadOnlySpan<T> Flat<T>(IList<T> list) => list switch
    {
        T[] array => array,
        List<T> known => CollectionsMarshal.AsSpan(known),
        _ => list.ToArray(),
    };

    private static Tensor Placed(Tensor made, ScalarType? dtype, Device device, bool requires_grad)
    {
        ScalarType type = dtype ?? made.dtype;
        bool elsewhere = device is not null && device.type != DeviceType.CPU;
        if (type != made.dtype || elsewhere)
        {
            Tensor here = made;
            made = here.to(type, InitializeDevice(device));
            here.Dispose();
        }

        return requires_grad ? made.requires_grad_() : made;
    }

    private static long[] Sizes(Array array) => Enumerable.Range(0, array.Rank).Select(array.GetLongLength).ToArray();

    private static unsafe Tensor Shared(Array array, ScalarType type, long offset, long[] sizes)
    {
        GCHandle pinned = GCHandle.Alloc(array, GCHandleType.Pinned);
        nint tensor;
        fixed (long* dimensions = sizes)
        {
            byte* data = (byte*)pinned.AddrOfPinnedObject() + offset;
            NativeMethods.Check(NativeMethods.scinti_tensor_from(data, dimensions, sizes.Length, (long)type, &Unpin, GCHandle.ToIntPtr(pinned), &tensor));
        }

        return new Tensor(tensor);
    }

    [UnmanagedCallersOnly]
    private static void Unpin(nint pinned) => GCHandle.FromIntPtr(pinned).Free();
}
