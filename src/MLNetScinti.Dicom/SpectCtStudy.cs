using System.Globalization;
using MLNetScinti.Imaging;

namespace MLNetScinti.Dicom;

/// <summary>What a SPECT and its CT have to be to each other.</summary>
public sealed record SpectCtOptions
{
    /// <summary>What makes concentrations of a SPECT in counts; null where files are in Bq/ml.</summary>
    public CountCalibration? Calibration { get; init; }

    /// <summary>Whether the SPECT is wanted: without, the CT alone is read, in the coordinates of the study's SPECT where it has one.</summary>
    public bool ReadSpect { get; init; } = true;

    /// <summary>Whether a CT in other coordinates is taken, or images that do not say where they lie, for who registers them; told in a warning.</summary>
    public bool AllowOtherCoordinates { get; init; }

    /// <summary>Whether a CT that is no plausible scan of a body in Hounsfield units is taken, such as that of a phantom; told in a warning.</summary>
    public bool AllowImplausibleCt { get; init; }

    /// <summary>The part of the SPECT's field that the CT has to reach; what it does not is air, and a warning.</summary>
    public double LeastCoverage { get; init; } = 0.1;

    /// <summary>How far apart in time both may be without a warning.</summary>
    public TimeSpan MostApart { get; init; } = TimeSpan.FromHours(2);
}

/// <summary>Why a SPECT and a CT make no SPECT/CT, for programs.</summary>
public enum SpectCtFault
{
    /// <summary>There is no SPECT.</summary>
    NoSpect,

    /// <summary>There are several, and none was named.</summary>
    SeveralSpect,

    /// <summary>There is no CT.</summary>
    NoCt,

    /// <summary>Its images make no volume: sections or places are missing.</summary>
    NoVolume,

    /// <summary>SPECT and CT are of two patients.</summary>
    OtherPatient,

    /// <summary>They lie in different coordinates, or one does not say where it lies.</summary>
    OtherFrameOfReference,

    /// <summary>The CT lies beside the SPECT's field.</summary>
    OtherField,

    /// <summary>The CT's values are no Hounsfield units of a body.</summary>
    NotHounsfield,
}

/// <summary>
/// A SPECT/CT as one: concentrations, and the CT in Hounsfield units. A CT of another patient, in other coordinates, beside the SPECT's field, or one
/// that is no CT of a body is refused in one sentence. Whoever needs a SPECT and its CT asks here: systems, and the commands that draw and that compute doses.
/// </summary>
public sealed class SpectCtStudy
{
    private SpectCtStudy(ImageSeries? spect, ImageSeries ct, ActivityConcentration? activity, Volume hounsfield, IReadOnlyList<string> warnings)
    {
        (SpectSeries, CtSeries, Activity, Hounsfield, Warnings) = (spect, ct, activity, hounsfield, warnings);
    }

    /// <summary>The SPECT's series; null where the study has none, and none was wanted.</summary>
    public ImageSeries? SpectSeries { get; }

    /// <summary>The CT's series.</summary>
    public ImageSeries CtSeries { get; }

    /// <summary>The SPECT, in Bq/ml; null where none was wanted.</summary>
    public ActivityConcentration? Activity { get; }

    /// <summary>The CT in its own voxels, in Hounsfield units.</summary>
    public Volume Hounsfield { get; }

    /// <summary>What a careful reader would want to know.</summary>
    public IReadOnlyList<string> Warnings { get; }

    /// <summary>The one SPECT of a study.</summary>
    /// <exception cref="SpectCtException">There is none, or there are several.</exception>
    public static ImageSeries SpectOf(Study study)
    {
        ArgumentNullException.ThrowIfNull(study);
        ImageSeries[] spects = [.. study.OfKind(ImageKind.ReconTomo)];
        return spects.Length switch
        {
            1 => spects[0],
            0 => throw new SpectCtException(study.Series[0], SpectCtFault.NoSpect, "expected a reconstructed SPECT, found none in its study: give the reconstructed sections"),
            _ => throw new SpectCtException(spects[0], SpectCtFault.SeveralSpect, $"expected one reconstructed SPECT, found {spects.Length} in its study: name one, or give each examination its own study"),
        };
    }

    /// <summary>The CT of a study: that of its one SPECT; without one SPECT whose it could be, the one of most sections.</summary>
    /// <exception cref="SpectCtException">There is none.</exception>
    public static ImageSeries CtOf(Study study, SpectCtOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(study);
        ImageSeries[] spects = [.. study.OfKind(ImageKind.ReconTomo)];
        return spects is [ImageSeries spect] ? CtOf(study, spect, options)
            : Scans(study, study.Series[0]).OrderByDescending(ct => ct.Geometry!.Sections).ThenBy(ct => ct.AcquiredAt ?? DateTime.MaxValue).ThenBy(ct => ct.Files[0].File, StringComparer.Ordinal).First();
    }

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
        ImageSeries[] scans = [.. Scans(study, spect).Where(ct => options.AllowOtherCoordinates || Shares(spect, ct) != false)];
        return scans.Length > 0
            ? scans.OrderByDescending(ct => Shares(spect, ct) == true)
                .ThenByDescending(ct => Math.Round(Coverage(spect.Geometry, ct.Geometry), 2))
                .ThenBy(ct => Apart(spect, ct) ?? TimeSpan.MaxValue)
                .ThenBy(ct => ct.Files[0].File, StringComparer.Ordinal).First()
            : throw new SpectCtException(spect, SpectCtFault.OtherFrameOfReference, "its CT and its SPECT name different frames of reference (Frame of Reference UID), so that nothing says where one lies in the other: fetch the CT of this SPECT, or register them first");
    }

    /// <summary>Reads the one SPECT of a study and its CT.</summary>
    /// <exception cref="SpectCtException">There are none or several SPECTs, or the CT does not belong to it.</exception>
    /// <exception cref="UnitException">The SPECT is in another unit, or nobody can tell.</exception>
    /// <exception cref="DicomReadException">A file cannot be read, or sections are missing.</exception>
    public static SpectCtStudy Read(Study study, SpectCtOptions? options = null, DicomImageReader? reader = null)
    {
        ArgumentNullException.ThrowIfNull(study);
        options ??= new SpectCtOptions();
        ImageSeries? spect = options.ReadSpect ? SpectOf(study) : study.OfKind(ImageKind.ReconTomo).ToArray() is [ImageSeries only] ? only : null;
        return Of(spect, spect is null ? CtOf(study, options) : CtOf(study, spect, options), options, reader);
    }

    /// <summary>Reads a SPECT and a CT.</summary>
    /// <exception cref="SpectCtException">The CT does not belong to the SPECT.</exception>
    /// <exception cref="UnitException">The SPECT is in another unit, or nobody can tell.</exception>
    /// <exception cref="DicomReadException">A file cannot be read, or sections are missing.</exception>
    public static SpectCtStudy Read(ImageSeries spect, ImageSeries ct, SpectCtOptions? options = null, DicomImageReader? reader = null)
    {
        ArgumentNullException.ThrowIfNull(spect);
        ArgumentNullException.ThrowIfNull(ct);
        return Of(spect, ct, options ?? new SpectCtOptions(), reader);
    }

    /// <summary>Reads a CT, which has to be one of a body in Hounsfield units.</summary>
    /// <param name="ct">The CT.</param>
    /// <param name="options">Null for the usual ones.</param>
    /// <param name="reader">The reader; null for one that accepts everything.</param>
    /// <param name="warnings">Takes what has to be said of a CT that is taken all the same; null where nobody listens.</param>
    /// <exception cref="SpectCtException">It is none.</exception>
    /// <exception cref="DicomReadException">A file cannot be read, or sections are missing.</exception>
    public static Volume ReadCt(ImageSeries ct, SpectCtOptions? options = null, DicomImageReader? reader = null, ICollection<string>? warnings = null)
    {
        ArgumentNullException.ThrowIfNull(ct);
        if (ct.Files.FirstOrDefault(file => file.Unit != ImageUnit.Hounsfield) is ImageFacts other)
        {
            throw new SpectCtException(ct, SpectCtFault.NotHounsfield, $"expected a CT in Hounsfield units, found {other.Unit}: fetch the CT with its Rescale Type");
        }

        Volume hounsfield;
        try
        {
            hounsfield = ct.ReadVolume(reader);
        }
        catch (InvalidOperationException)
        {
            throw new SpectCtException(ct, SpectCtFault.NoVolume, "expected a CT of sections, found images that make no volume: fetch the whole series");
        }

        foreach (HounsfieldFinding finding in HounsfieldCheck.Of(hounsfield))
        {
            if (options is not { AllowImplausibleCt: true })
            {
                throw new SpectCtException(ct, SpectCtFault.NotHounsfield, $"its CT: {finding.Sentence.TrimEnd('.')}");
            }

            warnings?.Add($"CT: {finding.Sentence}");
        }

        return hounsfield;
    }

    private static SpectCtStudy Of(ImageSeries? spect, ImageSeries ct, SpectCtOptions options, DicomImageReader? reader)
    {
        List<string> warnings = [];
        CheckKinds(spect, ct);
        if (spect is not null)
        {
            CheckTogether(spect, ct, options, warnings);
        }

        ActivityConcentration? activity = spect is null || !options.ReadSpect ? null : Concentrations(spect, options, reader);
        Volume hounsfield = ReadCt(ct, options, reader, warnings);
        if (spect?.Geometry is not null)
        {
            double coverage = Coverage(spect.Geometry, hounsfield.Geometry);
            if (coverage < options.LeastCoverage)
            {
                throw new SpectCtException(ct, SpectCtFault.OtherField, string.Create(CultureInfo.InvariantCulture, $"the CT's field holds {100 * coverage:0.#} % of the SPECT's, expected at least {100 * options.LeastCoverage:0.#} %: give the CT of this SPECT"));
            }

            if (coverage < 1)
            {
                warnings.Add(string.Create(CultureInfo.InvariantCulture, $"{100 * (1 - coverage):0.#} % of the SPECT's field lie outside the CT's, where there is nothing but air to it."));
            }
        }

        return new SpectCtStudy(spect, ct, activity, hounsfield, [.. warnings, .. (spect?.Warnings ?? []).Concat(ct.Warnings).Distinct(StringComparer.Ordinal)]);
    }

    private static ImageSeries[] Scans(Study study, ImageSeries about)
    {
        ImageSeries[] all = [.. study.OfKind(ImageKind.Ct)], scans = [.. all.Where(ct => ct.Geometry is not null && ct.Sections?.IsComplete != false)];
        return scans.Length > 0 ? scans : throw (all.Length > 0
            ? new SpectCtException(about, SpectCtFault.NoVolume, "the study's CT lacks sections or places: fetch it again")
            : new SpectCtException(about, SpectCtFault.NoCt, "expected a CT in the examination, found no CT: fetch it with its CT"));
    }

    private static void CheckKinds(ImageSeries? spect, ImageSeries ct)
    {
        if (spect is not null && spect.Kind != ImageKind.ReconTomo)
        {
            throw new SpectCtException(spect, SpectCtFault.NoSpect, $"expected a SPECT's sections, found {spect.Kind}: give the reconstructed sections");
        }

        if (ct.Kind != ImageKind.Ct)
        {
            throw new SpectCtException(ct, SpectCtFault.NoCt, $"expected a CT, found {ct.Kind}: give the CT of the SPECT");
        }
    }

    private static void CheckTogether(ImageSeries spect, ImageSeries ct, SpectCtOptions options, List<string> warnings)
    {
        (PatientFacts one, PatientFacts other) = (spect.Files[0].Patient, ct.Files[0].Patient);
        if (ct.Files.Concat(spect.Files).FirstOrDefault(file => !string.Equals(file.Patient.Pseudonym, one.Pseudonym, StringComparison.Ordinal)) is not null)
        {
            throw new SpectCtException(ct, SpectCtFault.OtherPatient, $"it is of another patient ({other.Pseudonym}) than the SPECT ({one.Pseudonym}): give the CT of this patient");
        }

        // Of a series of sections their positions tell; of a single file its header alone.
        foreach (ImageSeries series in (ImageSeries[])[spect, ct])
        {
            if (series.Sections is null && series.Files[0].GeometryNote is { Length: > 0 } note && !options.AllowOtherCoordinates)
            {
                throw new SpectCtException(series, SpectCtFault.OtherFrameOfReference, $"where it lies was assumed ({note.TrimEnd('.')}): give an export that says so, or register it and say so");
            }
        }

        switch (Shares(spect, ct))
        {
            case false when !options.AllowOtherCoordinates:
                throw new SpectCtException(ct, SpectCtFault.OtherFrameOfReference, "it lies in other coordinates (Frame of Reference UID) than the SPECT: give the CT of this SPECT, or register it and say so");
            case false:
                warnings.Add("The CT lies in other coordinates (Frame of Reference UID) than the SPECT: it is of use only once it is registered.");
                break;
            case null:
                warnings.Add("The SPECT or the CT does not say in which coordinates it lies (Frame of Reference UID): that both are the same was assumed.");
                break;
        }

        if (Apart(spect, ct) is not TimeSpan apart)
        {
            warnings.Add("The SPECT or the CT does not say when it was acquired (Acquisition Date and Time): whether both are of one time point was not looked at.");
        }
        else if (apart > options.MostApart)
        {
            warnings.Add(string.Create(CultureInfo.InvariantCulture, $"The SPECT and the CT were begun {apart.TotalHours:0.#} hours apart: the CT may be of another time point."));
        }
    }

    private static ActivityConcentration Concentrations(ImageSeries spect, SpectCtOptions options, DicomImageReader? reader)
    {
        try
        {
            return options.Calibration is null || spect.Files.All(file => file.Unit == ImageUnit.BecquerelPerMillilitre)
                ? ActivityConcentration.Of(spect, reader)
                : ActivityConcentration.FromCounts(spect.Read(reader), options.Calibration);
        }
        catch (InvalidOperationException)
        {
            throw new SpectCtException(spect, SpectCtFault.NoVolume, "expected a SPECT of sections, found frames that make no volume: export the reconstruction");
        }
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
    internal SpectCtException(ImageSeries series, SpectCtFault fault, string sentence)
        : base(DatasetReading.OneLine($"{series.Files[0].File}: {sentence}.")) => (Fault, Sentence) = (fault, DatasetReading.OneLine($"{sentence}."));

    /// <summary>Why, for programs.</summary>
    public SpectCtFault Fault { get; }

    /// <summary>Why, for people, without the file's name, which may say whose it is.</summary>
    public string Sentence { get; }
}
