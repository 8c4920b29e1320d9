using System.Text.Json;
using System.Text.Json.Nodes;
using MLNetScinti.Evaluation.Reporting;
using Xunit;

namespace MLNetScinti.Evaluation.Tests;

public sealed class MetricsJsonTests
{
    private static readonly EvaluationReport s_report = SampleReport.Make();

    [Fact]
    public void It_keeps_to_its_schema() => Assert.Empty(SchemaChecks.Violations(MetricsJson.Schema, MetricsJson.Text(s_report)));

    [Fact]
    public void With_every_figure_undefined_it_still_keeps_to_its_schema()
    {
        EvaluationReport empty = s_report with
        {
            Evaluation = BinaryEvaluation.Of(new TestScores([]), DecisionThreshold.Fixed(0.5f)),
            History = new([new(1, double.NaN)]),
        };
        string text = MetricsJson.Text(empty);
        Assert.Empty(SchemaChecks.Violations(MetricsJson.Schema, text));
        JsonNode sensitivity = JsonNode.Parse(text)!["evaluation"]!["operatingPoint"]!["metrics"]!["sensitivity"]!;
        Assert.Equal("no case is positive", (string?)sensitivity["undefined"]);
        Assert.Null(sensitivity["value"]);
    }

    [Theory]
    [InlineData("\"researchUseOnly\": true", "\"researchUseOnly\": false")]
    [InlineData("\"truePositives\":", "\"truePositive\":")]
    [InlineData("\"origin\": \"simulated\"", "\"origin\": \"dreamt\"")]
    [InlineData("\"seed\": 1", "\"seed\": \"1\"")]
    [InlineData("\"patients\": 20", "\"patients\": -20")]
    public void What_breaks_the_schema_is_noticed(string good, string bad)
    {
        string text = MetricsJson.Text(s_report);
        Assert.Contains(good, text, StringComparison.Ordinal);
        Assert.NotEmpty(SchemaChecks.Violations(MetricsJson.Schema, text.Replace(good, bad, StringComparison.Ordinal)));
    }

    [Fact]
    public void Numbers_read_back_to_the_same_bits()
    {
        JsonNode evaluation = JsonNode.Parse(MetricsJson.Text(s_report))!["evaluation"]!;
        Assert.Equal(s_report.Binary().AreaUnderRoc.Value, (double)evaluation["ranking"]!["areaUnderRoc"]!["value"]!);
        Assert.Equal(s_report.Binary().AreaUnderRoc.Interval!.Lower, (double)evaluation["ranking"]!["areaUnderRoc"]!["interval"]!["lower"]!);
        Assert.Equal(s_report.Binary().OperatingPoint.Threshold.Value, (float)evaluation["operatingPoint"]!["threshold"]!["value"]!);
        Assert.Equal(
            s_report.Binary().Test.Cases.Select(one => one.Probability),
            evaluation["cases"]!.AsArray().Select(one => (float)one!["probability"]!));
    }

    [Fact]
    public void Two_runs_of_one_seed_are_equal_apart_from_times()
    {
        EvaluationReport again = SampleReport.Make();
        again = again with { Run = again.Run with { Started = DateTimeOffset.UnixEpoch, Durations = [new("training", TimeSpan.FromHours(1))], Threads = 1, Hardware = "16 cores" } };
        string first = MetricsJson.Text(s_report), second = MetricsJson.Text(again);
        Assert.NotEqual(first, second);
        Assert.Equal(MetricsJson.WithoutRun(first), MetricsJson.WithoutRun(second));
        EvaluationReport other = SampleReport.Make(options => options with { Seed = 2 });
        Assert.NotEqual(MetricsJson.WithoutRun(first), MetricsJson.WithoutRun(MetricsJson.Text(other)));
    }

    [Fact]
    public void The_file_appears_whole_and_leaves_nothing_else()
    {
        string folder = Directory.CreateTempSubdirectory("scinti-metrics-").FullName;
        try
        {
            string path = Path.Combine(folder, "below", "metrics.json");
            MetricsJson.Write(s_report, path);
            MetricsJson.Write(s_report, path);
            Assert.Equal(MetricsJson.Text(s_report), File.ReadAllText(path));
            Assert.Equal([path], Directory.GetFiles(Path.GetDirectoryName(path)!));
            Assert.Equal((byte)'{', File.ReadAllBytes(path)[0]);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Text_that_is_no_metrics_file_is_refused() => Assert.Throws<JsonException>(() => MetricsJson.WithoutRun("[1]"));
}
