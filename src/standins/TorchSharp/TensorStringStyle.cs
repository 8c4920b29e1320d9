namespace TorchSharp;

public enum TensorStringStyle
{
    Default,
    Metadata,
}
