using System.Net;
using System.Text.Json.Nodes;
using MLNetScinti.Evaluation.Html;
using MLNetScinti.Evaluation.Reporting;
using MLNetScinti.Evaluation.Statistics;
using MLNetScinti.Imaging;
using Xunit;

namespace MLNetScinti.Evaluation.Tests;

public sealed class RiskFiguresTests
{
    private static readonly EvaluationOptions s_options = new() { BootstrapReplicates = 200, Words = SampleReport.Words };

    [Fact]
    public void Probabilities_that_are_risks_are_told_from_such_that_are_too_extreme()
    {
        RiskFigures right = Of(Cases(2000, 1, 0), s_options);
        Assert.InRange(right.ObservedToExpected.Value, 0.93, 1.07);
        Assert.InRange(right.Slope.Value, 0.85, 1.15);
        Assert.True(right.Slope.Interval is { Lower: < 1, Upper: > 1 });
        RiskFigures extreme = Of(Cases(2000, 2, 0), s_options);
        Assert.InRange(extreme.Slope.Value, 0.4, 0.6);
        Assert.True(extreme.Slope.Interval!.Upper < 1);
        RiskFigures many = Of(Cases(2000, 1, 1.5), s_options);
        Assert.True(many.ObservedToExpected.Interval!.Upper < 1);
        Assert.True(many.Line.Named("calibrationInTheLarge").Interval!.Upper < 0);
        Assert.All(many.Line, entry => Assert.InRange(entry.Metric.Value, entry.Metric.Interval!.Lower, entry.Metric.Interval.Upper));
    }

    [Fact]
    public void The_line_is_that_of_the_library()
    {
        TestScores test = new(Cases(300, 1.5, 0.3));
        CalibrationLine line = CalibrationLine.Of(test.Scores, test.Labels);
        RiskFigures risk = Of(test.Cases, s_options);
        Assert.Equal([line.ObservedToExpected, line.InTheLarge, line.Intercept, line.Slope], risk.Line.Select(entry => entry.Metric.Value));
    }

    [Fact]
    public void A_model_made_for_halves_promises_too_many_in_a_cohort_of_a_fifth_and_the_shift_mends_it()
    {
        // Where half are positive the probabilities are risks: that is what classes weighted equally make.
        ScoredCase[] half = [.. Cases(6000, 1, 0)];
        int least = Math.Min(half.Count(one => one.Label), half.Count(one => !one.Label));
        ScoredCase[] balanced = [.. half.Where(one => one.Label).Take(least), .. half.Where(one => !one.Label).Take(least)];
        RiskFigures risk = Of(balanced, s_options with { CohortPrevalence = 0.2, TrainedPrevalence = 0.5, Prevalences = [0.2, 0.5, 0.05] });
        Assert.Equal([0.05, 0.2, 0.2, 0.5, 0.5], risk.Prevalences.Select(row => row.Prevalence));
        Assert.Equal([PrevalenceKind.Stated, PrevalenceKind.Cohort, PrevalenceKind.Stated, PrevalenceKind.Test, PrevalenceKind.Stated], risk.Prevalences.Select(row => row.Kind));
        Assert.InRange(risk.Cohort!.ObservedToExpected.Value, 0.3, 0.75);
        Assert.InRange(risk.Cohort.ObservedToExpectedAfterShift!.Value, 0.93, 1.07);
        Assert.Equal(0.2, risk.CurvePrevalence);

        // By hand, from counts.
        OperatingPoint point = OperatingPoint.Of(new TestScores(balanced), DecisionThreshold.Fixed(0.5f));
        double sensitivity = point.Sensitivity.Value, specificity = point.Specificity.Value;
        Assert.Equal(0.2 * sensitivity / ((0.2 * sensitivity) + (0.8 * (1 - specificity))), risk.Cohort.PositivePredictiveValue.Value, 1e-12);
        Assert.Equal(0.8 * specificity / ((0.8 * specificity) + (0.2 * (1 - sensitivity))), risk.Cohort.NegativePredictiveValue.Value, 1e-12);
        Assert.All(risk.Prevalences, row => Assert.InRange(row.PositivePredictiveValue.Value, row.PositivePredictiveValue.Interval!.Lower, row.PositivePredictiveValue.Interval.Upper));
        RiskAtPrevalence own = risk.Prevalences.Single(row => row.Kind == PrevalenceKind.Test);
        Assert.Equal(point.PositivePredictiveValue.Value, own.PositivePredictiveValue.Value, 1e-12);
        Assert.Equal(risk.ObservedToExpected.Value, own.ObservedToExpected.Value, 1e-9);
    }

    [Fact]
    public void What_separates_the_classes_has_no_slope_and_one_class_has_no_figures()
    {
        ScoredCase[] apart = [.. Enumerable.Range(0, 20).Select(i => new ScoredCase($"C{i}", $"P{i}", i < 10, i < 10 ? 4 + i : -4 - i, 1 / (1 + MathF.Exp(i < 10 ? -4 - i : 4 + i))))];
        RiskFigures risk = Of(apart, s_options);
        Assert.Equal("the scores separate the classes perfectly", risk.Slope.UndefinedReason);
        Assert.InRange(risk.ObservedToExpected.Value, 0.95, 1.05);
        Assert.Null(BinaryEvaluation.Of(new TestScores(apart.Where(one => one.Label)), DecisionThreshold.Fixed(0.5f)).Risk);
    }

    [Fact]
    public void Every_form_of_the_report_has_them()
    {
        EvaluationReport report = SampleReport.Make(options => options with { CohortPrevalence = 0.29, TrainedPrevalence = 0.5 });
        string page = WebUtility.HtmlDecode(HtmlReport.Text(report)), json = MetricsJson.Text(report), console = ConsoleReport.Text(report);
        RiskFigures risk = report.Binary().Risk!;
        Assert.Contains("Can the probabilities be read as risks?", page, StringComparison.Ordinal);
        Assert.Contains("29\u00A0% (all labelled kidneys)", page, StringComparison.Ordinal);
        Assert.Contains("The test set holds 50\u00A0% abnormal kidneys, all labelled kidneys together 29\u00A0%.", page, StringComparison.Ordinal);
        Assert.Contains("Decision curve", page, StringComparison.Ordinal);
        Assert.Empty(SchemaChecks.Violations(MetricsJson.Schema, json));
        JsonNode part = JsonNode.Parse(json)!["evaluation"]!["risk"]!;
        Assert.Equal(risk.Slope.Value, (double)part["calibration"]!["calibrationSlope"]!["value"]!);
        Assert.Equal("cohort", (string)part["prevalences"]!.AsArray().Single(row => (double)row!["prevalence"]! == 0.29)!["of"]!);
        Assert.Equal(99, part["decisionCurve"]!["points"]!.AsArray().Count);
        Assert.Contains("observed over expected", console, StringComparison.Ordinal);
        Assert.Contains("Calibration slope", console, StringComparison.Ordinal);
    }

    [Fact]
    public void The_temperatures_verdict_looks_at_the_test()
    {
        // The validation set asks for a temperature below 1, as one that chose the epoch does; on the test it makes all worse.
        ScoredCase[] validation = [.. Cases(200, 0.5, 0).Select(one => one with { CaseId = "V" + one.CaseId, PatientId = "V" + one.PatientId })];
        CalibrationFigures worse = CalibrationFigures.Of(new(validation), new(Cases(200, 1.6, 0)), s_options)!;
        Assert.True(worse.Scaling.Temperature < 0.8);
        string words = RiskText.Temperature(worse, s_options);
        Assert.Contains("on those patients the model is less sure of itself than it could be", words, StringComparison.Ordinal);
        Assert.Contains("On the test set it makes all three figures worse: do not scale by it.", words, StringComparison.Ordinal);
        CalibrationFigures better = CalibrationFigures.Of(new(validation), new(Cases(200, 0.5, 0)), s_options)!;
        Assert.Contains("On the test set it makes all three figures better", RiskText.Temperature(better, s_options), StringComparison.Ordinal);
    }

    [Fact]
    public void What_the_validation_set_did_is_said_once()
    {
        EvaluationReport report = SampleReport.Make();
        string page = HtmlReport.Text(report);
        const string said = "The validation set (40 kidneys of 20 patients) chose the epoch whose weights are kept (41); the threshold (";
        Assert.Equal(2, page.Split(said).Length);
        Assert.Contains("and the temperature", page, StringComparison.Ordinal);
        Assert.Equal(3, JsonNode.Parse(MetricsJson.Text(report))!["validationUse"]!.AsArray().Count);
    }

    [Fact]
    public void A_patient_is_positive_where_any_case_is_and_found_where_any_is_called()
    {
        ScoredCase[] cases =
        [
            new("a-L", "a", true, 1, 0.73f), new("a-R", "a", false, -1, 0.27f),
            new("b-L", "b", false, 2, 0.88f), new("b-R", "b", true, -2, 0.12f),
            new("c-L", "c", false, -1, 0.27f), new("c-R", "c", false, -2, 0.12f),
            new("d-L", "d", false, 0.5f, 0.62f), new("d-R", "d", false, -2, 0.12f),
        ];
        BinaryEvaluation evaluation = BinaryEvaluation.Of(new TestScores(cases), DecisionThreshold.Fixed(0.5f), s_options with { BootstrapReplicates = 0 });
        BinaryEvaluation patients = evaluation.ByPatient!;
        Assert.Equal(new ConfusionCounts(2, 0, 1, 1), patients.OperatingPoint.Counts);
        Assert.Equal(1, patients.AreaUnderRoc.Value);
        Assert.Null(patients.ByPatient);
        Assert.Null(BinaryEvaluation.Of(new TestScores(cases.Where((_, i) => i % 2 == 0)), DecisionThreshold.Fixed(0.5f)).ByPatient);
        EvaluationReport report = SampleReport.Make() with { Evaluation = evaluation };
        Assert.Contains("A patient is abnormal where any of its kidneys is", HtmlReport.Text(report), StringComparison.Ordinal);
        Assert.Equal(4, (int)JsonNode.Parse(MetricsJson.Text(report))!["evaluation"]!["byPatient"]!["patients"]!);
        Assert.Contains("RESULTS BY PATIENT", ConsoleReport.Text(report), StringComparison.Ordinal);
    }

    private static RiskFigures Of(IEnumerable<ScoredCase> cases, EvaluationOptions options)
    {
        TestScores test = new(cases);
        return RiskFigures.Of(test, OperatingPoint.Of(test, DecisionThreshold.Fixed(0.5f), options), options)!;
    }

    private static IEnumerable<ScoredCase> Cases(int count, double factor, double shift)
    {
        CounterRandom random = new(77, 0, 0, "risk");
        for (int i = 0; i < count; i++)
        {
            double logit = random.NextNormal(0, 1.5);
            bool label = random.NextDouble() < 1 / (1 + Math.Exp(-logit));
            float score = (float)((factor * logit) + shift);
            yield return new($"C{i}", $"P{i / 2}", label, score, 1 / (1 + MathF.Exp(-score)));
        }
    }
}
