namespace MLNetScinti.Evaluation.Statistics;

/// <summary>What becomes of probabilities and predictive values where positive cases are more or less common than where a model learned.</summary>
public static class Prevalence
{
    /// <summary>
    /// A probability at another prevalence, as long as positive and negative cases look alike in both places (Saerens et al., Neural Computation
    /// 2002;14:21-41): logit(p) + logit(to) - logit(from).
    /// </summary>
    /// <param name="probability">0 to 1.</param>
    /// <param name="from">The prevalence that the probability was made for, between 0 and 1. A model trained with classes weighted to equal shares was made for one half.</param>
    /// <param name="to">The prevalence where it is used, between 0 and 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public static double Shift(double probability, double from, double to)
    {
        if (!(probability is >= 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(probability), probability, "A probability lies from 0 to 1.");
        }

        double positive = probability * MustBeInside(to) / MustBeInside(from), negative = (1 - probability) * (1 - to) / (1 - from);
        return positive / (positive + negative);
    }

    /// <summary>The share of cases called positive that are, by Bayes's theorem. Not a number where none is called positive.</summary>
    /// <inheritdoc cref="NegativePredictiveValue"/>
    public static double PositivePredictiveValue(double sensitivity, double specificity, double prevalence)
    {
        double right = sensitivity * MustBeInside(prevalence), wrong = (1 - specificity) * (1 - prevalence);
        return right / (right + wrong);
    }

    /// <summary>The share of cases called negative that are, by Bayes's theorem. Not a number where none is called negative.</summary>
    /// <param name="sensitivity">Share of positive cases called positive, 0 to 1.</param>
    /// <param name="specificity">Share of negative cases called negative, 0 to 1.</param>
    /// <param name="prevalence">Share of positive cases, between 0 and 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The prevalence is out of its range.</exception>
    public static double NegativePredictiveValue(double sensitivity, double specificity, double prevalence)
    {
        double right = specificity * (1 - MustBeInside(prevalence)), wrong = (1 - sensitivity) * prevalence;
        return right / (right + wrong);
    }

    /// <summary>
    /// The limits of a predictive value while sensitivity and specificity lie within their own limits, on the logit scale as if they were independent
    /// (Mercaldo, Lau and Zhou, Statistics in Medicine 2007;26:2170-2183, with each share's own interval in place of its standard error).
    /// </summary>
    internal static ConfidenceInterval Interval(Metric sensitivity, Metric specificity, double prevalence, bool positive)
    {
        ConfidenceInterval s = sensitivity.Interval!, t = specificity.Interval!;
        double value = Value(sensitivity.Value, specificity.Value), down = 0, up = 0;
        foreach ((double low, double high) in ((double, double)[])[
            (Value(s.Lower, specificity.Value), Value(s.Upper, specificity.Value)),
            (Value(sensitivity.Value, t.Lower), Value(sensitivity.Value, t.Upper))])
        {
            (down, up) = (down + Square(Logit(value) - Logit(low)), up + Square(Logit(high) - Logit(value)));
        }

        return new(Back(Logit(value) - Math.Sqrt(down)), Back(Logit(value) + Math.Sqrt(up)), "from the intervals of sensitivity and specificity", s.Level);

        double Value(double sens, double spec) => positive ? PositivePredictiveValue(sens, spec, prevalence) : NegativePredictiveValue(sens, spec, prevalence);

        // A share of exactly 0 or 1 has no logit: so near that it makes no difference to three digits.
        static double Logit(double p) => Math.Log(Math.Clamp(p, 1e-9, 1 - 1e-9) / (1 - Math.Clamp(p, 1e-9, 1 - 1e-9)));
        static double Back(double x) => 1 / (1 + Math.Exp(-x));
        static double Square(double x) => double.IsNaN(x) ? 0 : x * x;
    }

    private static double MustBeInside(double prevalence) => prevalence is > 0 and < 1
        ? prevalence
        : throw new ArgumentOutOfRangeException(nameof(prevalence), prevalence, "A prevalence lies between 0 and 1.");
}

/// <summary>
/// What acting on a model is worth (Vickers and Elkin, Medical Decision Making 2006;26:565-574): true alarms a case, less false alarms weighted by
/// the odds of the probability from which one would act. Beside it what acting on every case is worth; acting on none is worth 0.
/// </summary>
/// <param name="Threshold">The probability from which one acts, between 0 and 1.</param>
/// <param name="Model">Net benefit of acting where the model says so, in true alarms a case.</param>
/// <param name="All">Net benefit of acting on every case.</param>
public sealed record DecisionCurvePoint(double Threshold, double Model, double All)
{
    /// <summary>The curve at the given thresholds.</summary>
    /// <param name="probabilities">Probability of positive per case, 0 to 1.</param>
    /// <param name="labels">One label per case.</param>
    /// <param name="thresholds">Between 0 and 1.</param>
    /// <param name="prevalence">The share of positive cases to reckon with; null for that of the cases.</param>
    /// <exception cref="ArgumentException">Lengths differ, there is no case, or a class is absent where a prevalence is given.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A threshold or the prevalence does not lie between 0 and 1.</exception>
    public static IReadOnlyList<DecisionCurvePoint> Curve(ReadOnlySpan<double> probabilities, ReadOnlySpan<bool> labels, IReadOnlyList<double> thresholds, double? prevalence = null)
    {
        ArgumentNullException.ThrowIfNull(thresholds);
        BinarySample.CheckLengths(probabilities, labels);
        int positives = labels.Count(true), negatives = labels.Length - positives;
        if (labels.Length == 0 || (prevalence is not null && (positives == 0 || negatives == 0)))
        {
            throw new ArgumentException("A decision curve needs cases, and both classes where a prevalence is given.", nameof(labels));
        }

        double common = prevalence ?? ((double)positives / labels.Length);
        if (prevalence is not null and not (> 0 and < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(prevalence), prevalence, "A prevalence lies between 0 and 1.");
        }

        List<DecisionCurvePoint> points = [];
        foreach (double threshold in thresholds)
        {
            if (!(threshold is > 0 and < 1))
            {
                throw new ArgumentOutOfRangeException(nameof(thresholds), threshold, "A threshold of a decision curve lies between 0 and 1.");
            }

            int found = 0, alarms = 0;
            for (int i = 0; i < labels.Length; i++)
            {
                bool called = probabilities[i] >= threshold;
                (found, alarms) = (found + (called && labels[i] ? 1 : 0), alarms + (called && !labels[i] ? 1 : 0));
            }

            double odds = threshold / (1 - threshold);
            double right = positives == 0 ? 0 : common * found / positives, wrong = negatives == 0 ? 0 : (1 - common) * alarms / negatives;
            points.Add(new(threshold, right - (odds * wrong), common - (odds * (1 - common))));
        }

        return points;
    }
}
