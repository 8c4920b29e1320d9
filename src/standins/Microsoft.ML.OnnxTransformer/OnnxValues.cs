using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Microsoft.ML.Data;

namespace Microsoft.ML.Transforms.Onnx;

internal static class OnnxValues
{
    /// <summary>Copies the elements of a tensor, which lie there as .NET keeps them, into a dense vector.</summary>
    public static void Copy<T>(ReadOnlySpan<byte> tensor, ref VBuffer<T> value)
    {
        VBufferEditor<T> editor = VBufferEditor.Create(ref value, tensor.Length / Unsafe.SizeOf<T>());
        if (editor.Values.Length > 0)
        {
            tensor.CopyTo(MemoryMarshal.CreateSpan(ref Unsafe.As<T, byte>(ref editor.Values[0]), tensor.Length));
        }

        value = editor.Commit();
    }
}
