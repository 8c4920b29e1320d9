using System.Globalization;
using MLNetScinti.Imaging;

namespace MLNetScinti.Dicom;

/// <summary>What a SPECT and its CT have to be to each other.</summary>
public sealed record SpectCtOptions
{
    /// <summary>What makes concentrations of a SPECT in counts; null where files are in Bq/ml.</summary>
    public CountCalibration? Calibration { get; init; }

    /// <summary>Whether a CT in other coordinates is taken, or images that do not say where they lie, for who registers them; told in a warning.</summary>
    public bool AllowOtherCoordinates { get; init; }

    /// <summary>Whether a CT that is no plausible scan of a body in Hounsfield units is taken, such as that of a phantom; told in a warning.</summary>
    public bool AllowImplausibleCt { get; init; }

    /// <summary>The part of the SPECT's field that the CT has to reach; what it does not is air, and a warning.</summary>
    public double LeastCoverage { get; init; } = 0.1;

    /// <summary>How far apart in time both may be without a warning.</summary>
    public TimeSpan MostApart { get; init; } = TimeSpan.FromHours(2);
}

/// <summary>
/// A SPECT/CT as one: concentrations, and the CT in its own voxels and in the SPECT's. A CT of another patient, in other coordinates, beside
/// the SPECT's field, or one that is no CT of a body is refused in one sentence.
/// </summary>
public sealed class SpectCtStudy
{
    private SpectCtStudy(ImageSeries spect, ImageSeries ct, ActivityConcentration activity, Volume hounsfield, ResampledVolume onSpect, IReadOnlyList<string> warnings)
    {
        (SpectSeries, CtSeries, Activity, Hounsfield, HounsfieldOnSpect, Warnings) = (spect, ct, activity, hounsfield, onSpect, warnings);
    }

    /// <summary>The SPECT's series.</summary>
    public ImageSeries SpectSeries { get; }

    /// <summary>The CT's series.</summary>
    public ImageSeries CtSeries { get; }

    /// <summary>The SPECT, in Bq/ml.</summary>
    public ActivityConcentration Activity { get; }

    /// <summary>The CT in its own voxels, in Hounsfield units.</summary>
    public Volume Hounsfield { get; }

    /// <summary>The CT in the SPECT's voxels, padded with air to its field.</summary>
    public ResampledVolume HounsfieldOnSpect { get; }

    /// <summary>What a careful reader would want to know.</summary>
    public IReadOnlyList<string> Warnings { get; }

    /// <summary>The CT that belongs to a SPECT of a study: in its coordinates, and of several the one that reaches most of its field, then the one nearest in time.</summary>
    /// <param name="study">The study.</param>
    /// <param name="spect">A SPECT of it.</param>
    /// <param name="options">Null for the usual ones.</param>
    /// <exception cref="SpectCtException">There is none.</exception>
    public static ImageSeries CtOf(Study study, ImageSeries spect, SpectCtOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(study);
        ArgumentNullException.ThrowIfNull(spect);
        options ??= new SpectCtOptions();
        ImageSeries[] all = [.. study.OfKind(ImageKind.Ct).Where(ct => ct.Geometry is not null && ct.Sections?.IsComplete != false)];
        ImageSeries[] scans = [.. all.Where(ct => options.AllowOtherCoordinates || Shares(spect, ct) != false)];
        return scans.Length > 0
            ? scans.OrderByDescending(ct => Shares(spect, ct) == true)
                .ThenByDescending(ct => Math.Round(Coverage(spect.Geometry, ct.Geometry), 2))
                .ThenBy(ct => Apart(spect, ct) ?? TimeSpan.MaxValue)
                .ThenBy(ct => ct.Files[0].File, StringComparer.Ordinal).First()
            : throw new SpectCtException(spect, study.OfKind(ImageKind.Ct).Any()
                ? all.Length == 0 ? "the study's CT lacks sections or places: fetch it again" : "no CT of the study lies in the SPECT's coordinates (Frame of Reference UID): fetch the CT of this SPECT, or register one and say so"
                : "the study has no CT: fetch it with its CT");
    }

    /// <summary>Reads the one SPECT of a study and its CT.</summary>
    /// <exception cref="SpectCtException">There are none or several SPECTs, or the CT does not belong to it.</exception>
    /// <exception cref="UnitException">The SPECT is in another unit, or nobody can tell.</exception>
    /// <exception cref="DicomReadException">A file cannot be read, or sections are missing.</exception>
    public static SpectCtStudy Read(Study study, SpectCtOptions? options = null, DicomImageReader? reader = null)
    {
        ArgumentNullException.ThrowIfNull(study);
        ImageSeries[] spects = [.. study.OfKind(ImageKind.ReconTomo)];
        return spects.Length switch
        {
            1 => Read(spects[0], CtOf(study, spects[0], options), options, reader),
            0 => throw new SpectCtException(study.Series[0], "expected a SPECT, found none in its study: give the reconstructed sections"),
            _ => throw new SpectCtException(spects[0], $"expected one SPECT, found {spects.Length} in its study: name one"),
        };
    }

    /// <summary>Reads a SPECT and a CT.</summary>
    /// <exception cref="SpectCtException">The CT does not belong to the SPECT.</exception>
    /// <exception cref="UnitException">The SPECT is in another unit, or nobody can tell.</exception>
    /// <exception cref="DicomReadException">A file cannot be read, or sections are missing.</exception>
    public static SpectCtStudy Read(ImageSeries spect, ImageSeries ct, SpectCtOptions? options = null, DicomImageReader? reader = null)
    {
        ArgumentNullException.ThrowIfNull(spect);
        ArgumentNullException.ThrowIfNull(ct);
        options ??= new SpectCtOptions();
        List<string> warnings = [];
        CheckKinds(spect, ct);
        CheckTogether(spect, ct, options, warnings);
        ActivityConcentration activity = Concentrations(spect, options, reader);
        Volume hounsfield = ct.ReadVolume(reader);
        foreach (HounsfieldFinding finding in HounsfieldCheck.Of(hounsfield))
        {
            if (!options.AllowImplausibleCt)
            {
                throw new SpectCtException(ct, finding.Sentence.TrimEnd('.'));
            }

            warnings.Add($"CT: {finding.Sentence}");
        }

        if (ct.Files.FirstOrDefault(file => file.Unit != ImageUnit.Hounsfield) is ImageFacts other)
        {
            throw new SpectCtException(ct, $"expected Hounsfield units, found {other.Unit}: fetch the CT with its Rescale Type");
        }

        ResampledVolume onSpect = Resample.ToGrid(hounsfield, activity.Volume.Geometry, GridResampling.Hounsfield);
        if (1 - onSpect.OutsideShare < options.LeastCoverage)
        {
            throw new SpectCtException(ct, string.Create(CultureInfo.InvariantCulture, $"its field holds {100 * (1 - onSpect.OutsideShare):0.#} % of the SPECT's, expected at least {100 * options.LeastCoverage:0.#} %: give the CT of this SPECT"));
        }

        if (onSpect.OutsideVoxels > 0)
        {
            warnings.Add(string.Create(CultureInfo.InvariantCulture, $"{100 * onSpect.OutsideShare:0.#} % of the SPECT's field lie outside the CT's and were taken for air."));
        }

        return new SpectCtStudy(spect, ct, activity, hounsfield, onSpect, [.. warnings, .. spect.Warnings.Concat(ct.Warnings).Distinct(StringComparer.Ordinal)]);
    }

    private static void CheckKinds(ImageSeries spect, ImageSeries ct)
    {
        if (spect.Kind != ImageKind.ReconTomo)
        {
            throw new SpectCtException(spect, $"expected a SPECT's sections, found {spect.Kind}: give the reconstructed sections");
        }

        if (ct.Kind != ImageKind.Ct)
        {
            throw new SpectCtException(ct, $"expected a CT, found {ct.Kind}: give the CT of the SPECT");
        }
    }

    private static void CheckTogether(ImageSeries spect, ImageSeries ct, SpectCtOptions options, List<string> warnings)
    {
        (PatientFacts one, PatientFacts other) = (spect.Files[0].Patient, ct.Files[0].Patient);
        if (ct.Files.Concat(spect.Files).FirstOrDefault(file => !string.Equals(file.Patient.Pseudonym, one.Pseudonym, StringComparison.Ordinal)) is not null)
        {
            throw new SpectCtException(ct, $"it is of another patient ({other.Pseudonym}) than the SPECT ({one.Pseudonym}): give the CT of this patient");
        }

        // Of a series of sections their positions tell; of a single file its header alone.
        foreach (ImageSeries series in (ImageSeries[])[spect, ct])
        {
            if (series.Sections is null && series.Files[0].GeometryNote is { Length: > 0 } note && !options.AllowOtherCoordinates)
            {
                throw new SpectCtException(series, $"where it lies was assumed ({note.TrimEnd('.')}): give an export that says so, or register it and say so");
            }
        }

        switch (Shares(spect, ct))
        {
            case false when !options.AllowOtherCoordinates:
                throw new SpectCtException(ct, "it lies in other coordinates (Frame of Reference UID) than the SPECT: give the CT of this SPECT, or register it and say so");
            case false:
                warnings.Add("The CT lies in other coordinates (Frame of Reference UID) than the SPECT: it is of use only once it is registered.");
                break;
            case null:
                warnings.Add("The SPECT or the CT does not say in which coordinates it lies (Frame of Reference UID): that both are the same was assumed.");
                break;
        }

        if (Apart(spect, ct) is TimeSpan apart && apart > options.MostApart)
        {
            warnings.Add(string.Create(CultureInfo.InvariantCulture, $"The SPECT and the CT were begun {apart.TotalHours:0.#} hours apart: the CT may be of another time point."));
        }
    }

    private static ActivityConcentration Concentrations(ImageSeries spect, SpectCtOptions options, DicomImageReader? reader)
    {
        if (options.Calibration is null || spect.Files.All(file => file.Unit == ImageUnit.BecquerelPerMillilitre))
        {
            return ActivityConcentration.Of(spect, reader);
        }

        return ActivityConcentration.FromCounts(spect.Read(reader), options.Calibration);
    }

    /// <summary>Whether two series lie in one set of coordinates; null where one does not say.</summary>
    private static bool? Shares(ImageSeries a, ImageSeries b) => a.SpaceUid.Length == 0 || b.SpaceUid.Length == 0 ? null : string.Equals(a.SpaceUid, b.SpaceUid, StringComparison.Ordinal);

    private static TimeSpan? Apart(ImageSeries a, ImageSeries b) => a.AcquiredAt is DateTime first && b.AcquiredAt is DateTime second ? (first - second).Duration() : null;

    private static double Coverage(ImageGeometry? spect, ImageGeometry? ct) => spect is null || ct is null ? 0 : 1 - FieldOverlap.Between(Coarse(ct), Coarse(spect)).GridOutside;

    // A share is wanted, and a CT has a hundred million voxels.
    private static ImageGeometry Coarse(ImageGeometry geometry) => Resample.ToSpacing(geometry, Math.Max(10, geometry.ColumnSpacing), Math.Max(10, geometry.RowSpacing), Math.Max(10, geometry.SectionSpacing)).Geometry;
}

/// <summary>A SPECT and a CT that make no SPECT/CT. The message is one line: the file, what was expected, what was found, what to do.</summary>
public sealed class SpectCtException : Exception
{
    internal SpectCtException(ImageSeries series, string sentence)
        : base(DatasetReading.OneLine($"{series.Files[0].File}: {sentence}."))
    {
    }
}
