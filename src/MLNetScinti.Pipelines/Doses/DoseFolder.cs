using System.Globalization;
using MLNetScinti.Dicom;
using MLNetScinti.Dosimetry;
using MLNetScinti.Dosimetry.Organs;
using MLNetScinti.Imaging;

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

    /// <summary>Threads of the registration; results do not depend on them.</summary>
    public int Threads { get; init; } = 1;
}

/// <summary>One administration of one patient, ready for doses.</summary>
/// <param name="PatientId">The patient's pseudonym.</param>
/// <param name="Study">Its images.</param>
/// <param name="First">The files of the first image: derived objects refer to them.</param>
/// <param name="Notes">What has to be said of how the images came together.</param>
public sealed record Administration(string PatientId, DosimetryStudy Study, IReadOnlyList<string> First, IReadOnlyList<string> Notes);

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

        return Administrations(studies, DrawnRegions.Of(folder, index, options), options, refused, cancellation);
    }

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
            foreach (IGrouping<DateTime?, TimePoint> cycle in options.Hours.Count > 0 ? points.GroupBy(_ => (DateTime?)null) : points.GroupBy(point => point.Header.InjectedAt))
            {
                cancellation.ThrowIfCancellationRequested();
                Administration? made = null;
                try
                {
                    made = Make(patient.Key, [.. cycle], drawn, options, reader, cancellation);
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

    private static Administration Make(string patient, TimePoint[] points, DrawnRegions drawn, DoseFolderOptions options, DicomImageReader reader, CancellationToken cancellation)
    {
        if (options.Hours.Count > 0 && options.Hours.Count != points.Length)
        {
            throw new DosimetryException(DosimetryIssue.MissingTimePoint, string.Create(CultureInfo.InvariantCulture, $"{options.Hours.Count} times were given and the patient has {points.Length} images: give one for each, in the order of acquisition."));
        }

        List<string> notes = [];
        List<StudyImage> images = [];
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
            IReadOnlyDictionary<string, bool[]> regions = drawn.In(point, activity.Geometry, name, notes);
            if (reference is null)
            {
                (reference, referenceCt) = (activity, ct);
                fields.Add([.. Enumerable.Repeat(true, activity.Voxels.Length)]);
            }
            else
            {
                SpatialMap? back = Registered(referenceCt, ct, name, options, notes);
                regions = regions.ToDictionary(
                    one => one.Key,
                    one => Array.ConvertAll(Resample.ToGrid(Array.ConvertAll(one.Value, inside => inside ? (byte)1 : (byte)0), activity.Geometry, reference.Geometry, back), label => label != 0),
                    StringComparer.Ordinal);
                Volume field = new(activity.Geometry, [.. Enumerable.Repeat(1f, activity.Voxels.Length)]);
                bool[] seen = Array.ConvertAll(Resample.ToGrid(field, reference.Geometry, new GridResampling(), back).Volume.Voxels, value => value > 0);
                activity = Resample.ToGrid(activity, reference.Geometry, new GridResampling(), back).Volume;
                areRegistered &= back is not null;
                // Outside of this image's field there is no activity to be seen, and none is made up.
                foreach (string region in regions.Where(region => region.Value.Zip(seen).Any(voxel => voxel.First && !voxel.Second)).Select(region => region.Key).ToArray())
                {
                    notes.Add($"{name}: '{PlainText.Short(region)}' reaches beyond the image's field, and was left out there.");
                    regions = regions.Where(one => one.Key != region).ToDictionary(one => one.Key, one => one.Value, StringComparer.Ordinal);
                }

                fields.Add(seen);
            }

            images.Add(new StudyImage { Hours = hours, Voxels = activity, Unit = "Bq/ml", Nuclide = point.Nuclide(name, notes), Regions = regions });
        }

        // One drawing serves all images that were registered, whichever of them it was made in.
        if (areRegistered && points.Length > 1 && images.Count(image => image.Regions.Count > 0) == 1)
        {
            (int source, StudyImage drawnIn) = images.Index().Single(image => image.Item.Regions.Count > 0);
            notes.Add($"Regions are drawn in image {source + 1} alone: they were used in the others after registration.");
            images = [.. images.Select((image, index) => image with
            {
                Regions = drawnIn.Regions.Where(region => !region.Value.Zip(fields[index]).Any(voxel => voxel.First && !voxel.Second)).ToDictionary(region => region.Key, region => region.Value, StringComparer.Ordinal),
            })];
        }

        double? administered = options.Administered ?? points.Select(point => point.Header.InjectedMegabecquerels).FirstOrDefault(activity => activity is not null);
        return new Administration(patient, DosimetryStudy.Of(images, administered, options.ExpectedHours), [.. points[0].Series.Files.Select(points[0].Series.PathOf)], notes);
    }

    private static SpatialMap? Registered(Volume? reference, Volume? moving, string name, DoseFolderOptions options, List<string> notes)
    {
        if (!options.Register)
        {
            return null;
        }

        if (reference is null || moving is null)
        {
            notes.Add($"{name}: it or the first image has no CT, so that they were laid over each other by coordinates alone.");
            return null;
        }

        RigidRegistrationResult found = RigidRegistration.Find(reference, moving, RigidRegistrationOptions.Bone with { Threads = options.Threads });
        notes.Add($"{name}: registered on the first image's bones. {found}");
        if (!found.IsAccepted)
        {
            notes.Add($"{name}: the registration was refused, so that it was laid over the first image by coordinates alone.");
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
    public double Hours(string name) => Header is { InjectedAt: DateTime injected, AcquiredAt: DateTime acquired } && acquired.TimeOfDay > TimeSpan.Zero
        ? (acquired - injected).TotalHours
        : throw new DosimetryException(DosimetryIssue.MissingTimePoint,
            $"{name}: expected when the activity was administered (Radiopharmaceutical Start DateTime (0018,1078)) and when the image was taken, found one of them missing: give the hours with --hours.");

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

    /// <summary>The CT of the image, or null where it has none that can be read.</summary>
    public Volume? Ct(DicomReadOptions reading, string name, List<string> notes)
    {
        try
        {
            return SpectCtStudy.CtOf(Study, Series).ReadVolume(new DicomImageReader(reading));
        }
        catch (DicomReadException problem)
        {
            notes.Add($"{name}: its CT: {problem.Sentence}");
            return null;
        }
        catch (SpectCtException)
        {
            notes.Add($"{name}: it has no CT in its coordinates.");
            return null;
        }
    }
}
