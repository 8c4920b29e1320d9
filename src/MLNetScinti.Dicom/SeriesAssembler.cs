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

    /// <summary>Why the sections make no volume though they are all there; empty where they do.</summary>
    public string VolumeRefusal { get; init; } = "";

    /// <summary>Whether it is for their distances alone that they make none: <see cref="DicomReadOptions.AssumeSpacing"/> takes those as even.</summary>
    internal bool IsSpacingRefused { get; init; }

    /// <summary>Whether every section is there.</summary>
    public bool IsComplete => MissingSections.Count == 0;

    /// <summary>Reads the pixels of all sections.</summary>
    /// <param name="reader">The reader; null for one that accepts everything.</param>
    /// <exception cref="DicomReadException">
    /// A file cannot be read; or sections are missing, unevenly spaced or beside each other: a volume with made-up sections or distances
    /// would look like a measured one.
    /// </exception>
    public Volume ReadVolume(DicomImageReader? reader = null) => ReadVolume(reader, "", read: null);

    internal Volume ReadVolume(DicomImageReader? reader, string folder, Action<ScintigraphyImage>? read)
    {
        if (!IsComplete)
        {
            throw new DicomReadException(Sections[0].File, SkipReason.InconsistentHeader, $"{MissingSections.Count} of {Geometry.Sections} sections of its series are missing, the first at position {MissingSections[0] + 1}: fetch the whole series.");
        }

        if (VolumeRefusal.Length > 0 && !(IsSpacingRefused && reader?.Options.AssumeSpacing == true))
        {
            throw new DicomReadException(Sections[0].File, SkipReason.InconsistentHeader, $"no volume can be made of its series: {VolumeRefusal}; ask the source for a series of one stack.");
        }

        reader ??= new DicomImageReader();
        int pixels = Geometry.Rows * Geometry.Columns;
        float[] voxels = new float[Geometry.Sections * pixels];
        for (int i = 0; i < Sections.Count; i++)
        {
            ScintigraphyImage section = reader.Read(Path.Combine(folder, Sections[i].File));
            read?.Invoke(section);
            section.Frame(0).CopyTo(voxels.AsSpan(i * pixels, pixels));
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

    /// <summary>How far a section may be from its place among even ones, as a share of their distance.</summary>
    private const double MostDrift = 0.25;

    /// <summary>Whether an image is one section of several.</summary>
    internal static bool IsSection(ImageFacts image) => image is { Kind: ImageKind.Ct or ImageKind.Pet, Geometry: not null, Frames: 1 };

    /// <summary>Whether an image is one section of several, and its file does not say where it lies.</summary>
    internal static bool IsUnplaced(ImageFacts image) => image is { Kind: ImageKind.Ct or ImageKind.Pet, Geometry: null, Frames: 1, SeriesUid.Length: > 0 };

    /// <summary>The series among some images, in the order in which their first files come.</summary>
    /// <param name="headers">Headers of single-section CT and PET images; others are not looked at.</param>
    /// <returns>One series for each series identifier, matrix, pixel size and orientation: a scout view does not get among the sections.</returns>
    public static IReadOnlyList<AssembledSeries> Assemble(IEnumerable<ImageHeader> headers) => Assemble(headers.Select(header => ImageFacts.Of(header, header.File)));

    /// <summary>The series among some images, in the order in which their first files come.</summary>
    /// <param name="images">Facts of single-section CT and PET images; others are not looked at.</param>
    /// <returns>One series for each series identifier, matrix, pixel size and orientation: a scout view does not get among the sections.</returns>
    public static IReadOnlyList<AssembledSeries> Assemble(IEnumerable<ImageFacts> images)
    {
        List<List<ImageFacts>> groups = Stacks(images.Where(IsSection));
        Dictionary<string, int> stacks = groups.GroupBy(group => group[0].SeriesUid, StringComparer.Ordinal).ToDictionary(series => series.Key, series => series.Count(), StringComparer.Ordinal);
        ILookup<string, ImageFacts> unplaced = images.Where(IsUnplaced).ToLookup(image => image.SeriesUid, StringComparer.Ordinal);
        HashSet<string> told = new(StringComparer.Ordinal);
        return [.. groups.Select(group => group[0].SeriesUid is { Length: > 0 } uid ? Assemble(group, stacks[uid], told.Add(uid) ? [.. unplaced[uid]] : []) : Assemble(group, 1, []))];
    }

    /// <summary>Sections of one series, matrix, pixel size and orientation. Numbers are compared and not rounded: two that are all but one may round to different ones.</summary>
    private static List<List<ImageFacts>> Stacks(IEnumerable<ImageFacts> sections)
    {
        List<List<ImageFacts>> stacks = [];
        Dictionary<string, List<List<ImageFacts>>> known = new(StringComparer.Ordinal);
        foreach (ImageFacts section in sections)
        {
            string key = string.Create(CultureInfo.InvariantCulture, $"{section.SeriesUid}|{section.SpaceUid}|{section.Kind}|{section.Rows}x{section.Columns}");
            if (!known.TryGetValue(key, out List<List<ImageFacts>>? candidates))
            {
                known.Add(key, candidates = []);
            }

            if (candidates.Find(stack => AreAlike(stack[0].Geometry!, section.Geometry!)) is List<ImageFacts> stack)
            {
                stack.Add(section);
            }
            else
            {
                candidates.Add([section]);
                stacks.Add(candidates[^1]);
            }
        }

        return stacks;
    }

    private static bool AreAlike(ImageGeometry a, ImageGeometry b)
    {
        const double angle = 1e-3, length = 1e-4;
        return Math.Abs(a.RowSpacing - b.RowSpacing) < length && Math.Abs(a.ColumnSpacing - b.ColumnSpacing) < length
            && (a.RowDirection - b.RowDirection).Length < angle && (a.ColumnDirection - b.ColumnDirection).Length < angle;
    }

    private static AssembledSeries Assemble(List<ImageFacts> headers, int stacks, IReadOnlyList<ImageFacts> unplaced)
    {
        ImageGeometry first = headers[0].Geometry!;
        Point3 normal = first.RowDirection.Cross(first.ColumnDirection);
        double Place(ImageFacts header) => header.Geometry!.Origin.Dot(normal);

        List<string> warnings = [];
        if (stacks > 1)
        {
            warnings.Add($"The images of this series differ in orientation, matrix, pixel size or coordinates: they make {stacks} stacks, of which this is one.");
        }

        List<SkippedFile> leftOut = [.. unplaced.Select(image => new SkippedFile(image.File, SkipReason.InconsistentHeader, $"nothing says where among its series this section lies ({image.VolumeRefusal}): ask the source for another export."))];
        if (unplaced.Count > 0)
        {
            warnings.Add($"{unplaced.Count} {(unplaced.Count == 1 ? "section of this series does" : "sections of this series do")} not say where {(unplaced.Count == 1 ? "it lies and was" : "they lie and were")} left out: {unplaced[0].VolumeRefusal}.");
        }

        List<ImageFacts> sections = [];
        // Of sections at one place the first in time: those of several passes are not mixed, however their files are called and numbered.
        foreach (ImageFacts header in headers.OrderBy(Place).ThenBy(header => header.AcquiredAt ?? DateTime.MaxValue).ThenBy(header => header.InstanceNumber).ThenBy(header => header.File, StringComparer.Ordinal))
        {
            if (sections.Count > 0 && Place(header) - Place(sections[^1]) < 1e-3)
            {
                leftOut.Add(new SkippedFile(header.File, SkipReason.Repeated, $"a section at the same place is already there ({Path.GetFileName(sections[^1].File)}): a time point of a dynamic scan, or a file sent twice.") { Other = sections[^1].File });
                continue;
            }

            sections.Add(header);
        }

        int repeated = leftOut.Count - unplaced.Count;
        if (repeated > 0)
        {
            warnings.Add($"{repeated} {(repeated == 1 ? "file lies where another one does and was" : "files lie where others do and were")} left out.");
        }

        // The commonest distance is the spacing: gaps are multiples of it.
        double[] distances = [.. sections.Zip(sections.Skip(1), (a, b) => Place(b) - Place(a))];
        double spacing = distances.Length > 0 ? distances.Order().ElementAt((distances.Length - 1) / 2) : first.SectionSpacing;
        List<int> missing = [];
        int[] positions = new int[sections.Count];
        string refusal = "";
        int odd = 0;
        for (int i = 0; i < distances.Length; i++)
        {
            double steps = distances[i] / spacing;
            int whole = steps < 1000 ? Math.Max(1, (int)Math.Round(steps)) : 1;
            if (Math.Abs(steps - whole) > Tolerance)
            {
                string uneven = string.Create(CultureInfo.InvariantCulture, $"sections {i + 1} and {i + 2} are {distances[i]:0.###} mm apart, the others {spacing:0.###} mm");
                refusal = refusal.Length == 0 ? uneven : refusal;
                odd++;
                // Nobody knows whether a section is missing there.
                whole = 1;
            }

            for (int gap = 1; gap < whole; gap++)
            {
                missing.Add(positions[i] + gap);
            }

            positions[i + 1] = positions[i] + whole;
        }

        if (odd > 0)
        {
            warnings.Add($"S{refusal[1..]}{(odd > 1 ? $", and {odd - 1} more of {distances.Length} distances differ" : "")}.");
        }

        if (missing.Count > 0)
        {
            warnings.Add($"{missing.Count} of {positions[^1] + 1} sections are missing.");
        }

        // What is missing at an end leaves no gap.
        if (sections.Max(section => section.SectionsOfVolume) is int announced && announced > positions[^1] + 1)
        {
            warnings.Add($"Number of Slices says that the volume has {announced} sections, and {sections.Count} are here: part of it is missing.");
        }

        if (odd == 0 && positions[^1] > 0)
        {
            // From the first to the last: positions that were written with few digits add up to a drift otherwise.
            spacing = (Place(sections[^1]) - Place(sections[0])) / positions[^1];
            refusal = Drift(sections.ConvertAll(section => Place(section) - Place(sections[0])), positions, spacing, warnings);
        }

        bool isSpacing = refusal.Length > 0;
        (Point3 step, string beside) = Step(sections, spacing, normal, warnings);
        refusal = beside.Length > 0 ? beside : refusal;
        CheckSpacing(sections, spacing, step.Length, warnings);
        if (sections.Count == 1 && sections[0].VolumeRefusal.Length > 0)
        {
            (refusal, isSpacing) = (sections[0].VolumeRefusal, true);
        }

        if (sections.Find(section => section.GeometryNote.Length > 0 && (sections.Count == 1 || section.VolumeRefusal.Length == 0)) is ImageFacts assumed)
        {
            warnings.Add(assumed.GeometryNote);
        }

        ImageFacts lowest = sections[0];
        return new AssembledSeries
        {
            SeriesUid = lowest.SeriesUid,
            Kind = lowest.Kind,
            Sections = sections,
            Geometry = lowest.Geometry! with { Sections = positions[^1] + 1, SectionSpacing = step.Length, SectionDirection = 1 / step.Length * step },
            MissingSections = missing,
            LeftOut = leftOut,
            Warnings = warnings,
            VolumeRefusal = refusal,
            IsSpacingRefused = isSpacing && beside.Length == 0,
        };
    }

    /// <summary>Why sections whose distances are all but even lie too far from even places; empty where they do not.</summary>
    private static string Drift(List<double> places, int[] positions, double spacing, List<string> warnings)
    {
        int farthest = Enumerable.Range(0, places.Count).MaxBy(i => Math.Abs(places[i] - (positions[i] * spacing)));
        double off = Math.Abs(places[farthest] - (positions[farthest] * spacing));
        if (off <= MostDrift * spacing)
        {
            return "";
        }

        string drift = string.Create(CultureInfo.InvariantCulture, $"section {farthest + 1} of {places.Count} lies {off:0.##} mm from its place among even ones of {spacing:0.###} mm, as their distances drift");
        warnings.Add($"S{drift[1..]}.");
        return drift;
    }

    /// <summary>From one section to the next: along the normal, and within the plane as well where a tilted gantry shifts them.</summary>
    /// <returns>The step, and which section lies beside the line of the others.</returns>
    private static (Point3 Step, string Beside) Step(List<ImageFacts> sections, double spacing, Point3 normal, List<string> warnings)
    {
        Point3 straight = spacing * normal;
        if (sections.Count < 2)
        {
            return (straight, "");
        }

        ImageGeometry first = sections[0].Geometry!;
        (double Along, Point3 Aside) Place(int section)
        {
            Point3 from = sections[section].Geometry!.Origin - first.Origin;
            double along = from.Dot(normal);
            return (along, from - (along * normal));
        }

        double pixel = Math.Min(first.RowSpacing, first.ColumnSpacing);
        (double depth, Point3 total) = Place(sections.Count - 1);
        for (int i = 1; i < sections.Count; i++)
        {
            (double along, Point3 aside) = Place(i);
            double beside = (aside - (along / depth * total)).Length;
            if (beside > Tolerance * pixel)
            {
                string which = string.Create(CultureInfo.InvariantCulture, $"section {i + 1} of {sections.Count} lies {beside:0.##} mm beside the line of the others");
                warnings.Add($"S{which[1..]}: no box and no sheared box holds them all.");
                return (straight, which);
            }
        }

        if (total.Length <= 0.01 * pixel)
        {
            return (straight, "");
        }

        Point3 drift = spacing / depth * total;
        Point3 step = straight + drift;
        double degrees = Math.Atan2(drift.Length, spacing) * 180 / Math.PI;
        if (spacing < 0.05 * step.Length)
        {
            string flat = string.Create(CultureInfo.InvariantCulture, $"its sections follow each other at {degrees:0.#} degrees to their normal, all but in one plane");
            warnings.Add($"I{flat[1..]}.");
            return (straight, flat);
        }

        warnings.Add(string.Create(CultureInfo.InvariantCulture, $"Each section lies {drift.Length:0.###} mm aside of the one before ({degrees:0.#} degrees, a tilted gantry or a table that moved): the volume is kept as sheared as it was scanned, not as a box."));
        return (step, "");
    }

    // Of a tilted series some makers give the distance along the table, others that along the normal.
    private static void CheckSpacing(List<ImageFacts> sections, double spacing, double step, List<string> warnings)
    {
        bool Is(double told, double measured) => Math.Abs(Math.Abs(told) - measured) <= Math.Max(0.01, 0.01 * measured);
        if (sections.Count > 1 && sections.Find(section => section.SpacingBetweenSlices is double told && told != 0 && !Is(told, spacing) && !Is(told, step)) is ImageFacts odd)
        {
            warnings.Add(string.Create(CultureInfo.InvariantCulture, $"Spacing Between Slices says {odd.SpacingBetweenSlices:0.###} mm, the positions are {spacing:0.###} mm apart: the positions were believed."));
        }
    }
}
