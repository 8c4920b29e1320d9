using MLNetScinti.Imaging;

namespace MLNetScinti.Systems.WholeBody.BoneScanIndex;

/// <summary>Draws a measured scan: both views as a reader sees them, the body's outline, the regions of the atlas, lesions and other hotspots.</summary>
public static class BoneScanPicture
{
    private const int Factor = 2;

    // Part of the body's pixels that are drawn black.
    private const double Black = .985;

    private static readonly (byte Red, byte Green, byte Blue) s_region = (70, 150, 220), s_outline = (60, 60, 60), s_lesion = (215, 20, 40), s_other = (30, 150, 60);

    /// <summary>The picture: anterior left, posterior right; regions in blue, lesions in red, hotspots that are taken for none in green.</summary>
    public static PngImage Draw(BoneScanResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        (int first, int last) = RowsOf(result.Views);
        return PngImage.SideBySide([.. Enumerable.Range(0, 2).Where(view => result.Views.Counts[view] is not null).Select(view => Draw(result, view, first, last))], gap: 8);
    }

    private static (int First, int Last) RowsOf(AlignedViews views)
    {
        int first = views.Rows, last = 0;
        foreach (bool[] inside in views.Inside.OfType<bool[]>())
        {
            int top = Array.IndexOf(inside, true), bottom = Array.LastIndexOf(inside, true);
            (first, last) = top < 0 ? (first, last) : (Math.Min(first, top / views.Columns), Math.Max(last, bottom / views.Columns));
        }

        return (Math.Max(0, first - 8), Math.Min(views.Rows - 1, last + 8));
    }

    private static PngImage Draw(BoneScanResult result, int view, int first, int last)
    {
        (AlignedViews views, RegisteredAtlas atlas) = (result.Views, result.Atlas);
        int columns = views.Columns, width = columns * Factor, height = (last - first + 1) * Factor;
        float[] counts = views.Counts[view]!;
        float[] body = [.. counts.Where((_, i) => views.Inside[view]![i]).Order()];
        float most = Math.Max(1e-6f, body.Length > 0 ? body[(int)(Black * (body.Length - 1))] : 1);
        int[] owners = new int[counts.Length];
        foreach (ScanHotspot spot in result.Hotspots.Where(spot => view == 0 ? spot.Anterior : spot.Posterior).Reverse())
        {
            Array.ForEach(spot.Pixels, pixel => owners[pixel] = spot.IsLesion ? spot.Number : -spot.Number);
        }

        byte[] samples = new byte[width * height * 3];
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                // From behind, the patient's left is on the left.
                int column = view == 0 ? x / Factor : columns - 1 - (x / Factor), row = first + (y / Factor), at = (row * columns) + column;
                byte grey = (byte)(255 - (255 * Math.Sqrt(Math.Clamp(counts[at] / most, 0, 1))));
                (byte Red, byte Green, byte Blue) colour = (grey, grey, grey);
                bool lastX = x % Factor == Factor - 1, lastY = y % Factor == Factor - 1;
                int beside = view == 0 ? (column < columns - 1 ? at + 1 : at) : (column > 0 ? at - 1 : at), below = row < views.Rows - 1 ? at + columns : at;
                bool Differs<T>(T[] values) => (lastX && !Equals(values[at], values[beside])) || (lastY && !Equals(values[at], values[below]));
                colour = Differs(views.Inside[view]!) ? s_outline : colour;
                colour = Differs(atlas.Regions[view]) ? s_region : colour;
                if (Differs(owners))
                {
                    int owner = owners[at] != 0 ? owners[at] : lastX && owners[beside] != 0 ? owners[beside] : owners[below];
                    colour = owner > 0 ? s_lesion : s_other;
                }

                (samples[3 * ((y * width) + x)], samples[(3 * ((y * width) + x)) + 1], samples[(3 * ((y * width) + x)) + 2]) = colour;
            }
        }

        return new PngImage(width, height, 3, samples);
    }
}
