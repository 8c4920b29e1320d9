using System.CommandLine;
using System.Globalization;
using MLNetScinti.Pipelines.Definitions;
using MLNetScinti.Systems;

namespace MLNetScinti.Cli;

/// <summary><c>scinti simulate FOLDER</c>: a cohort with known truth, as DICOM files and a labels table.</summary>
internal static class SimulateCommand
{
    private const int MostPatients = 1_000_000;
    private const int UsualPatients = 20;

    public static Command Create()
    {
        Argument<string> folder = new("folder") { Description = "Where to write; what is there already of the same cohort is kept." };
        Option<int?> patients = new("--patients") { Description = $"The number of patients; where it is not given, that of the cohort's paper, or {UsualPatients}." };
        Option<ulong?> seed = RunCommand.Seed("The cohort's seed, 1 unless told otherwise: the same seed gives the same files.");
        Option<bool> noScatter = new("--no-scatter") { Description = "Count scattered photons as if they came straight from their source." };
        Option<double> falseReadings = new("--false-readings") { Description = "The part of the labels that say the opposite of what is true, from 0 to 0.5; the truth stays beside them." };
        Option<string?> truth = new("--truth") { Description = "A folder, beside the first one, for masks (NIfTI) and tables of what is true." };
        Option<string> system = new("--system") { Description = $"Whose patients: {string.Join("; ", ShippedSimulators.All.Select(one => $"{one.Name}, {one.Description}"))}.", DefaultValueFactory = _ => ShippedSimulators.All[0].Name };
        Option<string[]> set = new("--set") { Description = "A key of the system's own in data.simulation of a definition, and its value: cohort=dspic, lost-views=true, prevalence.tilt=0.", DefaultValueFactory = _ => [] };
        Option<int> threads = RunCommand.Threads();
        Command command = new("simulate", "Simulates patients whose truth is known, those of DMSA SPECT unless told otherwise: DICOM files and labels.csv.") { folder, system, patients, seed, noScatter, falseReadings, set, truth, threads };
        command.SetAction(parsed => Guarded.Run(cancel =>
        {
            if (parsed.GetValue(patients) is < 1 or > MostPatients)
            {
                throw new DefinitionException($"--patients: expected a whole number from 1 to {MostPatients}, found '{parsed.GetValue(patients)}'.");
            }

            if (parsed.GetValue(falseReadings) is not (>= 0 and <= 0.5))
            {
                throw new DefinitionException(string.Create(CultureInfo.InvariantCulture, $"--false-readings: expected a number from 0 to 0.5, found '{parsed.GetValue(falseReadings)}'."));
            }

            string name = parsed.GetRequiredValue(system);
            ShippedSimulator shipped = ShippedSimulators.All.FirstOrDefault(one => one.Name == name)
                ?? throw new DefinitionException($"--system: expected {string.Join(" or ", ShippedSimulators.All.Select(one => one.Name))}, found '{name}'.");
            DefinitionSection own = DefinitionSection.OfSettings(parsed.GetValue(set) ?? [], "--set");
            SimulationSettings? settings = shipped.Simulator.Read(own);
            own.Done();
            string studies = Path.GetFullPath(parsed.GetRequiredValue(folder));
            string? masks = parsed.GetValue(truth) is { } named ? Path.GetFullPath(named) : null;
            // Whoever reads the studies' folder should find studies in it, and no answers.
            if (masks is not null && !Path.GetRelativePath(studies, masks).StartsWith("..", StringComparison.Ordinal) && !Path.IsPathRooted(Path.GetRelativePath(studies, masks)))
            {
                throw new DefinitionException($"--truth: expected a folder outside of {studies}, found '{parsed.GetValue(truth)}'.");
            }

            Guarded.UseThreads(parsed.GetValue(threads));
            using ConsoleObserver observer = new();
            int count = parsed.GetValue(patients) ?? shipped.Simulator.UsualPatients(settings) ?? UsualPatients;
            SimulationDefinition simulation = new(count, parsed.GetValue(seed) ?? 1)
            {
                Scatter = !parsed.GetValue(noScatter),
                FalseReadings = parsed.GetValue(falseReadings),
                Settings = settings,
            };
            shipped.Simulator.Ensure(parsed.GetRequiredValue(folder), simulation, parsed.GetValue(threads), observer, cancel);
            observer.End();
            Terminal.Line($"{count} patients in {studies}");
            if (masks is not null)
            {
                try
                {
                    shipped.Simulator.WriteTruth(masks, simulation, parsed.GetValue(threads), cancel);
                }
                catch (InvalidDataException problem)
                {
                    throw new DefinitionException($"--truth: {problem.Message}", problem);
                }

                Terminal.Line($"their truth in {masks}");
            }

            return ExitCode.Done;
        }));
        return command;
    }
}
