using System.Globalization;
using MLNetScinti.Imaging;

namespace MLNetScinti.Dicom;

/// <summary>
/// Puts the files of CT and PET series, which hold one section each, in order: by position along the normal of the
/// sections, never by file name or instance number.
/// </summary>
public static class SeriesAssembler
{
    /// <summary>How far the distance of two sections may be from the usual one, as a share of it.</summary>
    private const double Tolerance = 0.05;

    /// <summary>The series among some images, in the order in which their first files come.</summary>
    /// <param name="headers">Headers of single-section CT and PET images; others are not looked at.</param>
    /// <returns>One series for each series identifier, matrix, pixel size and orientation: a scout view does not get among the sections.</returns>
    public static IReadOnlyList<AssembledSeries> Assemble(IEnumerable<ImageHeader> headers) =>
    [
        .. headers
            .Where(header => header is { Kind: ImageKind.Ct or ImageKind.Pet, Geometry: not null, Frames.Count: 1 })
            .GroupBy(Key, StringComparer.Ordinal)
            .Select(group => Assemble([.. group])),
    ];

    private static string Key(ImageHeader header)
    {
        ImageGeometry geometry = header.Geometry!;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{header.SeriesUid}|{header.SpaceUid}|{header.Kind}|{header.Rows}x{header.Columns}|{geometry.RowSpacing:0.0000}x{geometry.ColumnSpacing:0.0000}|{Rounded(geometry.RowDirection)}|{Rounded(geometry.ColumnDirection)}");
    }

    private static string Rounded(Point3 direction) => string.Create(CultureInfo.InvariantCulture, $"{direction.X + 0.0:0.000},{direction.Y + 0.0:0.000},{direction.Z + 0.0:0.000}").Replace("-0.000", "0.000", StringComparison.Ordinal);

    private static AssembledSeries Assemble(List<ImageHeader> headers)
    {
        ImageGeometry first = headers[0].Geometry!;
        Point3 normal = first.RowDirection.Cross(first.ColumnDirection);
        double Place(ImageHeader header) => header.Geometry!.Origin.Dot(normal);

        List<string> warnings = [];
        List<SkippedFile> leftOut = [];
        List<ImageHeader> sections = [];
        foreach (ImageHeader header in headers.OrderBy(Place).ThenBy(header => header.InstanceNumber).ThenBy(header => header.File, StringComparer.Ordinal))
        {
            if (sections.Count > 0 && Place(header) - Place(sections[^1]) < 1e-3)
            {
                leftOut.Add(new SkippedFile(header.File, SkipReason.InconsistentHeader, $"a section at the same place is already there ({Path.GetFileName(sections[^1].File)}): a time point of a dynamic scan, or a file sent twice."));
                continue;
            }

            sections.Add(header);
        }

        // The commonest distance is the spacing: gaps are multiples of it.
        double[] distances = [.. sections.Zip(sections.Skip(1), (a, b) => Place(b) - Place(a))];
        double spacing = distances.Length > 0 ? distances.Order().ElementAt((distances.Length - 1) / 2) : first.SectionSpacing;
        List<int> missing = [];
        int position = 0;
        for (int i = 0; i < distances.Length; i++)
        {
            double steps = distances[i] / spacing;
            int whole = steps < 1000 ? Math.Max(1, (int)Math.Round(steps)) : 1;
            if (Math.Abs(steps - whole) > Tolerance)
            {
                warnings.Add(string.Create(CultureInfo.InvariantCulture, $"Sections {i + 1} and {i + 2} are {distances[i]:0.###} mm apart, the others {spacing:0.###} mm."));
            }

            for (int gap = 1; gap < whole; gap++)
            {
                missing.Add(position + gap);
            }

            position += whole;
        }

        if (missing.Count > 0)
        {
            warnings.Add($"{missing.Count} of {position + 1} sections are missing.");
        }

        if (sections.Any(section => section.GeometryIsAssumed))
        {
            warnings.Add(sections.First(section => section.GeometryIsAssumed).GeometryNote);
        }

        ImageHeader lowest = sections[0];
        return new AssembledSeries
        {
            SeriesUid = lowest.SeriesUid,
            Kind = lowest.Kind,
            Sections = sections,
            Geometry = lowest.Geometry! with { Sections = position + 1, SectionSpacing = spacing, SectionDirection = normal },
            MissingSections = missing,
            LeftOut = leftOut,
            Warnings = warnings,
        };
    }
}
