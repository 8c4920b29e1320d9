using MLNetScinti.Evaluation.Reporting;
using MLNetScinti.Evaluation.Statistics;

namespace MLNetScinti.Evaluation.Html;

/// <summary>The drawings that set models side by side. Lines differ in their dashes and carry numbers, so colour is never needed to tell them apart.</summary>
internal static class ComparisonCharts
{
    /// <summary>So many lines look different; after that they repeat, and the numbers tell them apart.</summary>
    private const int Styles = 8;

    private static readonly double[] s_quarters = [0, 0.25, 0.5, 0.75, 1];

    /// <summary>The class of the line of the i-th model.</summary>
    public static string Line(int i) => $"line l{i % Styles}";

    /// <summary>All ROC curves of models in one plot, each with its number on the line and a dot at its threshold.</summary>
    public static Markup Roc(IReadOnlyList<ComparedModel> models) => Roc(
        "rocs",
        "ROC curves of all models",
        models[0].Evaluation.Options.Words.Negative,
        [.. models.Select(model => new NamedCurve(model.Name, model.Evaluation.Roc!, model.Evaluation.AreaUnderRoc, model.Evaluation.OperatingPoint.Counts))]);

    /// <summary>ROC curves in one plot, each with its number on the line and a dot at its threshold where it has one.</summary>
    public static Markup Roc(string id, string title, string negative, IReadOnlyList<NamedCurve> curves)
    {
        Plot plot = new(0, 1, 0, 1, 560, 520);
        Markup lines = Markup.Each(Enumerable.Range(0, curves.Count), i => Markup.Of($"""<path class="{Line(i)}" d="{plot.Path(Points(curves[i]))}"/>"""));
        Markup points = Markup.Each(Enumerable.Range(0, curves.Count), i => curves[i].Counts is { } counts
            ? Markup.Of($"""<circle class="{Line(i)} at" cx="{plot.X((double)counts.FalsePositives / counts.Negatives)}" cy="{plot.Y((double)counts.TruePositives / counts.Positives)}" r="5"/>""")
            : Markup.Empty);
        (double X, double Y)[] plates = Plates([.. curves.Select(Points)]);
        Markup numbers = Markup.Each(Enumerable.Range(0, curves.Count), i =>
        {
            (double x, double y) = plates[i];
            return Markup.Of($"""<circle class="plate" cx="{plot.X(x)}" cy="{plot.Y(y)}" r="9"/><text class="line-number" x="{plot.X(x)}" y="{plot.Y(y) + 4.5}" text-anchor="middle">{i + 1}</text>""");
        });
        Markup content = Markup.Of($"""
            {plot.Axes($"1 − specificity (false alarms among {negative})", "Sensitivity", s_quarters, s_quarters)}
            <path class="chance" d="{plot.Path([(0, 0), (1, 1)])}"/>{lines}{points}{numbers}
            """);
        return plot.Drawing(id, title, string.Join("; ", curves.Select((curve, i) => $"{i + 1}: {curve.Name}, area {curve.Area}")), content);
    }

    /// <summary>The lines with their names and areas.</summary>
    public static Markup Legend(IReadOnlyList<NamedCurve> curves) => Markup.Of($"""
        <ul class="legend">{Markup.Each(Enumerable.Range(0, curves.Count), i => Markup.Of($"""<li>{Sample(i)}<span><b>{curves[i].Name}</b><span class="under">{FigureText.Number(curves[i].Area.Value)}{(curves[i].Area.Interval is { } interval ? $" ({FigureText.Interval(interval, "–")})" : "")}</span></span></li>"""))}</ul>
        """);

    /// <summary>A sample of the line of the i-th model, for the legend.</summary>
    public static Markup Sample(int i) => Markup.Of($"""<svg class="sample" viewBox="0 0 64 20" aria-hidden="true"><path class="{Line(i)}" d="M2 10H62"/><circle class="plate" cx="32" cy="10" r="9"/><text class="line-number" x="32" y="14.5" text-anchor="middle">{i + 1}</text></svg>""");

    /// <summary>The areas with their intervals one below the other, in the order given; below each the published one where there is one.</summary>
    public static Markup Areas(IReadOnlyList<ComparedModel> models)
    {
        const double Row = 30, Second = 20;
        Metric?[] published = [.. models.Select(model => model.Published is null ? null : ComparisonRow.Of(model)[^1].Figures[0])];
        double height = Plot.Top + Plot.Bottom + models.Select((_, i) => Row + (published[i] is null ? 0 : Second)).Sum();
        double[] lowers = [0.5, .. models.Select(model => model.Evaluation.AreaUnderRoc.Interval!.Lower), .. published.Select(one => one?.Interval?.Lower ?? 1)];
        double lowest = Math.Floor(10 * lowers.Min()) / 10;
        Plot plot = new(lowest, 1, 0, 1, 860, height) { Left = 210 };
        double y = Plot.Top;
        Markup rows = Markup.Each(Enumerable.Range(0, models.Count), i =>
        {
            Metric own = models[i].Evaluation.AreaUnderRoc;
            double middle = y + (Row / 2);
            y += Row;
            Markup row = Markup.Of($"""<text class="row-name" x="{plot.Left - 10}" y="{middle + 4}" text-anchor="end">{models[i].Name}</text><path class="whisker wide-bar" d="M{plot.X(own.Interval!.Lower)} {middle}H{plot.X(own.Interval.Upper)}"/><circle class="dot" cx="{plot.X(own.Value)}" cy="{middle}" r="6"/>""");
            if (published[i] is not { } other)
            {
                return row;
            }

            double below = y + (Second / 2) - 5;
            y += Second;
            Markup limits = other.Interval is { } interval ? Markup.Of($"""<path class="whisker published" d="M{plot.X(interval.Lower)} {below}H{plot.X(interval.Upper)}"/>""") : Markup.Empty;
            return Markup.Of($"""{row}<text class="tick" x="{plot.Left - 10}" y="{below + 4}" text-anchor="end">published</text>{limits}<path class="published-mark" d="M{plot.X(other.Value) - 5} {below}l5 -5l5 5l-5 5Z"/>""");
        });
        Markup content = Markup.Of($"""{plot.Axes("Area under the ROC curve", "", Plot.RoundTicks(lowest, 1), [])}<path class="chance" d="M{plot.X(0.5)} {Plot.Top}V{height - Plot.Bottom}"/>{rows}""");
        return plot.Drawing("areas", "Areas under the ROC curve of all models", string.Join("; ", models.Select(model => $"{model.Name} {model.Evaluation.AreaUnderRoc}")), content);
    }

    private static (double X, double Y)[] Points(NamedCurve curve) =>
        [.. curve.Roc.WithoutIntermediatePoints().Points.Select(point => (point.FalsePositiveRate, point.Sensitivity))];

    /// <summary>On each curve the place that is furthest from the other curves and from the numbers already placed.</summary>
    private static (double X, double Y)[] Plates((double X, double Y)[][] curves)
    {
        const int Steps = 60;
        (double X, double Y)[][] samples = [.. curves.Select(curve => Enumerable.Range(3, Steps - 5).Select(k => Along(curve, (double)k / Steps)).ToArray())];
        List<(double X, double Y)> placed = [];
        for (int i = 0; i < curves.Length; i++)
        {
            IEnumerable<(double X, double Y)> others = samples.Where((_, j) => j != i).SelectMany(points => points);
            placed.Add(samples[i].MaxBy(at => Math.Min(
                others.Select(other => Distance(at, other)).DefaultIfEmpty(1).Min(),
                placed.Select(other => Distance(at, other) / 2).DefaultIfEmpty(1).Min())));
        }

        return [.. placed];

        static double Distance((double X, double Y) a, (double X, double Y) b) => Math.Sqrt(((a.X - b.X) * (a.X - b.X)) + ((a.Y - b.Y) * (a.Y - b.Y)));
    }

    /// <summary>The point at a share of the way along a curve; the way counts steps up and to the right alike.</summary>
    private static (double X, double Y) Along((double X, double Y)[] points, double share)
    {
        double left = 2 * share;
        for (int i = 1; i < points.Length; i++)
        {
            double step = points[i].X - points[i - 1].X + points[i].Y - points[i - 1].Y;
            if (left <= step && step > 0)
            {
                double part = left / step;
                return (points[i - 1].X + (part * (points[i].X - points[i - 1].X)), points[i - 1].Y + (part * (points[i].Y - points[i - 1].Y)));
            }

            left -= step;
        }

        return points[^1];
    }
}

/// <summary>A ROC curve among others.</summary>
/// <param name="Name">What it is the curve of.</param>
/// <param name="Roc">The curve.</param>
/// <param name="Area">Its area.</param>
/// <param name="Counts">The counts at its threshold, where it has one.</param>
internal sealed record NamedCurve(string Name, RocCurve Roc, Metric Area, ConfusionCounts? Counts);
