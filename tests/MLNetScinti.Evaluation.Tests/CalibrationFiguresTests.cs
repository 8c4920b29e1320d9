using System.Text.Json.Nodes;
using MLNetScinti.Evaluation.Html;
using MLNetScinti.Evaluation.Reporting;
using MLNetScinti.Imaging;
using Xunit;

namespace MLNetScinti.Evaluation.Tests;

public sealed class CalibrationFiguresTests
{
    [Fact]
    public void A_model_too_sure_of_itself_gets_better_probabilities_and_the_same_calls()
    {
        CalibrationFigures calibration = CalibrationFigures.Of(new(Cases("V", 600, 4)), new(Cases("T", 600, 4)), new() { BootstrapReplicates = 200 })!;
        Assert.InRange(calibration.Scaling.Temperature, 3, 5);
        Assert.InRange(calibration.Scaling.Temperature, calibration.TemperatureInterval!.Lower, calibration.TemperatureInterval.Upper);
        Assert.True(calibration.TemperatureInterval.Lower > 2);
        Assert.Equal((600, 300), (calibration.FittedOnCases, calibration.FittedOnPatients));
        Assert.Equal(["logLoss", "brier", "expectedCalibrationError"], calibration.After.Select(entry => entry.Key));
        Assert.All(calibration.Before.Zip(calibration.After), pair => Assert.True(pair.Second.Metric.Value < pair.First.Metric.Value));
        Assert.All(calibration.After, entry => Assert.NotNull(entry.Metric.Interval));
        Assert.Equal(600, calibration.Reliability.Sum(bin => bin.Cases));
    }

    [Fact]
    public void It_is_fitted_on_validation_data_only()
    {
        TestScores test = new(Cases("T", 60, 4));
        double with = CalibrationFigures.Of(new(Cases("V", 600, 4)), test)!.Scaling.Temperature;
        Assert.Equal(with, CalibrationFigures.Of(new(Cases("V", 600, 4)), new(Cases("U", 60, 0.2)))!.Scaling.Temperature);
        Assert.Throws<LeakedPatientException>(() => CalibrationFigures.Of(new(Cases("T", 20, 1)), test));
        Assert.Null(BinaryEvaluation.Of(test, DecisionThreshold.Fixed(0.5f)).Calibration);
    }

    [Fact]
    public void Scores_that_are_no_logits_are_left_alone()
    {
        ScoredCase[] validation = [.. Cases("V", 60, 1).Select(one => one with { Score = one.Score * 2 })];
        Assert.Null(CalibrationFigures.Of(new(validation), new(Cases("T", 60, 1))));
        Assert.Null(CalibrationFigures.Of(new(Cases("V", 60, 1).Where(one => one.Label)), new(Cases("T", 60, 1))));
        Assert.Null(CalibrationFigures.Of(new(Cases("V", 60, 1)), new([])));
    }

    [Fact]
    public void Every_form_of_the_report_has_it()
    {
        EvaluationReport report = SampleReport.Make();
        CalibrationFigures calibration = report.Binary().Calibration!;
        JsonNode json = JsonNode.Parse(MetricsJson.Text(report))!["evaluation"]!["temperatureScaling"]!;
        Assert.Equal(calibration.Scaling.Temperature, (double)json["temperature"]!);
        Assert.Equal(calibration.After[1].Metric.Value, (double)json["testAfter"]!["brier"]!["value"]!);
        Assert.Contains("it cannot be told from 1", HtmlReport.Text(report), StringComparison.Ordinal);
        Assert.Equal(calibration.TemperatureInterval!.Lower, (double)json["interval"]!["lower"]!);
        Assert.Contains("Calibration: temperature scaling", HtmlReport.Text(report), StringComparison.Ordinal);
        Assert.Contains("AFTER TEMPERATURE SCALING", ConsoleReport.Text(report), StringComparison.Ordinal);
        Assert.Contains(DecisionThreshold.TieRule, HtmlReport.Text(report), StringComparison.Ordinal);
    }

    private static ScoredCase[] Cases(string prefix, int count, double factor)
    {
        CounterRandom random = new(31, 0, 0, prefix);
        ScoredCase[] cases = new ScoredCase[count];
        for (int i = 0; i < count; i++)
        {
            double logit = random.NextNormal(0, 1.5);
            bool label = random.NextDouble() < 1 / (1 + Math.Exp(-logit));
            float score = (float)(factor * logit);
            cases[i] = new($"{prefix}{i}", $"{prefix}{i / 2}", label, score, 1 / (1 + MathF.Exp(-score)));
        }

        return cases;
    }
}
