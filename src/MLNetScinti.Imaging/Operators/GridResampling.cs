using System.Globalization;

namespace MLNetScinti.Imaging;

/// <summary>What is done before an image is seen through larger voxels.</summary>
public enum AntiAliasing
{
    /// <summary>Nothing: values are taken between the nearest voxels, and what lies between samples is skipped.</summary>
    None,

    /// <summary>
    /// A Gaussian along each axis of the image that makes its voxels as wide as the grid's: FWHM² = wanted² - own² (Cardoso et al.,
    /// MICCAI 2015, scale factor point spread function matching). Axes on which the grid is no coarser stay as they are.
    /// </summary>
    Gaussian,
}

/// <summary>What is between the centres of voxels.</summary>
public enum Interpolation
{
    /// <summary>A straight line from one to the next: it stays within their values, and blurs what is no wider than a few voxels.</summary>
    Linear,

    /// <summary>A cubic B-spline through all of them (Unser 1999): it keeps what the voxels hold.</summary>
    Cubic,
}

/// <summary>How an image comes onto another grid: by default linear between voxel centres; within half a voxel of the edge, the edge's value.</summary>
public sealed record GridResampling
{
    /// <summary>The value where the grid reaches beyond the image's field.</summary>
    public float Outside { get; init; }

    /// <summary>What is done where the grid's voxels are larger than the image's.</summary>
    public AntiAliasing AntiAliasing { get; init; }

    /// <summary>What is between voxel centres.</summary>
    public Interpolation Interpolation { get; init; }

    /// <summary>For CT in Hounsfield units: air outside, and a Gaussian before larger voxels.</summary>
    public static GridResampling Hounsfield { get; } = new() { Outside = -1000, AntiAliasing = AntiAliasing.Gaussian };

    /// <summary>For images of counts or concentrations: nothing outside, and a Gaussian before larger voxels.</summary>
    public static GridResampling Emission { get; } = new() { AntiAliasing = AntiAliasing.Gaussian };

    /// <summary>
    /// For images of counts that must show in other voxels what they show in their own: the same, and between voxels a cubic spline, since a
    /// straight line takes from every peak.
    /// </summary>
    public static GridResampling Counts { get; } = Emission with { Interpolation = Interpolation.Cubic };

    /// <summary>The standard deviations, in voxels of the image, of what makes it as coarse as a grid.</summary>
    internal (double Sections, double Rows, double Columns) Smoothing(GridMap map)
    {
        // How far a step of one voxel of the grid reaches along each axis of the image: 1 for the same voxel, however turned.
        static double Deviation(Point3 reach) => Math.Sqrt(Math.Max(0, reach.Dot(reach) - 1)) is double width and > 1e-3 ? width * GaussianFilter.DeviationPerFwhm : 0;
        return AntiAliasing == AntiAliasing.None ? default : (Deviation(map.S), Deviation(map.R), Deviation(map.C));
    }
}

/// <summary>An image on another grid, and how much of that the image does not reach.</summary>
/// <param name="Volume">The image on the grid.</param>
/// <param name="OutsideVoxels">Voxels of the grid whose centres lie outside the image's field.</param>
/// <param name="OutsideValue">What they were given.</param>
public sealed record ResampledVolume(Volume Volume, int OutsideVoxels, float OutsideValue)
{
    /// <summary>The part of the grid outside the image's field, from 0 to 1.</summary>
    public double OutsideShare => (double)OutsideVoxels / Volume.Shape.Length;

    /// <summary>One sentence on the part outside.</summary>
    public override string ToString() => OutsideVoxels == 0
        ? "The image's field holds the whole grid."
        : string.Create(CultureInfo.InvariantCulture, $"{100 * OutsideShare:0.##} % of the grid lie outside the image's field and were given {OutsideValue:0.###}.");
}

/// <summary>How two fields of view lie to each other.</summary>
/// <param name="GridOutside">The part of the grid that lies outside the image's field, from 0 to 1.</param>
/// <param name="ImageCut">The part of the image's field that lies outside the grid, from 0 to 1.</param>
public readonly record struct FieldOverlap(double GridOutside, double ImageCut)
{
    /// <summary>The parts of an image's field and a grid that the other does not reach, counted by voxel centres.</summary>
    public static FieldOverlap Between(ImageGeometry image, ImageGeometry grid) => new(Outside(grid, image), Outside(image, grid));

    private static double Outside(ImageGeometry of, ImageGeometry field)
    {
        GridMap map = GridMap.Between(of.Checked(), field.Checked(), SpatialMap.Identity, default);
        long outside = 0;
        for (int line = 0; line < of.Sections * of.Rows; line++)
        {
            (int s, int r) = Math.DivRem(line, of.Rows);
            for (int c = 0; c < of.Columns; c++)
            {
                outside += GridSampling.IsWithin(map.At(c, r, s), field.Shape) ? 0 : 1;
            }
        }

        return (double)outside / of.Shape.Length;
    }
}
