using System.Globalization;

namespace MLNetScinti.Networks.Tests;

/// <summary>Sizes of the residual networks.</summary>
internal sealed record ResidualNetworkOptions
{
    public int Sections { get; init; } = 128;

    public int Rows { get; init; } = 128;

    public int Columns { get; init; } = 128;

    /// <summary>A factor on the number of filters and units of every layer.</summary>
    public double WidthMultiplier { get; init; } = 1;
}

/// <summary>
/// Networks as large as real ones, for one projection, three projections or a volume: branches of seven convolutions with
/// normalisation, ReLU, three poolings and three skips, then a global average and dense layers with dropout.
/// </summary>
internal static class ResidualNetworks
{
    private static readonly int[] s_filters = [32, 64, 64, 128, 128, 256, 256];

    /// <summary>The network for one maximum intensity projection; its input is "Mip", [1, rows, columns].</summary>
    public static NetworkGraph Planar(ResidualNetworkOptions? options = null)
    {
        options = Checked(options);
        NetworkGraphBuilder network = new();
        string features = Branch(network, network.Input("Mip", [1, options.Rows, options.Columns]), "", options);
        return Head(network, features, options);
    }

    /// <summary>
    /// The 2.5D network: one branch each for the transverse [1, rows, columns], sagittal [1, sections, rows] and coronal
    /// [1, sections, columns] projections, with their features one after the other. Inputs "MipTransverse", "MipSagittal"
    /// and "MipCoronal".
    /// </summary>
    public static NetworkGraph ThreeView(ResidualNetworkOptions? options = null)
    {
        options = Checked(options);
        NetworkGraphBuilder network = new();
        string transverse = network.Input("MipTransverse", [1, options.Rows, options.Columns]);
        string sagittal = network.Input("MipSagittal", [1, options.Sections, options.Rows]);
        string coronal = network.Input("MipCoronal", [1, options.Sections, options.Columns]);
        string features = network.Concatenate(
            "features",
            Branch(network, transverse, "transverse_", options),
            Branch(network, sagittal, "sagittal_", options),
            Branch(network, coronal, "coronal_", options));
        return Head(network, features, options);
    }

    /// <summary>The 3D network; its input is "Volume", [1, sections, rows, columns].</summary>
    public static NetworkGraph Volumetric(ResidualNetworkOptions? options = null)
    {
        options = Checked(options);
        NetworkGraphBuilder network = new();
        string volume = network.Input("Volume", [1, options.Sections, options.Rows, options.Columns]);
        return Head(network, Branch(network, volume, "", options), options);
    }

    private static ResidualNetworkOptions Checked(ResidualNetworkOptions? options)
    {
        options ??= new ResidualNetworkOptions();
        return options.WidthMultiplier is > 0 and <= 16
            ? options
            : throw new ArgumentOutOfRangeException(nameof(options), options.WidthMultiplier, "WidthMultiplier must be above 0 and at most 16.");
    }

    private static string Branch(NetworkGraphBuilder network, string input, string prefix, ResidualNetworkOptions options)
    {
        string value = input;
        string skip = "";
        for (int layer = 0; layer < s_filters.Length; layer++)
        {
            string number = (layer + 1).ToString(CultureInfo.InvariantCulture);
            int filters = Math.Max(1, (int)Math.Round(s_filters[layer] * options.WidthMultiplier));
            bool opensSkip = layer % 2 == 1;
            bool closesSkip = layer > 0 && !opensSkip;
            skip = opensSkip ? value : skip;
            value = network.Convolution($"{prefix}conv{number}", value, filters, kernel: 3, bias: false);
            value = network.BatchNormalization($"{prefix}norm{number}", value);
            if (closesSkip)
            {
                string shortcut = network.ShapeOf(skip).Channels == filters
                    ? skip
                    : network.Convolution($"{prefix}skip{number}", skip, filters, kernel: 1);
                value = network.Sum($"{prefix}add{number}", value, shortcut);
            }

            value = network.Relu($"{prefix}relu{number}", value);
            if (layer is 0 or 2 or 4)
            {
                value = network.MaxPooling($"{prefix}pool{number}", value, kernel: 3, stride: 2, padding: 1);
            }
        }

        return network.GlobalAveragePooling($"{prefix}average", value);
    }

    private static NetworkGraph Head(NetworkGraphBuilder network, string features, ResidualNetworkOptions options)
    {
        int units = Math.Max(1, (int)Math.Round(512 * options.WidthMultiplier));
        string dense = network.Relu("dense_relu", network.Dense("dense", features, units));
        string score = network.Dense("score", network.Dropout("dropout", dense), units: 1, gain: 1);
        return network.Build(score, OutputActivation.Sigmoid);
    }
}
