using System.Globalization;
using System.Text;
using MLNetScinti.Pipelines.Definitions;
using MLNetScinti.Pipelines.Runs;
using MLNetScinti.Simulation;
using MLNetScinti.Simulation.SpectCt;

namespace MLNetScinti.Systems.SpectCtKidney;

/// <summary>What a definition says of a simulated cohort of SPECT/CT beside its size and seed.</summary>
/// <param name="Cohort">Which of the papers' cohorts.</param>
public sealed record SpectCtSimulation(string Cohort) : SimulationSettings
{
    /// <summary>How carefully the SPECT is simulated: full or quick.</summary>
    public string Quality { get; init; } = SpectCtAcquisition.Full.Name;

    /// <summary>Hours of the visits, "4, 24, 96"; "none" for CT alone; empty for the cohort's.</summary>
    public string Visits { get; init; } = "";

    /// <summary>Rows and columns of the SPECT; 0 for those of the quality.</summary>
    public int Matrix { get; init; }

    /// <summary>Rows and columns of the CT; 0 for those of the quality, or the scanner's.</summary>
    public int CtMatrix { get; init; }

    /// <summary>Distance of the CT's sections, mm; 0 for that of the quality, or the scanner's.</summary>
    public double CtSection { get; init; }

    /// <summary>Whether each visit has a CT; else only the first one has.</summary>
    public bool CtAtEachVisit { get; init; } = true;

    /// <summary>Whether candidates are excluded; null for what the cohort does.</summary>
    public bool? Exclusions { get; init; }

    /// <summary>Part of the patients who come again in a second cycle; null for what the cohort says.</summary>
    public double? SecondCycles { get; init; }

    /// <summary>Changed numbers of <see cref="SpectCtParameters"/>: "solitary=0, cysts=2" in their order; empty where none is changed.</summary>
    public string Changed { get; init; } = "";
}

/// <summary>Simulated patients with SPECT/CT with 177Lu, or with CT alone.</summary>
public sealed class SpectCtCohortSimulator : CohortSimulator
{
    /// <summary>What each key of the simulation is for, for the reference of keys.</summary>
    internal static IReadOnlyDictionary<string, string> KeyWords { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["data.simulation.cohort"] = "which of the papers' cohorts",
        ["data.simulation.visits"] = "hours of the images after the injection, such as '4, 24, 96', or none",
        ["data.simulation.quality"] = "how finely the camera is simulated",
        ["data.simulation.matrix"] = "voxels along each edge of the SPECT; 0 for the cohort's",
        ["data.simulation.ct-matrix"] = "pixels along each edge of the CT; 0 for the cohort's",
        ["data.simulation.ct-section"] = "distance of the CT's sections, mm; 0 for the cohort's",
        ["data.simulation.ct"] = "whether each visit has a CT, or the first alone",
        ["data.simulation.exclusions"] = "true or false: whether patients are left out as in the paper",
        ["data.simulation.second-cycles"] = "a number from 0 to 1: the part of the patients with a second cycle",
        ["data.simulation.parameters.*"] = "a number of the cohort's anatomy or physics",
    };

    private readonly SpectCtCohortOptions[] _cohorts;
    private readonly KidneyLabels _labels;

    /// <summary>A simulator of some cohorts.</summary>
    /// <param name="labels">Which labels masks have.</param>
    /// <param name="cohorts">The cohorts that definitions may name; the first one is meant where none is named.</param>
    internal SpectCtCohortSimulator(KidneyLabels labels, params SpectCtCohortOptions[] cohorts) => (_labels, _cohorts) = (labels, cohorts);

    /// <summary>The simulator of SPECT/CT and of CT for masks of both kidneys together (Ryden et al., S4).</summary>
    public static SpectCtCohortSimulator Instance { get; } = new(
        KidneyLabels.Kidney, SpectCtCohortOptions.Hybrid, SpectCtCohortOptions.LowDoseCt, SpectCtCohortOptions.DiagnosticCt, SpectCtCohortOptions.HybridTest);

    /// <inheritdoc/>
    public override int? UsualPatients(SimulationSettings? settings) => CohortOf(settings).Patients;

    /// <inheritdoc/>
    public override string Describe(SimulationDefinition simulation)
    {
        SpectCtCohort cohort = new(OptionsOf(simulation));
        SpectCtCohortOptions options = cohort.Options;
        StringBuilder text = new(string.Create(CultureInfo.InvariantCulture, $"{simulation.Patients} simulated adults (seed {simulation.Seed}, cohort {options.Name}) with "));
        text.Append(options.Hours.Count == 0 ? "CT" : string.Create(CultureInfo.InvariantCulture, $"SPECT/CT with 177Lu at {string.Join(", ", options.Hours)} h ({options.Acquisition.Name}{(options.Acquisition.Scatter ? "" : ", without scatter")})"));
        text.Append(cohort.Excluded.Count > 0 ? string.Create(CultureInfo.InvariantCulture, $"; of {options.Patients + cohort.Excluded.Count} candidates {string.Join(", ", cohort.Excluded.CountBy(one => one.Reason).OrderBy(one => one.Key, StringComparer.Ordinal).Select(one => $"{one.Value} were excluded for {one.Key}"))}") : "");
        return text.Append("; where the kidneys are is known from the simulation.").ToString();
    }

    /// <inheritdoc/>
    public override SimulationSettings Read(DefinitionSection section)
    {
        ArgumentNullException.ThrowIfNull(section);
        string name = section.Choice("cohort", [.. _cohorts.Select(cohort => cohort.Name)], _cohorts[0].Name);
        SpectCtCohortOptions cohort = _cohorts.First(one => one.Name == name);
        string visits = section.Line("visits", "");
        if (visits.Length > 0 && HoursOf(visits) is null)
        {
            throw section.Refuse("visits", $"expected rising hours above 0, such as '4, 24, 96', or 'none', found '{visits}'");
        }

        DefinitionSection numbers = section.Section("parameters");
        List<string> changed = [];
        foreach ((string part, double usual, double most) in cohort.Parameters.Parts)
        {
            double value = numbers.Number(KeyOf(part), usual, least: 0, most: most);
            if (value != usual)
            {
                changed.Add(string.Create(CultureInfo.InvariantCulture, $"{part}={value:r}"));
            }
        }

        numbers.Done();
        return new SpectCtSimulation(name)
        {
            Quality = section.Choice("quality", [.. SpectCtAcquisition.Named.Select(one => one.Name)], SpectCtAcquisition.Full.Name),
            Visits = visits,
            Matrix = section.Whole("matrix", 0, least: 0, most: 256),
            CtMatrix = section.Whole("ct-matrix", 0, least: 0, most: 1024),
            CtSection = section.Number("ct-section", 0, least: 0, most: 20),
            CtAtEachVisit = section.Choice("ct", ["each", "first"], "each") == "each",
            Exclusions = section.Has("exclusions") ? section.Flag("exclusions", cohort.Exclusions) : null,
            SecondCycles = section.Has("second-cycles") ? section.Number("second-cycles", cohort.SecondCycles, least: 0, most: 1) : null,
            Changed = string.Join(", ", changed),
        };
    }

    /// <inheritdoc/>
    public override CohortSummary Write(string folder, SimulationDefinition simulation, int threads, IProgress<CohortProgress>? progress, CancellationToken cancellation) =>
        SpectCtCohortWriter.Write(new(OptionsOf(simulation)), folder, _labels, threads, progress, cancellation);

    /// <inheritdoc/>
    public override void WriteTruth(string folder, SimulationDefinition simulation, int threads, CancellationToken cancellation) =>
        SpectCtTruthWriter.Write(new(OptionsOf(simulation)), folder, threads, cancellation);

    /// <summary>What a definition asks for: the same patients, with their truth, each time.</summary>
    /// <exception cref="DefinitionException">It asks for what there is not here.</exception>
    public SpectCtCohortOptions OptionsOf(SimulationDefinition simulation)
    {
        ArgumentNullException.ThrowIfNull(simulation);
        if (simulation.FalseReadings > 0)
        {
            throw new DefinitionException("false-readings: masks of kidneys have no false readings, found a number above 0: leave it out.");
        }

        SpectCtCohortOptions cohort = CohortOf(simulation.Settings);
        SpectCtSimulation settings = simulation.Settings as SpectCtSimulation ?? new(cohort.Name);
        SpectCtParameters parameters = cohort.Parameters;
        foreach (string one in settings.Changed.Split(", ", StringSplitOptions.RemoveEmptyEntries))
        {
            int equal = one.IndexOf('=', StringComparison.Ordinal);
            parameters = parameters.With(one[..equal], double.Parse(one[(equal + 1)..], NumberStyles.Float, CultureInfo.InvariantCulture));
        }

        SpectCtAcquisition quality = SpectCtAcquisition.Named.First(one => one.Name == settings.Quality);
        SpectCtCohortOptions options = cohort with
        {
            Patients = simulation.Patients,
            Seed = simulation.Seed,
            Hours = settings.Visits.Length > 0 ? HoursOf(settings.Visits)! : cohort.Hours,
            Exclusions = settings.Exclusions ?? cohort.Exclusions,
            SecondCycles = settings.SecondCycles ?? cohort.SecondCycles,
            Parameters = parameters,
            Acquisition = quality with
            {
                Matrix = settings.Matrix > 0 ? settings.Matrix : quality.Matrix,
                CtMatrix = settings.CtMatrix > 0 ? settings.CtMatrix : quality.CtMatrix,
                CtSection = settings.CtSection > 0 ? settings.CtSection : quality.CtSection,
                CtAtEachVisit = settings.CtAtEachVisit,
                Scatter = simulation.Scatter,
            },
        };
        try
        {
            // What does not fit together is told before anything is written.
            _ = new SpectCtCohort(options);
            return options;
        }
        catch (ArgumentException problem)
        {
            // What follows names the parameter of a method.
            throw new DefinitionException(problem.Message.Split(" (Parameter", 2)[0], problem);
        }
    }

    private SpectCtCohortOptions CohortOf(SimulationSettings? settings) => settings is SpectCtSimulation named ? _cohorts.First(cohort => cohort.Name == named.Cohort) : _cohorts[0];

    private static double[]? HoursOf(string text)
    {
        if (text == "none")
        {
            return [];
        }

        List<double> hours = [];
        foreach (string part in text.Split(',', StringSplitOptions.TrimEntries))
        {
            if (!double.TryParse(part, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) || !(value is > 0 and <= 1000) || (hours.Count > 0 && value <= hours[^1]))
            {
                return null;
            }

            hours.Add(value);
        }

        return hours.Count <= 20 ? [.. hours] : null;
    }

    /// <summary>"displacementMm" as a definition spells it: "displacement-mm".</summary>
    private static string KeyOf(string name) => string.Concat(name.Select(letter => char.IsUpper(letter) ? $"-{char.ToLowerInvariant(letter)}" : letter.ToString()));
}
