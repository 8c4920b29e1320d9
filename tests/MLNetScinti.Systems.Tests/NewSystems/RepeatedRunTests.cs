using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.ML;
using MLNetScinti.Evaluation;
using MLNetScinti.Evaluation.Reporting;
using MLNetScinti.Pipelines;
using MLNetScinti.Pipelines.Definitions;
using MLNetScinti.Pipelines.Runs;
using MLNetScinti.Systems.Tests.Cases;
using MLNetScinti.Systems.Tests.Tasks;
using Xunit;
using static MLNetScinti.Systems.Tests.NewSystems.ThreeClassSystemTests;

namespace MLNetScinti.Systems.Tests.NewSystems;

/// <summary>One definition carried out several times, for every task that is classification: seeds on one split, folds of the patients.</summary>
[Collection("training")]
public sealed class RepeatedRunTests
{
    private const double Tolerance = 1e-5;

    private static readonly SystemEntry[] s_systems = [ThreeClassSystem.Entry, FindingsSystem.Entry, OnePlaceSystem.Entry];

    public static TheoryData<string> Systems { get; } = new("three-places", "findings", "one-place");

    [Theory]
    [MemberData(nameof(Systems))]
    public void SeedsShareTheSplitAndTheirModelsAreOneWhoseAnswerIsTheirMean(string system)
    {
        using TemporaryFolder folder = new();
        PipelineDefinition definition = Definition(folder, system, epochs: 5);
        CountingSystem counting = new();
        SilentObserver observer = new();
        TrainingsOutcome outcome = new RepeatedRun(system == "three-places" ? definition with { System = counting } : definition, Settings, Repetition.Seeds(3), observer).Run();

        string[] members = [.. ((string[])["seed-3", "seed-4", "seed-5"]).Select(name => Path.Combine(outcome.Folder, name))];
        Assert.Equal(["1 three-seed-3", "2 three-seed-4", "3 three-seed-5"], observer.Lines.Where(line => char.IsDigit(line[0]) && line.Contains("three-", StringComparison.Ordinal)));
        Assert.Single(members.Select(member => File.ReadAllText(Path.Combine(member, "split.json"))).Distinct(StringComparer.Ordinal));
        Assert.Equal(3, members.Select(member => Convert.ToHexString(File.ReadAllBytes(Path.Combine(member, "weights.safetensors")))).Distinct(StringComparer.Ordinal).Count());
        // However many trainings there are, a study is opened once.
        Assert.All(counting.Opened, file => Assert.Equal(1, file.Value));

        // The first seed is the definition's: it is the run that would be made without others.
        RunOutcome alone = new PipelineRunner(definition with { Output = folder.File("alone") }, Settings, new SilentObserver()).Run();
        Assert.Equal(File.ReadAllBytes(alone.OnnxFile), File.ReadAllBytes(Path.Combine(members[0], "model.onnx")));
        Assert.Equal(File.ReadAllText(Path.Combine(alone.Folder, "run-key.json")), File.ReadAllText(Path.Combine(members[0], "run-key.json")));

        SpreadIsThatOf(members, outcome);
        Assert.NotNull(outcome.Report.Together);
        EnsembleIsTheMeanOf(members, outcome, definition, judged: true);
    }

    [Theory]
    [MemberData(nameof(Systems))]
    public void FoldsTestEachPatientOnceByAModelThatHasNotSeenIt(string system)
    {
        using TemporaryFolder folder = new();
        PipelineDefinition definition = Definition(folder, system, epochs: 5);
        TrainingsOutcome outcome = new RepeatedRun(definition, Settings, Repetition.Folds(4), new SilentObserver()).Run();

        string[] members = [.. Enumerable.Range(1, 4).Select(fold => Path.Combine(outcome.Folder, $"fold-{fold}"))];
        string[][] pooled = Rows(Path.Combine(outcome.Folder, "scores.csv"));
        int label = 3;
        Assert.Equal(48, pooled.Length);
        Assert.Equal(48, pooled.Select(row => row[1]).Distinct(StringComparer.Ordinal).Count());
        foreach (string member in members)
        {
            SplitMembership split = SplitMembership.Read(Path.Combine(member, "split.json"));
            Dictionary<string, SplitSide> sides = split.Patients.ToDictionary(patient => patient.PatientId, patient => patient.Side, StringComparer.Ordinal);
            Assert.Equal(48, sides.Count);
            string[][] own = [.. pooled.Where(row => row[0] == Path.GetFileName(member))];
            Assert.All(own, row => Assert.Equal(SplitSide.Test, sides[row[2]]));
            // What stands in the pooled table is what the fold's own table says of its test patients.
            string[][] told = [.. Rows(Path.Combine(member, "scores.csv")).Where(row => row[0] == "test")];
            Assert.Equal(told.Select(row => string.Join(',', row[1..])), own.Select(row => string.Join(',', row[1..])));
        }

        IEvaluation together = outcome.Report.Together!;
        double right = pooled.Count(row => row[label] == row[^1]) / 48.0;
        IEvaluation again = Evaluated(system, pooled, together.Options);
        switch (together)
        {
            case BinaryEvaluation binary:
                Assert.Equal(right, binary.OperatingPoint.Accuracy.Value, 1e-12);
                Assert.Equal(((BinaryEvaluation)again).AreaUnderRoc.Value, binary.AreaUnderRoc.Value, 1e-12);
                Assert.Contains("of the model that judged it", binary.OperatingPoint.Threshold.Rule, StringComparison.Ordinal);
                break;
            case MulticlassEvaluation classes:
                Assert.Equal(right, classes.MicroAccuracy.Value, 1e-12);
                // The draws of an interval go by the order of the cases, which the table does not keep.
                Assert.All(classes.Figures.Zip(again.Figures), pair => Assert.Equal(pair.Second.Metric.Value, pair.First.Metric.Value, 1e-12));
                break;
            case MultiLabelEvaluation labels:
                Assert.Equal(right, labels.SubsetAccuracy.Value, 1e-12);
                Assert.Equal(again.Figures.Named("areaUnderRocMacro").Value, labels["areaUnderRocMacro"].Value, 1e-12);
                break;
            default:
                Assert.Fail(together.Task);
                break;
        }

        Assert.Contains(MainFigures.Of(together), entry => entry.Metric.IntervalByPatient() is not null);
        SpreadIsThatOf(members, outcome);
        EnsembleIsTheMeanOf(members, outcome, definition, judged: false);
    }

    [Fact]
    public void ARunThatIsStoppedInItsSecondTrainingEndsWithTheBytesOfOneThatIsNot()
    {
        using TemporaryFolder folder = new();
        PipelineDefinition definition = Definition(folder, "three-places", epochs: 4);
        using (CancellationTokenSource stop = new())
        {
            Assert.ThrowsAny<OperationCanceledException>(() => new RepeatedRun(definition, Settings, Repetition.Seeds(3), new StoppingLater(stop, trainings: 1, epochs: 2)).Run(stop.Token));
        }

        string unfinished = Path.Combine(folder.File("run"), "seeds");
        Assert.True(File.Exists(Path.Combine(unfinished, "seed-4", "training.checkpoint")));
        Assert.False(File.Exists(Path.Combine(unfinished, "metrics.json")));
        byte[] model = File.ReadAllBytes(Path.Combine(unfinished, "seed-3", "model.onnx"));
        DateTime written = File.GetLastWriteTimeUtc(Path.Combine(unfinished, "seed-3", "model.onnx"));

        // Whatever decides a result may not change under a run that is not finished, be it in a training that is.
        string changed = ThreeClassSystemTests.Changed(folder.File("three.yaml"), "learning-rate: 0.01", "learning-rate: 0.02");
        RunKeyException refused = Assert.Throws<RunKeyException>(() => new RepeatedRun(PipelineReader.Read(changed, s_systems), Settings, Repetition.Seeds(3), new SilentObserver()).Run());
        Assert.Contains("seed-3 was begun with another training.learning-rate", refused.Message, StringComparison.Ordinal);

        SilentObserver observer = new();
        TrainingsOutcome resumed = new RepeatedRun(definition, Settings, Repetition.Seeds(3), observer).Run();
        Assert.Contains(observer.Lines, line => line.StartsWith("seed-3: trained before", StringComparison.Ordinal));
        Assert.DoesNotContain(observer.Lines, line => line.StartsWith("seed-4: trained before", StringComparison.Ordinal));
        Assert.Equal(written, File.GetLastWriteTimeUtc(Path.Combine(unfinished, "seed-3", "model.onnx")));
        Assert.Equal(model, File.ReadAllBytes(Path.Combine(unfinished, "seed-3", "model.onnx")));

        TrainingsOutcome straight = new RepeatedRun(definition with { Output = folder.File("straight") }, Settings, Repetition.Seeds(3), new SilentObserver()).Run();
        string[] files = [.. Directory.GetFiles(straight.Folder, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(straight.Folder, file)).Order(StringComparer.Ordinal)];
        Assert.Equal(files, Directory.GetFiles(resumed.Folder, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(resumed.Folder, file)).Order(StringComparer.Ordinal));
        Assert.Contains(Path.Combine("ensemble", "model.zip"), files);
        foreach (string file in files.Where(file => Path.GetFileName(file) != "report.html"))
        {
            string one = Path.Combine(straight.Folder, file), other = Path.Combine(resumed.Folder, file);
            if (Path.GetFileName(file) == "metrics.json")
            {
                Assert.Equal(MetricsJson.WithoutRun(File.ReadAllText(one)), MetricsJson.WithoutRun(File.ReadAllText(other)));
            }
            else
            {
                Assert.True(File.ReadAllBytes(one).AsSpan().SequenceEqual(File.ReadAllBytes(other)), file);
            }
        }

        // More seeds go on from those that are there; another definition begins anew where the run was finished.
        SilentObserver more = new();
        TrainingsOutcome four = new RepeatedRun(definition, Settings, Repetition.Seeds(4), more).Run();
        Assert.Equal(3, more.Lines.Count(line => line.Contains("trained before", StringComparison.Ordinal)));
        Assert.Equal(4, four.Report.Trainings.Count);
        SilentObserver anew = new();
        _ = new RepeatedRun(PipelineReader.Read(changed, s_systems), Settings, Repetition.Seeds(2), anew).Run();
        Assert.DoesNotContain(anew.Lines, line => line.Contains("trained before", StringComparison.Ordinal));
    }

    [Fact]
    public void TrainingsOfAnotherBuildAreTakenOverOnlyWhenThatIsAcceptedAndTheReportSaysSo()
    {
        using TemporaryFolder folder = new();
        PipelineDefinition definition = Definition(folder, "three-places", epochs: 1);
        TrainingsOutcome first = new RepeatedRun(definition, Settings, Repetition.Seeds(2), new SilentObserver()).Run();
        string member = Path.Combine(first.Folder, "seed-3"), keyFile = Path.Combine(member, "run-key.json");
        RunKey key = RunKey.Read(keyFile)!;
        string other = key.ToJson().Replace(key.Parts["code: MLNetScinti.Networks"], "another build", StringComparison.Ordinal);
        File.WriteAllText(keyFile, other);
        // As that build would have sealed it.
        File.WriteAllText(Path.Combine(folder.File("run"), "other.json"), other);
        string made = RunKey.Read(Path.Combine(folder.File("run"), "other.json"))!.Hash, card = Path.Combine(member, "card.json");
        string seal = ModelBundle.Load(member).Card.Seal, zeros = new('0', 64);
        string text = File.ReadAllText(card).Replace(seal, zeros, StringComparison.Ordinal).Replace(key.Hash, made, StringComparison.Ordinal);
        File.WriteAllText(card, text.Replace(zeros, Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(text))), StringComparison.Ordinal));
        File.Delete(first.MetricsFile);

        Assert.Contains("--accept-code", Assert.Throws<RunKeyException>(() => new RepeatedRun(definition, Settings, Repetition.Seeds(2), new SilentObserver()).Run()).Message, StringComparison.Ordinal);
        SilentObserver observer = new();
        TrainingsOutcome accepted = new RepeatedRun(definition, Settings with { AcceptCode = true }, Repetition.Seeds(2), observer).Run();
        Assert.Equal(2, observer.Lines.Count(line => line.Contains("trained before", StringComparison.Ordinal)));
        Assert.Contains("taken over by this one, as asked for: seed-3", File.ReadAllText(accepted.HtmlFile), StringComparison.Ordinal);
        Assert.Contains("taken over by this one, as asked for: seed-3", File.ReadAllText(accepted.MetricsFile), StringComparison.Ordinal);
    }

    [Fact]
    public void AFoldThatCannotLearnAClassIsRefusedBeforeAnyTraining()
    {
        using TemporaryFolder folder = new();
        string studies = folder.File("studies");
        Write(studies, first: 0, count: 12, labels: true, word: patient => patient == 5 ? "low" : patient % 2 == 0 ? "high" : "middle");
        PipelineDefinition definition = PipelineReader.Read(ThreeClassSystemTests.Definition(folder, studies, folder.File("run"), epochs: 1), s_systems);
        SilentObserver observer = new();
        string message = Assert.Throws<PatientSplitException>(() => new RepeatedRun(definition, Settings, Repetition.Folds(3), observer).Run()).Message;
        Assert.Matches("^In fold [1-3] of 3 the training set holds 4 scans and none of them is low: ", message);
        Assert.DoesNotContain(observer.Lines, line => line.StartsWith("fold-", StringComparison.Ordinal));
    }

    [Fact]
    public void ModelsOfOtherTasksOrInputsAreNoEnsemble()
    {
        using TemporaryFolder folder = new();
        PipelineDefinition definition = Definition(folder, "three-places", epochs: 1), other = Definition(folder, "one-place", epochs: 1);
        using ModelBundle three = ModelBundle.Load(new PipelineRunner(definition with { Output = folder.File("three") }, Settings, new SilentObserver()).Run().Folder);
        using ModelBundle one = ModelBundle.Load(new PipelineRunner(other with { Output = folder.File("one") }, Settings, new SilentObserver()).Run().Folder);
        Assert.Contains(one.Source, Assert.Throws<ModelBundleException>(() => ModelEnsemble.Of([three, one])).Message, StringComparison.Ordinal);
        Assert.Contains("at least two", Assert.Throws<ModelBundleException>(() => ModelEnsemble.Of([three])).Message, StringComparison.Ordinal);
        Assert.Contains("weights.safetensors", Assert.Throws<ModelBundleException>(() =>
        {
            using ModelBundle ensemble = ModelBundle.Write(folder.File("twice"), three.Card with { Name = "twice" }, ModelEnsemble.Of([three, three]), TaskDecision.MostProbable, new MLContext(1));
            ensemble.StartOf([]);
        }).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("three-places")]
    [InlineData("findings")]
    public void ModelsOfOtherTasksThanTwoClassesAreComparedByTheirOwnFigures(string system)
    {
        using TemporaryFolder folder = new();
        PipelineDefinition first = Definition(folder, system, epochs: 4);
        PipelineDefinition second = first with { Name = "short", Output = folder.File("short"), Training = first.Training with { Epochs = 1 } };
        first = first with { Name = "long", Output = folder.File("long") };
        ComparisonSettings settings = new() { Command = "compare", Output = folder.File("comparison"), Threads = 2 };
        ComparisonOutcome outcome = new ComparisonRunner([first, second], settings, new SilentObserver()).Run();

        TaskComparisonReport report = Assert.IsType<TaskComparisonReport>(outcome.Report);
        Assert.Equal(["long", "short"], report.Models.Select(model => model.Name));
        // What is compared is what each model's own report says of the same patients.
        foreach (JudgedModel model in report.Models)
        {
            JsonNode own = JsonNode.Parse(File.ReadAllText(Path.Combine(folder.File(model.Name), "metrics.json")))!["evaluation"]!;
            Assert.All(MainFigures.Of(model.Evaluation), entry => Assert.Equal(Figure(own, entry.Key), entry.Metric.Value, 1e-12));
        }

        Assert.Contains(report.Verdict, ConsoleReport.Text(outcome.Report).ReplaceLineEndings(" "), StringComparison.Ordinal);
        Assert.Contains("task-comparison", File.ReadAllText(outcome.MetricsFile), StringComparison.Ordinal);
        Assert.Contains("long/report.html", File.ReadAllText(outcome.HtmlFile), StringComparison.Ordinal);
        Assert.Contains("has no baseline", Assert.Throws<DefinitionException>(() => new ComparisonRunner([first], settings, new SilentObserver())).Message, StringComparison.Ordinal);

        // Patients that a model was trained on do not judge it, whatever the task.
        Assert.Contains("was trained on", Assert.Throws<PatientSplitException>(() =>
            new ComparisonRunner([first, second], settings with { TestFolder = first.Data.Folder }, new SilentObserver()).Run()).Message.Replace("validated", "trained", StringComparison.Ordinal), StringComparison.Ordinal);

        // Nor do those of a model that the training would start from, and that is said before hours of training.
        using TemporaryFolder elsewhere = new();
        string others = elsewhere.File("others");
        Write(others, first: 100, count: 48, labels: true, findings: system == "findings");
        PipelineDefinition third = first with { Name = "third", Output = folder.File("third"), Data = first.Data with { Folder = others }, Training = first.Training with { StartFrom = folder.File("long") } };
        SilentObserver observer = new();
        Assert.Contains("which the training starts from", Assert.Throws<PatientSplitException>(() =>
            new ComparisonRunner([third, second with { Data = third.Data }], settings with { TestFolder = first.Data.Folder }, observer).Run()).Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder.File("third")));
        Assert.DoesNotContain(observer.Lines, line => line.Contains("Model 1 of 2", StringComparison.Ordinal));
    }

    [Fact]
    public void ModelsWhoseSettingsLeaveOutOtherFilesAreJudgedOnThePatientsThatAllCanUse()
    {
        using TemporaryFolder folder = new();
        PipelineDefinition definition = Definition(folder, "three-places", epochs: 1);
        PipelineDefinition Without(int last) => definition with { Name = $"without-{last}", Output = folder.File($"without-{last}"), System = new FussySystem { Without = last }, Split = definition.Split with { Train = 20, Validation = 8, Test = 8 } };
        PipelineDefinition[] definitions = [Without(3), Without(7)];
        SilentObserver observer = new();
        ComparisonOutcome outcome = new ComparisonRunner(definitions, new ComparisonSettings { Command = "compare", Output = folder.File("comparison"), Threads = 2 }, observer).Run();

        Assert.Equal(2, Assert.IsType<TaskComparisonReport>(outcome.Report).Models.Count);
        SplitMembership[] splits = [.. definitions.Select(one => SplitMembership.Read(Path.Combine(one.Output, SplitMembership.FileName)))];
        Assert.Equal(splits[0].Patients, splits[1].Patients);
        string[] left = [.. Enumerable.Range(0, 48).Where(file => file % 10 is 3 or 7).Select(file => $"{file:000}.dcm")];
        Assert.Equal(left, outcome.LeftOut.Where(study => study.Reason == "Fussy").Select(study => study.File));
        Assert.Equal(left, observer.Studies.Where(study => study.Reason == "Fussy").Select(study => study.File).Order(StringComparer.Ordinal));

        // One that makes other cases of a study has no patients in common with the others, rather than other ones.
        PipelineDefinition parted = Without(11) with { System = new FussySystem { Without = 11, Part = "L" } };
        Assert.Contains("OtherCases", Assert.Throws<PatientSplitException>(() =>
            new ComparisonRunner([Without(3), parted], new ComparisonSettings { Command = "compare", Output = folder.File("other"), Threads = 2 }, new SilentObserver()).Run()).Message, StringComparison.Ordinal);
    }

    /// <summary>Cannot use files whose number ends in a figure.</summary>
    private sealed record FussySystem : ThreeClassSystem
    {
        public required int Without { get; init; }

        public string Part { get; init; } = "";

        public override IReadOnlyDictionary<string, string> Settings => new Dictionary<string, string>(base.Settings, StringComparer.Ordinal) { ["without"] = Without.ToString(CultureInfo.InvariantCulture) };

        public override IReadOnlyDictionary<string, string> CohortSettings => base.Settings;

        public override IReadOnlyList<Case> CasesOf(StudyImages study, LabelsTable? labels) => study.File is [_, _, var digit, '.', ..] && digit - '0' == Without
            ? throw new LeaveOutException("Fussy", $"expected a number that does not end in {Without}.")
            : [.. base.CasesOf(study, labels).Select(one => one with { Id = one.Id + Part })];
    }

    private static void SpreadIsThatOf(IReadOnlyList<string> members, TrainingsOutcome outcome)
    {
        JsonNode json = JsonNode.Parse(File.ReadAllText(outcome.MetricsFile))!;
        Assert.Equal(members.Select(Path.GetFileName), json["trainings"]!.AsArray().Select(one => (string?)one!["name"]));
        foreach ((string key, JsonNode? spread) in json["spread"]!.AsObject())
        {
            // The figures of the trainings' own reports, wherever in them.
            double[] values = [.. members.Select(member => Figure(JsonNode.Parse(File.ReadAllText(Path.Combine(member, "metrics.json")))!["evaluation"]!, key))];
            double mean = values.Average();
            Assert.Equal(mean, (double)spread!["mean"]!, 1e-12);
            Assert.Equal(Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)) / (values.Length - 1)), (double)spread["standardDeviation"]!, 1e-12);
            Assert.Equal(values.Min(), (double)spread["minimum"]!, 1e-15);
            Assert.Equal(values.Max(), (double)spread["maximum"]!, 1e-15);
        }

        string html = File.ReadAllText(outcome.HtmlFile), text = ConsoleReport.Text(outcome.Report);
        Assert.All(members, member => Assert.Contains($"{Path.GetFileName(member)}/report.html", html, StringComparison.Ordinal));
        Assert.All(outcome.Report.Spread, spread => Assert.Contains(spread.Mean.ToString("F4", CultureInfo.InvariantCulture), text, StringComparison.Ordinal));
        Assert.Contains("Another training", File.ReadAllText(Path.Combine(members[0], "report.html")), StringComparison.Ordinal);
    }

    private static double Figure(JsonNode evaluation, string key)
    {
        foreach (JsonNode? place in (JsonNode?[])[evaluation["metrics"], evaluation["operatingPoint"]?["metrics"], evaluation["ranking"]])
        {
            if (place?[key]?["value"] is { } value)
            {
                return (double)value;
            }
        }

        throw new KeyNotFoundException(key);
    }

    private static void EnsembleIsTheMeanOf(IReadOnlyList<string> members, TrainingsOutcome outcome, PipelineDefinition definition, bool judged)
    {
        using ModelBundle ensemble = ModelBundle.Load(outcome.ModelFolder);
        Assert.Equal(members.Count, ensemble.Card.Members!.Count);
        MLContext ml = new(seed: 1);
        using CaseView cases = ml.Data.LoadCases(definition.Data.Folder, definition.System);
        string probability = definition.System.Task is MulticlassTask ? "Score" : "Probability";
        List<float[][]> own = [];
        foreach (string member in members)
        {
            using ModelBundle bundle = ModelBundle.Load(member);
            using BundleTransformer one = bundle.ToTransformer();
            own.Add(AnswerColumns.Read(one.Transform(cases), probability));
        }

        using BundleTransformer all = ensemble.ToTransformer();
        IDataView answered = all.Transform(cases);
        float[][] means = AnswerColumns.Read(answered, probability), scores = AnswerColumns.Read(answered, "Score");
        Assert.Equal(48, means.Length);
        for (int i = 0; i < means.Length; i++)
        {
            for (int k = 0; k < means[i].Length; k++)
            {
                Assert.Equal(own.Average(model => (double)model[i][k]), means[i][k], 1e-6);
                if (probability != "Score")
                {
                    Assert.Equal(1 / (1 + Math.Exp(-scores[i][k])), means[i][k], 1e-6);
                }
            }
        }

        ITransformer stock = ensemble.LoadStock(new MLContext());
        using (stock as IDisposable)
        {
            Assert.InRange(AnswerColumns.Difference(answered, stock.Transform(cases), [.. ensemble.Card.Outputs]), 0, Tolerance);
        }

        // It is known to have learned from whomever one of its models learned from.
        HashSet<string> fitted = [.. members.SelectMany(member => SplitMembership.Read(Path.Combine(member, "split.json")).Patients)
            .Where(patient => patient.Side != SplitSide.Test).Select(patient => patient.PatientId)];
        foreach (string patient in cases.Read(images: false).Select(one => one.PatientId).Distinct(StringComparer.Ordinal))
        {
            CaseView only = cases.RestrictTo(new HashSet<string>(StringComparer.Ordinal) { patient });
            if (fitted.Contains(patient))
            {
                Assert.Contains(patient, Assert.Throws<PatientSplitException>(() => ensemble.Membership.MustNotKnow(only, "the ensemble")).Message, StringComparison.Ordinal);
            }
            else
            {
                ensemble.Membership.MustNotKnow(only, "the ensemble");
            }
        }

        Assert.Equal(judged ? 36 : 48, fitted.Count);
        SystemDefinition restored = s_systems.First(entry => entry.Name == ensemble.Card.System).Restore(ensemble.Card.Settings);
        Assert.Equal(49, FolderScoring.Score(ensemble, restored, definition.Data.Folder, threads: 1, _ => { }).Count());
    }

    private static IEvaluation Evaluated(string system, string[][] rows, EvaluationOptions options)
    {
        float Number(string text) => float.Parse(text, CultureInfo.InvariantCulture);
        string[] classes = ["high", "middle", "low"];
        return system switch
        {
            "one-place" => BinaryEvaluation.Of(new TestScores(rows.Select(row => new ScoredCase(row[1], row[2], row[3] == "low", Number(row[4]), Number(row[5])))), DecisionThreshold.Fixed(0.5f), options),
            "findings" => MultiLabelEvaluation.Of(classes, new TestScores<MultiLabelCase>(rows.Select(row => new MultiLabelCase(row[1], row[2], [.. classes.Select(name => row[3].Split('+').Contains(name))], [.. row[7..10].Select(Number)]))),
                [.. classes.Select(_ => DecisionThreshold.Fixed(0.5f))], options),
            _ => MulticlassEvaluation.Of(classes, rows.Select(row => new MulticlassCase(row[1], row[2], Array.IndexOf(classes, row[3]), [.. row[4..7].Select(Number)])), options),
        };
    }

    private static string[][] Rows(string table) => [.. File.ReadAllLines(table).Skip(1).Select(line => line.Split(','))];

    private static PipelineDefinition Definition(TemporaryFolder folder, string system, int epochs)
    {
        string studies = folder.File($"studies of {system}");
        Write(studies, first: 0, count: 48, labels: true, findings: system == "findings", word: system == "one-place" ? patient => patient % 3 == 2 ? "low" : "other" : null);
        string yaml = ThreeClassSystemTests.Definition(folder, studies, folder.File("run"), epochs);
        return PipelineReader.Read(system == "three-places" ? yaml : Changed(yaml, "system: three-places", $"system: {system}"), s_systems);
    }

    /// <summary>Stops in an epoch of the training behind so many finished ones.</summary>
    private sealed class StoppingLater(CancellationTokenSource stop, int trainings, int epochs) : IRunObserver
    {
        private int _done;

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
            if (_done == trainings && progress.Finished?.Epoch >= epochs)
            {
                stop.Cancel();
            }
        }

        public void Trial(int number, IEvaluation evaluation, TimeSpan duration) => _done++;

        public void LeftOut(LeftOutStudy study)
        {
        }
    }
}
