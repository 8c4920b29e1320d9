using System.Collections.Concurrent;
using System.Text.Json;
using MLNetScinti.Dicom;
using MLNetScinti.Evaluation;
using MLNetScinti.Evaluation.Reporting;
using MLNetScinti.Imaging;
using MLNetScinti.Pipelines;
using MLNetScinti.Pipelines.Definitions;
using MLNetScinti.Pipelines.Runs;
using MLNetScinti.Systems.Tests.Cases;
using Xunit;

namespace MLNetScinti.Systems.Tests.NewSystems;

/// <summary>A system that nothing below knows: from DICOM to a report and to scores, by the ordinary commands' own code.</summary>
[Collection("training")]
public sealed class ThreeClassSystemTests
{
    private static readonly string[] s_classes = ["high", "middle", "low"];

    [Fact]
    public void ItTrainsExportsEvaluatesReportsAndScores()
    {
        using TemporaryFolder folder = new();
        string studies = folder.File("studies"), output = folder.File("run"), others = folder.File("others");
        Write(studies, first: 0, count: 48, labels: true);
        Write(others, first: 500, count: 6, labels: false);
        File.WriteAllText(Path.Combine(others, "notes.txt"), "no image");
        string[] before = Directory.GetFileSystemEntries(Environment.CurrentDirectory, "*", SearchOption.AllDirectories);

        PipelineDefinition definition = PipelineReader.Read(Definition(folder, studies, output), [ThreeClassSystem.Entry]);
        SilentObserver observer = new();
        RunOutcome outcome = new PipelineRunner(definition, new RunSettings { Command = "run three.yaml", Threads = 2 }, observer).Run();

        MulticlassEvaluation evaluation = Assert.IsType<MulticlassEvaluation>(outcome.Report.Evaluation);
        Assert.Equal(12, evaluation.Test.Count);
        Assert.True(evaluation.MicroAccuracy.Value > 0.8, $"accuracy {evaluation.MicroAccuracy.Value}");
        Assert.Equal(evaluation.MicroAccuracy.Value, evaluation.Stock.Metrics.First(entry => entry.Key.Contains("micro", StringComparison.OrdinalIgnoreCase)).Metric.Value, 1e-9);
        Assert.True(outcome.FusedDifference < 1e-5);
        Assert.Equal("unknown.dcm", Assert.Single(observer.Studies).File);

        // What became of the files: one has no line in the table.
        IReadOnlyList<FlowStep> flow = outcome.Report.Data.Flow;
        Assert.Equal(["Found", "Read", "Labelled", "Training", "Validation", "Test"], flow.Select(step => step.Name));
        Assert.Equal([49, 49, 48], flow.Take(3).Select(step => step.Inputs!.Value));
        Assert.Equal(new FlowExit("no label", 1), Assert.Single(flow[1].LeftOut));
        Assert.Equal((48, 48, 48), (flow[2].Patients!.Value, flow[2].Cases!.Value, flow[2].Classes.Sum(one => one.Cases)));
        Assert.Equal([24, 12, 12], flow.Skip(3).Select(step => step.Patients!.Value));
        Assert.Equal(["training", "validation", "test"], outcome.Report.Data.Cohort!.Sets);
        Assert.All(outcome.Report.Data.Cohort.Rows, row => Assert.Equal([24, 12, 12], row.Cells.Select(cell => cell.All)));
        Assert.Empty(outcome.Report.Run.Earlier);

        string[] written = [.. Directory.GetFiles(output).Select(file => Path.GetFileName(file)!).Order(StringComparer.Ordinal)];
        Assert.Equal([".run.lock", "card.json", "metrics.json", "model.onnx", "model.zip", "report.html", "run-key.json", "scores.csv", "split.json", "weights.safetensors"], written);
        string html = File.ReadAllText(outcome.HtmlFile);
        Assert.All(s_classes, name => Assert.Contains(name, html, StringComparison.Ordinal));
        using (JsonDocument metrics = JsonDocument.Parse(File.ReadAllBytes(outcome.MetricsFile)))
        {
            Assert.Contains("multiclass", metrics.RootElement.GetRawText(), StringComparison.Ordinal);
        }

        string[] scores = File.ReadAllLines(Path.Combine(output, "scores.csv"));
        Assert.Equal("Set,CaseId,PatientID,Label,Score.high,Score.middle,Score.low,PredictedLabel", scores[0]);
        Assert.Equal(1 + 12 + 12, scores.Length);

        using ModelBundle bundle = ModelBundle.Load(output);
        SystemDefinition restored = ThreeClassSystem.Entry.Restore(bundle.Card.Settings);
        Assert.Equal(definition.System.Settings, restored.Settings);
        List<LeftOutStudy> leftOut = [];
        ScoredFolderCase[] scored = [.. FolderScoring.Score(bundle, restored, others, threads: 2, leftOut.Add)];
        Assert.Equal(6, scored.Length);
        int right = scored.Where((one, index) => one.Answers.Single(answer => answer.Column == "PredictedLabel").Value == s_classes[(500 + index) % 3]).Count();
        Assert.True(right >= 5, $"{right} of 6");

        // The work list has a line for each class, one of them called, and says what is asked for and not known.
        MadeWorkList made = MadeWorkList.Of(bundle, restored, others, folder.File("list"), ("high", 0.1));
        Assert.Equal(scored.Select(one => one.Answers.Single(answer => answer.Column == "PredictedLabel").Value).Order(StringComparer.Ordinal), made.List.Cases.Select(one => one.Decision).Order(StringComparer.Ordinal));
        Assert.All(made.List.Cases, one =>
        {
            Assert.Equal(s_classes, one.Answers.Select(answer => answer.Name));
            Assert.Equal(1, one.Answers.Sum(answer => answer.Probability), 1e-5);
            WorkListAnswer called = Assert.Single(one.Answers, answer => answer.IsCalled);
            Assert.Equal((one.Decision, one.Answers.Max(answer => answer.Probability)), (called.Name, called.Probability));
            Assert.All(one.Answers, answer => Assert.Null(answer.Threshold));
            // A third of the training cases had it; where a tenth have it, it is less likely.
            WorkListAnswer high = one.Answers[0];
            Assert.InRange(high.Risk!.Value, 0, Math.Max(high.Probability, 1e-7));
            Assert.Null(one.Answers[1].Risk);
            Assert.Equal(2, one.Pictures.Count);
            Assert.All(one.Pictures, panel => Assert.Null(panel.Map));
            Assert.All(one.Pictures, panel => Assert.False(panel.IsPlaced));
        });
        Assert.Equal(12, System.Text.RegularExpressions.Regex.Count(made.Page, "base64,iVBOR"));
        Assert.Contains("the most probable class", made.Page, StringComparison.Ordinal);
        Assert.Contains("keeps no maps", made.Page, StringComparison.Ordinal);
        Assert.Contains("size and directions not known", made.Page, StringComparison.Ordinal);
        Assert.DoesNotContain(" mm</text>", made.Page, StringComparison.Ordinal);
        Assert.Contains("Probability.high,Threshold.high,Prevalence.high,Risk.high,Probability.middle", made.Table[0], StringComparison.Ordinal);
        Assert.Contains("no class 'elsewhere'", Assert.Throws<DefinitionException>(() => MadeWorkList.Of(bundle, restored, others, folder.File("list"), ("elsewhere", 0.1))).Message, StringComparison.Ordinal);
        Directory.Delete(folder.File("list"), recursive: true);
        Assert.Equal("notes.txt", Assert.Single(leftOut).File);

        // Nothing but the folders that were named is written to.
        Assert.Equal(before, Directory.GetFileSystemEntries(Environment.CurrentDirectory, "*", SearchOption.AllDirectories));
        Assert.Equal(["others", "run", "studies", "three.yaml"], Directory.GetFileSystemEntries(folder.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void ARunThatIsGivenOtherImagesOrSettingsIsRefusedWithTheirName()
    {
        using TemporaryFolder folder = new();
        string studies = folder.File("studies"), output = folder.File("run");
        Write(studies, first: 0, count: 48, labels: true);
        string yaml = Definition(folder, studies, output);
        PipelineDefinition definition = PipelineReader.Read(yaml, [ThreeClassSystem.Entry]);
        using (CancellationTokenSource stop = new())
        {
            Assert.ThrowsAny<OperationCanceledException>(() => new PipelineRunner(definition, Settings, new StoppingObserver(stop, after: 2)).Run(stop.Token));
        }

        Assert.Contains("training.epochs", Refused(PipelineReader.Read(Changed(yaml, "epochs: 8", "epochs: 9"), [ThreeClassSystem.Entry])), StringComparison.Ordinal);
        Assert.Contains("augmentation", Refused(PipelineReader.Read(Changed(yaml, "output:", "augmentation: { translate-pixels: 2 }\noutput:"), [ThreeClassSystem.Entry])), StringComparison.Ordinal);
        Assert.Contains("training.conventions", Refused(PipelineReader.Read(Changed(yaml, "epochs: 8", "conventions: tensorflow-defaults, epochs: 8"), [ThreeClassSystem.Entry])), StringComparison.Ordinal);
        Assert.Contains("augmentation.whole-case", Refused(PipelineReader.Read(Changed(yaml, "output:", "augmentation: { whole-case: { mirror: { axes: [left-right] } } }\noutput:"), [ThreeClassSystem.Entry])), StringComparison.Ordinal);
        string first = Path.Combine(studies, "000.dcm");
        byte[] kept = File.ReadAllBytes(first);
        byte[] other = [.. kept];
        other[^1] ^= 1;
        File.WriteAllBytes(first, other);
        Assert.Contains("other cases", Refused(definition), StringComparison.Ordinal);

        File.WriteAllBytes(first, kept);
        RunOutcome resumed = new PipelineRunner(definition, Settings, new SilentObserver()).Run();
        RunOutcome straight = new PipelineRunner(definition with { Output = folder.File("straight") }, Settings, new SilentObserver()).Run();
        // The first lies beside the second and was made before it.
        EarlierRun earlier = Assert.Single(straight.Report.Run.Earlier);
        Assert.Equal(("run", true, 12), (earlier.Name, earlier.SameCases, earlier.Patients));
        Assert.Equal(((MulticlassEvaluation)resumed.Report.Evaluation).MicroAccuracy.Value, earlier.Figures["microAccuracy"].Value);
        Assert.Contains("Beside earlier runs", File.ReadAllText(straight.HtmlFile), StringComparison.Ordinal);
        foreach (string file in Directory.GetFiles(straight.Folder).Select(file => Path.GetFileName(file)!).Where(file => file is not ("report.html" or "metrics.json")))
        {
            Assert.True(File.ReadAllBytes(Path.Combine(straight.Folder, file)).AsSpan().SequenceEqual(File.ReadAllBytes(Path.Combine(resumed.Folder, file))), file);
        }
    }

    [Fact]
    public void ARunOfAnotherBuildGoesOnOnlyWhenThatIsAcceptedAndTheReportSaysSo()
    {
        using TemporaryFolder folder = new();
        string studies = folder.File("studies"), output = folder.File("run"), keyFile = Path.Combine(output, "run-key.json");
        Write(studies, first: 0, count: 48, labels: true);
        PipelineDefinition definition = PipelineReader.Read(Definition(folder, studies, output), [ThreeClassSystem.Entry]);
        void Interrupt(RunSettings settings, int after)
        {
            using CancellationTokenSource stop = new();
            Assert.ThrowsAny<OperationCanceledException>(() => new PipelineRunner(definition, settings, new StoppingObserver(stop, after)).Run(stop.Token));
        }

        Interrupt(Settings, after: 2);
        RunKey key = RunKey.Read(keyFile)!;
        File.WriteAllText(keyFile, key.ToJson().Replace(key.Parts["code: MLNetScinti.Networks"], "another build", StringComparison.Ordinal));
        Assert.Contains("--accept-code", Refused(definition), StringComparison.Ordinal);
        Interrupt(Settings with { AcceptCode = true }, after: 4);
        Assert.Contains("--accept-code", Refused(definition), StringComparison.Ordinal);

        RunOutcome outcome = new PipelineRunner(definition, Settings with { AcceptCode = true }, new SilentObserver()).Run();
        Assert.Contains("begun by another build of MLNetScinti.Networks", File.ReadAllText(outcome.HtmlFile), StringComparison.Ordinal);
        Assert.Contains("begun by another build of MLNetScinti.Networks", File.ReadAllText(outcome.MetricsFile), StringComparison.Ordinal);
        Assert.Equal(key.Hash, RunKey.Read(keyFile)!.Hash);
    }

    [Fact]
    public void ASystemOfSeveralFindingsRunsAndScores()
    {
        using TemporaryFolder folder = new();
        string studies = folder.File("studies"), others = folder.File("others");
        Write(studies, first: 0, count: 64, labels: true, findings: true);
        Write(others, first: 500, count: 8, labels: false, findings: true);
        string yaml = Changed(Definition(folder, studies, folder.File("run"), epochs: 16), "system: three-places", "system: findings");
        PipelineDefinition definition = PipelineReader.Read(yaml, [ThreeClassSystem.Entry, FindingsSystem.Entry]);
        RunOutcome outcome = new PipelineRunner(definition, Settings, new SilentObserver()).Run();

        MultiLabelEvaluation evaluation = Assert.IsType<MultiLabelEvaluation>(outcome.Report.Evaluation);
        Assert.True(evaluation.MacroF1.Value > 0.75, $"{evaluation.MacroF1.Value}");
        Assert.Equal(3, evaluation.Stock.Count);
        Assert.Equal("Set,CaseId,PatientID,Label,Score.high,Score.middle,Score.low,Probability.high,Probability.middle,Probability.low,PredictedLabel", File.ReadLines(Path.Combine(outcome.Folder, "scores.csv")).First());
        Assert.Contains("middle", File.ReadAllText(outcome.HtmlFile), StringComparison.Ordinal);

        using ModelBundle bundle = ModelBundle.Load(outcome.Folder);
        Assert.Equal(3, bundle.Card.Thresholds.Count);
        ScoredFolderCase[] scored = [.. FolderScoring.Score(bundle, FindingsSystem.Entry.Restore(bundle.Card.Settings), others, threads: 1, study => Assert.Fail(study.ToString()))];
        int right = scored.Where((one, index) => one.Answers.Single(answer => answer.Column == "PredictedLabel").Value == Findings(500 + index)).Count();
        Assert.True(right >= 5, $"{right} of 8");

        // Each finding is a line of its own with its threshold, and any number of them is called.
        MadeWorkList made = MadeWorkList.Of(bundle, FindingsSystem.Entry.Restore(bundle.Card.Settings), others, folder.File("list"), ("low", 0.05), ("high", 0.5));
        Assert.All(made.List.Cases, one =>
        {
            Assert.All(one.Answers.Zip(bundle.Card.Thresholds), pair => Assert.Equal((pair.Second.Value, pair.First.Probability >= pair.Second.Value), ((float)pair.First.Threshold!.Value, pair.First.IsCalled)));
            string called = string.Join('+', one.Answers.Where(answer => answer.IsCalled).Select(answer => answer.Name));
            Assert.Equal(called.Length > 0 ? called : "none", one.Decision);
            Assert.All(one.Answers, answer => Assert.Equal(answer.Name is "low" or "high", answer.Prevalence is not null));
        });
        Assert.True(made.List.Cases.Select(one => one.Decision).Distinct(StringComparer.Ordinal).Count() > 3);
        Assert.Equal(2 * 8, System.Text.RegularExpressions.Regex.Count(made.Page, "<dt>Risk where "));
        Assert.Contains("high, and middle, and low?", made.Page, StringComparison.Ordinal);
    }

    [Fact]
    public void ARunOpensEachStudyOnce()
    {
        using TemporaryFolder folder = new();
        string studies = folder.File("studies");
        Write(studies, first: 0, count: 48, labels: true);
        CountingSystem system = new();
        PipelineDefinition definition = PipelineReader.Read(Definition(folder, studies, folder.File("run"), epochs: 1), [ThreeClassSystem.Entry]) with { System = system };
        _ = new PipelineRunner(definition, Settings, new SilentObserver()).Run();
        Assert.Equal(49, system.Opened.Count);
        Assert.All(system.Opened, file => Assert.Equal(1, file.Value));
    }

    internal sealed record CountingSystem : ThreeClassSystem
    {
        public ConcurrentDictionary<string, int> Opened { get; } = new(StringComparer.Ordinal);

        public override IReadOnlyList<Case> CasesOf(StudyImages study, LabelsTable? labels)
        {
            _ = Opened.AddOrUpdate(study.File, 1, (_, times) => times + 1);
            return base.CasesOf(study, labels);
        }
    }

    private static string Findings(int patient) =>
        (patient & 7) == 0 ? "none" : string.Join('+', s_classes.Where((_, place) => (patient & (1 << place)) > 0));

    internal static RunSettings Settings => new() { Command = "run three.yaml", Threads = 2 };

    private static string Refused(PipelineDefinition definition) =>
        Assert.Throws<RunKeyException>(() => new PipelineRunner(definition, Settings, new SilentObserver()).Run()).Message;

    internal static string Changed(string yaml, string from, string to)
    {
        string text = File.ReadAllText(yaml);
        Assert.Contains(from, text, StringComparison.Ordinal);
        string other = Path.ChangeExtension(yaml, $"{to.GetHashCode(StringComparison.Ordinal):x}.yaml");
        File.WriteAllText(other, text.Replace(from, to, StringComparison.Ordinal));
        return other;
    }

    internal static string Definition(TemporaryFolder folder, string studies, string output, int epochs = 8)
    {
        string file = folder.File("three.yaml");
        File.WriteAllText(file, $$"""
            name: three
            description: Where is the focus?
            seed: 3
            system: three-places
            views: { size: 32 }
            data: { folder: {{studies}} }
            split: { train: 24, validation: 12, test: 12 }
            network: { architecture: two-view }
            training: { epochs: {{epochs}}, batch-size: 6, learning-rate: 0.01, device: cpu, lanes: 1 }
            output: {{output}}

            """);
        return file;
    }

    internal static void Write(string folder, int first, int count, bool labels, bool findings = false, Func<int, string>? word = null)
    {
        Directory.CreateDirectory(folder);
        ImageShape shape = new(32, 32);
        List<string> table = ["File,Label"];
        for (int patient = first; patient < first + count + (labels ? 1 : 0); patient++)
        {
            // The last one of a labelled folder is a study that the table does not know.
            string name = patient == first + count ? "unknown.dcm" : $"{patient:000}.dcm";
            double column = 8 + (patient % 16);
            int[] places = findings ? [.. Enumerable.Range(0, 3).Where(place => (patient & (1 << place)) > 0)] : [patient % 3];
            PlanarImage View(string side, double across, double height) =>
                new(32, 32, 4.8, 4.8, Pattern.Blobs(shape, patient, side, [.. places.Select(place => (0.0, 6 + (10.0 * place), across, height))]));
            NuclearMedicineWriter.WriteStatic(Path.Combine(folder, name), View("anterior", column, 200), View("posterior", 31 - column, 120),
                new NuclearMedicineStudy { PatientId = $"patient {patient}", UidSeed = "three" });
            table.Add($"{name},{word?.Invoke(patient) ?? (findings ? Findings(patient) : s_classes[patient % 3])}");
        }

        if (labels)
        {
            File.WriteAllLines(Path.Combine(folder, "labels.csv"), table.SkipLast(1));
        }
    }

    internal sealed class StoppingObserver(CancellationTokenSource stop, int after) : IRunObserver
    {
        public void Stage(string text)
        {
        }

        public void Note(string text)
        {
        }

        public void Progress(int done, int total, TimeSpan? left)
        {
        }

        public void Epoch(Networks.TrainingProgress progress)
        {
            if (progress.Finished?.Epoch >= after)
            {
                stop.Cancel();
            }
        }

        public void Trial(int number, IEvaluation evaluation, TimeSpan duration)
        {
        }

        public void LeftOut(LeftOutStudy study)
        {
        }
    }
}
