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

        // Facts beside the images, where there are any.
        string? facts = random.Next(3) == 0 ? network.Tanh("told", network.Dense("facts_dense", network.Input("facts", [random.Next(1, 5)]), random.Next(1, 4))) : null;
        string[] vectors = [.. images.TakeLast(random.Next(1, 3)).Select((image, index) => random.Next(2) == 0
            ? network.GlobalAveragePooling($"mean{index}", image)
            : network.Flatten($"flat{index}", image))];
        string value = vectors.Length == 1 ? vectors[0] : network.Concatenate("vectors", vectors);
        value = facts is null ? value : network.Concatenate("all", value, facts);
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
        int rank = shape.SpatialRank;
        return random.Next(19) switch
        {
            12 => network.Convolution(name, input, random.Next(1, 6), kernel: Odd(random, rank), stride: Each(random, rank, 1, 3)),
            13 => network.MaxPooling(name, input, kernel: Each(random, rank, 2, 4), stride: Each(random, rank, 1, 3), padding: 1),
            14 => network.AveragePooling(name, input, kernel: Each(random, rank, 2, 4), stride: Each(random, rank, 1, 3), padding: 1),
            15 => network.AdaptiveAveragePooling(name, input, Each(random, rank, 1, 8)),
            16 => network.Multiply(name, input, network.Sigmoid(name + "_gate", network.Convolution(name + "_places", network.Concatenate(name + "_both", network.ChannelMean(name + "_mean", input), network.ChannelMax(name + "_max", input)), 1))),
            17 => network.Multiply(name, input, network.Sigmoid(name + "_gate", network.Dense(name + "_dense", network.GlobalMaxPooling(name + "_top", input), (int)shape.Channels))),
            18 => Twice(network, name, input, other, random),
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

    // One convolution with its normalisation for two values of one shape.
    private static string Twice(NetworkGraphBuilder network, string name, string input, string other, Random random)
    {
        int filters = random.Next(1, 5);
        string first = network.BatchNormalization(name + "_norm1", network.Convolution(name + "_conv1", input, filters));
        string second = network.Add(new Convolution(name + "_conv2", other, filters) { WeightsOf = name + "_conv1" });
        second = network.Add(new BatchNormalization(name + "_norm2", second) { WeightsOf = name + "_norm1" });
        return network.Sum(name, first, second);
    }

    private static PerAxis Each(Random random, int rank, int from, int below) => PerAxis.Create([.. Enumerable.Range(0, rank).Select(_ => random.Next(from, below))]);

    private static PerAxis Odd(Random random, int rank) => Each(random, rank, 0, 3).Map(value => 1 + (2 * value));
}
