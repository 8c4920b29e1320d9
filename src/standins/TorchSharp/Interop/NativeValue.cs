using System.Runtime.InteropServices;

namespace TorchSharp.Interop;

/// <summary>An argument or a result as native/dispatch.cpp has it.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NativeValue
{
    internal long Kind;
    internal long Bits;
    internal long Count;
}
