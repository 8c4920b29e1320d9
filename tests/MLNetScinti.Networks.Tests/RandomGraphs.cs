using FsCheck;
using FsCheck.Fluent;

namespace MLNetScinti.Networks.Tests;

/// <summary>Valid networks of every kind of layer, in 2 and 3 dimensions, with branches that meet again.</summary>
internal static class RandomGraphs
{
    public static Gen<NetworkGraph> Graphs { get; } = ArbMap.Default.GeneratorFor<int>().Select(seed => Make(new Random(seed)));

    public static NetworkGraph Make(Random random)
    {
        NetworkGraphBuilder network = new();
        int rank = random.Next(2, 4);
        List<string> images = [];
        int inputs = random.Next(1, 3);
        for (int input = 0; input < inputs; input++)
        {
            long[] shape = new long[rank + 1];
            shape[0] = random.Next(1, 4);
            for (int axis = 1; axis <= rank; axis++)
            {
                shape[axis] = random.Next(5, rank == 2 ? 14 : 9);
            }

            images.Add(network.Input($"input{input}", TensorShape.Create(shape)));
        }

        int layers = random.Next(2, 9);
        for (int layer = 0; layer < layers; layer++)
        {
            images.Add(ImageLayer(network, $"layer{layer}", images[random.Next(images.Count)], images, random));
        }

        string[] vectors = [.. images.TakeLast(random.Next(1, 3)).Select((image, index) => random.Next(2) == 0
            ? network.GlobalAveragePooling($"mean{index}", image)
            : network.Flatten($"flat{index}", image))];
        string value = vectors.Length == 1 ? vectors[0] : network.Concatenate("vectors", vectors);
        value = network.Dropout("drop", network.LeakyRelu("leak", network.Dense("hidden", value, random.Next(1, 9)), 0.1), 0.3);
        if (random.Next(3) == 0)
        {
            value = network.Softmax("inner", value);
        }

        value = network.Dense("score", value, random.Next(1, 4), gain: 1);
        return network.Build(value, (OutputActivation)random.Next(3));
    }

    private static string ImageLayer(NetworkGraphBuilder network, string name, string input, List<string> images, Random random)
    {
        TensorShape shape = network.ShapeOf(input);
        bool small = shape.Spatial.ToArray().Max() <= 10;
        string[] alike = [.. images.Where(image => network.ShapeOf(image).Equals(shape))];
        string[] sameSpace = [.. images.Where(image => network.ShapeOf(image).Spatial.SequenceEqual(shape.Spatial))];
        string other = alike[random.Next(alike.Length)];
        return random.Next(12) switch
        {
            0 => network.Relu(name, network.BatchNormalization(name + "_norm", network.Convolution(name + "_conv", input, random.Next(1, 6), bias: false))),
            1 => network.Convolution(name, input, random.Next(1, 6), kernel: 1 + (2 * random.Next(2)), stride: random.Next(1, 3)),
            2 => network.BatchNormalization(name, input),
            3 => network.LeakyRelu(name, input, 0.2),
            4 => network.Sigmoid(name, input),
            5 => network.MaxPooling(name, input, kernel: 3, stride: random.Next(1, 3), padding: 1),
            6 => network.AveragePooling(name, input, kernel: 3, stride: random.Next(1, 3), padding: 1),
            7 => network.Sum(name, input, other),
            8 => network.Multiply(name, input, other),
            9 => network.Concatenate(name, input, sameSpace[random.Next(sameSpace.Length)]),
            10 when small => network.Upsample(name, input),
            11 when small => network.ConvolutionTranspose(name, input, random.Next(1, 4)),
            _ => network.Softmax(name, input),
        };
    }
}
