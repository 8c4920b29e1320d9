namespace MLNetScinti.Networks.Tests;

/// <summary>Numbers to feed to networks.</summary>
internal static class Samples
{
    /// <summary>Weights as after some training: running statistics that are not 0 and 1, biases that are not 0.</summary>
    public static NetworkWeights Trained(NetworkGraph graph, int seed)
    {
        Random random = new(seed);
        NetworkWeights all = NetworkWeights.Initialise(graph, (ulong)seed);
        foreach (NetworkWeight weight in all)
        {
            for (int index = 0; index < weight.Values.Length; index++)
            {
                weight.Values[index] += weight.Name.EndsWith("running_var", StringComparison.Ordinal)
                    ? (float)random.NextDouble()
                    : 0.1f * (float)((2 * random.NextDouble()) - 1);
            }
        }

        return all;
    }

    /// <summary>What TorchSharp counts as living after a network is gone: for each of its parameters the tensor that the parameter took over, which holds nothing.</summary>
    public static int CountedForever(NetworkGraph graph) => graph.Weights().Count(weight => weight.Definition.Trained);

    /// <summary>One array for each input of the network, for a batch.</summary>
    public static float[][] Batch(NetworkGraph graph, int batch, int seed)
    {
        Random random = new(seed);
        return [.. graph.Inputs.Select(input => Numbers(random, (int)(batch * input.Shape.ElementCount)))];
    }

    public static float[] Numbers(Random random, int count)
    {
        float[] values = new float[count];
        for (int index = 0; index < count; index++)
        {
            values[index] = (float)random.NextDouble();
        }

        return values;
    }
}
