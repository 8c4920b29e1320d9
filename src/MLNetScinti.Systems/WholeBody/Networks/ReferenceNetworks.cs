using System.Globalization;
using MLNetScinti.Networks;

namespace MLNetScinti.Systems.WholeBody.Networks;

/// <summary>
/// The networks that Dscint was compared with, for one channel and any extent that they can take: AlexNet (Krizhevsky et al. 2012,
/// in one tower), ResNet-18 (He et al. 2016), VGG-16 (Simonyan and Zisserman 2015) and DenseNet-121 (Huang et al. 2017).
/// Inception-v4 is in <see cref="InceptionV4"/>. Input "Image", [1, rows, columns]; four classes.
/// </summary>
public static class ReferenceNetworks
{
    private const int GrowthRate = 32;

    // Channels inside a dense layer, in growth rates.
    private const int Bottleneck = 4;

    /// <summary>AlexNet in one tower: five convolutions (96, 256, 384, 384, 256), three poolings, two fully connected layers of 4096.</summary>
    public static NetworkGraph AlexNet(WholeBodyNetworkOptions? options = null)
    {
        options = WholeBodyNetworkOptions.Checked(options);
        NetworkGraphBuilder network = new();
        string x = Convolve("conv1", options.Input(network), 96, 11, 2, stride: 4);
        x = network.MaxPooling("pool1", x, 3, stride: 2);
        x = network.MaxPooling("pool2", Convolve("conv2", x, 256, 5, 2), 3, stride: 2);
        x = Convolve("conv3", x, 384, 3, 1);
        x = Convolve("conv4", x, 384, 3, 1);
        x = network.MaxPooling("pool5", Convolve("conv5", x, 256, 3, 1), 3, stride: 2);
        return options.Classify(network, network.Flatten("features", x), [4096, 4096], classes: 4, dropout: 0.5);

        string Convolve(string name, string input, int filters, int kernel, int padding, int stride = 1) =>
            network.Relu($"{name}_relu", network.Add(new Convolution(name, input, options.Scaled(filters), kernel) { Stride = stride, Padding = padding }));
    }

    /// <summary>VGG-16 (configuration D): thirteen convolutions of 3 x 3, five poolings, maps averaged to 7 x 7, two fully connected layers of 4096.</summary>
    public static NetworkGraph Vgg16(WholeBodyNetworkOptions? options = null)
    {
        options = WholeBodyNetworkOptions.Checked(options);
        NetworkGraphBuilder network = new();
        string x = options.Input(network);
        (int Filters, int Convolutions)[] stages = [(64, 2), (128, 2), (256, 3), (512, 3), (512, 3)];
        for (int stage = 0; stage < stages.Length; stage++)
        {
            string name = Name("stage", stage);
            for (int layer = 0; layer < stages[stage].Convolutions; layer++)
            {
                string convolution = $"{name}_{Name("conv", layer)}";
                x = network.Relu($"{convolution}_relu", network.Convolution(convolution, x, options.Scaled(stages[stage].Filters)));
            }

            x = network.MaxPooling($"{name}_pool", x, 2);
        }

        x = network.AdaptiveAveragePooling("average", x, 7);
        return options.Classify(network, network.Flatten("features", x), [4096, 4096], classes: 4, dropout: 0.5);
    }

    /// <summary>ResNet-18: a convolution of 7 x 7, then eight blocks of two convolutions with a skip around each.</summary>
    public static NetworkGraph ResNet18(WholeBodyNetworkOptions? options = null)
    {
        options = WholeBodyNetworkOptions.Checked(options);
        NetworkGraphBuilder network = new();
        string x = network.Convolution("conv1", options.Input(network), options.Scaled(64), 7, stride: 2, bias: false);
        x = network.Relu("relu1", network.BatchNormalization("norm1", x));
        x = network.MaxPooling("pool1", x, 3, stride: 2, padding: 1);
        int[] filters = [64, 128, 256, 512];
        for (int stage = 0; stage < filters.Length; stage++)
        {
            for (int block = 0; block < 2; block++)
            {
                x = Block($"{Name("stage", stage)}_{Name("block", block)}", x, options.Scaled(filters[stage]), stride: stage > 0 && block == 0 ? 2 : 1);
            }
        }

        return options.Classify(network, network.GlobalAveragePooling("features", x), [], classes: 4);

        string Block(string name, string input, int channels, int stride)
        {
            string first = network.Convolution($"{name}_conv1", input, channels, 3, stride, bias: false);
            first = network.Relu($"{name}_relu1", network.BatchNormalization($"{name}_norm1", first));
            string second = network.BatchNormalization($"{name}_norm2", network.Convolution($"{name}_conv2", first, channels, bias: false));
            string skip = stride == 1
                ? input
                : network.BatchNormalization($"{name}_skip_norm", network.Convolution($"{name}_skip", input, channels, 1, stride, bias: false));
            return network.Relu($"{name}_relu2", network.Sum($"{name}_sum", second, skip));
        }
    }

    /// <summary>DenseNet-121: dense blocks of 6, 12, 24 and 16 layers that each add 32 channels, halved between the blocks.</summary>
    public static NetworkGraph DenseNet121(WholeBodyNetworkOptions? options = null)
    {
        options = WholeBodyNetworkOptions.Checked(options);
        NetworkGraphBuilder network = new();
        int growth = options.Scaled(GrowthRate);
        string x = network.Convolution("conv1", options.Input(network), 2 * growth, 7, stride: 2, bias: false);
        x = network.Relu("relu1", network.BatchNormalization("norm1", x));
        x = network.MaxPooling("pool1", x, 3, stride: 2, padding: 1);
        int[] layers = [6, 12, 24, 16];
        for (int block = 0; block < layers.Length; block++)
        {
            string name = Name("block", block);
            for (int layer = 0; layer < layers[block]; layer++)
            {
                string part = $"{name}_{Name("layer", layer)}";
                string narrow = network.Convolution($"{part}_conv1", Activate($"{part}_norm1", x), Bottleneck * growth, 1, bias: false);
                string added = network.Convolution($"{part}_conv2", Activate($"{part}_norm2", narrow), growth, 3, bias: false);
                x = network.Concatenate($"{part}_out", x, added);
            }

            if (block < layers.Length - 1)
            {
                int half = (int)network.ShapeOf(x).Channels / 2;
                x = network.Convolution($"{name}_halve", Activate($"{name}_norm", x), half, 1, bias: false);
                x = network.AveragePooling($"{name}_pool", x, 2);
            }
        }

        return options.Classify(network, network.GlobalAveragePooling("features", Activate("norm5", x)), [], classes: 4);

        string Activate(string name, string input) => network.Relu($"{name}_relu", network.BatchNormalization(name, input));
    }

    private static string Name(string kind, int index) => kind + (index + 1).ToString(CultureInfo.InvariantCulture);
}
