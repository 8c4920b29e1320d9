using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using MLNetScinti.Dicom;
using MLNetScinti.Dosimetry;
using MLNetScinti.Dosimetry.Organs;
using MLNetScinti.Dosimetry.Uncertainty;
using MLNetScinti.Imaging;
using MLNetScinti.Pipelines.Definitions;
using nietras.SeparatedValues;

namespace MLNetScinti.Pipelines.Doses;

/// <summary>
/// Doses whose truth is known, of phantoms and simulated patients: a table with the columns Patient (a number as hospitals give it, or a pseudonym), Region and Gray, and
/// with KernelGray and Cycle where these are known. A truth by another kernel is none: it is held against doses by the kernel that it was made with.
/// </summary>
public sealed class KnownDoses
{
    private const string PatientColumn = "Patient", RegionColumn = "Region", GrayColumn = "Gray", KernelColumn = "KernelGray", CycleColumn = "Cycle";
    private readonly Dictionary<(string Patient, int? Cycle, string Region), (double? Local, double? Kernel)> _doses = [];

    private KnownDoses()
    {
    }

    /// <summary>Reads a table.</summary>
    /// <param name="file">The file: columns between commas, semicolons or tabs.</param>
    /// <exception cref="DefinitionException">It is no such table; the message names the line.</exception>
    public static KnownDoses Read(string file)
    {
        KnownDoses known = new();
        string name = Path.GetFileName(file);
        try
        {
            using FileStream stream = InputFile.Open(file);
            using StreamReader text = new(stream);
            using SepReader reader = Sep.Reader(options => options with { Unescape = true, HasHeader = false, DisableColCountCheck = true }).From(text);
            string[]? header = null;
            foreach (SepReader.Row row in reader)
            {
                string[] cells = new string[row.ColCount];
                for (int column = 0; column < cells.Length; column++)
                {
                    cells[column] = row[column].ToString().Trim().TrimStart('\uFEFF');
                }

                if (header is null)
                {
                    header = cells;
                    if (Array.Find([PatientColumn, RegionColumn, GrayColumn], column => !header.Contains(column, StringComparer.Ordinal)) is { } missing)
                    {
                        throw new DefinitionException($"{name}: expected the columns {PatientColumn}, {RegionColumn} and {GrayColumn}, found no {missing}.");
                    }
                }
                else if (cells is not [""])
                {
                    known.Add(name, row.LineNumberFrom, header.Zip(cells).GroupBy(cell => cell.First, StringComparer.Ordinal).ToDictionary(cell => cell.Key, cell => cell.First().Second, StringComparer.Ordinal));
                }
            }
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or InvalidDataException or NotSupportedException)
        {
            throw new DefinitionException(PlainText.OneLine($"{name}: the table of known doses cannot be read: {problem.Message}"), problem);
        }

        return known;
    }

    /// <summary>The true dose of a region by local deposition and by the kernel, Gy, each where it is known.</summary>
    /// <param name="administration">Whose.</param>
    /// <param name="region">The region.</param>
    public (double? Local, double? Kernel) Of(Administration administration, string region)
    {
        ArgumentNullException.ThrowIfNull(administration);
        return _doses.TryGetValue((administration.PatientId, administration.Cycle, region), out (double?, double?) one) || _doses.TryGetValue((administration.PatientId, null, region), out one) ? one : default;
    }

    private void Add(string name, int line, Dictionary<string, string> cells)
    {
        double? Number(string column)
        {
            string cell = cells.GetValueOrDefault(column, "");
            return cell.Length == 0 ? null : double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && double.IsFinite(value) && value > 0 ? value
                : throw new DefinitionException($"{name}:{line}: {column}: expected a number above 0, with a point, or nothing, found '{PlainText.Short(cell)}'.");
        }

        string patient = cells.GetValueOrDefault(PatientColumn, ""), region = cells.GetValueOrDefault(RegionColumn, "");
        if (patient.Length == 0 || region.Length == 0)
        {
            throw new DefinitionException($"{name}:{line}: expected a patient and a region, found one of them empty.");
        }

        int? cycle = Number(CycleColumn) is { } number ? number == Math.Floor(number) && number < 1000 ? (int)number : throw new DefinitionException($"{name}:{line}: {CycleColumn}: expected a whole number from 1 on, found {number}.") : null;
        (double?, double?) doses = (Number(GrayColumn), Number(KernelColumn));
        // As whoever reads the files names the patient: by the user's own key, or by that of simulated patients.
        foreach (string key in new[] { patient, PseudonymKey.ForThisUser.PseudonymOf($"id||{patient}"), PseudonymKey.Simulated.PseudonymOf($"id||{patient}") })
        {
            if (!_doses.TryAdd((key, cycle, region), doses))
            {
                throw new DefinitionException($"{name}:{line}: the dose of '{PlainText.Short(region)}' of this patient stands there twice.");
            }
        }
    }
}

/// <summary>A dose that was found, beside what is known of it.</summary>
/// <param name="PatientId">The patient's pseudonym.</param>
/// <param name="Report">What was found.</param>
/// <param name="Local">The truth by local deposition, Gy, or null.</param>
/// <param name="Kernel">The truth by the kernel, Gy, or null.</param>
public sealed record JudgedDose(string PatientId, OrganDoseReport Report, double? Local, double? Kernel)
{
    /// <summary>How doses differ from their truth and how many lie within their intervals, in a sentence for each way of computing them; nothing where no truth is known.</summary>
    public static IReadOnlyList<string> Sentences(IReadOnlyCollection<JudgedDose> doses)
    {
        ArgumentNullException.ThrowIfNull(doses);
        return [.. new[] { Sentence("local deposition", ByLocal(doses)), Sentence("kernel", ByKernel(doses)) }.Where(sentence => sentence.Length > 0)];
    }

    internal static IReadOnlyList<(string Patient, AbsorbedDose Printed, AbsorbedDose Chain, double Truth)> ByLocal(IEnumerable<JudgedDose> doses) =>
        [.. doses.Where(one => one.Local is not null).Select(one => (one.PatientId, one.Report.Local, one.Report.LocalByChain, one.Local!.Value))];

    internal static IReadOnlyList<(string Patient, AbsorbedDose Printed, AbsorbedDose Chain, double Truth)> ByKernel(IEnumerable<JudgedDose> doses) =>
        [.. doses.Where(one => one.Kernel is not null && one.Report.ByKernel is not null).Select(one => (one.PatientId, one.Report.ByKernel!, one.Report.ByKernelByChain!, one.Kernel!.Value))];

    private static string Sentence(string how, IReadOnlyList<(string Patient, AbsorbedDose Printed, AbsorbedDose Chain, double Truth)> doses)
    {
        if (doses.Count == 0)
        {
            return "";
        }

        double[] percent = [.. doses.Select(one => 100 * ((one.Printed.Gray / one.Truth) - 1))], truths = [.. doses.Select(one => one.Truth)];
        double mean = percent.Average(), deviation = percent.Length < 2 ? double.NaN : Math.Sqrt(percent.Sum(one => (one - mean) * (one - mean)) / (percent.Length - 1));
        double printed = IntervalCalibration.Coverage([.. doses.Select(one => one.Printed)], truths), chain = IntervalCalibration.Coverage([.. doses.Select(one => one.Chain)], truths);
        return string.Create(CultureInfo.InvariantCulture, $"Doses by {how} against {doses.Count} known ones of {doses.Select(one => one.Patient).Distinct(StringComparer.Ordinal).Count()} patients: {mean:+0.00;-0.00;0.00} % on average")
            + (double.IsFinite(deviation) ? string.Create(CultureInfo.InvariantCulture, $" (SD {deviation:0.00} %)") : "")
            + string.Create(CultureInfo.InvariantCulture, $"; {100 * printed:0.0} % lie within their intervals of {100 * doses[0].Printed.Level:0.#} % ({doses[0].Printed.Basis}), {100 * chain:0.0} % within those of the EANM chain.");
    }
}

/// <summary>Ends of intervals that were learned for one way of computing doses.</summary>
/// <param name="Below">Lower end of ln(truth / dose) in relative standard uncertainties.</param>
/// <param name="Above">Upper end.</param>
/// <param name="Cases">Number of doses behind it.</param>
/// <param name="Level">The coverage aimed at.</param>
/// <param name="Source">What doses they were.</param>
public sealed record LearnedEnds(double Below, double Above, int Cases, double Level, string Source)
{
    internal static LearnedEnds? Of(IReadOnlyList<(string Patient, AbsorbedDose Printed, AbsorbedDose Chain, double Truth)> doses)
    {
        if (doses.Count == 0)
        {
            return null;
        }

        string source = $"doses of {doses.Select(one => one.Patient).Distinct(StringComparer.Ordinal).Count()} patients";
        IntervalCalibration learned = IntervalCalibration.Of([.. doses.Select(one => new KnownDose(one.Chain.Gray, one.Chain.StandardUncertainty, one.Truth))], source);
        return new(learned.Below, learned.Above, learned.Cases, learned.Level, learned.Source);
    }

    internal IntervalCalibration Calibration() => IntervalCalibration.Kept(Below, Above, Cases, Level, PlainText.Short(Source));
}

/// <summary>
/// Intervals that were learned from doses whose truth is known, as a file keeps them. They hold for doses that are computed alike, and for no others: what decided the doses is
/// kept with them and compared.
/// </summary>
/// <param name="MadeWith">What decided the doses that they were learned from.</param>
/// <param name="Local">The ends for doses by local deposition, or null.</param>
/// <param name="Kernel">Those for doses by the kernel, or null.</param>
public sealed record DoseIntervals(string MadeWith, LearnedEnds? Local, LearnedEnds? Kernel)
{
    private static readonly JsonSerializerOptions s_options = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        RespectRequiredConstructorParameters = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    };

    private const int MostBytes = 1 << 16;

    /// <summary>Learns from doses.</summary>
    /// <param name="doses">Doses, of which those with a truth count. None of these patients may be judged with it afterwards.</param>
    /// <param name="options">What decided them.</param>
    /// <exception cref="DefinitionException">Too few doses are known: 39 for intervals of 95 %.</exception>
    public static DoseIntervals Learn(IReadOnlyCollection<JudgedDose> doses, OrganDosimetryOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        try
        {
            DoseIntervals learned = new(Words(options), LearnedEnds.Of(JudgedDose.ByLocal(doses)), LearnedEnds.Of(JudgedDose.ByKernel(doses)));
            return learned is { Local: null, Kernel: null } ? throw new DefinitionException("Intervals are learned from doses whose truth is known, and the table knows none of these patients and regions.") : learned;
        }
        catch (DosimetryException problem)
        {
            throw new DefinitionException(problem.Message, problem);
        }
    }

    /// <summary>Reads a file.</summary>
    /// <exception cref="DefinitionException">It is none of this kind.</exception>
    public static DoseIntervals Read(string file)
    {
        string name = Path.GetFileName(file);
        try
        {
            using FileStream stream = InputFile.Open(file);
            if (stream.Length > MostBytes)
            {
                throw new DefinitionException($"{name}: expected learned intervals, found a file of {stream.Length} bytes.");
            }

            DoseIntervals read = JsonSerializer.Deserialize<DoseIntervals>(stream, s_options) ?? throw new JsonException("it is empty");
            _ = (read.Local?.Calibration(), read.Kernel?.Calibration());
            return read;
        }
        catch (Exception problem) when (problem is JsonException or IOException or UnauthorizedAccessException or DosimetryException or NotSupportedException or ArgumentException)
        {
            throw new DefinitionException(PlainText.OneLine($"{name}: expected intervals that 'scinti dose --learn-intervals' wrote, found: {problem.Message}"), problem);
        }
    }

    /// <summary>The options with these intervals: they are printed, and those of the chain stand beside them.</summary>
    /// <exception cref="DefinitionException">Doses of these options are made otherwise than those that the intervals were learned from.</exception>
    public OrganDosimetryOptions Into(OrganDosimetryOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        string here = Words(options);
        return string.Equals(here, MadeWith, StringComparison.Ordinal)
            ? options with { LocalIntervals = Local?.Calibration(), KernelIntervals = Kernel?.Calibration() }
            : throw new DefinitionException($"--intervals: they were learned from doses with {PlainText.Short(MadeWith, 600)}; found {here}: learn them anew, or compute doses alike.");
    }

    /// <summary>The file's text.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, s_options) + "\n";

    // All that moves a dose or its uncertainty. Draws do not.
    private static string Words(OrganDosimetryOptions options) => string.Create(
        CultureInfo.InvariantCulture,
        $"{options.Method.Name}, {options.ActivityFwhm:R} mm FWHM, uncertainties {options.PointUncertainty:R} (image), {options.CalibrationUncertainty:R} (calibration), {options.LocalUncertainty:R} (local), {options.KernelUncertainty:R} (kernel), {options.Density:R} g/ml, mass {options.Mass}, {(options.ByTransferMatrix ? string.Create(CultureInfo.InvariantCulture, $"recovery by transfer matrix, resolution known to {options.ActivityFwhmUncertainty:R}") : string.Create(CultureInfo.InvariantCulture, $"recovery {options.Recovery.Millilitres:R} ml {options.Recovery.Exponent:R} {options.Recovery.RelativeUncertainty:R}"))}, delineated at {options.DelineationFwhm ?? options.ActivityFwhm:R} mm FWHM{(options.DelineationVoxel is { } edge ? string.Create(CultureInfo.InvariantCulture, $" and {edge:R} mm voxels") : "")}, resolution term {options.Resolution}, kernel {options.Kernel?.Identity ?? "none"}");
}
