using System.Globalization;
using MLNetScinti.Imaging;

namespace MLNetScinti.Dicom;

/// <summary>The sections of a CT or PET series in the order in which they lie in the patient.</summary>
public sealed record AssembledSeries
{
    internal AssembledSeries()
    {
    }

    /// <summary>Series Instance UID.</summary>
    public required string SeriesUid { get; init; }

    /// <summary>What the sections are.</summary>
    public required ImageKind Kind { get; init; }

    /// <summary>The sections, from the first along the normal to the last.</summary>
    public required IReadOnlyList<ImageFacts> Sections { get; init; }

    /// <summary>Where the sections are; with sections missing, the places of those included.</summary>
    public required ImageGeometry Geometry { get; init; }

    /// <summary>Positions in <see cref="Geometry"/>, from 0, for which there is no file.</summary>
    public required IReadOnlyList<int> MissingSections { get; init; }

    /// <summary>Files of the series that are left out, and why.</summary>
    public required IReadOnlyList<SkippedFile> LeftOut { get; init; }

    /// <summary>What a careful reader would want to know.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>Whether every section is there.</summary>
    public bool IsComplete => MissingSections.Count == 0;

    /// <summary>Reads the pixels of all sections.</summary>
    /// <param name="reader">The reader; null for one that accepts everything.</param>
    /// <exception cref="InvalidOperationException">Sections are missing: a volume with made-up sections would look like a measured one.</exception>
    /// <exception cref="DicomReadException">A file cannot be read.</exception>
    public Volume ReadVolume(DicomImageReader? reader = null) => ReadVolume(reader, "");

    internal Volume ReadVolume(DicomImageReader? reader, string folder)
    {
        if (!IsComplete)
        {
            throw new InvalidOperationException($"Series {SeriesUid}: {MissingSections.Count} of {Geometry.Sections} sections are missing, the first at position {MissingSections[0] + 1}: fetch the whole series.");
        }

        reader ??= new DicomImageReader();
        int pixels = Geometry.Rows * Geometry.Columns;
        float[] voxels = new float[Geometry.Sections * pixels];
        for (int i = 0; i < Sections.Count; i++)
        {
            reader.Read(Path.Combine(folder, Sections[i].File)).Frame(0).CopyTo(voxels.AsSpan(i * pixels, pixels));
        }

        return new Volume(Geometry, voxels);
    }
}

/// <summary>
/// Puts the files of CT and PET series, which hold one section each, in order: by position along the normal of the
/// sections, never by file name or instance number.
/// </summary>
public static class SeriesAssembler
{
    /// <summary>How far the distance of two sections may be from the usual one, as a share of it.</summary>
    private const double Tolerance = 0.05;

    /// <summary>Whether an image is one section of several.</summary>
    internal static bool IsSection(ImageFacts image) => image is { Kind: ImageKind.Ct or ImageKind.Pet, Geometry: not null, Frames: 1 };

    /// <summary>The series among some images, in the order in which their first files come.</summary>
    /// <param name="headers">Headers of single-section CT and PET images; others are not looked at.</param>
    /// <returns>One series for each series identifier, matrix, pixel size and orientation: a scout view does not get among the sections.</returns>
    public static IReadOnlyList<AssembledSeries> Assemble(IEnumerable<ImageHeader> headers) => Assemble(headers.Select(header => ImageFacts.Of(header, header.File)));

    /// <summary>The series among some images, in the order in which their first files come.</summary>
    /// <param name="images">Facts of single-section CT and PET images; others are not looked at.</param>
    /// <returns>One series for each series identifier, matrix, pixel size and orientation: a scout view does not get among the sections.</returns>
    public static IReadOnlyList<AssembledSeries> Assemble(IEnumerable<ImageFacts> images) =>
    [
        .. images
            .Where(IsSection)
            .GroupBy(Key, StringComparer.Ordinal)
            .Select(group => Assemble([.. group])),
    ];

    private static string Key(ImageFacts header)
    {
        ImageGeometry geometry = header.Geometry!;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{header.SeriesUid}|{header.SpaceUid}|{header.Kind}|{header.Rows}x{header.Columns}|{geometry.RowSpacing:0.0000}x{geometry.ColumnSpacing:0.0000}|{Rounded(geometry.RowDirection)}|{Rounded(geometry.ColumnDirection)}");
    }

    private static string Rounded(Point3 direction) => string.Create(CultureInfo.InvariantCulture, $"{direction.X + 0.0:0.000},{direction.Y + 0.0:0.000},{direction.Z + 0.0:0.000}").Replace("-0.000", "0.000", StringComparison.Ordinal);

    private static AssembledSeries Assemble(List<ImageFacts> headers)
    {
        ImageGeometry first = headers[0].Geometry!;
        Point3 normal = first.RowDirection.Cross(first.ColumnDirection);
        double Place(ImageFacts header) => header.Geometry!.Origin.Dot(normal);

        List<string> warnings = [];
        List<SkippedFile> leftOut = [];
        List<ImageFacts> sections = [];
        foreach (ImageFacts header in headers.OrderBy(Place).ThenBy(header => header.InstanceNumber).ThenBy(header => header.File, StringComparer.Ordinal))
        {
            if (sections.Count > 0 && Place(header) - Place(sections[^1]) < 1e-3)
            {
                leftOut.Add(new SkippedFile(header.File, SkipReason.Repeated, $"a section at the same place is already there ({Path.GetFileName(sections[^1].File)}): a time point of a dynamic scan, or a file sent twice.") { Other = sections[^1].File });
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

        if (sections.Find(section => section.GeometryNote.Length > 0) is ImageFacts assumed)
        {
            warnings.Add(assumed.GeometryNote);
        }

        ImageFacts lowest = sections[0];
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
