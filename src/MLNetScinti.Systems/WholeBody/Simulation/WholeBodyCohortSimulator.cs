using System.Globalization;
using System.Text;
using MLNetScinti.Pipelines.Definitions;
using MLNetScinti.Pipelines.Runs;
using MLNetScinti.Simulation;
using MLNetScinti.Simulation.WholeBody;

namespace MLNetScinti.Systems.WholeBody.Simulation;

/// <summary>What a definition says of a simulated cohort of whole-body scans beside its size and seed.</summary>
/// <param name="Cohort">Whose classes and proportions: dspic or dscint.</param>
public sealed record WholeBodySimulation(string Cohort) : SimulationSettings
{
    /// <summary>Whether views are lost by class as the paper lost them.</summary>
    public bool LostViews { get; init; }

    /// <summary>Whether each view has a file of its own.</summary>
    public bool SeparateFiles { get; init; }

    /// <summary>Part of the patients whose tracer and collimator say nothing of their class.</summary>
    public double CrossedTracers { get; init; }

    /// <summary>Changed numbers of <see cref="WholeBodyPrevalence"/>: "tilt=0, traces=0.5" in their order; empty where none is changed.</summary>
    public string Changed { get; init; } = "";
}

/// <summary>Simulated patients with whole-body scans.</summary>
public sealed class WholeBodyCohortSimulator : CohortSimulator
{
    private static readonly string[] s_cohorts = [.. WholeBodyCohortOptions.Named.Select(cohort => cohort.Name)];
    private readonly string _cohort;

    private WholeBodyCohortSimulator(string cohort) => _cohort = cohort;

    /// <summary>The simulator of scans of four classes (Lin et al. 2021, Dscint) where a definition names no cohort.</summary>
    public static WholeBodyCohortSimulator Dscint { get; } = new(WholeBodyCohortOptions.Dscint.Name);

    /// <summary>The simulator of scans of three classes, one or two of a scan (Lin et al. 2021, dSPIC), where a definition names no cohort.</summary>
    public static WholeBodyCohortSimulator Dspic { get; } = new(WholeBodyCohortOptions.Dspic.Name);

    /// <summary>The simulator of scans with all burdens of metastases where a definition names no cohort.</summary>
    public static WholeBodyCohortSimulator Burden { get; } = new(WholeBodyCohortOptions.Burden.Name);

    /// <inheritdoc/>
    public override string Describe(SimulationDefinition simulation)
    {
        WholeBodyCohortOptions options = OptionsOf(simulation);
        string classes = string.Join(", ", new WholeBodyCohort(options).Kinds.CountBy(kind => kind.Class).OrderBy(group => group.Key).Select(group => $"{group.Value} {WholeBodyCohortWriter.LabelOf(group.Key)}"));
        StringBuilder text = new(string.Create(CultureInfo.InvariantCulture, $"{simulation.Patients} simulated patients (seed {simulation.Seed}) with whole-body scans{(simulation.Scatter ? "" : " without scatter")}: {classes}"));
        text.Append(options.LostViews.Count > 0 ? "; views are lost by class as in the paper" : "; both views of each are there");
        text.Append(options.CrossedTracers > 0 ? string.Create(CultureInfo.InvariantCulture, $"; tracer and collimator say nothing of the class in {options.CrossedTracers:0.#%} of them") : "");
        text.Append(simulation.FalseReadings > 0
            ? string.Create(CultureInfo.InvariantCulture, $"; labels are those of a reader who is wrong in {simulation.FalseReadings:0.#%} of the scans, by the simulation.")
            : "; what each has is known from the simulation.");
        return text.ToString();
    }

    /// <inheritdoc/>
    public override SimulationSettings Read(DefinitionSection section)
    {
        ArgumentNullException.ThrowIfNull(section);
        DefinitionSection numbers = section.Section("prevalence");
        List<string> changed = [];
        foreach ((string name, double usual, double most) in CohortOf(section.Choice("cohort", s_cohorts, _cohort)).Prevalence.Parts)
        {
            double value = numbers.Number(KeyOf(name), usual, least: 0, most: most);
            if (value != usual)
            {
                changed.Add(string.Create(CultureInfo.InvariantCulture, $"{name}={value:r}"));
            }
        }

        numbers.Done();
        return new WholeBodySimulation(section.Choice("cohort", s_cohorts, _cohort))
        {
            LostViews = section.Flag("lost-views", false),
            SeparateFiles = section.Flag("separate-files", false),
            CrossedTracers = section.Number("crossed-tracers", 0, least: 0, most: 1),
            Changed = string.Join(", ", changed),
        };
    }

    /// <inheritdoc/>
    public override CohortSummary Write(string folder, SimulationDefinition simulation, int threads, IProgress<CohortProgress>? progress, CancellationToken cancellation) =>
        WholeBodyCohortWriter.Write(new WholeBodyCohort(OptionsOf(simulation)), folder, SimulatorOf(simulation), threads, progress, cancellation);

    /// <inheritdoc/>
    public override void WriteTruth(string folder, SimulationDefinition simulation, int threads, CancellationToken cancellation) =>
        WholeBodyTruthWriter.Write(new WholeBodyCohort(OptionsOf(simulation)), folder, SimulatorOf(simulation), threads, cancellation);

    /// <summary>What a definition asks for: the same patients, with their truth, each time.</summary>
    public WholeBodyCohortOptions OptionsOf(SimulationDefinition simulation)
    {
        ArgumentNullException.ThrowIfNull(simulation);
        WholeBodySimulation settings = simulation.Settings as WholeBodySimulation ?? new WholeBodySimulation(_cohort);
        WholeBodyCohortOptions cohort = CohortOf(settings.Cohort);
        WholeBodyPrevalence prevalence = cohort.Prevalence;
        foreach (string one in settings.Changed.Split(", ", StringSplitOptions.RemoveEmptyEntries))
        {
            int equal = one.IndexOf('=', StringComparison.Ordinal);
            prevalence = prevalence.With(one[..equal], double.Parse(one[(equal + 1)..], NumberStyles.Float, CultureInfo.InvariantCulture));
        }

        return cohort with
        {
            Patients = simulation.Patients,
            Seed = simulation.Seed,
            LostViews = settings.LostViews ? WholeBodyCohortOptions.PaperLostViews : cohort.LostViews,
            SeparateFiles = settings.SeparateFiles,
            CrossedTracers = settings.CrossedTracers,
            FalseReadings = simulation.FalseReadings,
            Prevalence = prevalence,
        };
    }

    /// <summary>How the cohort is scanned.</summary>
    public static WholeBodySimulator SimulatorOf(SimulationDefinition simulation)
    {
        ArgumentNullException.ThrowIfNull(simulation);
        WholeBodySimulator usual = new();
        return simulation.Scatter ? usual : new WholeBodySimulator { Technetium = usual.Technetium with { Scatter = false }, Iodine = usual.Iodine with { Scatter = false } };
    }

    private static WholeBodyCohortOptions CohortOf(string name) => WholeBodyCohortOptions.Named.First(cohort => cohort.Name == name);

    /// <summary>"shiftMm" as a definition spells it: "shift-mm".</summary>
    private static string KeyOf(string name) => string.Concat(name.Select(letter => char.IsUpper(letter) ? $"-{char.ToLowerInvariant(letter)}" : letter.ToString()));
}
