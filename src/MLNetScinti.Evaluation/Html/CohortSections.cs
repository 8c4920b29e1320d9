using System.Globalization;
using MLNetScinti.Evaluation.Reporting;

namespace MLNetScinti.Evaluation.Html;

/// <summary>The sections of the page about who was looked at: what became of the files, what the sets consist of, and what earlier runs found.</summary>
internal static class CohortSections
{
    // Earlier figures that are shown of a run: the first of the report are the most telling.
    private const int MostFigures = 3;

    public static Markup Flow(DataCard data, string cases) => data.Flow.Count == 0 ? Markup.Empty : Markup.Of($"""
        <h3>What became of the files</h3>
        <ol class="flow">{Markup.Each(data.Flow, step => Markup.Of($"""<li><b>{step.Name}</b>{Counts(step, cases)}{Exits(step)}</li>"""))}</ol>
        """);

    public static Markup Cohort(DataCard data) => data.Cohort is not { Rows.Count: > 0 } table ? Markup.Empty : Markup.Of($"""
        <div class="scroller" tabindex="0" role="region" aria-label="Who the sets consist of"><table><caption>Who and what the sets consist of: median and quartiles, or how many. Nothing is told of fewer than {CohortTable.Least} patients.</caption>
        <thead><tr><th scope="col">Characteristic</th>{Markup.Each(table.Sets, set => Markup.Of($"""<th scope="col">{FigureText.Capital(set)}</th>"""))}</tr></thead>
        <tbody>{Markup.Each(table.Rows, row => Markup.Of($"""<tr><th scope="row">{row.Name} <span class="soft">of {row.Of}</span></th>{Markup.Each(row.Cells, cell => Markup.Of($"<td>{cell.ToString()}</td>"))}</tr>"""))}</tbody></table></div>
        """);

    /// <summary>What earlier runs of the same model found, the oldest first, and this one last.</summary>
    public static ReportSection Trend(EvaluationReport report)
    {
        if (report.Run.Earlier.Count == 0)
        {
            return new("trend", "Trend", Markup.Empty);
        }

        MetricEntry[] figures = [.. report.Evaluation.Figures.Where(entry => report.Run.Earlier.Any(run => run.Figures.ContainsKey(entry.Key))).Take(MostFigures)];
        ICaseSet test = report.Evaluation.Test;
        return ReportSection.Of("trend", "Trend", "Beside earlier runs", Markup.Of($"""
            <p>Runs of {report.Model.Name} that lie beside this one, the oldest first. {Caution(report)}</p>
            <div class="scroller" tabindex="0" role="region" aria-label="Figures of earlier runs"><table>
            <thead><tr><th scope="col">Run</th><th scope="col">Began</th>{Markup.Each(figures, figure => Markup.Of($"""<th scope="col">{figure.Name}</th>"""))}<th scope="col" class="number">{FigureText.Capital(report.Evaluation.Options.Words.Cases)}</th><th scope="col" class="number">Patients</th></tr></thead>
            <tbody>{Markup.Each(report.Run.Earlier, run => Markup.Of($"""<tr><th scope="row">{run.Name}</th><td>{Day(run.Started)}</td>{Markup.Each(figures, figure => Markup.Of($"<td>{Told(run.Figures.GetValueOrDefault(figure.Key))}</td>"))}<td class="number">{run.Cases}</td><td class="number">{run.Patients}</td></tr>"""))}
            <tr><th scope="row">this run</th><td>{Day(report.Run.Started)}</td>{Markup.Each(figures, figure => Markup.Of($"<td>{Told(figure.Metric)}</td>"))}<td class="number">{test.Cases.Count}</td><td class="number">{test.PatientIds.Count}</td></tr></tbody></table></div>
            """));
    }

    /// <summary>What has to be said of a trend before it is believed.</summary>
    internal static string Caution(EvaluationReport report) => report.Run.Earlier.All(run => run.SameCases)
        ? "They read the same cases: what differs is the training."
        : "They did not all read the same cases: a figure may move with the patients, and one run is better than another only where they were judged on the same ones.";

    private static string Counts(FlowStep step, string cases)
    {
        string[] counts =
        [
            .. step.Inputs is { } inputs ? [FigureText.Of(inputs, "file or study", "files or studies")] : Array.Empty<string>(),
            .. step.Patients is { } patients ? [FigureText.Patients(patients)] : Array.Empty<string>(),
            .. step.Cases is { } count ? [$"{FigureText.Count(count)} {cases}"] : Array.Empty<string>(),
            .. step.Classes.Select(one => $"{FigureText.Count(one.Cases)} {one.Name}"),
        ];
        return counts.Length == 0 ? "" : $": {string.Join(", ", counts)}";
    }

    private static Markup Exits(FlowStep step) => step.LeftOut.Count == 0 ? Markup.Empty
        : Markup.Of($"""<ul class="plain">{Markup.Each(step.LeftOut, exit => Markup.Of($"<li>left out: {exit.Inputs} {exit.Reason}</li>"))}</ul>""");

    private static string Day(DateTimeOffset? at) => at?.ToUniversalTime().ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture) ?? "not stated";

    private static string Told(EarlierFigure? figure) => figure is null ? "not stated"
        : figure is { Lower: { } lower, Upper: { } upper } ? $"{FigureText.Number(figure.Value)} ({FigureText.Number(lower)} to {FigureText.Number(upper)})" : FigureText.Number(figure.Value);

    private static string Told(Metric metric) => metric.TryGetValue(out double value) ? Told(new EarlierFigure(value, metric.Interval?.Lower, metric.Interval?.Upper)) : $"undefined: {metric.UndefinedReason}";
}
