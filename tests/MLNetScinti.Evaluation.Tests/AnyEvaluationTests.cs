using FsCheck;
using FsCheck.Fluent;
using MLNetScinti.Evaluation.Html;
using MLNetScinti.Evaluation.Reporting;
using Xunit;

namespace MLNetScinti.Evaluation.Tests;

/// <summary>Whatever the cases are (one class, ties, certainty, a single patient), the report is made and says nothing impossible.</summary>
public sealed class AnyEvaluationTests
{
    private static readonly EvaluationReport s_sample = SampleReport.Make(options => options with { BootstrapReplicates = 0 });

    [Fact]
    public void Every_set_of_cases_gives_a_report_within_its_schema()
    {
        Gen<ScoredCase> cases =
            from number in Gen.Choose(0, 100_000)
            from patient in Gen.Choose(0, 6)
            from label in Gen.Elements(true, false)
            from probability in Gen.Elements(0f, 0.1f, 0.25f, 0.5f, 0.5000001f, 0.9f, 1f)
            from age in Gen.Choose(0, 30)
            select new ScoredCase($"C{number}", $"P{patient}", label, (10 * probability) - 5, probability) { Facts = Facts.Of(("Age", age), ("Side", age % 2 == 0 ? "left" : "right"), ("Counts", 1000 * age), ("Defects", age / 2.0)) };
        Gen<(ScoredCase[] Cases, float Threshold)> evaluations =
            from n in Gen.Choose(0, 25)
            from all in cases.ArrayOf(n)
            from threshold in Gen.Elements(0f, 0.1f, 0.3f, 0.5f, 1f)
            select (all.DistinctBy(one => one.CaseId).ToArray(), threshold);
        Config config = Config.QuickThrowOnFailure.WithMaxTest(60);
        Prop.ForAll(evaluations.ToArbitrary(), sample =>
        {
            BinaryEvaluation evaluation = BinaryEvaluation.Of(new TestScores(sample.Cases), DecisionThreshold.Fixed(sample.Threshold), new() { BootstrapReplicates = 40, WithPaperProtocol = true, Groupings = SampleReport.Groupings });
            EvaluationReport report = s_sample with { Evaluation = evaluation, Pictures = [] };
            string json = MetricsJson.Text(report), page = HtmlReport.Text(report), text = ConsoleReport.Text(report);
            Assert.Empty(SchemaChecks.Violations(MetricsJson.Schema, json));
            Assert.DoesNotContain("NaN", page, StringComparison.Ordinal);
            Assert.NotEmpty(text);
            foreach (MetricEntry entry in evaluation.OperatingPoint.Metrics.Concat(evaluation.Ranking).Where(entry => entry.Metric.IsDefined))
            {
                Assert.InRange(entry.Metric.Value, entry.Key is "kappa" or "matthewsCorrelation" or "youden" ? -1 : 0, entry.Key == "logLoss" ? double.MaxValue : 1);
                if (entry.Metric.Interval is { } interval)
                {
                    Assert.True(interval.Lower <= interval.Upper, entry.Key);
                }

                // Closed forms hold the value they are about.
                if (entry.Metric.Interval is { Method: "Wilson" or "DeLong, logit" or "Newcombe pseudo-score" } closed)
                {
                    Assert.InRange(entry.Metric.Value, closed.Lower - 1e-9, closed.Upper + 1e-9);
                }
            }
        }).Check(config);
    }
}
