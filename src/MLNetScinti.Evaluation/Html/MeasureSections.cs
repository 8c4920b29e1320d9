using System.Globalization;
using MLNetScinti.Evaluation.Reporting;
using MLNetScinti.Evaluation.Statistics;

namespace MLNetScinti.Evaluation.Html;

/// <summary>The sections of the page about a model that draws masks.</summary>
internal sealed class SegmentationSections(EvaluationReport report, SegmentationEvaluation evaluation)
{
    /// <summary>More of the worst cases than this are in metrics.json only.</summary>
    private const int MostCases = 10;

    private readonly EvaluationOptions _options = evaluation.Options;

    public IEnumerable<ReportSection> All()
    {
        yield return TaskSections.Summary(
            report,
            [
                .. evaluation.Ceiling is { } ceiling ? [ceiling.Sentence] : Array.Empty<string>(),
                $"{TaskSections.Judged(report)} The model {evaluation.Model} drew {string.Join(", ", evaluation.Names)}.",
                $"The masks overlap with a mean Dice coefficient of {TaskSections.Between(evaluation.MeanDice)}; 1 would be perfect.",
            ],
            evaluation.Labels.SelectMany(label => new[] { FigureTable.Tile($"Dice, {label.Name}", label.Dice, "mean over the cases"), FigureTable.Tile($"Hausdorff 95 %, {label.Name}", label.Hausdorff95, "mm, mean over the cases") }).Take(6),
            ["A Dice coefficient depends on the size of what is drawn: the same error at the edge costs a small mask more. Where both masks are empty it is undefined, and such a case is left out of the means; where only one is, it is 0.", .. evaluation.Validation is { } validation ? [$"What was fitted was fitted on {FigureText.Patients(validation.PatientIds.Count)} of a separate validation set."] : Array.Empty<string>()]);
        yield return ReportSection.Of("curves", "Drawings", "How well the masks fit", Markup.Of($"""
            {Boxes(MaskMeasure.Dice, "dice-boxes", 0, 1, "Boxes: the middle half of the cases and their median; whiskers: to the furthest case within one and a half times the box; dots: cases.")}
            {Boxes(MaskMeasure.Hausdorff95, "distance-boxes", 0, null, "The same for the distance of the surfaces. Cases in which a mask is empty have none.")}
            {Volumes()}
            """));
        yield return TaskSections.Figures(evaluation, Markup.Each(evaluation.Labels, label => Markup.Of($"""
            <h3>{label.Name}</h3>{FigureTable.Table(label.Metrics, $"{label.Name}: voxels found {FigureText.Count(label.Voxels.TruePositives)}, missed {FigureText.Count(label.Voxels.FalseNegatives)}, too many {FigureText.Count(label.Voxels.FalsePositives)}, of {FigureText.Count(label.Voxels.Total)}.")}
            """)));
        yield return TaskSections.Groups(evaluation);
        yield return new("comparison", "Other models", Comparison());
        yield return Worst();
    }

    private Markup Boxes(MaskMeasure measure, string id, double least, double? most, string caption)
    {
        (string, double[])[] rows = [.. evaluation.Names.Select((name, k) => (name, measure.Values(evaluation.Test, k).Where(double.IsFinite).Order().ToArray())).Where(row => row.Item2.Length > 0)];
        return rows.Length == 0 ? Markup.Empty : Markup.Of($"""
            <figure class="wide"><h3>{measure.Name}</h3>{TaskSections.Scroller(measure.Name, MeasureCharts.Boxes(id, measure.Name, rows, least, most))}<figcaption>{caption}</figcaption></figure>
            """);
    }

    private Markup Volumes() => Markup.Each(Enumerable.Range(0, evaluation.Names.Count), k =>
    {
        (double, double)[] pairs = [.. evaluation.Test.Cases.Select(one => one.Labels[k]).Where(one => one.TrueVolume > 0 || one.PredictedVolume > 0).Select(one => (one.TrueVolume, one.PredictedVolume))];
        return pairs.Length < 2 ? Markup.Empty : Markup.Of($"""
            <div class="pair">
            <figure><h3>Volume of {evaluation.Names[k]}</h3>{MeasureCharts.Scatter($"volumes-{k}", $"True and predicted volume of {evaluation.Names[k]}", "True volume (ml)", "Predicted volume (ml)", pairs)}<figcaption>On the dashed line both are equal.</figcaption></figure>
            <figure><h3>Volume of {evaluation.Names[k]}: agreement</h3>{MeasureCharts.BlandAltman($"volume-agreement-{k}", $"Agreement of volumes of {evaluation.Names[k]}", "ml", pairs, _options.Level)}<figcaption>Differences (predicted minus true) against means. Solid: their mean; dashed: the limits within which 95 % are expected (Bland and Altman); shaded: {FigureText.Percent(_options.Level)} intervals of the three.</figcaption></figure>
            </div>
            """);
    });

    private Markup Comparison()
    {
        if (report.MaskComparison is not { } comparison)
        {
            return Markup.Empty;
        }

        return ReportSection.Of("comparison", "Other models", "Compared with other models", Markup.Of($"""
            <p class="lead">{comparison.Verdict}</p>
            {MaskTables.Of(comparison)}
            """)).Content;
    }

    private ReportSection Worst()
    {
        ILookup<string, CasePicture> pictures = report.Pictures.ToLookup(picture => picture.CaseId, StringComparer.Ordinal);
        (SegmentedCase Case, int Label, double Dice)[] worst = [.. evaluation.Test.Cases
            .SelectMany(one => one.Labels.Select((measures, k) => (one, k, measures.Dice.TryGetValue(out double dice) ? dice : double.NaN)))
            .Where(one => double.IsFinite(one.Item3)).OrderBy(one => one.Item3).ThenBy(one => one.one.CaseId, StringComparer.Ordinal).Take(MostCases)];
        return ReportSection.Of("errors", "The worst", "The worst masks", worst.Length == 0
            ? Markup.Of($"<p>There is no {_options.Words.Case} in which a Dice coefficient is defined.</p>")
            : Markup.Of($"""<p>The smallest Dice coefficients first; metrics.json has all {_options.Words.Cases}.</p><ul class="errors">{Markup.Each(worst, Show)}</ul>"""));

        Markup Show((SegmentedCase Case, int Label, double Dice) one)
        {
            MaskMeasures measures = one.Case.Labels[one.Label];
            Markup shown = pictures.Contains(one.Case.CaseId) ? Markup.Of($"""<div class="pictures">{Markup.Each(pictures[one.Case.CaseId], FigureTable.Picture)}</div>""") : Markup.Empty;
            string distance = measures.Hausdorff95.TryGetValue(out double millimetres) ? $", Hausdorff 95 % {FigureText.Number(millimetres, 1)} mm" : "";
            string facts = string.Join("; ", one.Case.Facts.Select(fact => $"{fact.Key} {FigureText.Fact(fact.Value)}").Prepend($"True volume {FigureText.Number(measures.TrueVolume, 1)} ml, predicted {FigureText.Number(measures.PredictedVolume, 1)} ml"));
            return Markup.Of($"""
                <li class="error">{shown}<div class="text"><h3>{one.Case.CaseId}, {evaluation.Names[one.Label]}</h3>
                <p><span class="verdict">Dice {FigureText.Number(one.Dice)}</span>{distance}.</p>
                <p class="soft">{facts}.</p></div></li>
                """);
        }
    }
}

/// <summary>The sections of the page about predicted quantities.</summary>
internal sealed class RegressionSections(EvaluationReport report, RegressionEvaluation evaluation)
{
    public IEnumerable<ReportSection> All()
    {
        string unit = evaluation.Unit.Length > 0 ? $" {evaluation.Unit}" : "";
        string agreement = evaluation.Agreement is { } limits
            ? $"Predictions of {evaluation.Quantity} are {TaskSections.Between(evaluation.Bias)}{unit} from the truth on average; for 95 % of new {evaluation.Options.Words.Cases} the difference is expected between {FigureText.Number(limits.LowerLimit)} and {FigureText.Number(limits.UpperLimit)}{unit}."
            : "Agreement needs at least two cases.";
        yield return TaskSections.Summary(
            report,
            [TaskSections.Judged(report), agreement],
            [
                FigureTable.Tile("Mean absolute error", evaluation.MeanAbsoluteError, evaluation.Unit),
                FigureTable.Tile("Root mean squared error", evaluation.RootMeanSquaredError, evaluation.Unit),
                FigureTable.Tile("R squared", evaluation.RSquared, "1 is perfect"),
                FigureTable.Tile("Bias", evaluation.Bias, $"{evaluation.Unit}, predicted minus true".TrimStart(',', ' ')),
            ],
            ["Limits of agreement take the differences for normally distributed and as large for small values as for large ones: look at the drawing."]);
        (double, double)[] pairs = [.. evaluation.Test.Cases.Select(one => (one.Truth, one.Predicted))];
        string axis = evaluation.Unit.Length > 0 ? $" ({evaluation.Unit})" : "";
        yield return ReportSection.Of("curves", "Drawings", "How well predicted and true values agree", pairs.Length < 2
            ? Markup.Of($"""<div class="notice"><p>Nothing can be drawn: there are fewer than two {evaluation.Options.Words.Cases}.</p></div>""")
            : Markup.Of($"""
                <div class="pair">
                <figure><h3>Predicted against true</h3>{MeasureCharts.Scatter("scatter", $"True and predicted {evaluation.Quantity}", $"True{axis}", $"Predicted{axis}", pairs)}<figcaption>{FigureText.Capital(evaluation.Quantity)}. On the dashed line both are equal.</figcaption></figure>
                <figure><h3>Bland-Altman</h3>{MeasureCharts.BlandAltman("agreement", $"Agreement of {evaluation.Quantity}", evaluation.Unit, pairs, evaluation.Options.Level)}<figcaption>Differences (predicted minus true) against means. Solid: their mean; dashed: the limits within which 95 % are expected; shaded: {FigureText.Percent(evaluation.Options.Level)} intervals of the three.</figcaption></figure>
                </div>
                """));
        yield return TaskSections.Figures(evaluation, Markup.Empty);
        yield return TaskSections.Groups(evaluation);
    }
}

/// <summary>Drawings of measures: boxes, pairs, agreement.</summary>
internal static class MeasureCharts
{
    /// <summary>A box with whiskers and dots for each row of sorted values, one below the other.</summary>
    public static Markup Boxes(string id, string title, IReadOnlyList<(string Name, double[] Sorted)> rows, double least, double? most)
    {
        const double Row = 62;
        double height = Plot.Top + Plot.Bottom + (Row * rows.Count), top = most ?? Math.Max(rows.Max(row => row.Sorted[^1]) * 1.05, 1e-6);
        Plot plot = new(least, top, 0, 1, 860, height) { Left = 150 };
        Markup content = Markup.Each(rows.Select((row, i) => (row, y: Plot.Top + (Row * (i + 0.5)))), at =>
        {
            TukeyBox box = TukeyBox.Of(at.row.Sorted);
            double first = box.FirstQuartile, middle = box.Median, third = box.ThirdQuartile, low = box.LowerWhisker, high = box.UpperWhisker;
            Markup dots = Markup.Each(box.Sorted.Select((value, i) => (value, i)), dot => Markup.Of($"""<circle class="dot small" cx="{plot.X(dot.value)}" cy="{at.y + (((dot.i * 7) % 5) - 2) * 4}" r="2.5"/>"""));
            return Markup.Of($"""
                <text class="row-name" x="{plot.Left - 10}" y="{at.y + 4}" text-anchor="end">{at.row.Name}</text>
                <path class="whisker" d="M{plot.X(low)} {at.y}H{plot.X(first)}M{plot.X(third)} {at.y}H{plot.X(high)}M{plot.X(low)} {at.y - 8}V{at.y + 8}M{plot.X(high)} {at.y - 8}V{at.y + 8}"/>
                <rect class="box" x="{plot.X(first)}" y="{at.y - 17}" width="{plot.X(third) - plot.X(first)}" height="34"/><path class="whisker" d="M{plot.X(middle)} {at.y - 17}V{at.y + 17}"/>{dots}
                """);
        });
        string description = string.Join("; ", rows.Select(row => string.Create(CultureInfo.InvariantCulture, $"{row.Name}: median {Quantile.Of(row.Sorted, 0.5):0.###}, middle half {Quantile.Of(row.Sorted, 0.25):0.###} to {Quantile.Of(row.Sorted, 0.75):0.###}, all {row.Sorted[0]:0.###} to {row.Sorted[^1]:0.###}")));
        return plot.Drawing(id, title, description, Markup.Of($"{plot.Axes(title, "", Plot.RoundTicks(least, top), [])}{content}"));
    }

    /// <summary>Pairs of true and predicted values, and the line on which they are equal.</summary>
    public static Markup Scatter(string id, string title, string nameX, string nameY, IReadOnlyList<(double Truth, double Predicted)> pairs)
    {
        (double low, double high) = Ends([.. pairs.SelectMany(pair => new[] { pair.Truth, pair.Predicted })]);
        Plot plot = new(low, high, low, high);
        IReadOnlyList<double> ticks = Plot.RoundTicks(low, high);
        return plot.Drawing(id, title, string.Create(CultureInfo.InvariantCulture, $"{pairs.Count} pairs from {low:0.##} to {high:0.##}."), Markup.Of($"""
            {plot.Axes(nameX, nameY, ticks, ticks, Format(ticks), Format(ticks))}
            <path class="chance" d="{plot.Path([(low, low), (high, high)])}"/>{Markup.Each(pairs, pair => Markup.Of($"""<circle class="dot" cx="{plot.X(pair.Truth)}" cy="{plot.Y(pair.Predicted)}" r="3.5"/>"""))}
            """));
    }

    /// <summary>Differences against means, with bias, limits of agreement and their intervals.</summary>
    public static Markup BlandAltman(string id, string title, string unit, IReadOnlyList<(double Truth, double Predicted)> pairs, double level)
    {
        BlandAltman agreement = Statistics.BlandAltman.Of([.. pairs.Select(pair => pair.Predicted - pair.Truth)], level);
        (double left, double right) = Ends([.. pairs.Select(pair => (pair.Truth + pair.Predicted) / 2)]);
        (double bottom, double top) = Ends([agreement.LowerInterval.Lower, agreement.UpperInterval.Upper, .. pairs.Select(pair => pair.Predicted - pair.Truth)]);
        Plot plot = new(left, right, bottom, top);
        string with = unit.Length > 0 ? $" ({unit})" : "";
        IReadOnlyList<double> ticksX = Plot.RoundTicks(left, right), ticksY = Plot.RoundTicks(bottom, top);
        Markup bands = Markup.Each([agreement.LowerInterval, agreement.BiasInterval, agreement.UpperInterval], interval =>
            Markup.Of($"""<path class="band" d="{plot.Path([(left, interval.Lower), (right, interval.Lower), (right, interval.Upper), (left, interval.Upper)])}Z"/>"""));
        Markup lines = Markup.Of($"""<path class="curve" d="{plot.Path([(left, agreement.Bias), (right, agreement.Bias)])}"/><path class="chance" d="{plot.Path([(left, agreement.LowerLimit), (right, agreement.LowerLimit)])}"/><path class="chance" d="{plot.Path([(left, agreement.UpperLimit), (right, agreement.UpperLimit)])}"/>""");
        return plot.Drawing(id, title, string.Create(CultureInfo.InvariantCulture, $"Bias {agreement.Bias:0.###}, limits of agreement {agreement.LowerLimit:0.###} to {agreement.UpperLimit:0.###}, {pairs.Count} pairs."), Markup.Of($"""
            {plot.Axes($"Mean of true and predicted{with}", $"Predicted − true{with}", ticksX, ticksY, Format(ticksX), Format(ticksY))}
            {bands}{lines}{Markup.Each(pairs, pair => Markup.Of($"""<circle class="dot" cx="{plot.X((pair.Truth + pair.Predicted) / 2)}" cy="{plot.Y(pair.Predicted - pair.Truth)}" r="3.5"/>"""))}
            """));
    }

    /// <summary>Ends of an axis with some room, also where all values are equal.</summary>
    private static (double Low, double High) Ends(double[] values)
    {
        double low = values.Min(), high = values.Max(), room = high > low ? 0.05 * (high - low) : Math.Max(Math.Abs(high), 1) * 0.1;
        return (low - room, high + room);
    }

    /// <summary>As many digits as neighbouring ticks need.</summary>
    private static string Format(IReadOnlyList<double> ticks) => ticks.Count > 1 && Math.Abs(ticks[1] - ticks[0]) < 0.01 ? "0.####" : "0.##";
}
