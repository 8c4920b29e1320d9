using MLNetScinti.Evaluation.Reporting;

namespace MLNetScinti.Evaluation.Html;

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
        IEvaluation evaluation = report.Evaluation;
        CardSections cards = new(evaluation.Options, report.Data, report.Run) { Intervals = Intervals(evaluation) };
        return HtmlPage.Text(
            "Evaluation report",
            report.Title,
            report.Data.Origin,
            [evaluation.Model, $"{FigureText.Patients(evaluation.Test.PatientIds.Count)}, {FigureText.Cases(evaluation.Options, evaluation.Test.Cases.Count)} in the test set"],
            [
                .. OfTask(report),
                new("explanation", "What it looked at", new ExplanationSections(report).Explanation()),
                new("training", "Training", CardSections.Training(report.History)),
                new("data", "Data", cards.Data()),
                new("model", "Model", CardSections.Model(report.Model)),
                new("reproduce", "Do it again", cards.Reproduce()),
            ],
            evaluation.Options.Words.Cases);
    }

    /// <summary>Writes the page; the file appears whole or not at all.</summary>
    public static void Write(EvaluationReport report, string path) => AtomicFile.Write(path, Text(report));

    private static IEnumerable<ReportSection> OfTask(EvaluationReport report) => report.Evaluation switch
    {
        BinaryEvaluation binary => new BinarySections(report, binary).All(),
        MulticlassEvaluation classes => new MulticlassSections(report, classes).All(),
        MultiLabelEvaluation labels => new MultiLabelSections(report, labels).All(),
        SegmentationEvaluation masks => new SegmentationSections(report, masks).All(),
        RegressionEvaluation quantities => new RegressionSections(report, quantities).All(),
        _ => throw new ArgumentException($"An evaluation of type {report.Evaluation.GetType().Name} has no page.", nameof(report)),
    };

    private static string Intervals(IEvaluation evaluation) => evaluation switch
    {
        SegmentationEvaluation => "the bootstrap by patient for all means",
        RegressionEvaluation => "Bland and Altman (1999) for bias and limits of agreement where there is no bootstrap",
        _ => "Wilson (1927) for proportions; DeLong (1988) on the logit scale for the area under the ROC curve",
    };
}
