using MLNetScinti.Evaluation.Statistics;

namespace MLNetScinti.Evaluation;

/// <summary>
/// Calibration by one number (Guo et al., ICML 2017): logits are divided by a temperature that was fitted on validation data.
/// The order of cases does not change, so neither do the ROC curve and its area.
/// </summary>
public sealed record TemperatureScaling
{
    private const double Coldest = 0.01, Hottest = 100;

    private TemperatureScaling(double temperature, double lossBefore, double lossAfter, bool isAtLimit)
    {
        Temperature = temperature;
        LossBefore = lossBefore;
        LossAfter = lossAfter;
        IsAtLimit = isAtLimit;
    }

    /// <summary>What logits are divided by: above 1 the model was too sure of itself, below 1 not sure enough.</summary>
    public double Temperature { get; }

    /// <summary>Log loss on the validation set as it was, in nats.</summary>
    public double LossBefore { get; }

    /// <summary>Log loss on the validation set after scaling, in nats.</summary>
    public double LossAfter { get; }

    /// <summary>Whether the fit ran into the limits of 0.01 or 100: the validation set is separated perfectly, or the scores tell nothing.</summary>
    public bool IsAtLimit { get; }

    /// <summary>Fits the temperature with the smallest log loss on validation data; scores are taken as logits.</summary>
    /// <exception cref="InvalidOperationException">The validation set lacks a class.</exception>
    public static TemperatureScaling Fit(ValidationScores validation)
    {
        ArgumentNullException.ThrowIfNull(validation);
        if (validation.MissingClass() is { } missing)
        {
            throw new InvalidOperationException($"No temperature can be fitted: {missing}.");
        }

        (double inverse, bool isAtLimit) = Solve(validation, null);
        return new(1 / inverse, Loss(validation, 1), Loss(validation, inverse), isAtLimit);
    }

    /// <summary>How far the fitted temperature would move with other validation patients: percentiles of the bootstrap by patient. Null where no bootstrap is asked for.</summary>
    public static ConfidenceInterval? Interval(ValidationScores validation, EvaluationOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(validation);
        options ??= new();
        PatientBootstrap bootstrap = new(validation.PatientOfCase, options.BootstrapReplicates, options.Seed);
        return bootstrap.Intervals([weights => HasBothClasses(validation, weights) ? 1 / Solve(validation, weights).Inverse : double.NaN], options.Level)[0];
    }

    private static bool HasBothClasses(ScoreSet set, int[] weights)
    {
        bool positive = false, negative = false;
        for (int i = 0; i < weights.Length; i++)
        {
            positive |= weights[i] > 0 && set.Labels[i];
            negative |= weights[i] > 0 && !set.Labels[i];
        }

        return positive && negative;
    }

    // The loss is convex in the inverse temperature: its slope has one zero, found by bisection to the last digit.
    private static (double Inverse, bool IsAtLimit) Solve(ScoreSet set, int[]? weights)
    {
        double low = 1 / Hottest, high = 1 / Coldest;
        if (Slope(set, weights, low) >= 0)
        {
            high = low;
        }
        else if (Slope(set, weights, high) <= 0)
        {
            low = high;
        }

        bool isAtLimit = low == high;
        for (int i = 0; i < 200 && high - low > 1e-15 * high; i++)
        {
            double middle = (low + high) / 2;
            (low, high) = Slope(set, weights, middle) < 0 ? (middle, high) : (low, middle);
        }

        return ((low + high) / 2, isAtLimit);
    }

    /// <summary>The calibrated probability of a logit.</summary>
    public float Probability(float score) => (float)(1 / (1 + Math.Exp(-score / Temperature)));

    /// <summary>Validation cases with calibrated scores and probabilities; the threshold is fitted on these.</summary>
    public ValidationScores Apply(ValidationScores validation)
    {
        ArgumentNullException.ThrowIfNull(validation);
        return new(validation.Cases.Select(Apply));
    }

    /// <summary>Test cases with calibrated scores and probabilities.</summary>
    public TestScores Apply(TestScores test)
    {
        ArgumentNullException.ThrowIfNull(test);
        return new(test.Cases.Select(Apply));
    }

    private ScoredCase Apply(ScoredCase one) => one with { Score = (float)(one.Score / Temperature), Probability = Probability(one.Score) };

    private static double Slope(ScoreSet set, int[]? weights, double inverse)
    {
        double sum = 0;
        for (int i = 0; i < set.Count; i++)
        {
            sum += (weights?[i] ?? 1) * set.Scores[i] * ((1 / (1 + Math.Exp(-inverse * set.Scores[i]))) - (set.Labels[i] ? 1 : 0));
        }

        return sum;
    }

    private static double Loss(ScoreSet set, double inverse)
    {
        double sum = 0;
        for (int i = 0; i < set.Count; i++)
        {
            sum += ProbabilityScores.LossOfLogit(inverse * set.Scores[i], set.Labels[i]);
        }

        return sum / set.Count;
    }
}

/// <summary>What temperature scaling, fitted on the validation data, does to the probabilities of the test cases. Calls and ranking stay as they are.</summary>
/// <param name="Scaling">The fitted temperature.</param>
/// <param name="TemperatureInterval">How far the temperature would move with other validation patients (bootstrap by patient); null where no bootstrap was asked for.</param>
/// <param name="FittedOnCases">Validation cases that it was fitted on.</param>
/// <param name="FittedOnPatients">Their patients.</param>
/// <param name="Before">Log loss, Brier score and expected calibration error of the test cases as they are.</param>
/// <param name="After">The same after scaling.</param>
/// <param name="Reliability">The reliability curve of the test cases after scaling.</param>
public sealed record CalibrationFigures(TemperatureScaling Scaling, ConfidenceInterval? TemperatureInterval, int FittedOnCases, int FittedOnPatients, IReadOnlyList<MetricEntry> Before, IReadOnlyList<MetricEntry> After, IReadOnlyList<ReliabilityBin> Reliability)
{
    /// <summary>
    /// Fits on validation data and judges on test data. Null where there is nothing to fit on (a class is absent), nothing to judge, or
    /// where the scores are not the logits of the probabilities, so that there is nothing to divide by a temperature.
    /// </summary>
    /// <exception cref="LeakedPatientException">A patient is in both sets.</exception>
    public static CalibrationFigures? Of(ValidationScores validation, TestScores test, EvaluationOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(validation);
        ArgumentNullException.ThrowIfNull(test);
        LeakedPatientException.ThrowIfShared(validation, test);
        options ??= new();
        if (validation.LacksClass || test.Count == 0 || !validation.HasLogits || !test.HasLogits)
        {
            return null;
        }

        TemperatureScaling scaling = TemperatureScaling.Fit(validation);
        TestScores scaled = scaling.Apply(test);
        return new(
            scaling,
            TemperatureScaling.Interval(validation, options),
            validation.Count,
            validation.PatientCount,
            RankingFigures.OfProbabilities(test, options),
            RankingFigures.OfProbabilities(scaled, options),
            ProbabilityScores.Reliability(scaled.Probabilities, scaled.Labels, options.CalibrationBins));
    }
}
