using MLNetScinti.Imaging;

namespace MLNetScinti.Systems.WholeBody.Input;

/// <summary>
/// A view whose background is low, whatever its file did: scans are stored inverted (white on black as black on white), negated, or with a margin
/// around them that was never counted.
/// </summary>
/// <param name="Image">Counts, or values in proportion to them; 0 in a margin.</param>
/// <param name="IsInverted">Whether more stood for less.</param>
/// <param name="Margin">Whether there was a margin of a value that is no background.</param>
internal sealed record GreyScale(PlanarImage Image, bool IsInverted, bool Margin)
{
    /// <summary>Puts a view right; null where it is blank.</summary>
    public static GreyScale? Of(PlanarImage view)
    {
        ArgumentNullException.ThrowIfNull(view);
        if (!(Inner(view) is { } inner))
        {
            return null;
        }

        (int top, int bottom, int left, int right) = inner;
        List<float> edge = [], all = [];
        for (int row = top; row <= bottom; row++)
        {
            for (int column = left; column <= right; column++)
            {
                float value = view[row, column];
                all.Add(value);
                if (row - top < 3 || bottom - row < 3 || column - left < 3 || right - column < 3)
                {
                    edge.Add(value);
                }
            }
        }

        edge.Sort();
        // The body hardly touches the edges: their middle value is air.
        float air = edge[edge.Count / 2], low = all.Min(), high = all.Max();
        bool inverted = high - air < air - low, margin = false;
        float[] pixels = new float[view.Pixels.Length];
        for (int row = 0; row < view.Rows; row++)
        {
            for (int column = 0; column < view.Columns; column++)
            {
                float value = view[row, column];
                bool outside = row < top || row > bottom || column < left || column > right;
                if (outside)
                {
                    margin |= Math.Abs(value - air) > .02f * (high - low);
                    continue;
                }

                pixels[(row * view.Columns) + column] = inverted ? high - value : Math.Max(0, low < 0 ? value - low : value);
            }
        }

        return new GreyScale(new PlanarImage(view.Columns, view.Rows, view.ColumnSpacing, view.RowSpacing, pixels), inverted, margin);
    }

    /// <summary>The rows and columns within a margin of one value; null where there is nothing else.</summary>
    private static (int Top, int Bottom, int Left, int Right)? Inner(PlanarImage view)
    {
        ReadOnlySpan<float> pixels = view.Pixels;
        float value = pixels[0];
        int top = 0, bottom = view.Rows - 1;
        while (top <= bottom && pixels.Slice(top * view.Columns, view.Columns).IndexOfAnyExcept(value) < 0)
        {
            top++;
        }

        if (top > bottom)
        {
            return null;
        }

        while (pixels.Slice(bottom * view.Columns, view.Columns).IndexOfAnyExcept(value) < 0)
        {
            bottom--;
        }

        bool IsMargin(int column)
        {
            for (int row = top; row <= bottom; row++)
            {
                if (view[row, column] != value)
                {
                    return false;
                }
            }

            return true;
        }

        int left = 0, right = view.Columns - 1;
        while (IsMargin(left))
        {
            left++;
        }

        while (IsMargin(right))
        {
            right--;
        }

        return (top, bottom, left, right);
    }
}
