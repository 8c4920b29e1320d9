using MLNetScinti.Evaluation;
using MLNetScinti.Imaging;
using MLNetScinti.Pipelines.Definitions;
using MLNetScinti.Pipelines.Runs;
using MLNetScinti.Systems.Tests.Cases;
using MLNetScinti.Systems.WholeBody;
using Xunit;

namespace MLNetScinti.Systems.Tests.WholeBody;

/// <summary>The baseline of whole-body scans: counts by body part, and regressions on them beside the networks of each task.</summary>
[Collection("training")]
public sealed class RegionCountsTests
{
    private static readonly string[] s_four = ["normal", "metastasis", "arthritis", "thyroid"], s_three = ["normal", "metastasis", "arthritis", "metastasis+arthritis"];
    private static readonly ImageShape s_shape = new(256, 64);

    [Fact]
    public void SharesAddUpAndAHotPlaceShowsInItsPartAlone()
    {
        float[] plain = Body(), hot = Body();
        hot[(60 * 64) + 45] += 900;
        float[] before = RegionCounts.Of(plain, s_shape), after = RegionCounts.Of(hot, s_shape);
        Assert.Equal(RegionCounts.Count, before.Length);
        Assert.Equal(1, Enumerable.Range(0, 24).Sum(region => before[2 * region]), 1e-4);
        int[] brighter = [.. Enumerable.Range(0, 24).Where(region => after[(2 * region) + 1] > before[(2 * region) + 1] + 0.5)];
        Assert.Single(brighter);
        Assert.Equal(2, brighter[0] % 3);
        // Its height is less even than before, and no other one.
        Assert.True(after[48 + (brighter[0] / 3)] > before[48 + (brighter[0] / 3)]);
        Assert.All(Enumerable.Range(0, 8).Where(part => part != brighter[0] / 3), part => Assert.Equal(before[48 + part], after[48 + part], 1e-3));
        // Twice the counts are the same body.
        Assert.Equal(before, RegionCounts.Of([.. plain.Select(value => 2 * value)], s_shape), (a, b) => Math.Abs(a - b) < 1e-3);
        Assert.All(RegionCounts.Of(new float[s_shape.Length], s_shape), value => Assert.Equal(0, value));
    }

    [Theory]
    [InlineData("size: 256x64, classes: dscint", "dscint", 4)]
    [InlineData("size: 256x64, classes: dspic, views: anterior", "dspic-am", 3)]
    [InlineData("size: 256x64, classes: dspic, head: sigmoid, views: posterior", "dspic-am", 3)]
    [InlineData("size: 256x64, views: both", "dscint-two-views", 4)]
    public void EachTaskHasItsBaselineBesideTheNetwork(string scans, string architecture, int classes)
    {
        using TemporaryFolder folder = new();
        string studies = folder.File("studies"), file = folder.File("scans.yaml");
        SmallScans.Write(studies, 0, 64, classes == 4 ? s_four : s_three);
        File.WriteAllText(file, $$"""
            name: scans
            seed: 3
            system: whole-body
            scans: { {{scans}} }
            data: { folder: {{studies}} }
            split: { train: 36, validation: 12, test: 16 }
            network: { architecture: {{architecture}}, width: 0.125 }
            training: { epochs: 1, batch-size: 8, device: cpu, lanes: 1 }
            evaluation: { baseline: true }
            output: {{folder.File("run")}}

            """);
        PipelineDefinition definition = PipelineReader.Read(file, ShippedSystems.All);
        RunOutcome outcome = new PipelineRunner(definition, new RunSettings { Command = "run scans.yaml", Threads = 2 }, new SilentObserver()).Run();
        IEvaluation baseline = outcome.Report.Baseline!.Cases.Models.Single(one => one.Model == "baseline");
        Assert.Equal(outcome.Report.Evaluation.Test.Cases.Count, baseline.Test.Cases.Count);
        Assert.True(MainFigures.Of(baseline)[0].Metric.Value > 0.75, $"{MainFigures.Of(baseline)[0].Metric}");
        Assert.Equal(definition.System.Task is Pipelines.MulticlassTask && architecture == "dscint", outcome.Report.Baseline.Patients is not null);
        string html = File.ReadAllText(outcome.HtmlFile), json = File.ReadAllText(outcome.MetricsFile);
        Assert.Contains("Against hand-made measures", html, StringComparison.Ordinal);
        Assert.Contains("counts by body part", json, StringComparison.Ordinal);
        Assert.Contains("paired bootstrap by patient", outcome.Report.Baseline.Sentences[0], StringComparison.Ordinal);

        // The same figures on one thread.
        RunOutcome again = new PipelineRunner(definition with { Output = folder.File("again") }, new RunSettings { Command = "run scans.yaml", Threads = 1 }, new SilentObserver()).Run();
        Assert.Equal(outcome.Report.Baseline.Sentences, again.Report.Baseline!.Sentences);
    }

    private static float[] Body()
    {
        CounterRandom random = new(5, 0, 0, "body");
        float[] values = new float[s_shape.Length];
        for (int row = 8; row < 220; row++)
        {
            int half = row < 36 ? 7 : row < 130 ? 16 : 12;
            for (int column = 32 - half; column <= 32 + half; column++)
            {
                values[(row * 64) + column] = random.NextPoisson(100);
            }
        }

        return values;
    }
}
