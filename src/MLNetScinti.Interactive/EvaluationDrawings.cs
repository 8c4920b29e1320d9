using System.Globalization;
using MLNetScinti.Evaluation;
using MLNetScinti.Evaluation.Html;
using MLNetScinti.Evaluation.Reporting;
using MLNetScinti.Evaluation.Statistics;

namespace MLNetScinti.Interactive;

/// <summary>An evaluation as the report has it, in short: curves, confusion table, figures with intervals.</summary>
internal static class EvaluationDrawing
{
    public static string Text(BinaryEvaluation evaluation) =>
        $"{evaluation.Model}: area under the ROC curve {evaluation.AreaUnderRoc}\n{ConsoleReport.ConfusionTable(evaluation.OperatingPoint.Counts)}";

    public static Markup Html(BinaryEvaluation evaluation)
    {
        EvaluationOptions options = evaluation.Options;
        Markup curves = evaluation is { Roc: { } roc, PrecisionRecall: { } precision }
            ? Markup.Of($"""
                {Chart.Row(
                    Chart.Figure(Charts.Roc(evaluation, roc), "Shaded: limits by the bootstrap by patient. Dot: the threshold, with Wilson intervals. Dashed: chance."),
                    Chart.Figure(Charts.Reliability(evaluation), $"Groups of {options.Words.Cases} with similar probabilities. On the dashed line, probabilities mean what they say."))}
                {Chart.Figure(Charts.Strip(evaluation), $"One mark per {options.Words.Case}; crosses were called wrongly.", width: 52)}
                <details><summary>Precision and recall</summary>{Chart.Figure(Charts.PrecisionRecall(evaluation, precision), "Dashed: chance.")}</details>
                """)
            : Markup.Of($"<p>No curves can be drawn: {evaluation.AreaUnderRoc.UndefinedReason}.</p>");
        return Markup.Of($"""
            <p><strong>{evaluation.Model}</strong> on {FigureText.Cases(options, evaluation.Test.Count)} of {FigureText.Patients(evaluation.Test.PatientCount)}, {evaluation.Test.Positives} {options.Words.Positive}; threshold {FigureText.Number(evaluation.OperatingPoint.Threshold.Value)}, {FigureText.Protocol(evaluation.OperatingPoint.Threshold.Protocol)}.</p>
            {curves}
            {Confusion(evaluation.OperatingPoint.Counts, options.Words)}
            <details><summary>All figures</summary>{Figures(evaluation.Figures, $"With {FigureText.Percent(options.Level)} intervals and the numbers behind each figure")}</details>
            """);
    }

    public static string Text(EvaluationReport report) => $"{report.Title}\n{Text(report.Evaluation)}";

    /// <summary>An evaluation of whatever task: its figures.</summary>
    public static string Text(IEvaluation evaluation) => evaluation is BinaryEvaluation binary
        ? Text(binary)
        : string.Join('\n', evaluation.Figures.Select(entry => $"{entry.Name}: {entry.Metric}"));

    /// <summary>An evaluation of whatever task: drawings where this room has them, and its figures.</summary>
    public static Markup Html(IEvaluation evaluation) => evaluation switch
    {
        BinaryEvaluation binary => Html(binary),
        MulticlassEvaluation classes => Html(classes),
        _ => Markup.Of($"<p><strong>{evaluation.Model}</strong></p>{Figures(evaluation.Figures, $"With {FigureText.Percent(evaluation.Options.Level)} intervals and the numbers behind each figure")}"),
    };

    public static Markup Html(EvaluationReport report) => Markup.Of($"<p><strong>{report.Title}</strong></p>{Html(report.Evaluation)}");

    public static string Text(MulticlassEvaluation evaluation) =>
        string.Join('\n', evaluation.Figures.Select(entry => $"{entry.Name}: {entry.Metric}"));

    public static Markup Html(MulticlassEvaluation evaluation)
    {
        ClassTable table = evaluation.Table;
        Markup rows = Markup.Each(Enumerable.Range(0, table.Names.Count), truth =>
            Markup.Of($"""<tr><th scope="row">{table.Names[truth]}</th>{Markup.Each(Enumerable.Range(0, table.Names.Count), called => Markup.Of($"<td>{table[truth, called]}</td>"))}</tr>"""));
        return Markup.Of($"""
            <table><caption>Confusion table: the truth in lines, what was called in columns</caption>
            <thead><tr><td></td>{Markup.Each(table.Names, name => Markup.Of($"""<th scope="col">{name}</th>"""))}</tr></thead><tbody>{rows}</tbody></table>
            {Figures(evaluation.Figures, "Over all classes")}
            """);
    }

    public static string Text(ComparisonReport report) => $"{report.Title}\n{Text(report.Comparison)}";

    public static Markup Html(ComparisonReport report) => Markup.Of($"""
        <p><strong>{report.Title}</strong></p>
        <p>{report.Protocol}</p>
        {Chart.Figure(ComparisonCharts.Roc(report.Models), $"Numbers: {string.Join("; ", report.Models.Select((model, i) => $"{i + 1} {model.Name}"))}. Dots: their thresholds. Dashed: chance.", width: 34)}
        {Html(report.Comparison)}
        """);

    public static string Text(TaskComparisonReport report) => ConsoleReport.Text(report);

    public static Markup Html(TaskComparisonReport report) => Markup.Of($"""
        <p><strong>{report.Title}</strong></p>
        <p>{report.Verdict}</p>
        {Side([.. report.Models.Select(model => model.Evaluation)])}
        """);

    public static string Text(FigureComparison comparison) => $"{comparison.Verdict}\n{comparison.Caution}";

    public static Markup Html(FigureComparison comparison) => Markup.Of($"""
        <p>{comparison.Verdict}</p>
        {Side(comparison.Models)}
        """);

    private static Markup Side(IReadOnlyList<IEvaluation> models) => Markup.Of($"""
        <table><caption>The models on the same cases</caption>
        <thead><tr><th scope="col">Model</th>{Markup.Each(MainFigures.Of(models[0]), entry => Markup.Of($"""<th scope="col">{entry.Name}</th>"""))}</tr></thead>
        <tbody>{Markup.Each(models, model => Markup.Of($"""<tr><th scope="row">{model.Model}</th>{Markup.Each(MainFigures.Of(model), entry => Markup.Of($"<td>{entry.Metric.ToString()}</td>"))}</tr>"""))}</tbody></table>
        """);

    public static string Text(TrainingsReport report) => ConsoleReport.Text(report);

    public static Markup Html(TrainingsReport report) => Markup.Of($"""
        <p><strong>{report.Title}</strong></p>
        {Markup.Each(report.Found(), sentence => Markup.Of($"<p>{sentence}</p>"))}
        <table><caption>Over {report.Trainings.Count} trainings</caption>
        <thead><tr><th scope="col">Figure</th><th scope="col">Mean</th><th scope="col">SD</th><th scope="col">Smallest</th><th scope="col">Largest</th>{Markup.Each(report.Trainings, training => Markup.Of($"""<th scope="col">{training.Name}</th>"""))}</tr></thead>
        <tbody>{Markup.Each(report.Spread, spread => Markup.Of($"""<tr><th scope="row">{spread.Name}</th>{Markup.Each([spread.Mean, spread.StandardDeviation, spread.Minimum, spread.Maximum], value => Markup.Of($"<td>{(double.IsNaN(value) ? "undefined" : FigureText.Number(value))}</td>"))}{Markup.Each(spread.Values, value => Markup.Of($"<td>{value.ToString()}</td>"))}</tr>"""))}</tbody></table>
        """);

    public static string Text(ModelComparison comparison) => ConsoleReport.Comparison(comparison);

    public static Markup Html(ModelComparison comparison) => Markup.Of($"""
        <p>{comparison.Verdict}</p>
        {Chart.Figure(Charts.Comparison(comparison), "Areas under the ROC curve with their intervals. Dashed: chance.", width: 52)}
        <table><caption>The models on the same cases, the largest area under the ROC curve first</caption>
        <thead><tr><th scope="col">Model</th><th scope="col">Area under the ROC curve</th><th scope="col">Sensitivity</th><th scope="col">Specificity</th><th scope="col">Accuracy</th></tr></thead>
        <tbody>{Markup.Each(comparison.Models, model => Markup.Of($"""<tr><th scope="row">{model.Model}</th><td>{model.AreaUnderRoc.ToString()}</td><td>{model.OperatingPoint.Sensitivity.ToString()}</td><td>{model.OperatingPoint.Specificity.ToString()}</td><td>{model.OperatingPoint.Accuracy.ToString()}</td></tr>"""))}</tbody></table>
        """);

    private static Markup Confusion(ConfusionCounts counts, TaskWords words) => Markup.Of($"""
        <table><caption>Confusion table</caption>
        <thead><tr><td></td><th scope="col">called {words.Positive}</th><th scope="col">called {words.Negative}</th></tr></thead>
        <tbody><tr><th scope="row">{words.Positive}</th><td>{counts.TruePositives} found</td><td>{counts.FalseNegatives} missed</td></tr>
        <tr><th scope="row">{words.Negative}</th><td>{counts.FalsePositives} false alarms</td><td>{counts.TrueNegatives} cleared</td></tr></tbody></table>
        """);

    private static Markup Figures(IReadOnlyList<MetricEntry> entries, string caption) => Markup.Of($"""
        <table><caption>{caption}</caption>
        <thead><tr><th scope="col">Figure</th><th scope="col">Value</th><th scope="col">Interval</th><th scope="col">Cases</th><th scope="col">Patients</th></tr></thead>
        <tbody>{Markup.Each(entries, Row)}</tbody></table>
        """);

    private static Markup Row(MetricEntry entry)
    {
        Metric metric = entry.Metric;
        string value = metric.TryGetValue(out double number) ? FigureText.Number(number) : "undefined";
        string interval = metric switch
        {
            { IsDefined: false } => metric.UndefinedReason!,
            { Interval: { } between } => $"{FigureText.Interval(between)}, {between.Method}",
            _ => "none",
        };
        return Markup.Of($"""<tr><th scope="row">{entry.Name}</th><td>{value}</td><td>{interval}</td><td>{metric.Cases}</td><td>{metric.Patients}</td></tr>""");
    }
}

/// <summary>Curves by themselves, without the evaluation that they belong to.</summary>
internal static class CurveDrawing
{
    private static readonly double[] s_quarters = [0, 0.25, 0.5, 0.75, 1];

    public static Markup Html(RocCurve curve) => Draw(
        "ROC curve", Text(curve), "1 − specificity", "Sensitivity",
        curve.WithoutIntermediatePoints().Points.Select(point => (point.FalsePositiveRate, point.Sensitivity)), [(0, 0), (1, 1)]);

    public static string Text(RocCurve curve) => string.Create(CultureInfo.InvariantCulture, $"ROC curve with {curve.Points.Count} points, area {curve.Area:0.000}");

    public static Markup Html(PrecisionRecallCurve curve) => Draw(
        "Precision-recall curve", Text(curve), "Recall (sensitivity)", "Precision (positive predictive value)", Steps(curve), []);

    public static string Text(PrecisionRecallCurve curve) =>
        string.Create(CultureInfo.InvariantCulture, $"Precision-recall curve with {curve.Points.Count} points, average precision {curve.AveragePrecision:0.000}");

    // Precision between two points is not defined: the steps that the average precision sums are drawn.
    private static IEnumerable<(double X, double Y)> Steps(PrecisionRecallCurve curve)
    {
        double before = 0;
        foreach (PrecisionRecallPoint point in curve.Points.Where(point => point.Recall > before))
        {
            yield return (before, point.Precision);
            yield return (point.Recall, point.Precision);
            before = point.Recall;
        }
    }

    private static Markup Draw(string title, string description, string nameX, string nameY, IEnumerable<(double X, double Y)> line, IReadOnlyList<(double X, double Y)> chance)
    {
        Plot plot = Plot.Unit;
        Markup content = Markup.Of($"""
            {plot.Axes(nameX, nameY, s_quarters, s_quarters)}
            <path class="chance" d="{plot.Path(chance)}"/>
            <path class="curve" d="{plot.Path(line)}"/>
            """);
        return Chart.Figure(plot.Drawing("curve", title, description, content), chance.Count > 0 ? $"{description}. Dashed: chance." : $"{description}.");
    }
}
