using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using MLNetScinti.Dosimetry;
using MLNetScinti.Dosimetry.Organs;

namespace MLNetScinti.Pipelines.Doses;

/// <summary>A dose with its interval.</summary>
/// <param name="Gray">Gy.</param>
/// <param name="Lower">Lower end of the interval, Gy.</param>
/// <param name="Upper">Upper end, Gy.</param>
/// <param name="Level">Coverage of the interval, such as .95.</param>
/// <param name="Method">How the dose was computed; doses of different methods are not compared.</param>
/// <param name="Interval">How the interval was made.</param>
public sealed record DoseEntry(double Gray, double Lower, double Upper, double Level, string Method, string Interval)
{
    internal static DoseEntry Of(AbsorbedDose dose) => new(dose.Gray, dose.Lower, dose.Upper, dose.Level, dose.Method.Name, dose.Basis);
}

/// <summary>A region's dose, as a file holds it.</summary>
public sealed record RegionDose
{
    /// <summary>The region's name.</summary>
    public required string Region { get; init; }

    /// <summary>Volume, ml.</summary>
    public required double Millilitres { get; init; }

    /// <summary>Mass, g.</summary>
    public required double Grams { get; init; }

    /// <summary>Hours, ml, MBq and the recovery that these were divided by, at each time.</summary>
    public required IReadOnlyList<RegionMeasurement> Measurements { get; init; }

    /// <summary>The time-activity method.</summary>
    public required string TimeActivity { get; init; }

    /// <summary>Time-integrated activity, MBq h.</summary>
    public required double TimeIntegratedActivity { get; init; }

    /// <summary>Its standard uncertainty, MBq h.</summary>
    public required double TimeIntegratedActivityUncertainty { get; init; }

    /// <summary>Mean dose by local deposition.</summary>
    public required DoseEntry Local { get; init; }

    /// <summary>The same with the interval of the EANM chain, where another one is printed; else null.</summary>
    public DoseEntry? LocalByChain { get; init; }

    /// <summary>The same with the interval of the Monte Carlo chain; null where none was asked for.</summary>
    public DoseEntry? LocalByDraws { get; init; }

    /// <summary>The same of the activities as the images show them, without recovery; null where nothing was corrected.</summary>
    public DoseEntry? LocalUncorrected { get; init; }

    /// <summary>Mean dose by convolution with the kernel; null without one.</summary>
    public DoseEntry? ByKernel { get; init; }

    /// <summary>The same with the interval of the EANM chain, where another one is printed; else null.</summary>
    public DoseEntry? ByKernelByChain { get; init; }

    /// <summary>What activities were divided by for what small regions lose.</summary>
    public string? Recovery { get; init; }

    /// <summary>Biologically effective dose of the mean local dose, Gy; null where no tissue was named.</summary>
    public double? EffectiveOfMean { get; init; }

    /// <summary>Mean of the voxels' biologically effective doses by the kernel, Gy; null where no tissue was named, or without a kernel.</summary>
    public double? MeanOfVoxelEffective { get; init; }

    /// <summary>Why there is no dose by the kernel that was given; null where there is one, or no kernel.</summary>
    public string? NoKernel { get; init; }

    /// <summary>Dose that 98, 50 and 2 % of the first image's voxels receive at least, Gy, without recovery; null without a kernel, or where the images do not lie in one grid.</summary>
    public IReadOnlyDictionary<string, double>? Histogram { get; init; }

    /// <summary>What has to be said, each in one sentence.</summary>
    public required IReadOnlyList<string> Flags { get; init; }

    /// <summary>What a file holds of a report.</summary>
    public static RegionDose Of(OrganDoseReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        return new()
        {
            Region = report.Region,
            Millilitres = report.Millilitres,
            Grams = report.Grams,
            Measurements = report.Measurements,
            TimeActivity = report.Fit.Method.ToString() ?? "",
            TimeIntegratedActivity = report.TimeIntegratedActivity,
            TimeIntegratedActivityUncertainty = report.TimeIntegratedActivityUncertainty,
            Local = DoseEntry.Of(report.Local),
            LocalByChain = report.LocalByChain != report.Local ? DoseEntry.Of(report.LocalByChain) : null,
            LocalByDraws = report.LocalByDraws is { } drawn ? DoseEntry.Of(drawn) : null,
            LocalUncorrected = report.LocalUncorrected is { } shown ? DoseEntry.Of(shown) : null,
            ByKernel = report.ByKernel is { } dose ? DoseEntry.Of(dose) : null,
            ByKernelByChain = report.ByKernelByChain is { } chain && chain != report.ByKernel ? DoseEntry.Of(chain) : null,
            Recovery = report.Recovery.Millilitres > 0 ? report.Recovery.Source : null,
            EffectiveOfMean = report.EffectiveOfMean,
            MeanOfVoxelEffective = report.MeanOfVoxelEffective,
            NoKernel = report.KernelRefusal.Length > 0 ? report.KernelRefusal : null,
            Histogram = report.Histogram is { } histogram
            ? new Dictionary<string, double>(StringComparer.Ordinal) { ["D98"] = histogram.DoseTo(98), ["D50"] = histogram.DoseTo(50), ["D2"] = histogram.DoseTo(2) }
            : null,
            Flags = [.. report.Flags.Select(flag => flag.Sentence)],
        };
    }
}

/// <summary>The doses of one administration.</summary>
/// <param name="Patient">The patient's pseudonym.</param>
/// <param name="Cycle">Which administration of the patient it is, by time, from 1 on; null where the files do not say when it was.</param>
/// <param name="Nuclide">The nuclide.</param>
/// <param name="Kernel">The kernel with medium, extent, source and energy balance; null for local deposition alone.</param>
/// <param name="Notes">How the images came together.</param>
/// <param name="Regions">The regions that have a dose.</param>
/// <param name="Refused">Why others have none.</param>
public sealed record PatientDoses(string Patient, int? Cycle, string Nuclide, string? Kernel, IReadOnlyList<string> Notes, IReadOnlyList<RegionDose> Regions, IReadOnlyList<string> Refused);

/// <summary>What <c>scinti dose</c> writes.</summary>
/// <param name="Patients">The patients that have doses.</param>
/// <param name="Refused">Pseudonyms of those who have none, and why.</param>
public sealed record DoseDocument(IReadOnlyList<PatientDoses> Patients, IReadOnlyList<RefusedAdministration> Refused)
{
    private static readonly JsonSerializerOptions s_options = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The document as JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, s_options) + "\n";
}
