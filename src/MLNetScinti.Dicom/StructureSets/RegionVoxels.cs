using System.Globalization;
using MLNetScinti.Imaging;

namespace MLNetScinti.Dicom.StructureSets;

/// <summary>A region on the grid of an image: the voxels whose centres its contours enclose.</summary>
/// <param name="Mask">The voxels, ordered as a volume's; null where the contours do not lie in the image's sections.</param>
/// <param name="Refusal">Why there is no mask; empty where there is one.</param>
/// <param name="OutsideContours">Contours above the first section or below the last, which no voxel can have.</param>
public sealed record RegionVoxels(bool[]? Mask, string Refusal, int OutsideContours)
{
    // Of the distance of sections: what lies further from one may as well belong to the next.
    private const double NearSection = 0.25;

    /// <summary>Fills a region's contours.</summary>
    /// <param name="region">The region.</param>
    /// <param name="geometry">The image's grid; sheared, oblique and mirrored ones as well.</param>
    /// <param name="combination">How contours of a plane are combined; null for what they say of themselves.</param>
    public static RegionVoxels Of(RegionOfInterest region, ImageGeometry geometry, PolygonCombination? combination = null)
    {
        ArgumentNullException.ThrowIfNull(region);
        ArgumentNullException.ThrowIfNull(geometry);
        double distance = DistanceOfSections(geometry);
        int outside = 0;
        SortedDictionary<int, List<IReadOnlyList<PlanePoint>>> sections = [];
        foreach (RoiContour contour in region.Closed)
        {
            (List<PlanePoint> polygon, double first, double last) = Placed(contour, geometry);
            double middle = (first + last) / 2, section = Math.Round(middle);
            if ((last - first) * distance > StructureSetReader.FlatWithin)
            {
                return new(null, string.Create(CultureInfo.InvariantCulture, $"its contours do not lie in the images' sections, but across up to {last - first + 1:0.#} of them"), 0);
            }

            if (Math.Abs(middle - section) > NearSection)
            {
                return new(null, string.Create(CultureInfo.InvariantCulture, $"its contours lie between the images' sections, {Math.Abs(middle - section) * distance:0.##} mm off: they were drawn on other images"), 0);
            }

            if (section < 0 || section >= geometry.Sections)
            {
                outside++;
                continue;
            }

            if (!sections.TryGetValue((int)section, out List<IReadOnlyList<PlanePoint>>? polygons))
            {
                sections[(int)section] = polygons = [];
            }

            polygons.Add(polygon);
        }

        ImageShape shape = geometry.Shape;
        bool[] mask = new bool[shape.Length];
        foreach ((int section, List<IReadOnlyList<PlanePoint>> polygons) in sections)
        {
            PolygonFilling.Fill(polygons, combination ?? region.Combination, shape.Rows, shape.Columns, mask.AsSpan(section * shape.PlaneLength, shape.PlaneLength));
        }

        return new(mask, "", outside);
    }

    /// <summary>From one section to the next along their normal, mm.</summary>
    internal static double DistanceOfSections(ImageGeometry geometry) => geometry.SectionSpacing * Math.Abs(geometry.SectionDirection.Dot(ContourPlane.Of(geometry).Normal));

    private static (List<PlanePoint> Polygon, double First, double Last) Placed(RoiContour contour, ImageGeometry geometry)
    {
        List<PlanePoint> polygon = new(contour.Points.Count);
        (double first, double last) = (double.PositiveInfinity, double.NegativeInfinity);
        foreach (Point3 point in contour.Points)
        {
            (double column, double row, double section) = geometry.IndexOf(point);
            polygon.Add(new(column, row));
            (first, last) = (Math.Min(first, section), Math.Max(last, section));
        }

        return (polygon, first, last);
    }
}
