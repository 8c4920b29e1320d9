using System.Globalization;
using MLNetScinti.Imaging;

namespace MLNetScinti.Dicom.StructureSets;

/// <summary>
/// Coordinates as decimal strings of at most 16 characters (PS3.5 table 6.2-1, DS): to a hundred-thousandth of a pixel, which no area shows,
/// and no further, so that contours stay short.
/// </summary>
internal sealed class ContourDecimals
{
    private const double OfPixel = 1e-5;
    private const int MostCharacters = 16;

    // One that is written coarser than this share of a pixel could change an area by a thousandth.
    private const double Coarsest = 1e-4;

    private readonly double _pixel;
    private readonly int _digits;

    public ContourDecimals(ImageGeometry geometry)
    {
        _pixel = Math.Min(geometry.RowSpacing, geometry.ColumnSpacing);
        _digits = Math.Clamp((int)Math.Ceiling(-Math.Log10(OfPixel * _pixel)), 0, 14);
    }

    /// <summary>Contour Data of some points.</summary>
    /// <exception cref="ArgumentException">The coordinates are so large beside the pixels that 16 characters do not hold them.</exception>
    public string[] Of(IReadOnlyList<Point3> points)
    {
        string[] texts = new string[3 * points.Count];
        for (int i = 0; i < points.Count; i++)
        {
            (texts[3 * i], texts[(3 * i) + 1], texts[(3 * i) + 2]) = (Of(points[i].X), Of(points[i].Y), Of(points[i].Z));
        }

        return texts;
    }

    private string Of(double value)
    {
        for (int digits = _digits; digits >= 0; digits--)
        {
            string text = value.ToString("F" + digits.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
            text = digits > 0 ? text.TrimEnd('0').TrimEnd('.') : text;
            if (text.Length <= MostCharacters)
            {
                return Math.Abs(double.Parse(text, CultureInfo.InvariantCulture) - value) <= Coarsest * _pixel ? text == "-0" ? "0" : text : throw TooLarge(value);
            }
        }

        throw TooLarge(value);
    }

    private ArgumentException TooLarge(double value) => new(string.Create(CultureInfo.InvariantCulture,
        $"A contour has the coordinate {value} mm, which decimal strings of {MostCharacters} characters do not hold to a fraction of a pixel of {_pixel} mm: check the series' geometry."), nameof(value));
}
