using MLNetScinti.Evaluation.Statistics;

namespace MLNetScinti.Evaluation;

/// <summary>The figures of a set that need no threshold: how well cases are ranked, and how good the probabilities are.</summary>
internal static class RankingFigures
{
    public const string AreaUnderRocKey = "areaUnderRoc", AveragePrecisionKey = "averagePrecision", CalibrationErrorKey = "expectedCalibrationError";

    public static IReadOnlyList<MetricEntry> Of(ScoreSet set, EvaluationOptions options)
    {
        PatientBootstrap bootstrap = new(set.PatientOfCase, options.BootstrapReplicates, options.Seed);
        WeightedRanking ranking = new(set.Ranks, set.Labels);
        IReadOnlyList<ConfidenceInterval?> resampled = bootstrap.Intervals([ranking.Area, ranking.AveragePrecision], options.Level);
        return
        [
            new(AreaUnderRocKey, "Area under the ROC curve", $"The chance that a case that is {options.Words.Positive} gets a higher probability than one that is {options.Words.Negative}: 0.5 is chance, 1 is perfect.", Area(set, options, resampled[0])),
            new(AveragePrecisionKey, "Average precision", $"The area under the precision-recall curve; chance is the share of {options.Words.Positive} cases.", AveragePrecision(set, options, resampled[1])),
            .. OfProbabilities(set, options),
        ];
    }

    /// <summary>The area under the ROC curve alone.</summary>
    public static Metric AreaUnderRoc(ScoreSet set, EvaluationOptions options) => Area(set, options, null);

    /// <summary>The figures that judge the probabilities themselves: log loss, Brier score, expected calibration error.</summary>
    public static IReadOnlyList<MetricEntry> OfProbabilities(ScoreSet set, EvaluationOptions options)
    {
        PatientBootstrap bootstrap = new(set.PatientOfCase, options.BootstrapReplicates, options.Seed);
        IReadOnlyList<ConfidenceInterval?> resampled = bootstrap.Intervals(
            [
                weights => WeightedMean(set, weights, i => LossOf(set, i)),
                weights => WeightedMean(set, weights, i => ProbabilityScores.Squared(set.Probabilities[i], set.Labels[i])),
                weights => WeightedCalibrationError(set, weights, options.CalibrationBins),
            ],
            options.Level);
        return
        [
            new("logLoss", "Log loss (nats)", "The mean surprise at the truth: 0 is perfect, 0.693 is a coin.", Loss(set, options, resampled[0])) { HasOpenScale = true },
            new("brier", "Brier score", "The mean squared error of the probabilities: 0 is perfect, 0.25 is a coin.", Plain(set, options, resampled[1], () => ProbabilityScores.Brier(set.Probabilities, set.Labels))),
            new(CalibrationErrorKey, "Expected calibration error", CalibrationMeaning(options.CalibrationBins), Plain(set, options, resampled[2], () => ProbabilityScores.ExpectedCalibrationError(ProbabilityScores.Reliability(set.Probabilities, set.Labels, options.CalibrationBins)))),
        ];
    }

    /// <summary>Pointwise limits of the ROC curve at fifty steps; none where the set is separated perfectly, in every draw alike.</summary>
    public static IReadOnlyList<RocBandPoint> Band(ScoreSet set, EvaluationOptions options)
    {
        const int Steps = 50;
        if (RocCurve.Of(set.Ranks, set.Labels).Area is 0 or 1)
        {
            return [];
        }

        PatientBootstrap bootstrap = new(set.PatientOfCase, options.BootstrapReplicates, options.Seed);
        WeightedRanking ranking = new(set.Ranks, set.Labels);
        IReadOnlyList<ConfidenceInterval?> limits = bootstrap.Intervals(Steps + 1, ranking.Sensitivities, options.Level);
        return [.. limits.Select((interval, k) => (interval, k)).Where(at => at.interval is not null)
            .Select(at => new RocBandPoint((double)at.k / Steps, at.interval!.Lower, at.interval.Upper))];
    }

    private static string CalibrationMeaning(int bins) =>
        $"How far probabilities are from observed shares, on average over {bins} equally wide bins [a, b), the last one closed. Biased upwards in small sets.";

    private static Metric Area(ScoreSet set, EvaluationOptions options, ConfidenceInterval? resampled)
    {
        if (set.MissingClass(options.Words) is { } missing)
        {
            return Metric.Undefined(missing, set.Count, set.PatientCount);
        }

        AucEstimate estimate = DeLong.Estimate(set.Ranks, set.Labels);
        ConfidenceInterval independent = estimate.Interval(options.Level), byPatient = ByPatient(DeLong.EstimateClustered(set.Ranks, set.Labels, set.PatientOfCase), options.Level);
        // Where each patient has one case both allow for the same; the first name is then the better known one.
        (ConfidenceInterval headline, ConfidenceInterval other) = set.PatientCount < set.Count ? (byPatient, independent) : (independent, byPatient);
        List<ConfidenceInterval> further = [other];

        if (double.IsFinite(estimate.Variance))
        {
            further.Add(estimate.Wald(options.Level));
        }

        if (resampled is not null)
        {
            further.Add(resampled);
        }

        return Metric.Of(estimate.Area, set.Count, set.PatientCount, headline) with { FurtherIntervals = further };
    }

    /// <summary>The interval of an area that does not take cases of one patient for independent.</summary>
    public static ConfidenceInterval ByPatient(AucEstimate clustered, double level)
    {
        ConfidenceInterval interval = clustered.Interval(level);
        return interval with { Method = clustered.IsAtBoundary ? $"{interval.Method}, patients counted" : "Obuchowski (cases clustered in patients), logit" };
    }

    private static Metric AveragePrecision(ScoreSet set, EvaluationOptions options, ConfidenceInterval? resampled) => set.MissingClass(options.Words) is { } missing
        ? Metric.Undefined(missing, set.Count, set.PatientCount)
        : Metric.Of(PrecisionRecallCurve.Of(RocCurve.Of(set.Ranks, set.Labels)).AveragePrecision, set.Count, set.PatientCount, resampled is { HasWidth: true } ? resampled : null);

    private static Metric Loss(ScoreSet set, EvaluationOptions options, ConfidenceInterval? resampled)
    {
        if (set.Count == 0)
        {
            return Metric.Undefined(set.MissingClass(options.Words)!, 0, 0);
        }

        double loss = Enumerable.Range(0, set.Count).Sum(i => LossOf(set, i)) / set.Count;
        return double.IsFinite(loss)
            ? Metric.Of(loss, set.Count, set.PatientCount, resampled)
            : Metric.Undefined("a case was given the probability 0 for what it is, so the loss is infinite", set.Count, set.PatientCount);
    }

    private static Metric Plain(ScoreSet set, EvaluationOptions options, ConfidenceInterval? resampled, Func<double> compute) => set.Count == 0
        ? Metric.Undefined(set.MissingClass(options.Words)!, 0, 0)
        : Metric.Of(compute(), set.Count, set.PatientCount, resampled);

    // A probability that is nearly 0 has lost its digits to rounding, or is 0: the logit still has them.
    private static double LossOf(ScoreSet set, int i) => set.HasLogits && Math.Abs(set.Probabilities[i] - (set.Labels[i] ? 0 : 1)) < 1e-5
        ? ProbabilityScores.LossOfLogit(set.Scores[i], set.Labels[i])
        : -ProbabilityScores.LogOfTruth(set.Probabilities[i], set.Labels[i]);

    private static double WeightedMean(ScoreSet set, int[] weights, Func<int, double> loss)
    {
        double sum = 0, count = 0;
        for (int i = 0; i < weights.Length; i++)
        {
            if (weights[i] > 0)
            {
                sum += weights[i] * loss(i);
                count += weights[i];
            }
        }

        return sum / count;
    }

    private static double WeightedCalibrationError(ScoreSet set, int[] weights, int bins)
    {
        double[] difference = new double[bins];
        double count = 0;
        for (int i = 0; i < weights.Length; i++)
        {
            int bin = ProbabilityScores.BinOf(set.Probabilities[i], bins, BinEdges.LeftClosed);
            difference[bin] += weights[i] * (set.Probabilities[i] - (set.Labels[i] ? 1 : 0));
            count += weights[i];
        }

        return difference.Sum(Math.Abs) / count;
    }
}
