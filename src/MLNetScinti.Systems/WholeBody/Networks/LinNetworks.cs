using MLNetScinti.Networks;

namespace MLNetScinti.Systems.WholeBody.Networks;

/// <summary>The module that stands behind the first pooling of dSPIC.</summary>
public enum AddedLayer
{
    /// <summary>None.</summary>
    None,

    /// <summary>Hybrid attention (AM).</summary>
    Attention,

    /// <summary>A residual module (RM).</summary>
    Residual,
}

/// <summary>
/// The networks that two papers define themselves: dSPIC and its peers (Lin et al. 2021, "dSPIC", tables 3 and 7) and Dscint
/// (Lin et al. 2021, "Dscint", its table of layers). Input "Image", [1, rows, columns]; each convolution is followed by a ReLU,
/// extents are rounded down.
/// </summary>
public static class LinNetworks
{
    /// <summary>Extents to which dSPIC's maps are averaged before its first fully connected layer, where they are.</summary>
    private const int PooledExtent = 6;

    /// <summary>
    /// dSPIC: five convolutions (96, 256, 384, 384, 256 filters), two fully connected layers of 4096, three classes.
    /// </summary>
    /// <param name="added">What stands behind the first pooling.</param>
    /// <param name="options">Sizes; null for the paper's.</param>
    /// <param name="pooling">Whether the two poolings are there: the paper leaves them out to show what they are for.</param>
    /// <param name="asPrinted">
    /// Whether the first fully connected layer sees every value of the maps, as the paper's table has it: 1.7 billion weights at
    /// 1024 x 256, more than the paper's own computer could train. By default the maps are averaged to 6 x 6 first.
    /// </param>
    public static NetworkGraph Dspic(AddedLayer added, WholeBodyNetworkOptions? options = null, bool pooling = true, bool asPrinted = false)
    {
        options = WholeBodyNetworkOptions.Checked(options);
        NetworkGraphBuilder network = new();
        string x = Convolve(network, "conv1", options.Input(network), options.Scaled(96), 11, stride: 4, padding: 2);
        x = pooling ? network.MaxPooling("pool1", x, 3, stride: 2) : x;
        x = added switch
        {
            AddedLayer.Attention => network.HybridAttention("attention", x, options.Attention),
            AddedLayer.Residual => network.ResidualModule("residual", x),
            _ => x,
        };
        x = Convolve(network, "conv2", x, options.Scaled(256), 5, padding: 2);
        x = pooling ? network.MaxPooling("pool2", x, 3, stride: 2) : x;
        // A border of three around a kernel of three makes the maps larger: so it is printed.
        x = Convolve(network, "conv3", x, options.Scaled(384), 3, padding: 3);
        x = Convolve(network, "conv4", x, options.Scaled(384), 3, padding: 3);
        x = Convolve(network, "conv5", x, options.Scaled(256), 3, padding: 1);
        x = asPrinted ? x : network.AdaptiveAveragePooling("average", x, PooledExtent);
        return options.Classify(network, network.Flatten("features", x), [4096, 4096], classes: 3);
    }

    /// <summary>
    /// SI_CLF, the dSPIC paper's own peer: convolutions of 64, 128, 128, 256 and 256 filters, three poolings, two fully connected
    /// layers of 1024.
    /// </summary>
    /// <param name="attention">Whether attention stands behind the first pooling (behind the residual module, where both are there) and before the last.</param>
    /// <param name="residual">Whether a residual module stands behind the first pooling.</param>
    /// <param name="options">Sizes; null for the paper's.</param>
    public static NetworkGraph SiClf(bool attention, bool residual, WholeBodyNetworkOptions? options = null)
    {
        options = WholeBodyNetworkOptions.Checked(options);
        NetworkGraphBuilder network = new();
        string x = Convolve(network, "conv1", options.Input(network), options.Scaled(64), 11, stride: 4, padding: 2);
        x = network.MaxPooling("pool1", x, 3, stride: 2);
        x = residual ? network.ResidualModule("residual", x) : x;
        x = attention ? network.HybridAttention("attention1", x, options.Attention) : x;
        x = Convolve(network, "conv2", x, options.Scaled(128), 7, padding: 2);
        x = network.MaxPooling("pool2", x, 3, stride: 2);
        x = Convolve(network, "conv3", x, options.Scaled(128), 5, padding: 3);
        x = Convolve(network, "conv4", x, options.Scaled(256), 3, padding: 3);
        x = Convolve(network, "conv5", x, options.Scaled(256), 3, padding: 1);
        x = attention ? network.HybridAttention("attention2", x, options.Attention) : x;
        x = network.MaxPooling("pool3", x, 3, stride: 2);
        return options.Classify(network, network.Flatten("features", x), [1024, 1024], classes: 3);
    }

    /// <summary>The dSPIC paper's AlexNet: four convolutions (64, 256, 384, 384) and two fully connected layers of 1024.</summary>
    public static NetworkGraph AlexNetOfDspic(WholeBodyNetworkOptions? options = null)
    {
        options = WholeBodyNetworkOptions.Checked(options);
        NetworkGraphBuilder network = new();
        string x = Convolve(network, "conv1", options.Input(network), options.Scaled(64), 11, stride: 4, padding: 2);
        x = network.MaxPooling("pool1", x, 3, stride: 2);
        x = Convolve(network, "conv2", x, options.Scaled(256), 5, padding: 2);
        x = network.MaxPooling("pool2", x, 3, stride: 2);
        x = Convolve(network, "conv3", x, options.Scaled(384), 3, padding: 3);
        x = Convolve(network, "conv4", x, options.Scaled(384), 3, padding: 3);
        return options.Classify(network, network.Flatten("features", x), [1024, 1024], classes: 3);
    }

    /// <summary>
    /// Dscint: five convolutions (16, 16, 24, 24, 24 filters), hybrid attention behind the first pooling, batch normalisation
    /// behind the second and the fifth, two fully connected layers of 1024, four classes.
    /// </summary>
    public static NetworkGraph Dscint(WholeBodyNetworkOptions? options = null)
    {
        options = WholeBodyNetworkOptions.Checked(options);
        NetworkGraphBuilder network = new();
        string x = Trunk(network, options.Input(network), "", options, sharedWith: null);
        return options.Classify(network, network.Flatten("features", x), [1024, 1024], classes: 4);
    }

    /// <summary>
    /// Ours: Dscint's convolutions on both views with the same weights, the features of both joined before the fully connected
    /// layers. Inputs "Anterior" and "Posterior", [1, rows, columns] each; the posterior view is given mirrored, so that a side of
    /// the body is on the same side in both.
    /// </summary>
    public static NetworkGraph TwoViews(WholeBodyNetworkOptions? options = null)
    {
        options = WholeBodyNetworkOptions.Checked(options);
        NetworkGraphBuilder network = new();
        string anterior = Trunk(network, network.Input("Anterior", [1, options.Rows, options.Columns]), "anterior_", options, sharedWith: null);
        string posterior = Trunk(network, network.Input("Posterior", [1, options.Rows, options.Columns]), "posterior_", options, sharedWith: "anterior_");
        string features = network.Concatenate("features", network.Flatten("anterior_features", anterior), network.Flatten("posterior_features", posterior));
        return options.Classify(network, features, [1024, 1024], classes: 4);
    }

    private static string Trunk(NetworkGraphBuilder network, string input, string prefix, WholeBodyNetworkOptions options, string? sharedWith)
    {
        string x = Convolve(network, "conv1", input, options.Scaled(16), 11, stride: 4, padding: 2, prefix, sharedWith);
        x = network.MaxPooling($"{prefix}pool1", x, 3, stride: 2);
        x = network.HybridAttention($"{prefix}attention", x, options.Attention, sharedWith is null ? null : $"{sharedWith}attention");
        x = network.Relu($"{prefix}conv2_relu", Normalize("norm2", Filter("conv2", x, options.Scaled(16), 5, 2)));
        x = network.MaxPooling($"{prefix}pool2", x, 3, stride: 2);
        x = Convolve(network, "conv3", x, options.Scaled(24), 3, padding: 1, prefix: prefix, sharedWith: sharedWith);
        x = Convolve(network, "conv4", x, options.Scaled(24), 3, padding: 1, prefix: prefix, sharedWith: sharedWith);
        x = network.Relu($"{prefix}conv5_relu", Normalize("norm5", Filter("conv5", x, options.Scaled(24), 3, 1)));
        return network.MaxPooling($"{prefix}pool3", x, 3, stride: 1);

        string Filter(string name, string value, int filters, int kernel, int padding) => network.Add(
            new Convolution($"{prefix}{name}", value, filters, kernel) { Padding = padding, WeightsOf = sharedWith is null ? null : $"{sharedWith}{name}" });

        string Normalize(string name, string value) => network.Add(
            new BatchNormalization($"{prefix}{name}", value) { WeightsOf = sharedWith is null ? null : $"{sharedWith}{name}" });
    }

    private static string Convolve(
        NetworkGraphBuilder network, string name, string input, int filters, PerAxis kernel, PerAxis? stride = null, PerAxis? padding = null, string prefix = "", string? sharedWith = null) =>
        network.Relu($"{prefix}{name}_relu", network.Add(new Convolution($"{prefix}{name}", input, filters, kernel)
        {
            Stride = stride ?? 1,
            Padding = padding ?? 0,
            WeightsOf = sharedWith is null ? null : $"{sharedWith}{name}",
        }));
}
