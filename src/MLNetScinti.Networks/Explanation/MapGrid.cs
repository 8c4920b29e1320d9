using MLNetScinti.Networks.Layers;

namespace MLNetScinti.Networks;

/// <summary>
/// Where the elements of a feature map lie over the network's input: element i has the centre of its receptive field at
/// First + i Spacing. A map stretched over the whole picture instead would be off by up to half an element.
/// </summary>
internal sealed record MapGrid(string Input, double Spacing, double First)
{
    /// <summary>The grid of a value, walked to from the one input that it comes from.</summary>
    /// <exception cref="NetworkGraphException">The value comes from several inputs, or through a layer that moves elements in a way that is not known.</exception>
    public static MapGrid Of(NetworkGraph graph, string value)
    {
        Dictionary<string, MapGrid> grids = graph.Inputs.ToDictionary(input => input.Name, input => new MapGrid(input.Name, 1, 0), StringComparer.Ordinal);
        foreach (NetworkLayer layer in graph.Layers)
        {
            // A layer behind the average has no place in space and is not asked for.
            if (graph.ShapeOf(layer.Name).SpatialRank > 0 && layer.Inputs.All(grids.ContainsKey))
            {
                grids[layer.Name] = Through(graph, layer, [.. layer.Inputs.Select(name => grids[name])]);
            }

            if (string.Equals(layer.Name, value, StringComparison.Ordinal))
            {
                break;
            }
        }

        MapGrid grid = grids[value];
        return grid.Input.Length > 0
            ? grid
            : throw new NetworkGraphException($"The network cannot be explained: '{value}' mixes several inputs, so that a map of it would lie over none of them.");
    }

    private static MapGrid Through(NetworkGraph graph, NetworkLayer layer, IReadOnlyList<MapGrid> inputs)
    {
        // Paths of different reach (a skip beside convolutions) agree where borders are symmetric; otherwise the middle is right.
        MapGrid before = new(
            inputs.All(input => string.Equals(input.Input, inputs[0].Input, StringComparison.Ordinal)) ? inputs[0].Input : "",
            inputs.Average(input => input.Spacing),
            inputs.Average(input => input.First));
        return layer switch
        {
            Convolution conv => before.Slide(conv.Kernel, conv.Stride, conv.Padding),
            MaxPooling pool => before.Slide(pool.Kernel, pool.Stride, pool.Padding),
            AveragePooling pool => before.Slide(pool.Kernel, pool.Stride, pool.Padding),
            Upsample up => before.Spread(up.Factor, up.Factor, 0),
            ConvolutionTranspose up => before.Spread(up.Kernel, up.Stride, up.Padding),
            _ when graph.ShapeOf(layer.Name).Spatial.SequenceEqual(graph.ShapeOf(layer.Inputs[0]).Spatial) => before,
            _ => throw new NetworkGraphException($"The network cannot be explained: it is not known how '{layer.Name}' ({layer.Kind}) moves the elements of a map."),
        };
    }

    // Output j of a window is centred on input j stride - padding + (kernel - 1) / 2.
    private MapGrid Slide(int kernel, int stride, int padding) =>
        this with { Spacing = Spacing * stride, First = First + (Spacing * (((kernel - 1) / 2.0) - padding)) };

    // Input j is spread over the outputs around j stride - padding + (kernel - 1) / 2.
    private MapGrid Spread(int kernel, int stride, int padding) =>
        this with { Spacing = Spacing / stride, First = First - (Spacing / stride * (((kernel - 1) / 2.0) - padding)) };
}
