using System.Globalization;
using MLNetScinti.Evaluation.Html;
using MLNetScinti.Evaluation.Reporting;
using MLNetScinti.Evaluation.Statistics;

namespace MLNetScinti.Interactive;

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
