using System.Globalization;

namespace MLNetScinti.Imaging;

/// <summary>
/// Convolves a planar image, or every section of a volume, with a Gaussian along rows and columns: <see cref="GaussianFilter"/> as a step
/// that can be served. The kernel reaches four standard deviations; at the edges the image is mirrored with the edge pixel repeated.
/// </summary>
/// <param name="deviation">Standard deviation in pixels.</param>
public sealed class Smooth(double deviation) : IImageOperator
{
    private readonly double _deviation = deviation is > 0 and <= 1000 ? deviation
        : throw new ArgumentOutOfRangeException(nameof(deviation), deviation, "The deviation must be above 0 and at most 1000 pixels.");

    /// <inheritdoc/>
    public string Name => string.Create(CultureInfo.InvariantCulture, $"Smooth({_deviation:g6})");

    /// <inheritdoc/>
    public ImageShape OutputShape(ImageShape input) => input;

    /// <inheritdoc/>
    public void Apply(ReadOnlySpan<float> input, ImageShape inputShape, Span<float> output)
    {
        ImageOperators.CheckLengths(this, input, inputShape, output);
        input.CopyTo(output);
        GaussianFilter.Apply(output, inputShape, 0, _deviation, _deviation);
    }

    /// <inheritdoc/>
    public string WriteNodes(INodeGraph graph, string input, ImageShape inputShape)
    {
        float[] half = GaussianFilter.Kernel(_deviation);
        float[] kernel = [.. half.Skip(1).Reverse(), .. half];
        string image = graph.Node("Reshape", [input, graph.Constant([-1L, 1, inputShape.Rows, inputShape.Columns], [4])]);
        image = Along(image, axis: 2, inputShape.Rows);
        image = Along(image, axis: 3, inputShape.Columns);
        long[] back = [-1, .. inputShape.ToArray().Select(extent => (long)extent)];
        return graph.Node("Reshape", [image, graph.Constant(back, [back.Length])]);

        string Along(string value, int axis, int extent)
        {
            if (extent == 1)
            {
                return value;
            }

            int reach = half.Length - 1;
            long[] places = [.. Enumerable.Range(-reach, extent + (2 * reach)).Select(place => (long)Mirror(place, extent))];
            string wide = graph.Node("Gather", [value, graph.Constant(places, [places.Length])], new NodeAttribute("axis", axis));
            return graph.Node("Conv", [wide, graph.Constant(kernel, axis == 2 ? [1, 1, kernel.Length, 1] : [1, 1, 1, kernel.Length])]);
        }
    }

    private static int Mirror(int place, int extent)
    {
        int period = 2 * extent, at = ((place % period) + period) % period;
        return at < extent ? at : period - 1 - at;
    }
}
