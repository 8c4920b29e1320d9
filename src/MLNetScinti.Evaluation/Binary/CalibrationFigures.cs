using MLNetScinti.Evaluation.Statistics;

namespace MLNetScinti.Evaluation;

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
    /// <summary>How far a probability may be from the sigmoid of its score, for the score to be taken as its logit.</summary>
    private const double Rounding = 1e-3;

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
        if (validation.MissingClass is not null || test.Count == 0 || !validation.Cases.Concat(test.Cases).All(IsLogit))
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

    private static bool IsLogit(ScoredCase one) => Math.Abs(one.Probability - (1 / (1 + Math.Exp(-one.Score)))) < Rounding;
}
