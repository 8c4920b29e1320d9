namespace MLNetScinti.Evaluation.Statistics;

/// <summary>
/// Calibration in three numbers (Cox, Biometrika 1958;45:562-565; Van Calster et al., BMC Medicine 2019;17:230): truth by logistic regression on
/// the logits. Perfect probabilities have intercept 0, slope 1 and as many positive cases as they promise.
/// </summary>
/// <param name="InTheLarge">The intercept with the slope held at 1: above 0 there are more positive cases than promised. Not a number where a class is absent.</param>
/// <param name="Intercept">The intercept beside the slope.</param>
/// <param name="Slope">Below 1 the probabilities are too extreme, above 1 not extreme enough.</param>
/// <param name="Expected">The mean probability.</param>
/// <param name="Observed">The share of positive cases.</param>
public sealed record CalibrationLine(double InTheLarge, double Intercept, double Slope, double Expected, double Observed)
{
    /// <summary>Observed over expected: how many positive cases there are for each one promised.</summary>
    public double ObservedToExpected => Observed / Expected;

    /// <summary>Fits the line.</summary>
    /// <param name="logits">One logit per case.</param>
    /// <param name="labels">One label per case.</param>
    /// <param name="weights">How often each case counts; null for once each.</param>
    /// <exception cref="ArgumentException">Lengths differ, or a logit is not finite.</exception>
    /// <returns>The line; intercept and slope are not numbers where a class is absent or the logits separate the classes perfectly.</returns>
    public static CalibrationLine Of(ReadOnlySpan<double> logits, ReadOnlySpan<bool> labels, ReadOnlySpan<int> weights = default)
    {
        BinarySample.CheckLengths(logits, labels);
        double expected = 0, observed = 0, cases = 0;
        for (int i = 0; i < logits.Length; i++)
        {
            double weight = weights.IsEmpty ? 1 : weights[i];
            cases += weight;
            expected += weight * Sigmoid(logits[i]);
            observed += labels[i] ? weight : 0;
        }

        (expected, observed) = (expected / cases, observed / cases);
        if (!(observed is > 0 and < 1))
        {
            return new(double.NaN, double.NaN, double.NaN, expected, observed);
        }

        (double inTheLarge, _) = Fit(logits, labels, weights, withSlope: false);
        (double intercept, double slope) = Fit(logits, labels, weights, withSlope: true);
        return new(inTheLarge, intercept, slope, expected, observed);
    }

    // Newton's method: the loss is convex. A step that does not lower it is halved; without end where the classes are separated.
    private static (double Intercept, double Slope) Fit(ReadOnlySpan<double> x, ReadOnlySpan<bool> y, ReadOnlySpan<int> weights, bool withSlope)
    {
        double intercept = 0, slope = 1, loss = Loss(x, y, weights, intercept, slope);
        for (int iteration = 0; iteration < 100; iteration++)
        {
            double g0 = 0, g1 = 0, h00 = 0, h01 = 0, h11 = 0;
            for (int i = 0; i < x.Length; i++)
            {
                double weight = weights.IsEmpty ? 1 : weights[i], p = Sigmoid(intercept + (slope * x[i])), q = weight * p * (1 - p), excess = weight * (p - (y[i] ? 1 : 0));
                (g0, g1, h00, h01, h11) = (g0 + excess, g1 + (excess * x[i]), h00 + q, h01 + (q * x[i]), h11 + (q * x[i] * x[i]));
            }

            double determinant = (h00 * h11) - (h01 * h01);
            (double d0, double d1) = withSlope
                ? (((h11 * g0) - (h01 * g1)) / determinant, ((h00 * g1) - (h01 * g0)) / determinant)
                : (g0 / h00, 0);
            if (!double.IsFinite(d0) || !double.IsFinite(d1) || Math.Abs(slope) > 1e4)
            {
                return (double.NaN, double.NaN);
            }

            double step = 1, next = Loss(x, y, weights, intercept - d0, slope - d1);
            while (next > loss && step > 1e-10)
            {
                step /= 2;
                next = Loss(x, y, weights, intercept - (step * d0), slope - (step * d1));
            }

            (intercept, slope, loss) = (intercept - (step * d0), slope - (step * d1), Math.Min(loss, next));
            if (Math.Abs(d0) + Math.Abs(d1) < 1e-13 * (1 + Math.Abs(intercept) + Math.Abs(slope)))
            {
                return (intercept, slope);
            }
        }

        // What has no end after a hundred steps has none: the logits separate the classes. Otherwise the last digits only tremble.
        return loss < 1e-6 ? (double.NaN, double.NaN) : (intercept, slope);
    }

    private static double Loss(ReadOnlySpan<double> x, ReadOnlySpan<bool> y, ReadOnlySpan<int> weights, double intercept, double slope)
    {
        double sum = 0;
        for (int i = 0; i < x.Length; i++)
        {
            sum += (weights.IsEmpty ? 1 : weights[i]) * ProbabilityScores.LossOfLogit(intercept + (slope * x[i]), y[i]);
        }

        return sum;
    }

    private static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));
}
