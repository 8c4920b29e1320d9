using MLNetScinti.Evaluation.Html;
using MLNetScinti.Evaluation.Reporting;
using MLNetScinti.Evaluation.Statistics;
using MLNetScinti.Imaging;
using Xunit;
using Xunit.Abstractions;

namespace MLNetScinti.Evaluation.Tests;

/// <summary>Findings on a line from the lower to the upper end of an organ, as seldom even as real ones: two fifths at the upper end, a third at the lower.</summary>
public sealed class PointingExchangeTests(ITestOutputHelper output)
{
    private const double Near = 0.2;

    [Theory]
    [InlineData("always the upper end")]
    [InlineData("an end by coin")]
    [InlineData("the middle")]
    [InlineData("where other patients have theirs")]
    public void A_rule_that_never_looks_at_the_image_is_seldom_called_significant(string rule)
    {
        const int Cohorts = 1000;
        int significant = 0, byRandomPlaces = 0;
        double rate = 0;
        for (int cohort = 0; cohort < Cohorts; cohort++)
        {
            Draws random = new(91, cohort, 0, rule);
            Sample sample = Sample.Draw(random, (side, finding) => rule switch
            {
                "always the upper end" => 0.85,
                "an end by coin" => random.NextDouble() < 0.5 ? 0.85 : 0.15,
                "the middle" => 0.5,
                _ => Sample.Place(random, side),
            });
            ExplanationAgreement agreement = sample.Agreement();
            significant += sample.Exchange().P(399, (ulong)cohort) < 0.05 ? 1 : 0;
            byRandomPlaces += ExplanationAgreement.Of(rule, 10, agreement.Cases).P.Value < 0.05 ? 1 : 0;
            rate += agreement.HitRate.Value / Cohorts;
        }

        output.WriteLine($"{rule}: hits {rate:0.000}; significant in {significant / (double)Cohorts:0.000} of {Cohorts} cohorts, against random places in {byRandomPlaces / (double)Cohorts:0.000}");
        Assert.InRange(significant / (double)Cohorts, 0, 0.065);
    }

    [Fact]
    public void A_map_that_sees_the_finding_is_told_from_one_that_does_not()
    {
        int found = 0;
        for (int cohort = 0; cohort < 200; cohort++)
        {
            Draws random = new(92, cohort, 0, "seeing");
            found += Sample.Draw(random, (side, finding) => random.NextDouble() < 0.5 ? finding : Sample.Place(random, side)).Exchange().P(499, (ulong)cohort) < 0.05 ? 1 : 0;
        }

        output.WriteLine($"a map that sees half of the findings: significant in {found / 200.0:0.000} of 200 cohorts");
        Assert.InRange(found / 200.0, 0.8, 1);
    }

    [Fact]
    public void The_same_seed_gives_the_same_and_patients_alone_on_their_sides_are_not_exchanged()
    {
        Sample sample = Sample.Draw(new Draws(93, 0, 0, "one"), (_, finding) => finding);
        Assert.Equal(sample.Exchange().P(seed: 5), sample.Exchange().P(seed: 5));
        bool[,] hits = { { true, false }, { false, true } };
        PointingExchange alone = new(["a", "b"], ["L", "R"], hits);
        Assert.True(double.IsNaN(alone.P()));
        Assert.True(double.IsNaN(alone.OnOthers));

        // Two patients on one side: two exchanges, one of which is what was seen.
        PointingExchange two = new(["a", "b"], ["L", "L"], hits);
        Assert.Equal(0, two.OnOthers);
        Assert.InRange(two.P(), 0.48, 0.52);
        Assert.Throws<ArgumentException>(() => new PointingExchange(["a"], ["L", "R"], hits));
    }

    [Fact]
    public void The_place_without_the_image_is_chosen_on_other_patients()
    {
        // The first candidate suits b and c, the second a alone: nobody's own finding chooses its place.
        bool[,] hits = { { false, true, true }, { true, false, false } };
        Assert.Equal([false, true, true], PointingExchange.BlindHits(["a", "b", "c"], ["L", "L", "L"], hits));
        // Nobody else has one on the first one's side: the first candidate is taken.
        Assert.Equal([false, true, true], PointingExchange.BlindHits(["a", "b", "c"], ["L", "R", "R"], new[,] { { false, false, false }, { true, true, true } }));
    }

    [Fact]
    public void Every_form_of_the_report_sets_them_beside_the_maps()
    {
        Sample seeing = Sample.Draw(new Draws(94, 0, 0, "seeing"), (_, finding) => finding), blind = Sample.Draw(new Draws(94, 1, 0, "blind"), (_, _) => 0.85);
        Assert.Contains("The maps do point at defects of their own patient more often than at others'", Verdict(seeing), StringComparison.Ordinal);
        Assert.Contains("the maps must not be read as showing where a defect is", Verdict(blind), StringComparison.Ordinal);
        EvaluationReport report = Report(seeing);
        string json = MetricsJson.Text(report), page = System.Net.WebUtility.HtmlDecode(HtmlReport.Text(report));
        Assert.Empty(SchemaChecks.Violations(MetricsJson.Schema, json));
        Assert.Contains("\"blindRule\"", json, StringComparison.Ordinal);
        Assert.Contains("\"onOthers\"", json, StringComparison.Ordinal);
        Assert.Contains("Without the image", page, StringComparison.Ordinal);
        Assert.Contains("on other patients' defects", ConsoleReport.Text(report), StringComparison.Ordinal);
    }

    private static string Verdict(Sample sample) => System.Net.WebUtility.HtmlDecode(HtmlReport.Text(Report(sample)));

    private static EvaluationReport Report(Sample sample) => SampleReport.Make(options => options with { BootstrapReplicates = 0 }) with
    {
        Explanation = new() { Methods = ["A method."], Agreements = [sample.Agreement() with { IsPrimary = true }], Cases = [] },
    };

    // Draws go on wherever they are taken from.
    private sealed class Draws(ulong seed, int cohort, ulong index, string stream)
    {
        private CounterRandom _random = new(seed, cohort, index, stream);

        public double NextDouble() => _random.NextDouble();
    }

    private sealed record Sample(string[] Patients, string[] Sides, double[] Findings, double[] Places)
    {
        // Sixteen patients with one kidney that is abnormal, and eight with two.
        public static Sample Draw(Draws random, Func<string, double, double> place)
        {
            List<(string Patient, string Side)> cases = [];
            for (int p = 0; p < 24; p++)
            {
                cases.AddRange(p < 8 ? [($"P{p}", "L"), ($"P{p}", "R")] : [($"P{p}", p % 2 == 0 ? "L" : "R")]);
            }

            double[] findings = [.. cases.Select(one => Place(random, one.Side))];
            return new([.. cases.Select(one => one.Patient)], [.. cases.Select(one => one.Side)], findings, [.. cases.Zip(findings, (one, finding) => place(one.Side, finding))]);
        }

        public static double Place(Draws random, string side) => (random.NextDouble() + (side == "L" ? 0.03 : 0)) switch
        {
            < 0.42 => 0.8 + (0.2 * random.NextDouble()),
            < 0.72 => 0.2 * random.NextDouble(),
            _ => 0.2 + (0.6 * random.NextDouble()),
        };

        public PointingExchange Exchange()
        {
            bool[,] hits = new bool[Findings.Length, Findings.Length], candidates = new bool[9, Findings.Length];
            for (int j = 0; j < Findings.Length; j++)
            {
                for (int i = 0; i < Findings.Length; i++)
                {
                    hits[i, j] = Math.Abs(Places[i] - Findings[j]) <= Near;
                }

                for (int k = 0; k < 9; k++)
                {
                    candidates[k, j] = Math.Abs((0.1 * (k + 1)) - Findings[j]) <= Near;
                }
            }

            return new(Patients, Sides, hits, PointingExchange.BlindHits(Patients, Sides, candidates));
        }

        public ExplanationAgreement Agreement()
        {
            PointedCase[] cases = [.. Findings.Select((finding, i) => new PointedCase($"{Patients[i]}-{Sides[i]}", Patients[i], Math.Abs(Places[i] - finding) <= Near, Math.Min(1, finding + Near) - Math.Max(0, finding - Near), 3))];
            return ExplanationAgreement.Of("Map", 10, cases, new() { Words = SampleReport.Words }, Exchange());
        }
    }
}
