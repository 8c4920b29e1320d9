using MLNetScinti.Evaluation;
using MLNetScinti.Evaluation.Reporting;
using MLNetScinti.Pipelines;
using MLNetScinti.Pipelines.Definitions;
using MLNetScinti.Pipelines.Runs;
using MLNetScinti.Systems.Tests.Cases;
using Xunit;

namespace MLNetScinti.Systems.Tests.WholeBody;

/// <summary>Whole-body scans by the ordinary commands' own code: from DICOM to reports, both heads, one view and both.</summary>
[Collection("training")]
public sealed class WholeBodySystemTests
{
    private static readonly string[] s_four = ["normal", "metastasis", "arthritis", "thyroid"], s_three = ["normal", "metastasis", "arthritis", "metastasis+arthritis"];

    private static RunSettings Settings => new() { Command = "run scans.yaml", Threads = 2 };

    [Fact]
    public void EachViewIsACaseAndPatientsAreVotedOn()
    {
        using TemporaryFolder folder = new();
        string studies = folder.File("studies"), others = folder.File("others");
        SmallScans.Write(studies, 0, 64, s_four);
        SmallScans.Write(others, 500, 8, s_four, table: false);
        SilentObserver observer = new();
        PipelineDefinition definition = PipelineReader.Read(Definition(folder, studies, "dscint", "size: 256x64, classes: dscint, smoothing: gaussian"), ShippedSystems.All);
        RunOutcome outcome = new PipelineRunner(definition, Settings, observer).Run();

        Assert.Empty(observer.Studies);
        MulticlassEvaluation evaluation = Assert.IsType<MulticlassEvaluation>(outcome.Report.Evaluation);
        Assert.Equal((32, 16), (evaluation.Test.Count, evaluation.Test.PatientCount));
        Assert.True(evaluation.MicroAccuracy.Value > 0.8, $"accuracy {evaluation.MicroAccuracy.Value}");
        Assert.Equal(16, evaluation.ByPatient!.Test.Count);
        Assert.True(evaluation.ByPatient.AreaUnderRoc.Value > 0.9, $"{evaluation.ByPatient.AreaUnderRoc.Value}");
        Assert.Equal(["anterior", "posterior"], evaluation.Subgroups.Where(group => group.Grouping == "View").Select(group => group.Name).Order(StringComparer.Ordinal));
        Assert.True(outcome.FusedDifference < 1e-4);
        string html = File.ReadAllText(outcome.HtmlFile);
        Assert.All(["By patient", "Split", "Later work that splits by patient"], words => Assert.Contains(words, html, StringComparison.Ordinal));
        Assert.Contains("byPatient", File.ReadAllText(outcome.MetricsFile), StringComparison.Ordinal);

        using ModelBundle bundle = ModelBundle.Load(outcome.Folder);
        SystemDefinition restored = ShippedSystems.Of(bundle.Card);
        Assert.Equal(definition.System, restored);
        ScoredFolderCase[] scored = [.. FolderScoring.Score(bundle, restored, others, threads: 1, study => Assert.Fail(study.ToString()))];
        Assert.Equal(16, scored.Length);
        int right = scored.Count(one => one.Answers.Single(answer => answer.Column == "PredictedLabel").Value == s_four[int.Parse(one.Case.File[..3], System.Globalization.CultureInfo.InvariantCulture) % 4]);
        Assert.True(right >= 12, $"{right} of 16");
    }

    [Fact]
    public void TwoDiseasesAreReadFromASoftmaxOrFromSigmoidsOnTheSameSplit()
    {
        using TemporaryFolder folder = new();
        string studies = folder.File("studies");
        SmallScans.Write(studies, 0, 64, s_three);
        PipelineDefinition[] definitions = [.. new[] { "softmax", "sigmoid" }.Select(head =>
            PipelineReader.Read(Definition(folder, studies, "dspic-am", $"size: 256x64, classes: dspic, head: {head}, views: anterior", name: head), ShippedSystems.All))];
        ComparisonOutcome outcome = new ComparisonRunner(definitions, new ComparisonSettings { Command = "compare", Output = folder.File("compared"), Threads = 2 }, new SilentObserver()).Run();
        TaskComparisonReport report = Assert.IsType<TaskComparisonReport>(outcome.Report);
        foreach (JudgedModel model in report.Models)
        {
            MultiLabelEvaluation evaluation = Assert.IsType<MultiLabelEvaluation>(model.Evaluation);
            Assert.Equal(["normal", "metastasis", "arthritis"], evaluation.Names);
            Assert.True(evaluation["areaUnderRocMacro"].Value > 0.8, $"{model.Name}: {evaluation["areaUnderRocMacro"].Value}");
            Assert.Equal(16, evaluation.Combinations.Total);
            Assert.Contains("metastasis + arthritis", evaluation.Combinations.Names);
            Assert.Null(evaluation.ByPatient);
        }

        // What was only counted stands among them, for softmax and sigmoid alike.
        Assert.Equal(["softmax", "sigmoid", "baseline"], report.Models.Select(model => model.Name));
        Assert.Contains("counts by body part", report.Models[^1].Description, StringComparison.Ordinal);

        // Of a softmax, normal goes with no other class.
        MultiLabelEvaluation softmax = (MultiLabelEvaluation)report.Models[0].Evaluation;
        Assert.DoesNotContain(softmax.Combinations.Names, name => name.Contains("normal +", StringComparison.Ordinal));
        Assert.All(softmax.Labels, label => Assert.Contains("most probable", label.OperatingPoint.Threshold.Rule, StringComparison.Ordinal));
    }

    [Fact]
    public void BothViewsAreOneCaseForTheNetworkThatTakesThem()
    {
        using TemporaryFolder folder = new();
        string studies = folder.File("studies");
        SmallScans.Write(studies, 0, 48, s_four);
        string yaml = Definition(folder, studies, "dscint-two-views", "size: 256x64, views: both", split: "{ train: 28, validation: 8, test: 12 }");
        RunOutcome outcome = new PipelineRunner(PipelineReader.Read(yaml, ShippedSystems.All), Settings, new SilentObserver()).Run();
        MulticlassEvaluation evaluation = Assert.IsType<MulticlassEvaluation>(outcome.Report.Evaluation);
        Assert.Equal(12, evaluation.Test.Count);
        Assert.Null(evaluation.ByPatient);
        Assert.True(outcome.FusedDifference < 1e-4);

        Assert.Contains("takes one view", Refused(folder, studies, "dscint", "views: both"), StringComparison.Ordinal);
        Assert.Contains("takes both views", Refused(folder, studies, "dscint-two-views", "views: each"), StringComparison.Ordinal);
        Assert.Contains("inception-v4 cannot take views of 256 x 64", Refused(folder, studies, "inception-v4", "size: 256x64"), StringComparison.Ordinal);
        Assert.Contains("scans.size", Refused(folder, studies, "dscint", "size: 100x25"), StringComparison.Ordinal);
    }

    private static string Refused(TemporaryFolder folder, string studies, string architecture, string scans) =>
        Assert.Throws<DefinitionException>(() => PipelineReader.Read(Definition(folder, studies, architecture, scans, name: "refused"), ShippedSystems.All)).Message;

    private static string Definition(TemporaryFolder folder, string studies, string architecture, string scans, string name = "scans", string split = "{ train: 36, validation: 12, test: 16 }")
    {
        string file = folder.File(name + ".yaml");
        File.WriteAllText(file, $$"""
            name: {{name}}
            description: Small scans.
            seed: 3
            system: whole-body
            scans: { {{scans}} }
            data: { folder: {{studies}} }
            split: {{split}}
            network: { architecture: {{architecture}}, width: 0.25 }
            training: { epochs: 12, batch-size: 8, learning-rate: 0.002, device: cpu, lanes: 1 }
            output: {{folder.File("run-" + name)}}

            """);
        return file;
    }
}
