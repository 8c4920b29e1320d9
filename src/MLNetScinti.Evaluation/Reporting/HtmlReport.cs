namespace MLNetScinti.Evaluation.Reporting;

/// <summary>
/// The report as one HTML page: nothing is loaded from a network, no script is needed, it is read on a phone, on paper, in light
/// and dark, with a keyboard or a screen reader. All text is escaped; identifiers are the pseudonyms it was given.
/// </summary>
public static class HtmlReport
{
    /// <summary>The page.</summary>
    public static string Text(EvaluationReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        ReportSections figures = new(report);
        CardSections cards = new(report.Evaluation.Options, report.Data, report.Run);
        GroupSections groups = new(report);
        Markup training = CardSections.Training(report.History), subgroups = groups.Subgroups(), comparison = groups.Comparison(), explanation = new ExplanationSections(report).Explanation();
        (string Id, string Name)[] parts =
        [
            ("summary", "In plain words"), ("curves", "Curves"), ("figures", "All figures"), .. Where(subgroups, "groups", "Groups"), .. Where(comparison, "comparison", "Other models"),
            ("errors", "Called wrongly"), .. Where(explanation, "explanation", "What it looked at"), .. Where(training, "training", "Training"),
            ("data", "Data"), ("model", "Model"), ("reproduce", "Do it again"),
        ];
        return HtmlPage.Text(
            "Evaluation report",
            report.Title,
            report.Data.Origin,
            [report.Evaluation.Model, $"{FigureText.Patients(report.Evaluation.Test.PatientCount)}, {FigureText.Cases(report.Evaluation.Options, report.Evaluation.Test.Count)} in the test set"],
            parts,
            [figures.Summary(), figures.Curves(), figures.Figures(), subgroups, comparison, figures.Errors(), explanation, training, cards.Data(), CardSections.Model(report.Model), cards.Reproduce()],
            report.Evaluation.Options.CasesNoun);
    }

    /// <summary>Writes the page; the file appears whole or not at all.</summary>
    public static void Write(EvaluationReport report, string path) => AtomicFile.Write(path, Text(report));

    private static (string, string)[] Where(Markup section, string id, string name) => section.Html.Length > 0 ? [(id, name)] : [];
}
