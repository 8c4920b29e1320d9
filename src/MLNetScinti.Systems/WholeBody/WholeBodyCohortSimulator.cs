using System.Globalization;
using MLNetScinti.Pipelines.Definitions;
using MLNetScinti.Pipelines.Runs;
using MLNetScinti.Simulation;
using MLNetScinti.Simulation.WholeBody;

namespace MLNetScinti.Systems.WholeBody;

/// <summary>Simulated whole-body scans, in the proportions of the papers.</summary>
/// <param name="classes">Whose proportions are meant where a definition names no cohort.</param>
public sealed class WholeBodyCohortSimulator(WholeBodyClasses classes) : CohortSimulator
{
    private const string MissingViews = "-missing-views", Crossed = "-crossed-tracers";

    private static readonly string[] s_cohorts =
        [.. WholeBodyCohortOptions.Named.Select(options => options.Name), WholeBodyCohortOptions.Dscint.Name + MissingViews, WholeBodyCohortOptions.Dscint.Name + Crossed];

    /// <inheritdoc/>
    public override IReadOnlyList<string> Cohorts => classes == WholeBodyClasses.Dscint ? s_cohorts : [.. s_cohorts.OrderBy(name => name != WholeBodyCohortOptions.Dspic.Name)];

    /// <inheritdoc/>
    public override string Describe(SimulationDefinition simulation)
    {
        ArgumentNullException.ThrowIfNull(simulation);
        WholeBodyCohortOptions options = OptionsOf(simulation);
        string kinds = string.Join(", ", options.Classes.OrderBy(one => one.Key).Select(one => string.Create(CultureInfo.InvariantCulture, $"{WholeBodyCohortWriter.LabelOf(one.Key)} {one.Value:0.#}")));
        return string.Create(CultureInfo.InvariantCulture,
            $"{simulation.Patients} simulated patients (seed {simulation.Seed}) with whole-body scans in the proportions of {options.Name} ({kinds}){(simulation.Scatter ? "" : ", without scatter")}{(options.LostViews.Count > 0 ? ", views lost as in the paper" : "")}{(options.CrossedTracers > 0 ? ", tracers that say nothing of the class" : "")}; what each patient has is known from the simulation.");
    }

    /// <inheritdoc/>
    public override CohortSummary Write(string folder, SimulationDefinition simulation, int threads, IProgress<CohortProgress>? progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(simulation);
        if (simulation.FalseReadings > 0)
        {
            throw new DefinitionException("data.simulation.false-readings: labels of whole-body scans are the truth; expected 0.");
        }

        WholeBodySimulator simulator = new();
        return WholeBodyCohortWriter.Write(new WholeBodyCohort(OptionsOf(simulation)), folder,
            simulation.Scatter ? simulator : new() { Technetium = simulator.Technetium with { Scatter = false }, Iodine = simulator.Iodine with { Scatter = false } }, threads, progress, cancellation);
    }

    private WholeBodyCohortOptions OptionsOf(SimulationDefinition simulation)
    {
        string name = simulation.Cohort.Length > 0 ? simulation.Cohort : Cohorts[0];
        WholeBodyCohortOptions options = WholeBodyCohortOptions.Named.First(one => name.StartsWith(one.Name, StringComparison.Ordinal));
        return options with
        {
            Patients = simulation.Patients,
            Seed = simulation.Seed,
            LostViews = name.EndsWith(MissingViews, StringComparison.Ordinal) ? WholeBodyCohortOptions.PaperLostViews : options.LostViews,
            CrossedTracers = name.EndsWith(Crossed, StringComparison.Ordinal) ? 1 : options.CrossedTracers,
        };
    }
}
