using MLNetScinti.Evaluation.Reporting;
using MLNetScinti.Imaging;

namespace MLNetScinti.Evaluation.Html;

/// <summary>
/// Several trainings of one definition as one HTML page, in the manner of <see cref="HtmlReport"/>: no network, no script, read on a
/// phone, on paper, in light and dark, with a keyboard or a screen reader.
/// </summary>
public static class TrainingsHtml
{
    /// <summary>The page.</summary>
    public static string Text(TrainingsReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        EvaluationOptions options = report.Any.Options;
        CardSections cards = new(options, report.Data, report.Run) { Intervals = HtmlReport.Intervals(report.Any) };
        return HtmlPage.Text(
            report.Kind == TrainingsKind.Seeds ? "Spread of training" : "Cross-validation",
            report.Title,
            report.Data.Origin,
            [FigureText.Of(report.Trainings.Count, report.Kind == TrainingsKind.Seeds ? "seed" : "fold", report.Kind == TrainingsKind.Seeds ? "seeds" : "folds")],
            [
                Summary(report),
                ReportSection.Of("spread", "Spread", "How much does another training change?", Spread(report)),
                ReportSection.Of("trainings", "Trainings", "Each training with its patients", Trainings(report)),
                Together(report),
                new("data", "Data", cards.Data()),
                new("model", "Model", CardSections.Model(report.Model)),
                new("decisions", "Against the paper", CardSections.Decisions(report.Model)),
                new("reproduce", "Do it again", cards.Reproduce()),
            ],
            options.Words.Cases);
    }

    /// <summary>Writes the page; the file appears whole or not at all.</summary>
    public static void Write(TrainingsReport report, string path) => AtomicFile.Write(path, Text(report));

    private static ReportSection Summary(TrainingsReport report)
    {
        IEnumerable<string> found = report.Found();
        string[] cautions = [SummaryText.Origin(report.Data.Origin), report.Ensemble, SummaryText.ResearchOnly];
        return ReportSection.Of("summary", "In plain words", "In plain words", Markup.Of($"""
            <p class="lead">{found.First()}</p>{Markup.Each(found.Skip(1), sentence => Markup.Of($"<p>{sentence}</p>"))}
            <div class="notice"><h3>Before you use a figure</h3><ul class="plain">{Markup.Each(cautions.Where(caution => caution.Length > 0), caution => Markup.Of($"<li>{caution}</li>"))}</ul></div>
            """));
    }

    private static Markup Spread(TrainingsReport report) => TaskSections.Scroller("Spread over the trainings", Markup.Of($"""
        <table class="sticky"><caption><span class="stay">Over {FigureText.Of(report.Trainings.Count, "training", "trainings")}; the standard deviation has one less in its denominator.</span></caption>
        <thead><tr><th scope="col">Figure</th><th scope="col" class="number">Mean</th><th scope="col" class="number">SD</th><th scope="col" class="number">Smallest</th><th scope="col" class="number">Largest</th></tr></thead>
        <tbody>{Markup.Each(report.Spread, spread => Markup.Of($"""<tr><th scope="row">{spread.Name}</th>{Markup.Each([spread.Mean, spread.StandardDeviation, spread.Minimum, spread.Maximum], Number)}</tr>"""))}</tbody></table>
        """));

    private static Markup Trainings(TrainingsReport report)
    {
        IReadOnlyList<MetricEntry> columns = MainFigures.Of(report.Any);
        return TaskSections.Scroller("Figures of each training", Markup.Of($"""
            <table class="sticky"><caption><span class="stay">With {FigureText.Percent(report.Any.Options.Level)} intervals that draw whole patients, where there is one; else with the figure's own.</span></caption>
            <thead><tr><th scope="col">Training</th><th scope="col" class="number">Patients</th><th scope="col" class="number">{FigureText.Capital(report.Any.Options.Words.Cases)}</th>{Markup.Each(columns, column => Markup.Of($"""<th scope="col">{column.Name}</th>"""))}</tr></thead>
            <tbody>{Markup.Each(report.Trainings, training => Row(training.Name, training.ReportLink, training.Evaluation))}{(report.Together is { } together ? Row(report.Kind == TrainingsKind.Folds ? "All folds together" : "Mean of the answers", "", together) : Markup.Empty)}</tbody></table>
            """));
    }

    private static ReportSection Together(TrainingsReport report) => report.Together is not { } together ? new("together", "Together", Markup.Empty) : ReportSection.Of(
        "together", "Together", report.Kind == TrainingsKind.Folds ? "All patients, each judged by a model that had not seen them" : "The mean of the models' answers", Markup.Of($"""
        {FigureTable.Table(together.Figures, $"With {FigureText.Percent(together.Options.Level)} intervals and the numbers behind each figure.")}{FigureTable.Further(together.Figures)}
        """));

    private static Markup Row(string name, string link, IEvaluation evaluation)
    {
        Markup head = link.Length > 0 ? Markup.Of($"""<a href="{link}">{name}</a>""") : Markup.Of($"{name}");
        return Markup.Of($"""<tr><th scope="row">{head}</th><td class="number">{evaluation.Test.PatientIds.Count}</td><td class="number">{evaluation.Test.Cases.Count}</td>{Markup.Each(MainFigures.Of(evaluation), entry => FigureTable.Cell(entry.Metric with { Interval = entry.Metric.IntervalByPatient() }))}</tr>""");
    }

    private static Markup Number(double value) => double.IsNaN(value)
        ? Markup.Of($"""<td class="number soft">undefined</td>""")
        : Markup.Of($"""<td class="number">{FigureText.Number(value, 4)}</td>""");
}
