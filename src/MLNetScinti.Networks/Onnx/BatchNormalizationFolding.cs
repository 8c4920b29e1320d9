namespace MLNetScinti.Networks.Onnx;

/// <summary>
/// Takes a batch normalisation that follows a convolution into the convolution: with s = weight / sqrt(variance + epsilon),
/// the kernel becomes s * kernel and the bias (bias - mean) s + shift.
/// </summary>
internal static class BatchNormalizationFolding
{
    public static (NetworkGraph Graph, NetworkWeights Weights) Fold(NetworkGraph graph, NetworkWeights weights)
    {
        Dictionary<string, int> uses = new(StringComparer.Ordinal) { [graph.Output] = 1 };
        foreach (string input in graph.Layers.SelectMany(layer => layer.Inputs))
        {
            uses[input] = uses.GetValueOrDefault(input) + 1;
        }

        // What others share cannot take up one layer's normalisation.
        HashSet<string> shared = [.. graph.Layers.Select(layer => layer.WeightsOf).OfType<string>()];
        Dictionary<string, Convolution> convolutions = graph.Layers.OfType<Convolution>()
            .Where(layer => uses.GetValueOrDefault(layer.Name) == 1 && !shared.Contains(layer.Name) && layer.WeightsOf is null)
            .ToDictionary(layer => layer.Name, StringComparer.Ordinal);
        Dictionary<string, BatchNormalization> folded = graph.Layers.OfType<BatchNormalization>()
            .Where(layer => convolutions.ContainsKey(layer.Inputs[0]) && !shared.Contains(layer.Name) && layer.WeightsOf is null)
            .ToDictionary(layer => layer.Inputs[0], StringComparer.Ordinal);

        Dictionary<string, string> renamed = folded.ToDictionary(pair => pair.Value.Name, pair => pair.Key, StringComparer.Ordinal);
        string Renamed(string name) => renamed.GetValueOrDefault(name, name);
        List<NetworkLayer> layers = [];
        List<NetworkWeight> kept = [];
        foreach (NetworkLayer layer in graph.Layers.Where(layer => !renamed.ContainsKey(layer.Name)))
        {
            NetworkLayer moved = layer with { Inputs = [.. layer.Inputs.Select(Renamed)] };
            if (folded.TryGetValue(layer.Name, out BatchNormalization? normalization))
            {
                layers.Add((Convolution)moved with { Bias = true });
                kept.AddRange(Fold((Convolution)layer, normalization, weights));
            }
            else
            {
                layers.Add(moved);
                kept.AddRange((layer.WeightsOf is null ? layer.Weights(graph.InputShapesOf(layer)) : []).Select(weight => weights[$"{layer.Name}.{weight.Name}"]));
            }
        }

        return (new NetworkGraph(graph.Inputs, layers, Renamed(graph.Output), graph.Activation), new NetworkWeights(kept));
    }

    private static NetworkWeight[] Fold(Convolution convolution, BatchNormalization normalization, NetworkWeights weights)
    {
        NetworkWeight kernel = weights[$"{convolution.Name}.weight"];
        float[]? before = convolution.Bias ? weights[$"{convolution.Name}.bias"].Values : null;
        float[] scale = weights[$"{normalization.Name}.weight"].Values;
        float[] shift = weights[$"{normalization.Name}.bias"].Values;
        float[] mean = weights[$"{normalization.Name}.running_mean"].Values;
        float[] variance = weights[$"{normalization.Name}.running_var"].Values;
        float[] values = new float[kernel.Values.Length];
        float[] bias = new float[scale.Length];
        int size = values.Length / scale.Length;
        for (int filter = 0; filter < scale.Length; filter++)
        {
            double factor = scale[filter] / Math.Sqrt(variance[filter] + normalization.Epsilon);
            bias[filter] = (float)((((before?[filter] ?? 0) - (double)mean[filter]) * factor) + shift[filter]);
            for (int index = filter * size; index < (filter + 1) * size; index++)
            {
                values[index] = (float)(kernel.Values[index] * factor);
            }
        }

        return [kernel with { Values = values }, new NetworkWeight($"{convolution.Name}.bias", [scale.Length], bias)];
    }
}
