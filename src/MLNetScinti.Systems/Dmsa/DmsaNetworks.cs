using System.Globalization;
using MLNetScinti.Networks;

namespace MLNetScinti.Systems.Dmsa;

/// <summary>Sizes of the DMSA networks. The defaults are the paper's: 128 sections of 128 x 128, full width.</summary>
public sealed record DmsaNetworkOptions
{
    /// <summary>Sections of the volume: rows of the sagittal and coronal projections.</summary>
    public int Sections { get; init; } = 128;

    /// <summary>Rows of a section.</summary>
    public int Rows { get; init; } = 128;

    /// <summary>Columns of a section.</summary>
    public int Columns { get; init; } = 128;

    /// <summary>A factor on the number of filters and units of every layer: 1 is the paper's network, 0.25 a small one for demonstrations.</summary>
    public double WidthMultiplier { get; init; } = 1;
}

/// <summary>
/// The networks of Lin et al. 2023 (DMSA kidney SPECT, normal or abnormal): one projection, three projections, or the
/// volume. Each branch has seven convolutions of 3 (x 3 x 3) with 32, 64, 64, 128, 128, 256 and 256 filters, batch
/// normalisation and ReLU; then global average pooling, dense 512, dropout 0.5, dense 1 and sigmoid.
/// </summary>
/// <remarks>
/// Where the paper leaves it open: max pooling of 3, stride 2 and padding 1, after convolutions 1, 3 and 5; three skips that
/// start before convolutions 2, 4 and 6 and are added before the ReLU of convolutions 3, 5 and 7, through a 1x1 convolution
/// where channels differ; convolutions without a bias, since the batch normalisation has one; ReLU behind dense 512.
/// </remarks>
public static class DmsaNetworks
{
    private static readonly int[] s_filters = [32, 64, 64, 128, 128, 256, 256];

    /// <summary>The network for one maximum intensity projection; its input is "Mip", [1, rows, columns].</summary>
    public static NetworkGraph Planar(DmsaNetworkOptions? options = null)
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
    public static NetworkGraph ThreeView(DmsaNetworkOptions? options = null)
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
    public static NetworkGraph Volumetric(DmsaNetworkOptions? options = null)
    {
        options = Checked(options);
        NetworkGraphBuilder network = new();
        string volume = network.Input("Volume", [1, options.Sections, options.Rows, options.Columns]);
        return Head(network, Branch(network, volume, "", options), options);
    }

    private static DmsaNetworkOptions Checked(DmsaNetworkOptions? options)
    {
        options ??= new DmsaNetworkOptions();
        return options.WidthMultiplier is > 0 and <= 16
            ? options
            : throw new ArgumentOutOfRangeException(nameof(options), options.WidthMultiplier, "WidthMultiplier must be above 0 and at most 16.");
    }

    private static string Branch(NetworkGraphBuilder network, string input, string prefix, DmsaNetworkOptions options)
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

    private static NetworkGraph Head(NetworkGraphBuilder network, string features, DmsaNetworkOptions options)
    {
        int units = Math.Max(1, (int)Math.Round(512 * options.WidthMultiplier));
        string dense = network.Relu("dense_relu", network.Dense("dense", features, units));
        string score = network.Dense("score", network.Dropout("dropout", dense), units: 1, gain: 1);
        return network.Build(score, OutputActivation.Sigmoid);
    }
}
