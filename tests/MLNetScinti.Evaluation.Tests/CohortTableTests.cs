using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using MLNetScinti.Evaluation.Html;
using MLNetScinti.Evaluation.Reporting;
using Xunit;

namespace MLNetScinti.Evaluation.Tests;

/// <summary>Who a report says it is about, and of how few it says nothing.</summary>
public sealed class CohortTableTests
{
    private static readonly string[] s_five = ["a", "b", "c", "d", "e"];

    [Fact]
    public void NumbersAreTheirMedianAndQuartilesFromFivePatientsOn()
    {
        CohortCell cell = CohortCell.OfNumbers([4, 1, 3, 2, 5], s_five, 0);
        Assert.Equal((2, 3, 4), cell.Quartiles!.Value);
        Assert.Equal("3 (2 to 4)", cell.ToString());

        // Five values of four patients are four patients' values; what is not known counts for nobody.
        foreach (CohortCell few in (CohortCell[])[CohortCell.OfNumbers([4, 1, 3, 2, 5], ["a", "b", "c", "d", "d"], 0), CohortCell.OfNumbers([4, null, 3, 2, 5], s_five, 0)])
        {
            Assert.True(few.TooFew);
            Assert.Null(few.Quartiles);
            Assert.Equal("too few", few.ToString());
        }

        Assert.Equal("not stated", CohortCell.OfNumbers([null, double.NaN], ["a", "b"], 0).ToString());
        Assert.Equal("2.5 (2 to 3) (known of 6)", CohortCell.OfNumbers([2, 2, 3, 3, 2, 3, null], [.. s_five, "f", "g"], 1).ToString());
    }

    [Fact]
    public void AWordThatFewShareStandsWithTheOthers()
    {
        string[] patients = [.. Enumerable.Range(0, 12).Select(number => $"p{number}")];
        CohortCell cell = CohortCell.OfWords([.. Enumerable.Repeat("GE", 6), .. Enumerable.Repeat("Siemens", 5), "Philips"], patients);
        Assert.Equal("GE 6, Siemens 5, others 1", cell.ToString());
        Assert.DoesNotContain("Philips", cell.ToString(), StringComparison.Ordinal);
        Assert.True(CohortCell.OfWords(["GE", "GE", "Philips", "", ""], s_five).TooFew);
        Assert.Equal("not stated", CohortCell.OfWords(["", ""], ["a", "b"]).ToString());
    }

    [Fact]
    public void ThePageAndTheJsonSayWhatBecameOfTheFilesAndWhatWasFoundBefore()
    {
        EvaluationReport report = SampleReport.Make();
        report = report with
        {
            Data = report.Data with
            {
                Flow =
                [
                    new FlowStep("Found") { Inputs = 14, LeftOut = [new FlowExit("not DICOM", 2)] },
                    new FlowStep("Read") { Inputs = 12, LeftOut = [new FlowExit("no label <yet>", 1)] },
                    new FlowStep("Labelled") { Inputs = 11, Patients = 10, Cases = 22, Classes = [new ClassCount("abnormal", 9)] },
                ],
                Cohort = new CohortTable(["training", "test"], [new CohortRow("Age, years", "patients", [CohortCell.OfNumbers([4, 1, 3, 2, 5], s_five, 0), new CohortCell(2, 4) { TooFew = true }])]),
            },
            Run = report.Run with { Earlier = [Earlier("2026-01", 0.7, same: true), Earlier("2026-02", 0.75, same: false)] },
        };
        string page = HtmlReport.Text(report);
        Assert.Contains("<b>Found</b>: 14 files or studies", page, StringComparison.Ordinal);
        Assert.Contains("left out: 1 no label &lt;yet&gt;", page, StringComparison.Ordinal);
        Assert.Contains("10 patients, 22 kidneys, 9 abnormal", page, StringComparison.Ordinal);
        Assert.Contains("3 (2 to 4)", page, StringComparison.Ordinal);
        Assert.Contains("too few", page, StringComparison.Ordinal);
        Assert.Contains("0.700 (0.600 to 0.800)", page, StringComparison.Ordinal);
        Assert.Contains("They did not all read the same cases", page, StringComparison.Ordinal);
        Assert.Equal(1, Regex.Count(page, "id=\"trend\""));

        string text = MetricsJson.Text(report);
        JsonNode json = JsonNode.Parse(text)!;
        Assert.Equal(2, (int)json["data"]!["flow"]![0]!["leftOut"]!["not DICOM"]!);
        Assert.Equal(9, (int)json["data"]!["flow"]![2]!["classes"]!["abnormal"]!);
        JsonNode ages = json["data"]!["cohort"]![0]!["sets"]!;
        Assert.Equal((3.0, 4.0, false), ((double)ages["training"]!["median"]!, (double)ages["training"]!["thirdQuartile"]!, (bool)ages["training"]!["tooFew"]!));
        Assert.Null(ages["test"]!["median"]);
        Assert.Equal(0.75, (double)json["run"]!["earlier"]![1]!["figures"]!["areaUnderRoc"]!);
        // Earlier runs may differ between two runs of one seed.
        Assert.DoesNotContain("2026-01", MetricsJson.WithoutRun(text), StringComparison.Ordinal);

        EvaluationReport alone = report with { Run = report.Run with { Earlier = [] }, Data = report.Data with { Flow = [], Cohort = null } };
        Assert.DoesNotContain("id=\"trend\"", HtmlReport.Text(alone), StringComparison.Ordinal);
        Assert.Null(JsonNode.Parse(MetricsJson.Text(alone))!["data"]!["flow"]);
    }

    private static EarlierRun Earlier(string name, double area, bool same) =>
        new(name, new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero), new Dictionary<string, EarlierFigure> { ["areaUnderRoc"] = new(area, area - 0.1, area + 0.1) }, 40, 20, same);
}
