using System.Runtime.CompilerServices;
using System.Text;

namespace TorchSharp.Interop;

/// <summary>An operator of libtorch, looked up by its ATen schema name at the first call.</summary>
internal sealed unsafe class Operator(string name, string overload = "")
{
    private const int MostResults = 8;
    private nint _handle;

    /// <summary>Calls the operator for its one tensor.</summary>
    internal torch.Tensor Call(params ReadOnlySpan<Arg> arguments)
    {
        NativeValue* results = stackalloc NativeValue[MostResults];
        Run(arguments, results);
        return new torch.Tensor((nint)results[0].Bits);
    }

    /// <summary>Calls an operator for its effect; its results are let go of.</summary>
    internal void Apply(params ReadOnlySpan<Arg> arguments)
    {
        NativeValue* results = stackalloc NativeValue[MostResults];
        int count = Run(arguments, results);
        for (int i = 0; i < count; i++)
        {
            if (results[i].Kind == (long)Kind.Tensor && results[i].Bits != 0)
            {
                NativeMethods.scinti_tensor_free((nint)results[i].Bits);
            }
        }
    }

    internal (torch.Tensor, torch.Tensor) CallPair(params ReadOnlySpan<Arg> arguments)
    {
        NativeValue* results = stackalloc NativeValue[MostResults];
        Run(arguments, results);
        return (new torch.Tensor((nint)results[0].Bits), new torch.Tensor((nint)results[1].Bits));
    }

    internal torch.Tensor[] CallList(params ReadOnlySpan<Arg> arguments)
    {
        NativeValue* results = stackalloc NativeValue[MostResults];
        Run(arguments, results);
        nint* handles = (nint*)results[0].Bits;
        var tensors = new torch.Tensor[results[0].Count];
        for (int i = 0; i < tensors.Length; i++)
        {
            tensors[i] = new torch.Tensor(handles[i]);
        }

        NativeMethods.scinti_release_list(handles);
        return tensors;
    }

    /// <summary>Calls the operator for its one number: the bits of an integer, a double or a bool.</summary>
    internal long CallBits(params ReadOnlySpan<Arg> arguments)
    {
        NativeValue* results = stackalloc NativeValue[MostResults];
        Run(arguments, results);
        return results[0].Bits;
    }

    [SkipLocalsInit]
    private int Run(ReadOnlySpan<Arg> arguments, NativeValue* results)
    {
        int places = 0;
        foreach (ref readonly Arg argument in arguments)
        {
            places += argument.ListLength;
        }

        if (places > 256)
        {
            long[] many = GC.AllocateUninitializedArray<long>(places);
            fixed (long* lists = many)
            {
                return Run(arguments, results, lists);
            }
        }

        long* few = stackalloc long[256];
        return Run(arguments, results, few);
    }

    [SkipLocalsInit]
    private int Run(ReadOnlySpan<Arg> arguments, NativeValue* results, long* lists)
    {
        NativeValue* values = stackalloc NativeValue[arguments.Length];
        for (int i = 0; i < arguments.Length; i++)
        {
            lists += Write(in arguments[i], values + i, lists);
        }

        long produced;
        int failed = NativeMethods.scinti_call(Handle(), values, arguments.Length, results, MostResults, &produced);

        // The arguments' finalizers may not run before the call is over.
        foreach (ref readonly Arg argument in arguments)
        {
            GC.KeepAlive(argument.Object);
        }

        NativeMethods.Check(failed);
        return (int)produced;
    }

    private static int Write(in Arg argument, NativeValue* value, long* list)
    {
        value->Kind = (long)argument.Kind;
        value->Bits = argument.Bits;
        value->Count = 0;
        switch (argument.Kind)
        {
            case Kind.Tensor:
                value->Bits = Unsafe.As<torch.Tensor>(argument.Object).Handle;
                return 0;
            case Kind.Generator:
                value->Bits = Unsafe.As<torch.Generator>(argument.Object).Handle;
                return 0;
            case Kind.Device:
                value->Count = Unsafe.As<torch.Device>(argument.Object).index;
                return 0;
            case Kind.IntList:
                long[] integers = Unsafe.As<long[]>(argument.Object);
                integers.CopyTo(new Span<long>(list, integers.Length));
                value->Bits = (long)list;
                value->Count = integers.Length;
                return integers.Length;
            case Kind.DoubleList:
                double[] reals = Unsafe.As<double[]>(argument.Object);
                reals.CopyTo(new Span<double>(list, reals.Length));
                value->Bits = (long)list;
                value->Count = reals.Length;
                return reals.Length;
            case Kind.TensorList or Kind.OptionalTensorList:
                var tensors = Unsafe.As<torch.Tensor[]>(argument.Object);
                for (int i = 0; i < tensors.Length; i++)
                {
                    list[i] = tensors[i] is { } tensor ? tensor.Handle : 0;
                }

                value->Bits = (long)list;
                value->Count = tensors.Length;
                return tensors.Length;
            case Kind.Text:
                string text = Unsafe.As<string>(argument.Object);
                value->Bits = (long)list;
                value->Count = Encoding.ASCII.GetBytes(text, new Span<byte>(list, text.Length));
                return (text.Length + 7) / 8;
            default:
                return 0;
        }
    }

    private nint Handle()
    {
        if (_handle == 0)
        {
            fixed (byte* nameBytes = Encoding.ASCII.GetBytes(name + "\0"))
            fixed (byte* overloadBytes = Encoding.ASCII.GetBytes(overload + "\0"))
            {
                nint found = NativeMethods.scinti_operator(nameBytes, overloadBytes);
                NativeMethods.Check(found == 0 ? 1 : 0);
                _handle = found;
            }
        }

        return _handle;
    }
}
