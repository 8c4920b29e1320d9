using System.Globalization;
using MLNetScinti.Imaging;
using MLNetScinti.Networks;

namespace MLNetScinti.Systems.KidneyDose;

/// <summary>Sizes of the network for kidneys in low-dose CT. The defaults are the paper's.</summary>
public sealed record KidneyDoseNetworkOptions
{
    /// <summary>Extents of the field, sections first; each a multiple of 16.</summary>
    public ImageShape Shape { get; init; } = new(64, 128, 128);

    /// <summary>Classes, the background among them.</summary>
    public int Classes { get; init; } = 3;

    /// <summary>A factor on the number of filters of every layer: 1 is the paper's network, whose first layer has 32; 0.25 has 8.</summary>
    public double WidthMultiplier { get; init; } = 1;

    /// <summary>Whether the index of each voxel comes as three further channels: a network then knows where in the body it looks.</summary>
    public bool Coordinates { get; init; }
}

/// <summary>
/// The network of Jackson et al. 2018 for kidneys in the CT of a SPECT/CT: 21 convolutions of 3 x 3 x 3, each with batch normalisation and
/// ReLU; four poolings of 2 x 2 x 2; each value repeated on the way up, and the map of the way down joined behind two convolutions; then a
/// convolution to the classes. 4,683,555 weights for three classes, 4,686,147 with coordinates.
/// </summary>
/// <remarks>
/// The paper adapts the public lung network of Pazhitnykh and Petsiuk (lung-segmentation-3d), which has exactly these 21 blocks: its widths
/// and the order of its concatenations (the way up first) stand here. That network takes coordinates; the paper does not mention them.
/// </remarks>
public static class KidneyDoseNetworks
{
    /// <summary>The name that definitions use.</summary>
    public const string Name = "kidney-ct";

    /// <summary>The name of the input.</summary>
    public const string CtInput = "NormalizedCt";

    private const int Levels = 4;

    // Of each level, from the top: the convolutions down, the two before the concatenation on the way up, and the one behind it.
    private static readonly int[] s_down = [32, 64, 64, 128], s_up = [64, 64, 64, 128];

    /// <summary>The network; its input is <see cref="CtInput"/>, [1, sections, rows, columns].</summary>
    public static NetworkGraph Create(KidneyDoseNetworkOptions? options = null)
    {
        options ??= new KidneyDoseNetworkOptions();
        if (options.WidthMultiplier is not (> 0 and <= 16))
        {
            throw new ArgumentOutOfRangeException(nameof(options), options.WidthMultiplier, "WidthMultiplier must be above 0 and at most 16.");
        }

        if (options.Shape.ToArray() is not { Length: 3 } extents || extents.Any(extent => extent % (1 << Levels) != 0))
        {
            throw new NetworkGraphException($"expected extents of volumes that are multiples of {1 << Levels}, found {options.Shape}");
        }

        NetworkGraphBuilder network = new();
        int block = 0;
        string Block(string value, int filters)
        {
            string number = (++block).ToString(CultureInfo.InvariantCulture);
            value = network.Convolution($"conv{number}", value, Math.Max(1, (int)Math.Round(filters * options.WidthMultiplier)));
            return network.Relu($"relu{number}", network.BatchNormalization($"norm{number}", value));
        }

        string image = network.Input(CtInput, [1, .. extents.Select(extent => (long)extent)]);
        string value = options.Coordinates ? network.VoxelCoordinates("coordinates", image) : image;
        List<string> skips = [];
        for (int level = 0; level < Levels; level++)
        {
            value = Block(Block(value, s_down[level]), s_down[level]);
            skips.Add(value);
            value = network.MaxPooling($"pool{level + 1}", value, kernel: 2);
        }

        value = Block(value, s_down[^1]);
        for (int level = Levels - 1; level >= 0; level--)
        {
            value = network.Upsample($"up{level + 1}", value);
            value = Block(Block(value, s_up[level]), s_up[level]);
            value = Block(network.Concatenate($"joined{level + 1}", value, skips[level]), s_up[level]);
        }

        return network.Build(network.Convolution("classes", value, options.Classes), OutputActivation.Softmax);
    }
}
