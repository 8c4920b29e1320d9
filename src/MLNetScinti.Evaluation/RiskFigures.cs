using MLNetScinti.Evaluation.Statistics;

namespace MLNetScinti.Evaluation;

/// <summary>
/// What probabilities are worth as risks: whether as many cases are positive as they promise, what becomes of that and of the predictive
/// values where positive cases are more or less common than in the test set, and what acting on them is worth.
/// </summary>
/// <param name="Line">Observed over expected, calibration in the large, intercept and slope on the test cases as they are.</param>
/// <param name="Prevalences">The figures by the share of positive cases, in ascending order: the test set's, the cohort's, those stated.</param>
/// <param name="Curve">Net benefit at thresholds from 0.01 to 0.99, at <paramref name="CurvePrevalence"/>.</param>
/// <param name="CurvePrevalence">The cohort's share of positive cases where it is known, else the test set's.</param>
public sealed record RiskFigures(IReadOnlyList<MetricEntry> Line, IReadOnlyList<RiskAtPrevalence> Prevalences, IReadOnlyList<DecisionCurvePoint> Curve, double CurvePrevalence)
{
    internal const string ObservedToExpectedKey = "observedToExpected", InTheLargeKey = "calibrationInTheLarge", InterceptKey = "calibrationIntercept", SlopeKey = "calibrationSlope";

    private static readonly double[] s_thresholds = [.. Enumerable.Range(1, 99).Select(percent => percent / 100.0)];

    /// <summary>Positive cases for each one promised, in the test set as it is.</summary>
    public Metric ObservedToExpected => Line.Named(ObservedToExpectedKey);

    /// <summary>The slope of the truth's log-odds on the probabilities': below 1 these are too extreme.</summary>
    public Metric Slope => Line.Named(SlopeKey);

    /// <summary>The row of the cohort's prevalence; null where it is not known.</summary>
    public RiskAtPrevalence? Cohort => Prevalences.FirstOrDefault(row => row.Kind == PrevalenceKind.Cohort);

    /// <summary>Judges the probabilities of a test set that has both classes; null for one that has not.</summary>
    /// <param name="test">The test cases.</param>
    /// <param name="point">The figures at the threshold, whose intervals those of the predictive values come from.</param>
    /// <param name="options">Level, replicates, seed, prevalences.</param>
    /// <exception cref="ArgumentOutOfRangeException">A prevalence of the options does not lie between 0 and 1.</exception>
    public static RiskFigures? Of(ScoreSet test, OperatingPoint point, EvaluationOptions options)
    {
        ArgumentNullException.ThrowIfNull(test);
        ArgumentNullException.ThrowIfNull(point);
        ArgumentNullException.ThrowIfNull(options);
        if (test.LacksClass)
        {
            return null;
        }

        double[] logits = test.HasLogits ? test.Scores : [.. test.Probabilities.Select(Logit)];
        double own = (double)test.Positives / test.Count;
        (PrevalenceKind Kind, double Value)[] rows =
        [
            (PrevalenceKind.Test, own),
            .. options.CohortPrevalence is { } cohort ? ((PrevalenceKind, double)[])[(PrevalenceKind.Cohort, cohort)] : [],
            .. options.Prevalences.Select(stated => (PrevalenceKind.Stated, stated)),
        ];
        rows = [.. rows.OrderBy(row => row.Value).ThenBy(row => row.Kind)];
        double[][] shifted = [.. rows.Select(row => Shifted(test, options, row.Value))];

        const int OfLine = 4;
        void Compute(int[] weights, double[] values)
        {
            CalibrationLine line = CalibrationLine.Of(logits, test.Labels, weights);
            (values[0], values[1], values[2], values[3]) = (line.ObservedToExpected, line.InTheLarge, line.Intercept, line.Slope);
            for (int row = 0; row < rows.Length; row++)
            {
                values[OfLine + (2 * row)] = ObservedToExpectedAt(rows[row].Value, test.Probabilities, test.Labels, weights);
                values[OfLine + (2 * row) + 1] = ObservedToExpectedAt(rows[row].Value, shifted[row], test.Labels, weights);
            }
        }

        double[] found = new double[OfLine + (2 * rows.Length)];
        int[] once = new int[test.Count];
        Array.Fill(once, 1);
        Compute(once, found);
        PatientBootstrap bootstrap = new(test.PatientOfCase, options.BootstrapReplicates, options.Seed);
        IReadOnlyList<ConfidenceInterval?> limits = bootstrap.Intervals(found.Length, Compute, options.Level);
        Metric At(int i) => double.IsFinite(found[i])
            ? Metric.Of(found[i], test.Count, test.PatientCount, limits[i])
            : Metric.Undefined("the scores separate the classes perfectly", test.Count, test.PatientCount);

        TaskWords words = options.Words;
        MetricEntry[] entries =
        [
            new(ObservedToExpectedKey, "Observed over expected", $"{Capital(words.Positive)} {words.Cases} for each one that the probabilities promise: 1 is perfect, below 1 they promise too many.", At(0)) { HasOpenScale = true },
            new(InTheLargeKey, "Calibration in the large", $"The same on the scale of log-odds, the slope held at 1: 0 is perfect, below 0 they promise too many {words.Positive} {words.Cases}.", At(1)) { HasOpenScale = true },
            new(InterceptKey, "Calibration intercept", "The intercept of the line through the log-odds, beside its slope: 0 is perfect.", At(2)) { HasOpenScale = true },
            new(SlopeKey, "Calibration slope", "The slope of that line: 1 is perfect, below 1 the probabilities are too extreme, above 1 not extreme enough.", At(3)) { HasOpenScale = true },
        ];
        double at = options.CohortPrevalence ?? own;
        return new(
            entries,
            [.. rows.Select((row, i) => new RiskAtPrevalence(
                row.Kind,
                row.Value,
                Predictive(point, row.Value, options, positive: true),
                Predictive(point, row.Value, options, positive: false),
                At(OfLine + (2 * i)),
                options.TrainedPrevalence is null ? null : At(OfLine + (2 * i) + 1)))],
            DecisionCurvePoint.Curve(Shifted(test, options, at), test.Labels, s_thresholds, at),
            at);
    }

    internal RiskFigures Marked(string mark) => mark.Length == 0 ? this : this with
    {
        Line = Line.Marked(mark),
        Prevalences = [.. Prevalences.Select(row => row with
        {
            PositivePredictiveValue = row.PositivePredictiveValue with { Mark = mark },
            NegativePredictiveValue = row.NegativePredictiveValue with { Mark = mark },
            ObservedToExpected = row.ObservedToExpected with { Mark = mark },
            ObservedToExpectedAfterShift = row.ObservedToExpectedAfterShift is { } after ? after with { Mark = mark } : null,
        })],
    };

    private static double[] Shifted(ScoreSet test, EvaluationOptions options, double prevalence) => options.TrainedPrevalence is { } from
        ? [.. test.Probabilities.Select(probability => Prevalence.Shift(probability, from, prevalence))]
        : test.Probabilities;

    private static Metric Predictive(OperatingPoint point, double prevalence, EvaluationOptions options, bool positive)
    {
        double sensitivity = point.Sensitivity.Value, specificity = point.Specificity.Value;
        double value = positive ? Prevalence.PositivePredictiveValue(sensitivity, specificity, prevalence) : Prevalence.NegativePredictiveValue(sensitivity, specificity, prevalence);
        return double.IsFinite(value)
            ? Metric.Of(value, point.Counts.Total, Math.Max(point.Sensitivity.Patients, point.Specificity.Patients), Prevalence.Interval(point.Sensitivity, point.Specificity, prevalence, positive))
            : Metric.Undefined($"no case was called {options.Words.Class(positive)}", point.Counts.Total);
    }

    // Positive and negative cases keep what they were given; only how many there are of each changes.
    private static double ObservedToExpectedAt(double prevalence, double[] probabilities, bool[] labels, int[] weights)
    {
        double positive = 0, negative = 0, positives = 0, negatives = 0;
        for (int i = 0; i < labels.Length; i++)
        {
            if (labels[i])
            {
                (positive, positives) = (positive + (weights[i] * probabilities[i]), positives + weights[i]);
            }
            else
            {
                (negative, negatives) = (negative + (weights[i] * probabilities[i]), negatives + weights[i]);
            }
        }

        return prevalence / ((prevalence * positive / positives) + ((1 - prevalence) * negative / negatives));
    }

    // Probabilities of 0 and 1 have no finite log-odds; the nearest numbers of single precision do.
    private static double Logit(double probability)
    {
        double p = Math.Clamp(probability, 1e-7, 1 - 1e-7);
        return Math.Log(p / (1 - p));
    }

    private static string Capital(string word) => word.Length == 0 ? word : char.ToUpperInvariant(word[0]) + word[1..];
}

/// <summary>Figures where a share of the cases is positive, as long as positive and negative cases look as they do in the test set.</summary>
/// <param name="Kind">Whose share it is.</param>
/// <param name="Prevalence">The share of positive cases, between 0 and 1.</param>
/// <param name="PositivePredictiveValue">By Bayes's theorem from sensitivity and specificity.</param>
/// <param name="NegativePredictiveValue">By Bayes's theorem from sensitivity and specificity.</param>
/// <param name="ObservedToExpected">Positive cases for each one that the probabilities promise, as they are.</param>
/// <param name="ObservedToExpectedAfterShift">The same with the probabilities taken to this prevalence (prior shift) from that which the training made them for; null where that is not known.</param>
public sealed record RiskAtPrevalence(PrevalenceKind Kind, double Prevalence, Metric PositivePredictiveValue, Metric NegativePredictiveValue, Metric ObservedToExpected, Metric? ObservedToExpectedAfterShift);

/// <summary>Whose share of positive cases a prevalence is.</summary>
public enum PrevalenceKind
{
    /// <summary>That of the test set, which may have been balanced.</summary>
    Test,

    /// <summary>That of all labelled cases, before any balancing.</summary>
    Cohort,

    /// <summary>One that was stated.</summary>
    Stated,
}
