namespace MLNetScinti.Evaluation.Reporting;

/// <summary>
/// The comparison as one HTML page, in the manner of <see cref="HtmlReport"/>: no network, no script, read on a phone, on paper, in
/// light and dark, with a keyboard or a screen reader.
/// </summary>
public static class ComparisonHtml
{
    /// <summary>The page.</summary>
    public static string Text(ComparisonReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        ComparisonSections sections = new(report);
        EvaluationOptions options = report.Comparison.Models[0].Options;
        ScoreSet test = report.Comparison.Models[0].Test;
        CardSections cards = new(options, report.Data, report.Run) { JsonName = "comparison.json" };
        return HtmlPage.Text(
            "Comparison report",
            report.Title,
            report.Data.Origin,
            [$"{report.Models.Count} models", $"{FigureText.Patients(test.PatientCount)}, {FigureText.Cases(options, test.Count)} in the test set"],
            [("summary", "Can they be ranked?"), ("table", "Side by side"), ("curves", "Curves"), ("pairs", "Paired tests"), ("models", "Models"), ("data", "Data"), ("reproduce", "Do it again")],
            [sections.Summary(), sections.Table(), sections.Curves(), sections.Pairs(), sections.Models(), cards.Data(), cards.Reproduce()],
            options.CasesNoun);
    }

    /// <summary>Writes the page; the file appears whole or not at all.</summary>
    public static void Write(ComparisonReport report, string path) => AtomicFile.Write(path, Text(report));
}
