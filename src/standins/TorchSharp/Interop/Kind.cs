namespace TorchSharp.Interop;

/// <summary>What an argument or a result of an operator is: the list of native/dispatch.cpp.</summary>
internal enum Kind : long
{
    None, Tensor, Int, Double, Bool, IntList, DoubleList, TensorList, OptionalTensorList, Text, Device, Generator,
}
