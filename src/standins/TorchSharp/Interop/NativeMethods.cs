using System.Runtime.InteropServices;

namespace TorchSharp.Interop;

/// <summary>The functions of native/dispatch.cpp. All that can fail answer 0 when all went well.</summary>
internal static unsafe partial class NativeMethods
{
    private const string Library = "scinti_torch";

    [DllImport(Library)] internal static extern byte* scinti_error();
    [DllImport(Library)] internal static extern void scinti_release_list(void* list);

    [DllImport(Library)] internal static extern nint scinti_operator(byte* name, byte* overload);
    [DllImport(Library)] internal static extern int scinti_call(nint op, NativeValue* arguments, long count, NativeValue* results, long capacity, long* produced);

    [DllImport(Library)] internal static extern void scinti_tensor_free(nint handle);
    [DllImport(Library)] internal static extern int scinti_tensor_facts(nint handle, long* facts);
    [DllImport(Library)] internal static extern int scinti_tensor_sizes(nint handle, long* sizes, long* strides);
    [DllImport(Library)] internal static extern int scinti_tensor_data(nint handle, void** data);
    [DllImport(Library)] internal static extern int scinti_tensor_alias(nint handle, nint* alias);
    [DllImport(Library)] internal static extern int scinti_tensor_from(void* data, long* sizes, long dimensions, long type, delegate* unmanaged<nint, void> deleter, nint context, nint* tensor);

    [DllImport(Library)] internal static extern int scinti_set_requires_grad(nint handle, int on);
    [DllImport(Library)] internal static extern int scinti_get_grads(nint* handles, long count, nint* grads);
    [DllImport(Library)] internal static extern int scinti_set_grad(nint handle, nint grad);
    [DllImport(Library)] internal static extern int scinti_backward(nint handle, nint gradient, int retain, int create, nint* inputs, long count);
    [DllImport(Library)] internal static extern int scinti_grad_mode(int on);
    [DllImport(Library)] internal static extern nint scinti_inference_enter(int on);
    [DllImport(Library)] internal static extern void scinti_inference_leave(nint guard);
    [DllImport(Library)] internal static extern int scinti_inference_mode();

    [DllImport(Library)] internal static extern int scinti_manual_seed(long seed);
    [DllImport(Library)] internal static extern int scinti_generator(long seed, int fresh, nint* handle);
    [DllImport(Library)] internal static extern void scinti_generator_free(nint handle);
    [DllImport(Library)] internal static extern int scinti_generator_seed(nint handle, int what, long* seed);
    [DllImport(Library)] internal static extern int scinti_generator_state(nint handle, nint* state, int set);

    [DllImport(Library)] internal static extern int scinti_get_threads();
    [DllImport(Library)] internal static extern int scinti_set_threads(int count);
    [DllImport(Library)] internal static extern int scinti_cuda_devices();
    [DllImport(Library)] internal static extern int scinti_cuda_cudnn();
    [DllImport(Library)] internal static extern int scinti_cuda_synchronize(int device);

    /// <summary>libtorch's complaint becomes the exception that TorchSharp raises for it.</summary>
    internal static void Check(int failed)
    {
        if (failed != 0)
        {
            throw new ExternalException(Marshal.PtrToStringUTF8((nint)scinti_error()));
        }
    }
}
