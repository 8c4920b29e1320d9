using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>How PyTorch fills the parameters of a new linear or convolutional layer.</summary>
internal static class Initialisation
{
    internal static void OfLayer(Parameter weight, Parameter bias)
    {
        nn.init.kaiming_uniform_(weight, Math.Sqrt(5));
        if (bias is null)
        {
            return;
        }

        var (fanIn, _) = nn.init.CalculateFanInAndFanOut(weight);
        double bound = fanIn > 0 ? 1 / Math.Sqrt(fanIn) : 0;
        nn.init.uniform_(bias, -bound, bound);
    }
}
