using MLNetScinti.Imaging;
using MLNetScinti.Networks;

namespace MLNetScinti.Pipelines.Explanations;

/// <summary>A coarse map at every pixel of the image it lies over: linear between its elements, level beyond the outermost.</summary>
public static class MapSurface
{
    /// <summary>The map's values at the image's pixels.</summary>
    /// <param name="map">How the map lies over the network's input.</param>
    /// <param name="values">The map's values.</param>
    /// <param name="input">The shape of the network's input.</param>
    /// <param name="image">The shape of the image, of the same extent in space: larger than the input where that was made coarser.</param>
    public static float[] Over(ClassActivation map, float[] values, ImageShape input, ImageShape image)
    {
        int rank = map.Shape.Count;
        if (input.Rank != rank || image.Rank != rank)
        {
            throw new ArgumentException($"The map {map.Name} has {rank} dimensions, its input {input} and the image {image}.", nameof(map));
        }

        (int Below, float Part)[][] axes = [.. Enumerable.Range(0, rank).Select(axis => Places(map, map.Shape[axis], (double)image[axis] / input[axis], image[axis]))];
        int rows = map.Shape[^2], columns = map.Shape[^1];
        float[] result = new float[image.Length];
        int i = 0;
        for (int s = 0; s < image.Sections; s++)
        {
            (int Below, float Part) section = rank == 3 ? axes[0][s] : (0, 0);
            for (int r = 0; r < image.Rows; r++)
            {
                (int Below, float Part) row = axes[^2][r];
                for (int c = 0; c < image.Columns; c++)
                {
                    (int Below, float Part) column = axes[^1][c];
                    float Line(int y, int z)
                    {
                        int start = ((z * rows) + y) * columns;
                        float from = values[start + column.Below];
                        return column.Part == 0 ? from : from + ((values[start + column.Below + 1] - from) * column.Part);
                    }

                    float Plane(int z) => row.Part == 0 ? Line(row.Below, z) : Line(row.Below, z) + ((Line(row.Below + 1, z) - Line(row.Below, z)) * row.Part);
                    float near = Plane(section.Below);
                    result[i++] = section.Part == 0 ? near : near + ((Plane(section.Below + 1) - near) * section.Part);
                }
            }
        }

        return result;
    }

    // Pixel p of the image lies at (p - (f - 1) / 2) / f of an input whose elements are means of f pixels.
    private static (int Below, float Part)[] Places(ClassActivation map, int elements, double factor, int pixels)
    {
        (int, float)[] places = new (int, float)[pixels];
        for (int p = 0; p < pixels; p++)
        {
            double place = Math.Clamp((((p - ((factor - 1) / 2)) / factor) - map.First) / map.Spacing, 0, elements - 1);
            int below = Math.Min((int)place, Math.Max(0, elements - 2));
            places[p] = (below, (float)(place - below));
        }

        return places;
    }
}
