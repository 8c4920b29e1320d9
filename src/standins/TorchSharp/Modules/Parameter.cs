namespace TorchSharp.Modules;

/// <summary>A tensor that is a module's parameter. It takes over the native tensor of the one it is made from.</summary>
public class Parameter : torch.Tensor
{
    public Parameter(torch.Tensor data, bool requires_grad = true)
        : base(data.requires_grad_(requires_grad).MoveHandle())
    {
    }
}
