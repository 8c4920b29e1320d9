using System.Text.RegularExpressions;
using System.Xml.Linq;
using MLNetScinti.Evaluation.Html;
using MLNetScinti.Evaluation.Reporting;
using Xunit;

namespace MLNetScinti.Evaluation.Tests;

/// <summary>What a reviewer and whoever decides find in the report of two classes.</summary>
public sealed class ReviewerTests
{
    private static readonly EvaluationReport s_report = SampleReport.Make(options => options with { BootstrapReplicates = 100, CohortPrevalence = 0.29, TrainedPrevalence = 0.5 });

    [Fact]
    public void A_figure_saved_by_itself_has_its_style()
    {
        string page = HtmlReport.Text(s_report);
        string[] drawings = [.. Regex.Matches(page, "<svg class=\"chart\".*?</svg>", RegexOptions.Singleline).Select(match => match.Value)];
        Assert.InRange(drawings.Length, 5, 20);
        foreach (string drawing in drawings)
        {
            XElement svg = XElement.Parse(drawing);
            string style = svg.Elements().Single(element => element.Name.LocalName == "style").Value;
            Assert.Contains("prefers-color-scheme: dark", style, StringComparison.Ordinal);
            foreach (string name in svg.Descendants().Attributes("class").SelectMany(attribute => attribute.Value.Split(' ')).Distinct(StringComparer.Ordinal).Where(name => name is not ("chart" or "wide")))
            {
                Assert.Matches($@"\.{Regex.Escape(name)}\b", style);
            }

            foreach (Match variable in Regex.Matches(style, @"var\((--[a-z0-9-]+)\)"))
            {
                Assert.Contains($"{variable.Groups[1].Value}:", style, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void The_checklist_is_filled_or_says_not_done()
    {
        IReadOnlyList<ChecklistSection.Topic> topics = ChecklistSection.Topics(s_report);
        Assert.Contains(topics, topic => topic.Where is null && topic.Missing.Length > 0);
        Assert.Equal("Risks", topics.Single(topic => topic.Asks.StartsWith("Calibration", StringComparison.Ordinal)).Where);
        Assert.Null(ChecklistSection.Topics(s_report with { Evaluation = BinaryEvaluation.Of(new TestScores([]), DecisionThreshold.Fixed(0.5f)) }).Single(topic => topic.Asks.StartsWith("Calibration", StringComparison.Ordinal)).Where);
        string page = HtmlReport.Text(s_report);
        Assert.Contains("<strong>not done</strong>: a reason for the sample size", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Whoever_decides_is_told_by_the_ends_of_the_intervals()
    {
        BinaryEvaluation evaluation = s_report.Binary();
        ConfidenceInterval found = evaluation.OperatingPoint.Sensitivity.Interval!;
        string said = string.Join(' ', EnoughSection.Answers(evaluation));
        Assert.Contains($"it would miss between {Math.Round(100 * (1 - found.Upper))} and {Math.Round(100 * (1 - found.Lower))};", said, StringComparison.Ordinal);
        Assert.Contains("the intervals are too wide to decide anything else by", said, StringComparison.Ordinal);
        string next = string.Join(' ', EnoughSection.Next(s_report, evaluation));
        Assert.Contains("Test it on patients", next, StringComparison.Ordinal);
        Assert.Contains("For a sensitivity to within 5 points either way, test about", next, StringComparison.Ordinal);
        Assert.DoesNotContain("Test it on patients:", string.Join(' ', EnoughSection.Next(s_report with { Data = s_report.Data with { Origin = DataOrigin.Real } }, evaluation)), StringComparison.Ordinal);
    }

    [Fact]
    public void Rightly_called_cases_stand_beside_the_wrong_ones()
    {
        BinaryEvaluation evaluation = s_report.Binary();
        Assert.InRange(evaluation.RightlyCalled.Count, 2, 8);
        Assert.All(evaluation.RightlyCalled, one => Assert.Equal(one.Label, evaluation.OperatingPoint.Threshold.IsPositive(one.Probability)));
        Assert.Equal(evaluation.RightlyCalled.Count, evaluation.RightlyCalled.Select(one => one.CaseId).Distinct(StringComparer.Ordinal).Count());
        Assert.DoesNotContain("id=\"right\"", HtmlReport.Text(s_report), StringComparison.Ordinal);
        EvaluationReport with = s_report with { Pictures = [.. s_report.Pictures, .. evaluation.RightlyCalled.Select(one => s_report.Pictures[0] with { CaseId = one.CaseId })] };
        Assert.Contains("Called rightly, to compare", HtmlReport.Text(with), StringComparison.Ordinal);
    }
}
