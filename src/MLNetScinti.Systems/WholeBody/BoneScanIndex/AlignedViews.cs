using MLNetScinti.Imaging;
using MLNetScinti.Systems.WholeBody.Input;

namespace MLNetScinti.Systems.WholeBody.BoneScanIndex;

/// <summary>Both views of a scan on one grid whose columns run to the patient's left; one of them may be missing.</summary>
internal sealed class AlignedViews
{
    private AlignedViews(int columns, int rows, double pixelX, double pixelY, float[]?[] counts, bool[]?[] inside, PoseStart start) =>
        (Columns, Rows, PixelX, PixelY, Counts, Inside, Start) = (columns, rows, pixelX, pixelY, counts, inside, start);

    public int Columns { get; }

    public int Rows { get; }

    /// <summary>Width of a pixel, mm.</summary>
    public double PixelX { get; }

    /// <summary>Height of a pixel, mm.</summary>
    public double PixelY { get; }

    /// <summary>Counts, anterior and posterior; null where there is no such view.</summary>
    public float[]?[] Counts { get; }

    /// <summary>The body's pixels.</summary>
    public bool[]?[] Inside { get; }

    /// <summary>Where the body is about.</summary>
    public PoseStart Start { get; }

    public double XOf(double column) => (column - ((Columns - 1) / 2.0)) * PixelX;

    public double YOf(double row) => (row + .5) * PixelY;

    /// <summary>Counts smoothed by a Gaussian of so many mm.</summary>
    public float[]? Smooth(int view, double deviation)
    {
        if (Counts[view] is not { } counts)
        {
            return null;
        }

        float[] smooth = [.. counts];
        GaussianFilter.Apply(smooth, new ImageShape(1, Rows, Columns), 0, deviation / PixelY, deviation / PixelX);
        return smooth;
    }

    /// <summary>The views of a scan; null where none of them shows a body.</summary>
    public static AlignedViews? Of(WholeBodyScan scan)
    {
        ArgumentNullException.ThrowIfNull(scan);
        ScannedView[] views = [.. scan.Views.Where(view => view is { Outline: not null, Reading: not null, IsMirrored: false })];
        if (views.Length == 0)
        {
            return null;
        }

        // The view that is more like a scan tells where the body is.
        ScannedView best = views.MaxBy(view => view.Reading!.Likeness)!;
        PlanarImage grid = best.Image;
        float[]?[] counts = new float[]?[2];
        bool[]?[] inside = new bool[]?[2];
        foreach (ScannedView view in views)
        {
            int at = view.View == Dicom.DetectorView.Posterior ? 1 : 0;
            float[] pixels = OnGrid(view.Image, grid);
            bool[] mask = view.Image.Shape == grid.Shape ? [.. view.Outline!.Mask] : OnGrid(view.Image, view.Outline!.Mask, grid);
            (counts[at], inside[at]) = at == 0 ? (pixels, mask) : (SkeletonAtlas.Mirrored<float>(pixels, grid.Columns), SkeletonAtlas.Mirrored<bool>(mask, grid.Columns));
        }

        // The axis from below the head to the hips; in columns, which for a posterior view run to the right.
        double sign = best.View == Dicom.DetectorView.Posterior ? -1 : 1, crown = best.Reading!.Crown, length = best.Reading.Length, half = (grid.Columns - 1) / 2.0;
        double middle = sign * (best.Outline!.AxisAt(crown + (.5 * length)) - half) * grid.ColumnSpacing;
        double tilt = Math.Atan(sign * best.Outline.AxisSlope * grid.ColumnSpacing / grid.RowSpacing) * 180 / Math.PI;
        return new AlignedViews(grid.Columns, grid.Rows, grid.ColumnSpacing, grid.RowSpacing, counts, inside, new PoseStart(crown * grid.RowSpacing, length * grid.RowSpacing, middle, Math.Clamp(tilt, -6, 6)));
    }

    private static float[] OnGrid(PlanarImage image, PlanarImage grid)
    {
        if (image.Shape == grid.Shape && image.RowSpacing == grid.RowSpacing && image.ColumnSpacing == grid.ColumnSpacing)
        {
            return [.. image.Pixels];
        }

        float[] result = new float[grid.Pixels.Length];
        float area = (float)(grid.RowSpacing * grid.ColumnSpacing / (image.RowSpacing * image.ColumnSpacing));
        for (int row = 0; row < grid.Rows; row++)
        {
            for (int column = 0; column < grid.Columns; column++)
            {
                double y = ((row + .5) * grid.RowSpacing / image.RowSpacing) - .5, x = ((column - ((grid.Columns - 1) / 2.0)) * grid.ColumnSpacing / image.ColumnSpacing) + ((image.Columns - 1) / 2.0);
                result[(row * grid.Columns) + column] = area * Sample(image.Pixels, image.Columns, image.Rows, x, y);
            }
        }

        return result;
    }

    private static bool[] OnGrid(PlanarImage image, IReadOnlyList<bool> mask, PlanarImage grid) =>
        Array.ConvertAll(OnGrid(new PlanarImage(image.Columns, image.Rows, image.ColumnSpacing, image.RowSpacing, [.. mask.Select(inside => inside ? 1f : 0)]), grid), value => value > 0);

    /// <summary>Bilinear; 0 outside.</summary>
    internal static float Sample(float[] values, int columns, int rows, double x, double y)
    {
        int column = (int)Math.Floor(x), row = (int)Math.Floor(y);
        if (column < 0 || row < 0 || column >= columns - 1 || row >= rows - 1)
        {
            return 0;
        }

        float fx = (float)(x - column), fy = (float)(y - row);
        int at = (row * columns) + column;
        float above = values[at] + (fx * (values[at + 1] - values[at])), below = values[at + columns] + (fx * (values[at + columns + 1] - values[at + columns]));
        return above + (fy * (below - above));
    }
}
