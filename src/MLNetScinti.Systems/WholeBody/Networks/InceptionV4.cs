using System.Globalization;
using MLNetScinti.Networks;

namespace MLNetScinti.Systems.WholeBody.Networks;

/// <summary>
/// Inception-v4 (Szegedy et al. 2016, figures 3 to 9) for one channel: the stem, four blocks A, a reduction, seven blocks B, a
/// reduction, three blocks C, the mean over space, dropout of .2 and the classes. Each convolution is without a bias and is
/// followed by a batch normalisation and a ReLU. Input "Image", [1, rows, columns], of 75 x 75 at least; four classes.
/// </summary>
/// <remarks>A mean near the border is over the places that are there, as in the authors' own form.</remarks>
public static class InceptionV4
{
    /// <summary>The network.</summary>
    /// <exception cref="NetworkGraphException">The image is too small: the stem and the reductions add no border.</exception>
    public static NetworkGraph Create(WholeBodyNetworkOptions? options = null)
    {
        options = WholeBodyNetworkOptions.Checked(options);
        NetworkGraphBuilder network = new();
        Blocks blocks = new(network, options);
        string x = blocks.Stem("stem", options.Input(network));
        x = Repeat(4, "a", x, blocks.A);
        x = blocks.ReductionA("reduction_a", x);
        x = Repeat(7, "b", x, blocks.B);
        x = blocks.ReductionB("reduction_b", x);
        x = Repeat(3, "c", x, blocks.C);
        string features = network.Dropout("dropout", network.GlobalAveragePooling("features", x), 0.2);
        return options.Classify(network, features, [], classes: 4);

        static string Repeat(int times, string name, string value, Func<string, string, string> block)
        {
            for (int time = 1; time <= times; time++)
            {
                value = block(name + time.ToString(CultureInfo.InvariantCulture), value);
            }

            return value;
        }
    }

    private sealed class Blocks(NetworkGraphBuilder network, WholeBodyNetworkOptions options)
    {
        private static readonly PerAxis s_row = [1, 7], s_column = [7, 1], s_shortRow = [1, 3], s_shortColumn = [3, 1];

        // Figure 3: everything without a border but the convolutions that it does not mark with V.
        public string Stem(string name, string input)
        {
            string x = Convolve($"{name}_1", input, 32, 3, stride: 2, border: false);
            x = Convolve($"{name}_2", x, 32, 3, border: false);
            x = Convolve($"{name}_3", x, 64, 3);
            x = network.Concatenate($"{name}_4", Halve($"{name}_4_pool", x), Convolve($"{name}_4_conv", x, 96, 3, stride: 2, border: false));
            string narrow = Convolve($"{name}_5_left2", Convolve($"{name}_5_left1", x, 64, 1), 96, 3, border: false);
            string wide = Convolve($"{name}_5_right1", x, 64, 1);
            wide = Convolve($"{name}_5_right2", wide, 64, s_column);
            wide = Convolve($"{name}_5_right3", wide, 64, s_row);
            wide = Convolve($"{name}_5_right4", wide, 96, 3, border: false);
            x = network.Concatenate($"{name}_5", narrow, wide);
            return network.Concatenate($"{name}_6", Convolve($"{name}_6_conv", x, 192, 3, stride: 2, border: false), Halve($"{name}_6_pool", x));
        }

        // Figure 4.
        public string A(string name, string input)
        {
            string third = Convolve($"{name}_3b", Convolve($"{name}_3a", input, 64, 1), 96, 3);
            string fourth = Convolve($"{name}_4a", input, 64, 1);
            fourth = Convolve($"{name}_4c", Convolve($"{name}_4b", fourth, 96, 3), 96, 3);
            return network.Concatenate(name, Convolve($"{name}_1b", Mean($"{name}_1a", input), 96, 1), Convolve($"{name}_2a", input, 96, 1), third, fourth);
        }

        // Figure 5.
        public string B(string name, string input)
        {
            string third = Convolve($"{name}_3a", input, 192, 1);
            third = Convolve($"{name}_3c", Convolve($"{name}_3b", third, 224, s_row), 256, s_column);
            string fourth = Convolve($"{name}_4b", Convolve($"{name}_4a", input, 192, 1), 192, s_row);
            fourth = Convolve($"{name}_4d", Convolve($"{name}_4c", fourth, 224, s_column), 224, s_row);
            fourth = Convolve($"{name}_4e", fourth, 256, s_column);
            return network.Concatenate(name, Convolve($"{name}_1b", Mean($"{name}_1a", input), 128, 1), Convolve($"{name}_2a", input, 384, 1), third, fourth);
        }

        // Figure 6.
        public string C(string name, string input)
        {
            string third = Convolve($"{name}_3a", input, 384, 1);
            string fourth = Convolve($"{name}_4a", input, 384, 1);
            fourth = Convolve($"{name}_4c", Convolve($"{name}_4b", fourth, 448, s_shortRow), 512, s_shortColumn);
            return network.Concatenate(
                name,
                Convolve($"{name}_1b", Mean($"{name}_1a", input), 256, 1),
                Convolve($"{name}_2a", input, 256, 1),
                Convolve($"{name}_3b", third, 256, s_shortRow),
                Convolve($"{name}_3c", third, 256, s_shortColumn),
                Convolve($"{name}_4d", fourth, 256, s_shortColumn),
                Convolve($"{name}_4e", fourth, 256, s_shortRow));
        }

        // Figure 7 with k, l, m, n of table 1: 192, 224, 256, 384.
        public string ReductionA(string name, string input)
        {
            string third = Convolve($"{name}_3b", Convolve($"{name}_3a", input, 192, 1), 224, 3);
            third = Convolve($"{name}_3c", third, 256, 3, stride: 2, border: false);
            return network.Concatenate(name, Halve($"{name}_1", input), Convolve($"{name}_2", input, 384, 3, stride: 2, border: false), third);
        }

        // Figure 8.
        public string ReductionB(string name, string input)
        {
            string second = Convolve($"{name}_2b", Convolve($"{name}_2a", input, 192, 1), 192, 3, stride: 2, border: false);
            string third = Convolve($"{name}_3b", Convolve($"{name}_3a", input, 256, 1), 256, s_row);
            third = Convolve($"{name}_3d", Convolve($"{name}_3c", third, 320, s_column), 320, 3, stride: 2, border: false);
            return network.Concatenate(name, Halve($"{name}_1", input), second, third);
        }

        private string Halve(string name, string input) => network.MaxPooling(name, input, 3, stride: 2);

        private string Mean(string name, string input) => network.Add(new AveragePooling(name, input, 3) { Stride = 1, Padding = 1, CountsBorder = false });

        private string Convolve(string name, string input, int filters, PerAxis kernel, int stride = 1, bool border = true)
        {
            Convolution convolution = new($"{name}_conv", input, options.Scaled(filters), kernel) { Stride = stride, Bias = false };
            string values = network.Add(border ? convolution : convolution with { Padding = 0 });
            return network.Relu($"{name}_relu", network.BatchNormalization($"{name}_norm", values));
        }
    }
}
