using System.Globalization;
using MLNetScinti.Imaging;
using MLNetScinti.Networks;

namespace MLNetScinti.Systems.SpectCtKidney;

/// <summary>Sizes of the networks for kidneys in SPECT/CT. The defaults are the paper's.</summary>
public sealed record SpectCtKidneyNetworkOptions
{
    /// <summary>Extents of a volume; each a multiple of 16.</summary>
    public ImageShape Shape { get; init; } = new(128, 128, 128);

    /// <summary>A factor on the number of filters of every layer: 1 is the paper's network, whose first layer has 32; 0.25 has 8.</summary>
    public double WidthMultiplier { get; init; } = 1;
}

/// <summary>
/// The 3D U-Nets of Sahlgrenska University Hospital for kidneys in 177Lu SPECT/CT: two convolutions of 3 x 3 x 3 with ReLU a level, 32
/// filters that double at each pooling of 2 x 2 x 2, halved on the way up except in the last step, and a convolution of 1 x 1 x 1: 19
/// convolutions, 21,375,841 weights on a CT alone.
/// </summary>
/// <remarks>
/// The paper counts the steps up among no convolutions and does not say what they are: here transposed convolutions of 2 x 2 x 2 that
/// halve the channels before each concatenation (512 to 256, 256 to 128, 128 to 64, 64 to 64), 1,409,536 weights more.
/// </remarks>
public static class SpectCtKidneyNetworks
{
    /// <summary>The names that definitions use: on SPECT and CT, and on the CT alone.</summary>
    public const string Hybrid = "hybrid", Standard = "standard";

    /// <summary>Names of inputs.</summary>
    public const string SpectInput = "NormalizedSpect", CtInput = "NormalizedCt";

    private const int Levels = 4, First = 32;

    /// <summary>The network on SPECT and CT: inputs <see cref="SpectInput"/> and <see cref="CtInput"/>, one channel each.</summary>
    public static NetworkGraph OfSpectAndCt(SpectCtKidneyNetworkOptions? options = null) => Create(options, hybrid: true);

    /// <summary>The network on the CT alone: input <see cref="CtInput"/>.</summary>
    public static NetworkGraph OfCt(SpectCtKidneyNetworkOptions? options = null) => Create(options, hybrid: false);

    private static NetworkGraph Create(SpectCtKidneyNetworkOptions? options, bool hybrid)
    {
        options ??= new SpectCtKidneyNetworkOptions();
        if (options.WidthMultiplier is not (> 0 and <= 16))
        {
            throw new ArgumentOutOfRangeException(nameof(options), options.WidthMultiplier, "WidthMultiplier must be above 0 and at most 16.");
        }

        if (options.Shape.ToArray() is not { Length: 3 } extents || extents.Any(extent => extent % (1 << Levels) != 0))
        {
            throw new NetworkGraphException($"expected extents of volumes that are multiples of {1 << Levels}, found {options.Shape}");
        }

        int Filters(int factor) => Math.Max(1, (int)Math.Round(First * factor * options.WidthMultiplier));
        NetworkGraphBuilder network = new();
        TensorShape shape = [1, .. extents.Select(extent => (long)extent)];
        string value = hybrid
            ? network.Concatenate("channels", network.Input(SpectInput, shape), network.Input(CtInput, shape))
            : network.Input(CtInput, shape);
        List<string> skips = [];
        for (int level = 0; level < Levels; level++)
        {
            value = Pair(network, $"down{Number(level)}", value, Filters(1 << level));
            skips.Add(value);
            value = network.MaxPooling($"pool{Number(level)}", value, kernel: 2);
        }

        value = Pair(network, "bottom", value, Filters(1 << Levels));
        for (int level = Levels - 1; level >= 0; level--)
        {
            // The last step up keeps its channels.
            int filters = Filters(Math.Max(2, 1 << level));
            value = network.ConvolutionTranspose($"up{Number(level)}", value, filters);
            value = network.Concatenate($"joined{Number(level)}", value, skips[level]);
            value = Pair(network, $"level{Number(level)}", value, filters);
        }

        return network.Build(network.Convolution("mask", value, filters: 1, kernel: 1), OutputActivation.Sigmoid);
    }

    private static string Pair(NetworkGraphBuilder network, string name, string value, int filters)
    {
        foreach (string part in (string[])["a", "b"])
        {
            value = network.Relu($"{name}{part}_relu", network.Convolution($"{name}{part}", value, filters));
        }

        return value;
    }

    private static string Number(int level) => (level + 1).ToString(CultureInfo.InvariantCulture);
}
