using System.Globalization;
using MLNetScinti.Dicom;
using MLNetScinti.Dosimetry;
using MLNetScinti.Dosimetry.Organs;
using MLNetScinti.Imaging;
using MLNetScinti.Pipelines.Definitions;

namespace MLNetScinti.Pipelines.Doses;

/// <summary>How a folder of images after a therapy is read.</summary>
public sealed record DoseFolderOptions
{
    /// <summary>How DICOM files are read; <see cref="DicomReadOptions.Kinds"/> is left alone.</summary>
    public DicomReadOptions Reading { get; init; } = new();

    /// <summary>A folder of NIfTI label maps beside the structure sets and segmentations of the folder itself; null for none.</summary>
    public string? Masks { get; init; }

    /// <summary>What labels of NIfTI files mean; others are "label N".</summary>
    public IReadOnlyDictionary<int, string> Names { get; init; } = new Dictionary<int, string>();

    /// <summary>Hours after administration of the images in the order of acquisition, where files do not say when it was; empty to take the files' word.</summary>
    public IReadOnlyList<double> Hours { get; init; } = [];

    /// <summary>Administered activity in MBq, where files do not give it or are wrong.</summary>
    public double? Administered { get; init; }

    /// <summary>The protocol's times in hours; an image that is missing is told.</summary>
    public IReadOnlyList<double> ExpectedHours { get; init; } = [];

    /// <summary>Whether later images are brought onto the first by the bones of their CTs.</summary>
    public bool Register { get; init; } = true;

    /// <summary>Full width at half maximum of the images, mm, by which what is drawn on finer voxels is looked for in each image and moved there; null leaves it where it was drawn.</summary>
    public double? FollowFwhm { get; init; }

    /// <summary>Threads of the registration; results do not depend on them.</summary>
    public int Threads { get; init; } = 1;
}

/// <summary>One administration of one patient, ready for doses.</summary>
/// <param name="PatientId">The patient's pseudonym.</param>
/// <param name="Study">Its images.</param>
/// <param name="First">The files of the first image: derived objects refer to them.</param>
/// <param name="Notes">What has to be said of how the images came together.</param>
public sealed record Administration(string PatientId, DosimetryStudy Study, IReadOnlyList<string> First, IReadOnlyList<string> Notes)
{
    /// <summary>Which administration of the patient it is, by time, from 1 on; null where the files do not say when it was.</summary>
    public int? Cycle { get; init; }

    /// <summary>Regions that are drawn and cannot be used in any image, by name, and why, each in one sentence.</summary>
    public IReadOnlyDictionary<string, string> LeftOut { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);
}

/// <summary>An administration that gives no dose, and why.</summary>
public sealed record RefusedAdministration(string PatientId, string Sentence);

/// <summary>
/// The images of a folder as administrations: SPECT or PET in Bq/ml, each with the regions that a structure set, a segmentation or a label map
/// draws in its coordinates, and its hours after administration.
/// </summary>
public static class DoseFolder
{
    /// <summary>Reads a folder.</summary>
    /// <param name="folder">The folder of DICOM files.</param>
    /// <param name="options">How.</param>
    /// <param name="refused">Is told of each patient whose images give no dose.</param>
    /// <param name="cancellation">Stops between images.</param>
    /// <exception cref="NoStudyException">The folder holds no reconstructed SPECT and no PET.</exception>
    /// <exception cref="DefinitionException">Hours or an activity were given, which are one patient's, and the folder holds several.</exception>
    public static IEnumerable<Administration> Read(string folder, DoseFolderOptions options, Action<RefusedAdministration> refused, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(refused);
        StudyIndex index = StudyIndex.Build(folder, new StudyIndexOptions { Reading = options.Reading, Boundary = StudyBoundary.Examination }, cancel: cancellation);
        Study[] studies = [.. index.Studies.Where(study => study.OfKind(s_kinds).Any())];
        if (studies.Length == 0)
        {
            throw new NoStudyException($"{folder}: expected reconstructed SPECT or PET in Bq/ml, found {index.FileCount} files and none of them is one.");
        }

        int patients = studies.Select(study => study.Patient.Pseudonym).Distinct(StringComparer.Ordinal).Count();
        if (patients > 1 && (options.Hours.Count > 0 || options.Administered is not null))
        {
            throw new DefinitionException($"--hours and --administered: expected a folder of one patient, whose they are, found {patients} patients: give each a folder, or leave them out.");
        }

        return Administrations(studies, DrawnRegions.Of(folder, index, options), options, refused, cancellation);
    }

    // Files of one administration may give the beginning or the end of an infusion; nobody gets two within hours.
    private static readonly TimeSpan s_oneAdministration = TimeSpan.FromHours(6);

    private static readonly ImageKind[] s_kinds = [ImageKind.ReconTomo, ImageKind.Pet];

    private static IEnumerable<Administration> Administrations(Study[] studies, DrawnRegions drawn, DoseFolderOptions options, Action<RefusedAdministration> refused, CancellationToken cancellation)
    {
        DicomImageReader reader = new(options.Reading);
        foreach (IGrouping<string, Study> patient in studies.GroupBy(study => study.Patient.Pseudonym, StringComparer.Ordinal).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            TimePoint[] all = [.. patient.SelectMany(study => study.OfKind(s_kinds).Select(series => TimePoint.Of(study, series, reader)))
                .OrderBy(point => point.Header.AcquiredAt).ThenBy(point => point.Series.Files[0].File, StringComparer.Ordinal)];
            // Beside the image in Bq/ml an archive often holds one without attenuation correction, in counts: it is no time of its own.
            TimePoint[] points = [.. all.Where(point => point.Header.Unit == ImageUnit.BecquerelPerMillilitre)];
            points = points.Length > 0 ? points : all;
            if (options.Hours.Count > 0 && points.Any(point => point.Header.AcquiredAt is null))
            {
                refused(new RefusedAdministration(patient.Key, "Hours were given in the order of acquisition, and an image does not say when it was taken: give images with Acquisition Date and Time."));
                continue;
            }

            // Cycles of a therapy are doses of their own.
            (int? Cycle, TimePoint[] Points)[] cycles = options.Hours.Count > 0 ? [(null, points)] : [.. CyclesOf(points)];
            if (cycles.Length > 1 && options.Administered is not null)
            {
                refused(new RefusedAdministration(patient.Key, $"One administered activity was given, and the patient's images are of {cycles.Length} administrations: give each a folder of its own."));
                continue;
            }

            foreach ((int? cycle, TimePoint[] ofCycle) in cycles)
            {
                cancellation.ThrowIfCancellationRequested();
                Administration? made = null;
                try
                {
                    made = Make(patient.Key, ofCycle, drawn, options, reader, cancellation) with { Cycle = cycle };
                    if (points.Length < all.Length)
                    {
                        made = made with { Notes = [.. made.Notes, $"{all.Length - points.Length} images that are not in Bq/ml were left out."] };
                    }
                }
                catch (DosimetryException problem)
                {
                    refused(new RefusedAdministration(patient.Key, problem.Message));
                }
                catch (DicomReadException problem)
                {
                    refused(new RefusedAdministration(patient.Key, problem.Sentence));
                }
                catch (UnitException problem)
                {
                    // Without the file's name, which may be a patient's.
                    refused(new RefusedAdministration(patient.Key, problem.Sentence));
                }

                if (made is not null)
                {
                    yield return made;
                }
            }
        }
    }

    /// <summary>Images of one administration each, by when it was; those that do not say when come last, and have no number.</summary>
    private static IEnumerable<(int? Cycle, TimePoint[] Points)> CyclesOf(TimePoint[] points)
    {
        List<List<TimePoint>> cycles = [];
        foreach (TimePoint point in points.Where(point => point.Header.InjectedAt is not null).OrderBy(point => point.Header.InjectedAt))
        {
            if (cycles.Count == 0 || point.Header.InjectedAt - cycles[^1][0].Header.InjectedAt > s_oneAdministration)
            {
                cycles.Add([]);
            }

            cycles[^1].Add(point);
        }

        TimePoint[] silent = [.. points.Where(point => point.Header.InjectedAt is null)];
        return [.. cycles.Select((cycle, number) => ((int?)(number + 1), (TimePoint[])[.. cycle.OrderBy(point => point.Header.AcquiredAt)])), .. silent.Length > 0 ? [((int?)null, silent)] : (IEnumerable<(int?, TimePoint[])>)[]];
    }

    private static Administration Make(string patient, TimePoint[] points, DrawnRegions drawn, DoseFolderOptions options, DicomImageReader reader, CancellationToken cancellation)
    {
        if (options.Hours.Count > 0 && options.Hours.Count != points.Length)
        {
            throw new DosimetryException(DosimetryIssue.MissingTimePoint, string.Create(CultureInfo.InvariantCulture, $"{options.Hours.Count} times were given and the patient has {points.Length} images: give one for each, in the order of acquisition."));
        }

        List<string> notes = [.. drawn.Problems];
        if (options.Hours.Count == 0 && points.Select(point => point.Header.InjectedAt).Distinct().Count() is int moments and > 1)
        {
            notes.Add($"The images give {moments} different times of one administration, within {s_oneAdministration.TotalHours:0} hours: each was taken by its own.");
        }

        List<StudyImage> images = [];
        List<Dictionary<string, string>> leftOut = [];
        List<bool[]> fields = [];
        bool areRegistered = true;
        Volume? reference = null, referenceCt = null;
        foreach ((int number, TimePoint point) in points.Index())
        {
            cancellation.ThrowIfCancellationRequested();
            // Names of files may be names of patients, and notes go into files.
            string name = string.Create(CultureInfo.InvariantCulture, $"image {number + 1}");
            double hours = options.Hours.Count > 0 ? options.Hours[number] : point.Hours(name);
            if (options.Hours.Count > 0 && point.Header is { InjectedAt: DateTime injected, AcquiredAt: DateTime acquired } && Math.Abs((acquired - injected).TotalHours - hours) > 0.1 * hours)
            {
                notes.Add(string.Create(CultureInfo.InvariantCulture, $"{name}: {hours:0.##} h were given, and the file says {(acquired - injected).TotalHours:0.##} h."));
            }

            if (options.Hours.Count == 0 && point.Header.AcquiredAtEvidence == MomentEvidence.Guessed)
            {
                notes.Add($"{name}: it lacks an Acquisition Date or Time: that of its series or content was taken, which is a guess.");
            }

            notes.AddRange(point.Header.Warnings.Concat(point.Series.Warnings).Distinct(StringComparer.Ordinal).Select(warning => $"{name}: {warning}"));
            if (point.Header.GeometryIsAssumed)
            {
                notes.Add($"{name}: the file does not say how its sections lie in the patient, which was assumed: what is drawn in other images may lie elsewhere.");
            }

            if (point.Header.DecayCorrection == "ADMIN")
            {
                throw new DosimetryException(DosimetryIssue.WrongUnit, $"{name}: its values are corrected for decay to the administration (Decay Correction ADMIN): ask for activities at the time of the image.");
            }

            Volume activity = point.Activity(reader, name);
            Volume? ct = options.Register && points.Length > 1 ? point.Ct(options.Reading, name, notes) : null;
            leftOut.Add(new(StringComparer.Ordinal));
            DrawnMasks regions = drawn.In(point, activity, name, notes, leftOut[^1]);
            StudyImage image = new() { Hours = hours, Voxels = activity, Unit = "Bq/ml", Nuclide = point.Nuclide(name, notes), Regions = regions.Masks, Parts = regions.Parts, Space = "first" };
            if (reference is null)
            {
                (reference, referenceCt) = (activity, ct);
                fields.Add([.. Enumerable.Repeat(true, activity.Voxels.Length)]);
                images.Add(image);
                continue;
            }

            SpatialMap? back = Registered(referenceCt, ct, name, options, notes);
            areRegistered &= back is not null;
            if (back is null && options.Register && !SharesSpace(point, points[0]))
            {
                // On its own voxels, with what is drawn in it: activities of a region need no common grid.
                notes.Add($"{name}: it lies in other coordinates than the first image (Frame of Reference UID), and was not registered to it: what is drawn in one was not used in the other, and there is no dose map of both.");
                images.Add(image with { Space = name });
                fields.Add([]);
                continue;
            }

            images.Add(OnFirst(image, reference, back, name, leftOut[^1], out bool[] seen));
            fields.Add(seen);
        }

        // One drawing serves all images that were registered, whichever of them it was made in.
        if (areRegistered && points.Length > 1 && images.Count(image => image.Regions.Count > 0) == 1)
        {
            (int source, StudyImage drawnIn) = images.Index().Single(image => image.Item.Regions.Count > 0);
            notes.Add($"Regions are drawn in image {source + 1} alone: they were used in the others after registration.");
            images = [.. images.Select((image, index) => image with
            {
                Regions = drawnIn.Regions.Where(region => !region.Value.Zip(fields[index]).Any(voxel => voxel.First && !voxel.Second)).ToDictionary(region => region.Key, region => region.Value, StringComparer.Ordinal),
                Parts = drawnIn.Parts,
            })];
        }

        HashSet<string> used = [.. images.SelectMany(image => image.Regions.Keys)];
        Dictionary<string, string> never = new(StringComparer.Ordinal);
        foreach ((string region, string why) in leftOut.SelectMany(one => one))
        {
            // One image without it is a time that its dose lacks; none with it is a region without a dose.
            if (used.Contains(region) || !never.TryAdd(region, why))
            {
                notes.Add(why);
            }
        }

        double? administered = options.Administered ?? points.Select(point => point.Header.InjectedMegabecquerels).FirstOrDefault(activity => activity is not null);
        return new Administration(patient, DosimetryStudy.Of(images, administered, options.ExpectedHours), [.. points[0].Series.Files.Select(points[0].Series.PathOf)], notes) { LeftOut = never };
    }

    private static bool SharesSpace(TimePoint one, TimePoint other) => one.Series.SpaceUid.Length > 0 && string.Equals(one.Series.SpaceUid, other.Series.SpaceUid, StringComparison.Ordinal);

    /// <summary>An image on the voxels of the first one, with those of its regions that lie in both fields.</summary>
    private static StudyImage OnFirst(StudyImage image, Volume reference, SpatialMap? back, string name, Dictionary<string, string> leftOut, out bool[] seen)
    {
        ImageGeometry own = image.Voxels.Geometry, grid = reference.Geometry;
        Volume field = new(own, [.. Enumerable.Repeat(1f, own.Shape.Length)]);
        bool[] within = Array.ConvertAll(Resample.ToGrid(field, grid, new GridResampling(), back).Volume.Voxels, value => value > 0);
        Dictionary<string, bool[]> regions = new(StringComparer.Ordinal);
        Dictionary<string, float[]> parts = new(StringComparer.Ordinal);
        foreach ((string region, bool[] mask) in image.Regions)
        {
            bool[] brought = MaskResampling.ToGrid(mask, own, grid, MaskRule.KeepVolume, back);
            if (LeavesField(mask, own, grid, back) || IndexBox.IsTruncated(brought, grid))
            {
                leftOut.TryAdd(region, $"{name}: '{PlainText.Short(region)}' reaches beyond the first image's field once it is laid over it, and is truncated: it has no volume and no dose.");
            }
            else if (brought.Zip(within).Any(voxel => voxel.First && !voxel.Second))
            {
                // Outside of this image's field there is no activity to be seen, and none is made up.
                leftOut.TryAdd(region, $"{name}: '{PlainText.Short(region)}' reaches beyond the image's field, and was left out there.");
            }
            else
            {
                regions[region] = brought;
                if (image.Parts.TryGetValue(region, out float[]? filled))
                {
                    parts[region] = Resample.ToGrid(new Volume(own, filled), grid, new GridResampling(), back).Volume.Voxels;
                }
            }
        }

        seen = within;
        return image with { Voxels = Resample.ToGrid(image.Voxels, grid, new GridResampling(), back).Volume, Regions = regions, Parts = parts };
    }

    // By centres: half a voxel beyond the last centre still lies in the field.
    private static bool LeavesField(bool[] mask, ImageGeometry own, ImageGeometry grid, SpatialMap? back)
    {
        SpatialMap forth = (back ?? SpatialMap.Identity).Inverse();
        for (int voxel = 0; voxel < mask.Length; voxel++)
        {
            if (mask[voxel])
            {
                (double column, double row, double section) = grid.IndexOf(forth.Move(own.PositionOf(voxel % own.Columns, voxel / own.Columns % own.Rows, voxel / own.Columns / own.Rows)));
                if (Math.Min(column, Math.Min(row, section)) < -0.5 || column > grid.Columns - 0.5 || row > grid.Rows - 0.5 || section > grid.Sections - 0.5)
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static SpatialMap? Registered(Volume? reference, Volume? moving, string name, DoseFolderOptions options, List<string> notes)
    {
        if (!options.Register)
        {
            return null;
        }

        if (reference is null || moving is null)
        {
            notes.Add($"{name}: it or the first image has no CT that both could be registered by.");
            return null;
        }

        RigidRegistrationResult found = RigidRegistration.Find(reference, moving, RigidRegistrationOptions.Bone with { Threads = options.Threads });
        notes.Add($"{name}: registered on the first image's bones. {found}");
        if (!found.IsAccepted)
        {
            notes.Add($"{name}: the registration was refused.");
        }

        return found.IsAccepted ? found.Map : null;
    }
}

/// <summary>An image of an administration, with what its files say.</summary>
internal sealed record TimePoint(Study Study, ImageSeries Series, ImageHeader Header)
{
    public static TimePoint Of(Study study, ImageSeries series, DicomImageReader reader) => new(study, series, reader.ReadHeader(series.PathOf(series.Files[0])));

    /// <summary>The activity, Bq/ml.</summary>
    /// <exception cref="DosimetryException">Its images make no volume.</exception>
    /// <exception cref="UnitException">They are in another unit.</exception>
    public Volume Activity(DicomImageReader reader, string name)
    {
        try
        {
            return ActivityConcentration.Of(Series, reader).Volume;
        }
        catch (InvalidOperationException)
        {
            throw new DosimetryException(DosimetryIssue.ImpossibleValue, $"{name}: expected sections that make a volume, found images that make none: export the reconstruction as a whole.");
        }
    }

    /// <summary>Hours after administration.</summary>
    /// <exception cref="DosimetryException">The file does not tell.</exception>
    public double Hours(string name) => Header is { InjectedAt: DateTime injected, AcquiredAt: DateTime acquired }
        ? (acquired - injected).TotalHours
        : throw new DosimetryException(DosimetryIssue.MissingTimePoint,
            $"{name}: expected when the activity was administered (Radiopharmaceutical Start DateTime (0018,1078)) and when the image was taken (Acquisition Date and Time), found {(Header.InjectedAt is not null ? "no time of the image" : Header.AcquiredAt is not null ? "no time of the administration" : "neither")}: give the hours with --hours.");

    /// <summary>The one nuclide of the image.</summary>
    /// <exception cref="DosimetryException">There are several, or none is known.</exception>
    public string Nuclide(string name, List<string> notes)
    {
        if (Header.Radionuclides is [RadionuclideFinding { IsGuessed: true } guess])
        {
            notes.Add($"{name}: that its nuclide is {guess.Radionuclide.Symbol} is a guess.");
        }

        return Header.Radionuclides is [RadionuclideFinding only]
            ? only.Radionuclide.Symbol
            : throw new DosimetryException(Header.Radionuclides.Count == 0 ? DosimetryIssue.UnknownName : DosimetryIssue.MixedNuclides,
                $"{name}: expected one radionuclide, found {(Header.Radionuclides.Count == 0 ? "none" : string.Join(" and ", Header.Radionuclides.Select(found => found.Radionuclide.Symbol)))}: ask its source for a file that names it.");
    }

    /// <summary>What a registration looks at of the image's CT, or null where it has none that can be used.</summary>
    public Volume? Ct(DicomReadOptions reading, string name, List<string> notes)
    {
        try
        {
            // As coarse as the registration's finest voxels at once: a therapy has several CTs, and each has hundreds of megabytes.
            return RigidRegistration.Prepared(SpectCtStudy.ReadCt(SpectCtStudy.CtOf(Study, Series), null, new DicomImageReader(reading)), RigidRegistrationOptions.Bone);
        }
        catch (DicomReadException problem)
        {
            notes.Add($"{name}: its CT: {problem.Sentence}");
            return null;
        }
        catch (SpectCtException problem)
        {
            notes.Add($"{name}: {problem.Sentence}");
            return null;
        }
    }
}
