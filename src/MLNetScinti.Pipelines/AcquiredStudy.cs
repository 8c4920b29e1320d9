using System.Globalization;
using MLNetScinti.Dicom;

namespace MLNetScinti.Pipelines;

/// <summary>How a study was taken, as its files say, and how old the patient was: what a model's <see cref="TrainingEnvelope"/> is made of and compared with.</summary>
/// <param name="AgeYears">The patient's age in years at the time of the study, or null.</param>
/// <param name="Images">Its images, each as far as its files speak of it.</param>
public sealed record AcquiredStudy(double? AgeYears, IReadOnlyList<AcquiredImage> Images)
{
    /// <summary>The patient's sex as its files say it.</summary>
    public PatientSex Sex { get; init; }

    /// <summary>Whether its files say that the patient was simulated.</summary>
    public bool IsSimulated { get; init; }

    /// <summary>Nothing is known.</summary>
    public static AcquiredStudy Unknown { get; } = new(null, []);

    /// <summary>Of the images that were read, and of series of many files by their headers alone.</summary>
    internal static AcquiredStudy Of(IReadOnlyCollection<ImageKind> seen, IReadOnlyList<ScintigraphyImage> images, Study? study = null)
    {
        IEnumerable<AcquiredImage> read = images.Where(image => seen.Contains(image.Header.Kind)).Select(AcquiredImage.Of);
        IEnumerable<AcquiredImage> others = (study?.Series ?? []).Where(series => series.Sections is not null && seen.Contains(series.Kind)).Select(AcquiredImage.Of);
        PatientFacts patient = study?.Patient ?? images[0].Header.Patient;
        return new(patient.AgeYears, [.. read, .. others]) { IsSimulated = patient.IsSimulated, Sex = patient.Sex };
    }
}

/// <summary>How one image was taken. What is empty or null, its files do not say.</summary>
public sealed record AcquiredImage
{
    /// <summary>What the image is.</summary>
    public required ImageKind Kind { get; init; }

    /// <summary>What its values count.</summary>
    public ImageUnit Unit { get; init; }

    /// <summary>Symbols of the radionuclides ("Tc-99m").</summary>
    public IReadOnlyList<string> Radionuclides { get; init; } = [];

    /// <summary>The radiopharmaceutical as the file writes it.</summary>
    public string Agent { get; init; } = "";

    /// <summary>Body Part Examined.</summary>
    public string BodyPart { get; init; } = "";

    /// <summary>From where planar frames look, where that is known.</summary>
    public IReadOnlyList<DetectorView> Views { get; init; } = [];

    /// <summary>Collimators with their types ("LEHR PARA").</summary>
    public IReadOnlyList<string> Collimators { get; init; } = [];

    /// <summary>Manufacturer and model.</summary>
    public string Camera { get; init; } = "";

    /// <summary>Millimetres between columns and between rows; null where the file does not say.</summary>
    public (double Columns, double Rows)? Pixel { get; init; }

    /// <summary>Millimetres between the sections of a volume; null for planar images, and where the file does not say.</summary>
    public double? Section { get; init; }

    /// <summary>Number of columns.</summary>
    public required int Columns { get; init; }

    /// <summary>Number of rows.</summary>
    public required int Rows { get; init; }

    /// <summary>Injected activity, MBq; null where the file does not say.</summary>
    public double? InjectedMegabecquerels { get; init; }

    /// <summary>All counts of the image; null where its values are no counts.</summary>
    public double? Counts { get; init; }

    internal static AcquiredImage Of(ScintigraphyImage image)
    {
        ImageHeader header = image.Header;
        return new AcquiredImage
        {
            Kind = header.Kind,
            Unit = header.Unit,
            Radionuclides = Each(header.Radionuclides.Select(one => one.Radionuclide.Symbol)),
            Agent = header.Radiopharmaceutical,
            BodyPart = header.BodyPart,
            Views = header.IsVolume ? [] : [.. header.Frames.Select(frame => frame.View).Where(view => view != DetectorView.Unknown).Distinct().Order()],
            Collimators = Each(header.Detectors.Select(detector => $"{detector.Collimator} {detector.CollimatorType}".Trim())),
            Camera = header.Camera,
            Pixel = header.SpacingIsAssumed ? null : header.Geometry is { } place ? (place.ColumnSpacing, place.RowSpacing) : (header.ColumnSpacing, header.RowSpacing),
            Section = header is { IsVolume: true, GeometryIsAssumed: false, Geometry: { } volume } ? volume.SectionSpacing : null,
            Columns = header.Columns,
            Rows = header.Rows,
            InjectedMegabecquerels = header.InjectedMegabecquerels,
            Counts = header.Unit == ImageUnit.Counts ? Sum(image.AsSpan()) : null,
        };
    }

    internal static AcquiredImage Of(ImageSeries series)
    {
        ImageFacts first = series.Files[0];
        return new AcquiredImage
        {
            Kind = series.Kind,
            Unit = first.Unit,
            Radionuclides = Each(first.Radionuclide.Split(" + ")),
            BodyPart = first.BodyPart,
            Pixel = series.Geometry is { } place ? (place.ColumnSpacing, place.RowSpacing) : null,
            Section = series.Geometry?.SectionSpacing,
            Columns = first.Columns,
            Rows = first.Rows,
        };
    }

    // In one order on every processor: a sum by vectors would differ in its last digits.
    private static double Sum(ReadOnlySpan<float> values)
    {
        double sum = 0;
        foreach (float value in values)
        {
            sum += float.IsFinite(value) ? value : 0;
        }

        return sum;
    }

    private static string[] Each(IEnumerable<string> texts) => [.. texts.Where(text => text.Length > 0).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    /// <summary>What the image is, and nothing of whose.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Kind}, {Columns} x {Rows}");
}
