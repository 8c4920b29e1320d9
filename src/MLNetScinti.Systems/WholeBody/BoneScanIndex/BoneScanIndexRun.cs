using System.Diagnostics;
using MLNetScinti.Dicom;
using MLNetScinti.Pipelines;
using MLNetScinti.Pipelines.Definitions;
using MLNetScinti.Pipelines.Runs;
using MLNetScinti.Simulation.WholeBody;
using MLNetScinti.Systems.WholeBody.Input;
using MLNetScinti.Systems.WholeBody.Simulation;

namespace MLNetScinti.Systems.WholeBody.BoneScanIndex;

/// <summary>How a bone scan index is trained and tested: the section of a definition file whose key <c>measurement</c> names it.</summary>
/// <param name="Name">The definition's name.</param>
/// <param name="Description">What it is.</param>
/// <param name="Folder">Where the simulated cohorts are, or are written to: train, test, and their truth beside them.</param>
/// <param name="Train">The cohort that it is trained on.</param>
/// <param name="Test">The cohort that it is tested on; with another seed, so that no patient is in both.</param>
/// <param name="Output">Where model and report are written to.</param>
public sealed record BoneScanIndexDefinition(string Name, string Description, string Folder, SimulationDefinition Train, SimulationDefinition Test, string Output)
{
    /// <summary>The word that stands under <c>measurement</c>.</summary>
    public const string Word = "bone-scan-index";

    private const string Key = "measurement";

    /// <summary>False hotspots a view that the threshold allows.</summary>
    public double FalseSpots { get; init; } = 1;

    /// <summary>Bodies that are scanned several times.</summary>
    public int RepeatedBodies { get; init; }

    /// <summary>Scans of each.</summary>
    public int Repetitions { get; init; } = 4;

    /// <summary>Whether the figures only show that everything runs.</summary>
    public bool Smoke { get; init; }

    /// <summary>Reads a definition; null where the file describes no measurement but a network.</summary>
    /// <exception cref="DefinitionException">Names file, line and key, what was expected and what was found.</exception>
    public static BoneScanIndexDefinition? Read(string file, string? preset = null) => Read(file, preset, []);

    /// <summary>Reads a definition; null where the file describes no measurement but a network.</summary>
    /// <param name="file">The YAML file.</param>
    /// <param name="preset">The preset under <c>presets</c>, or null.</param>
    /// <param name="settings">Settings of the form <c>key=value</c> that replace both.</param>
    /// <exception cref="DefinitionException">Names file, line and key, what was expected and what was found.</exception>
    public static BoneScanIndexDefinition? Read(string file, string? preset, IReadOnlyList<string> settings)
    {
        DefinitionSection root = DefinitionSection.Read(file, preset, settings);
        if (!root.Has(Key))
        {
            return null;
        }

        _ = root.Choice(Key, [Word]);
        DefinitionSection data = root.Section("data"), training = root.Section("training"), evaluation = root.Section("evaluation");
        SimulationDefinition train = Cohort(data.Section("train")), test = Cohort(data.Section("test"));
        if (train.Seed == test.Seed)
        {
            throw data.Refuse("test", $"expected another seed than that of train, so that no patient is in both, found {test.Seed} in both.");
        }

        string name = root.Line("name", most: 100);
        BoneScanIndexDefinition definition = new(name, root.Text("description", "").Trim(), data.Path("folder"), train, test, root.Path("output", Path.Combine("artifacts", name)))
        {
            FalseSpots = training.Number("false-spots", 1, least: .01, most: 20),
            RepeatedBodies = evaluation.Whole("repeated-bodies", 0, least: 0, most: 1000),
            Repetitions = evaluation.Whole("repetitions", 4, least: 2, most: 100),
            Smoke = evaluation.Flag("smoke", false),
        };
        data.Done();
        training.Done();
        evaluation.Done();
        root.Done();
        return definition;
    }

    private static SimulationDefinition Cohort(DefinitionSection section)
    {
        SimulationDefinition cohort = new(section.Whole("patients", least: 4, most: 100_000), (ulong)section.Whole("seed", least: 0)) { Settings = WholeBodyCohortSimulator.Burden.Read(section) };
        section.Done();
        return cohort;
    }
}

/// <summary>Trains and tests a bone scan index on simulated scans.</summary>
public sealed class BoneScanIndexRun(BoneScanIndexDefinition definition, int threads, IRunObserver observer)
{
    /// <summary>The file of the model in the output folder.</summary>
    public const string ModelName = "bone-scan-index.zip";

    // The counts of a view at which published repeat scans were done (Anand et al., J Nucl Med 2016;57:1865).
    private static readonly double[] s_counts = [1.5e6, .5e6, .2e6];

    /// <summary>Carries it out, and writes model and report.</summary>
    /// <exception cref="DefinitionException">A folder holds another cohort.</exception>
    public BoneScanIndexEvaluation Run(CancellationToken cancel)
    {
        string train = Simulated("train", definition.Train, cancel), test = Simulated("test", definition.Test, cancel);
        observer.Stage("Measuring the atlas");
        SkeletonAtlas atlas = SkeletonAtlas.Measure();
        AtlasRegistration registration = new(atlas);
        List<(KnownScan Known, MeasuredScan Measured)> Look(string folder, bool keep)
        {
            observer.Stage($"Finding hotspots in {folder}");
            List<(KnownScan, MeasuredScan)> found = [];
            int leftOut = 0;
            foreach ((string patient, LesionTruth truth, MeasuredScan scan) in Scans(folder, one => MeasuredScan.Of(atlas, registration, one), () => leftOut++, cancel))
            {
                found.Add((KnownScan.Of(patient, truth, scan.Views, scan.Pairs, scan.Features), keep ? scan : null!));
            }

            observer.Note($"{found.Count} scans, {leftOut} left out");
            return found;
        }

        KnownScan[] known = [.. Look(train, keep: false).Select(one => one.Known)];
        observer.Stage($"Training on {known.Length} scans with {known.Sum(scan => scan.Hotspots.Count)} hotspots");
        BoneScanIndexModel model = BoneScanIndexModel.Train(atlas, known, definition.FalseSpots);
        Directory.CreateDirectory(definition.Output);
        model.Save(Path.Combine(definition.Output, ModelName));

        observer.Stage($"Measuring {definition.Test.Patients} scans");
        List<(KnownScan, BoneScanResult)> results = [];
        int missing = 0;
        TimeSpan before = Process.GetCurrentProcess().TotalProcessorTime;
        foreach ((string patient, LesionTruth truth, (MeasuredScan scan, BoneScanResult result)) in Scans(test, one =>
        {
            MeasuredScan seen = model.Look(one);
            return (seen, model.Measure(seen, one.Warnings));
        }, () => missing++, cancel))
        {
            results.Add((KnownScan.Of(patient, truth, scan.Views, scan.Pairs, scan.Features), results.Count < BoneScanReport.MostPictures ? result : result.WithoutImages()));
        }

        double seconds = (Process.GetCurrentProcess().TotalProcessorTime - before).TotalSeconds / Math.Max(1, results.Count);
        BoneScanIndexEvaluation evaluation = BoneScanIndexEvaluation.Of(results) with { SecondsPerScan = seconds, LeftOut = missing, Repeats = Repeat(model, cancel) };
        BoneScanReport.Write(definition, evaluation, [.. results.Select(result => (result.Item1.Patient, result.Item2))]);
        return evaluation;
    }

    private string Simulated(string name, SimulationDefinition cohort, CancellationToken cancel)
    {
        string folder = Path.Combine(definition.Folder, name), truth = folder + "-truth";
        WholeBodyCohortSimulator.Burden.Ensure(folder, cohort, threads, observer, cancel);
        if (!File.Exists(Path.Combine(truth, WholeBodyTruthWriter.FindingsName)) || new LesionTruthFolder(truth).Patients.Count != cohort.Patients)
        {
            try
            {
                WholeBodyCohortSimulator.Burden.WriteTruth(truth, cohort, threads, cancel);
            }
            catch (InvalidDataException problem)
            {
                throw new DefinitionException(problem.Message, problem);
            }
        }

        return folder;
    }

    /// <summary>The scans of a folder in order, some of them worked on at once; those that give no scan are counted and passed over.</summary>
    private IEnumerable<(string Patient, LesionTruth Truth, T Found)> Scans<T>(string folder, Func<WholeBodyScan, T> work, Action leftOut, CancellationToken cancel)
    {
        LesionTruthFolder truth = new(folder + "-truth");
        string[] patients = [.. truth.Patients.Order(StringComparer.Ordinal)];
        DicomImageReader reader = new();
        int done = 0;
        foreach (string[] some in patients.Chunk(Math.Max(1, threads) * 4))
        {
            cancel.ThrowIfCancellationRequested();
            (bool Is, T Found)[] found = new (bool, T)[some.Length];
            Parallel.For(0, some.Length, new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancel }, i =>
            {
                string[] files = [.. new[] { ".dcm", "-A.dcm", "-P.dcm" }.Select(ending => Path.Combine(folder, some[i] + ending)).Where(File.Exists)];
                try
                {
                    found[i] = (true, work(WholeBodyScan.Of([.. files.Select(file => reader.Read(file))])));
                }
                catch (LeaveOutException)
                {
                    found[i] = default;
                }
            });
            for (int i = 0; i < some.Length; i++)
            {
                if (found[i].Is && truth.Of(some[i]) is { } known)
                {
                    yield return (some[i], known, found[i].Found);
                }
                else
                {
                    leftOut();
                }
            }

            done += some.Length;
            observer.Progress(done, patients.Length, null);
        }
    }

    private List<RepeatFigures> Repeat(BoneScanIndexModel model, CancellationToken cancel)
    {
        if (definition.RepeatedBodies == 0)
        {
            return [];
        }

        observer.Stage($"Scanning {definition.RepeatedBodies} bodies again and again");
        // Bodies of neither cohort, with lesions.
        WholeBodyCohortOptions options = WholeBodyCohortSimulator.Burden.OptionsOf(definition.Test with { Patients = definition.RepeatedBodies, Seed = definition.Test.Seed + 1 });
        WholeBodyCohort cohort = new(options with { Classes = new Dictionary<WholeBodyClass, double> { [WholeBodyClass.Metastatic] = 1 } });
        WholeBodySimulator simulator = new();
        List<RepeatFigures> figures = [];
        foreach (double counts in s_counts)
        {
            double[,] indices = new double[cohort.Count, definition.Repetitions];
            double[] truth = new double[cohort.Count];
            Parallel.For(0, cohort.Count * definition.Repetitions, new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancel }, i =>
            {
                (int body, int repetition) = (i / definition.Repetitions, i % definition.Repetitions);
                WholeBodyPatient patient = cohort[body] with { Counts = counts };
                WholeBodyStudy study = simulator.Simulate(patient, repetition, cancel);
                truth[body] = SkeletalMass.IndexOf(study.Truth.Involvement());
                indices[body, repetition] = model.Measure(model.Look(WholeBodyScan.Of(study.Anterior, study.Posterior)), []).Index;
            });
            double variance = 0, error = 0;
            for (int body = 0; body < cohort.Count; body++)
            {
                double[] own = [.. Enumerable.Range(0, definition.Repetitions).Select(i => indices[body, i])];
                double mean = own.Average();
                variance += own.Sum(value => (value - mean) * (value - mean)) / (own.Length - 1) / cohort.Count;
                error += own.Sum(value => Math.Abs(value - truth[body])) / own.Length / cohort.Count;
            }

            figures.Add(new RepeatFigures(counts, Math.Sqrt(variance), error, cohort.Count, definition.Repetitions));
        }

        return figures;
    }
}
