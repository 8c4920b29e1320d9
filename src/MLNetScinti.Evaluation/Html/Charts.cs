using MLNetScinti.Evaluation.Reporting;
using MLNetScinti.Evaluation.Statistics;

namespace MLNetScinti.Evaluation.Html;

/// <summary>The drawings of the report, as inline SVG without script.</summary>
internal static class Charts
{
    private static readonly double[] s_quarters = [0, 0.25, 0.5, 0.75, 1];

    /// <summary>The ROC curve with its band, the point of the threshold and the point's intervals.</summary>
    public static Markup Roc(BinaryEvaluation evaluation, RocCurve roc)
    {
        Plot plot = Plot.Unit;
        string line = plot.Path(roc.WithoutIntermediatePoints().Points.Select(point => (point.FalsePositiveRate, point.Sensitivity)));
        string band = evaluation.RocBand is { Count: > 0 } limits
            ? plot.Path([.. limits.Select(at => (at.FalsePositiveRate, at.Upper)), .. limits.Reverse().Select(at => (at.FalsePositiveRate, at.Lower))]) + "Z"
            : "";
        ConfusionCounts counts = evaluation.OperatingPoint.Counts;
        double x = (double)counts.FalsePositives / counts.Negatives, y = (double)counts.TruePositives / counts.Positives;
        ConfidenceInterval sensitivity = evaluation.OperatingPoint.Sensitivity.Interval!, specificity = evaluation.OperatingPoint.Specificity.Interval!;
        Markup paper = evaluation.PaperProtocol is { } other
            ? Markup.Of($"""<circle class="paper-point" cx="{plot.X((double)other.Counts.FalsePositives / other.Counts.Negatives)}" cy="{plot.Y((double)other.Counts.TruePositives / other.Counts.Positives)}" r="7"/>""")
            : Markup.Empty;
        bool labelLeft = x > 0.55;
        Markup content = Markup.Of($"""
            {plot.Axes($"1 − specificity (false alarms among {evaluation.Options.Words.Negative})", "Sensitivity", s_quarters, s_quarters)}
            <path class="band" d="{band}"/>
            <path class="chance" d="{plot.Path([(0, 0), (1, 1)])}"/>
            <path class="curve" d="{line}"/>
            <path class="whisker" d="M{plot.X(x)} {plot.Y(sensitivity.Lower)}V{plot.Y(sensitivity.Upper)}M{plot.X(1 - specificity.Upper)} {plot.Y(y)}H{plot.X(1 - specificity.Lower)}"/>
            {paper}<circle class="point" cx="{plot.X(x)}" cy="{plot.Y(y)}" r="6"/>
            <text class="note" x="{plot.X(x) + (labelLeft ? -12 : 12)}" y="{plot.Y(y) + 22}" text-anchor="{(labelLeft ? "end" : "start")}">threshold {FigureText.Number(evaluation.OperatingPoint.Threshold.Value)}</text>
            <text class="note strong" x="{plot.X(0.98)}" y="{plot.Y(0.07)}" text-anchor="end">AUC {FigureText.Number(evaluation.AreaUnderRoc.Value)} ({FigureText.Interval(evaluation.AreaUnderRoc.Interval!, "–")})</text>
            """);
        return plot.Drawing("roc", "ROC curve", $"Area under the curve {evaluation.AreaUnderRoc}. At the threshold: sensitivity {evaluation.OperatingPoint.Sensitivity}, specificity {evaluation.OperatingPoint.Specificity}.", content);
    }

    /// <summary>The precision-recall curve, with the share of positive cases as the line of chance.</summary>
    public static Markup PrecisionRecall(BinaryEvaluation evaluation, PrecisionRecallCurve curve)
    {
        Plot plot = Plot.Unit;
        double share = (double)evaluation.Test.Positives / evaluation.Test.Count;
        List<(double, double)> points = [(0, curve.Points[0].Precision)];
        double before = 0;
        foreach (PrecisionRecallPoint point in curve.Points.Where(point => point.Recall > 0))
        {
            // Precision between two points is not defined: draw the steps that the average precision sums.
            if (point.Recall > before)
            {
                points.Add((before, point.Precision));
                points.Add((point.Recall, point.Precision));
                before = point.Recall;
            }
        }

        Metric average = evaluation.AveragePrecision;
        Markup content = Markup.Of($"""
            {plot.Axes("Recall (sensitivity)", "Precision (positive predictive value)", s_quarters, s_quarters)}
            <path class="chance" d="{plot.Path([(0, share), (1, share)])}"/>
            <path class="curve" d="{plot.Path(points)}"/>
            <text class="note strong" x="{plot.X(0.03)}" y="{plot.Y(0.07)}">Average precision {FigureText.Number(average.Value)}{(average.Interval is { } limits ? $" ({FigureText.Interval(limits, "–")})" : "")}</text>
            """);
        return plot.Drawing("pr", "Precision-recall curve", $"Average precision {average}; chance is {FigureText.Number(share)}.", content);
    }

    /// <summary>The reliability curve: observed shares against probabilities, with the number of cases in each bin.</summary>
    public static Markup Reliability(BinaryEvaluation evaluation, string id = "cal") =>
        Reliability(id, evaluation.Reliability, evaluation.CalibrationError, evaluation.Options, $"Observed share {evaluation.Options.Words.Positive}");

    /// <summary>The same for whatever the probabilities are of.</summary>
    public static Markup Reliability(string id, IReadOnlyList<ReliabilityBin> bins, Metric error, EvaluationOptions options, string nameY)
    {
        Plot plot = Plot.Unit;
        ReliabilityBin[] filled = [.. bins.Where(bin => bin.Cases > 0)];
        double most = filled.Max(bin => bin.Cases);
        Markup bars = Markup.Each(filled, bin => Markup.Of($"""<rect class="bar" x="{plot.X(bin.Lower) + 1}" width="{plot.X(bin.Upper) - plot.X(bin.Lower) - 2}" y="{plot.Y(0.22 * bin.Cases / most)}" height="{plot.Y(0) - plot.Y(0.22 * bin.Cases / most)}"><title>{FigureText.Cases(options, bin.Cases)}</title></rect>"""));
        Markup dots = Markup.Each(filled, bin =>
        {
            ConfidenceInterval interval = BinomialInterval.Wilson(bin.Positives, bin.Cases, options.Level);
            double x = plot.X(bin.MeanProbability);
            return Markup.Of($"""<path class="whisker thin" d="M{x} {plot.Y(interval.Lower)}V{plot.Y(interval.Upper)}"/><circle class="dot" cx="{x}" cy="{plot.Y(bin.Observed)}" r="4.5"/>""");
        });
        Markup content = Markup.Of($"""
            {plot.Axes("Probability given by the model", nameY, s_quarters, s_quarters)}
            {bars}<path class="chance" d="{plot.Path([(0, 0), (1, 1)])}"/>
            {dots}
            """);
        return plot.Drawing(id, "Reliability curve", $"Expected calibration error {error}. On the diagonal, probabilities mean what they say.", content);
    }

    /// <summary>Every case as a dot: its probability, its truth, and the side of the threshold it is on.</summary>
    public static Markup Strip(BinaryEvaluation evaluation)
    {
        const double Height = 190, Row = 62;
        Plot plot = new(0, 1, 0, 1, 860, Height) { Left = 74 };
        double threshold = evaluation.OperatingPoint.Threshold.Value;
        Markup content = Markup.Of($"""
            {plot.Axes($"Probability of {evaluation.Options.Words.Positive}", "", [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1], [])}
            <path class="threshold" d="M{plot.X(threshold)} {Plot.Top - 4}V{Height - Plot.Bottom}"/>
            <text class="note" x="{plot.X(threshold) + (threshold > 0.8 ? -7 : 7)}" y="{Plot.Top + 7}" text-anchor="{(threshold > 0.8 ? "end" : "start")}">threshold {FigureText.Number(threshold)}</text>
            {Dots(true, Plot.Top + (Row / 2) + 6)}{Dots(false, Plot.Top + Row + (Row / 2) + 4)}
            """);
        return plot.Drawing("strip", "Probability of every case", $"One dot per {evaluation.Options.Words.Case}; filled where called right, crossed where called wrongly. {FigureText.Cases(evaluation.Options, evaluation.Misjudged.Count)} called wrongly.", content);

        Markup Dots(bool positive, double middle)
        {
            ScoredCase[] cases = [.. evaluation.Test.Cases.Where(one => one.Label == positive).OrderBy(one => one.Probability)];
            double[] x = [.. cases.Select(one => plot.X(one.Probability))];
            double[] offsets = Spread(x, cases.Length > 200 ? 3 : 9, (Row / 2) - 6);
            double radius = cases.Length > 200 ? 2 : 4;
            Markup dots = Markup.Each(Enumerable.Range(0, cases.Length), i =>
            {
                bool right = evaluation.OperatingPoint.Threshold.IsPositive(cases[i]) == positive;
                double y = middle + offsets[i];
                string kind = positive ? "positive" : "negative";
                return right
                    ? Markup.Of($"""<circle class="case {kind}" cx="{x[i]}" cy="{y}" r="{radius}"/>""")
                    : Markup.Of($"""<path class="case wrong" d="M{x[i] - radius} {y - radius}l{2 * radius} {2 * radius}m0 {-2 * radius}l{-2 * radius} {2 * radius}"/>""");
            });
            return Markup.Of($"""<text class="row-name" x="{plot.Left - 10}" y="{middle + 4}" text-anchor="end">{evaluation.Options.Words.Class(positive)}</text>{dots}""");
        }
    }

    /// <summary>The losses epoch by epoch, and the epoch whose weights were kept.</summary>
    public static Markup History(TrainingHistory history)
    {
        TrainingEpoch[] epochs = [.. history.Epochs];
        double[] losses = [.. epochs.SelectMany(epoch => new[] { epoch.TrainingLoss, epoch.ValidationLoss ?? double.NaN }).Where(double.IsFinite)];
        double top = losses.Length == 0 ? 1 : Math.Max(losses.Max() * 1.05, 1e-6);
        double first = epochs[0].Epoch, last = Math.Max(epochs[^1].Epoch, first + 1);
        Plot plot = new(first, last, 0, top, 860, 320);
        Markup best = history.BestEpoch is { } kept
            ? Markup.Of($"""<path class="threshold" d="M{plot.X(kept)} {Plot.Top}V{320 - Plot.Bottom}"/><text class="note" x="{plot.X(kept) + (kept > (first + last) / 2 ? -7 : 7)}" y="{Plot.Top + 12}" text-anchor="{(kept > (first + last) / 2 ? "end" : "start")}">kept: epoch {kept}</text>""")
            : Markup.Empty;
        string training = plot.Path(epochs.Where(epoch => double.IsFinite(epoch.TrainingLoss)).Select(epoch => ((double)epoch.Epoch, epoch.TrainingLoss)));
        string validation = plot.Path(epochs.Where(epoch => epoch.ValidationLoss is { } loss && double.IsFinite(loss)).Select(epoch => ((double)epoch.Epoch, epoch.ValidationLoss!.Value)));
        Markup content = Markup.Of($"""
            {plot.Axes("Epoch", "Loss", [.. Plot.RoundTicks(first, last, 8).Where(tick => tick == Math.Floor(tick))], Plot.RoundTicks(0, top))}
            {best}<path class="curve" d="{training}"/><path class="curve second" d="{validation}"/>
            """);
        return plot.Drawing("history", "Losses during training", $"Training and validation loss over {FigureText.Of(epochs.Length, "epoch", "epochs")}.", content);
    }

    /// <summary>The models' areas with their intervals, one below the other.</summary>
    public static Markup Comparison(ModelComparison comparison)
    {
        const double Row = 34;
        double height = Plot.Top + Plot.Bottom + (Row * comparison.Models.Count);
        double lowest = Math.Floor(10 * comparison.Models.Min(model => Math.Min(0.5, model.AreaUnderRoc.Interval!.Lower))) / 10;
        Plot plot = new(lowest, 1, 0, 1, 860, height) { Left = 190 };
        Markup rows = Markup.Each(comparison.Models.Select((model, i) => (model, y: Plot.Top + (Row * (i + 0.5)))), row =>
        {
            ConfidenceInterval interval = row.model.AreaUnderRoc.Interval!;
            return Markup.Of($"""
                <text class="row-name" x="{plot.Left - 10}" y="{row.y + 4}" text-anchor="end">{row.model.Model}</text>
                <path class="whisker wide-bar" d="M{plot.X(interval.Lower)} {row.y}H{plot.X(interval.Upper)}"/><circle class="dot" cx="{plot.X(row.model.AreaUnderRoc.Value)}" cy="{row.y}" r="6"/>
                """);
        });
        Markup content = Markup.Of($"""{plot.Axes("Area under the ROC curve", "", Plot.RoundTicks(lowest, 1), [])}<path class="chance" d="M{plot.X(0.5)} {Plot.Top}V{height - Plot.Bottom}"/>{rows}""");
        return plot.Drawing("models", "Areas under the ROC curve of all models", string.Join("; ", comparison.Models.Select(model => $"{model.Model} {model.AreaUnderRoc}")), content);
    }

    /// <summary>A small bar from 0 to 1 (or -1 to 1) with the interval and the value.</summary>
    public static Markup Range(Metric metric)
    {
        if (!metric.TryGetValue(out double value) || metric.Interval is not { } interval || value > 1 || interval.Upper > 1 || interval.Lower < -1)
        {
            return Markup.Empty;
        }

        double from = interval.Lower < 0 || value < 0 ? -1 : 0;
        return Markup.Of($"""<svg class="range" viewBox="0 0 120 14" aria-hidden="true"><path class="range-axis" d="M2 7H118"/><path class="range-bar" d="M{At(interval.Lower)} 7H{At(interval.Upper)}"/><circle cx="{At(value)}" cy="7" r="4"/></svg>""");

        double At(double x) => 2 + (116 * (x - from) / (1 - from));
    }

    /// <summary>Offsets that keep dots apart: each takes the free place nearest to the middle. The same cases always lie the same.</summary>
    private static double[] Spread(double[] x, double diameter, double limit)
    {
        double[] offsets = new double[x.Length];
        for (int i = 0; i < x.Length; i++)
        {
            int steps = (int)(limit / diameter);
            for (int k = 0; k <= 2 * steps; k++)
            {
                double offset = (k % 2 == 1 ? 1 : -1) * ((k + 1) / 2) * diameter;
                offsets[i] = offset;
                if (IsFree(i, offset))
                {
                    break;
                }
            }
        }

        return offsets;

        bool IsFree(int i, double offset)
        {
            for (int j = i - 1; j >= 0 && x[i] - x[j] < diameter; j--)
            {
                double dx = x[i] - x[j], dy = offset - offsets[j];
                if ((dx * dx) + (dy * dy) < diameter * diameter * 0.98)
                {
                    return false;
                }
            }

            return true;
        }
    }
}
