using MLNetScinti.Evaluation.Statistics;
using MLNetScinti.Imaging;

namespace MLNetScinti.Evaluation;

/// <summary>
/// The evaluation of a model that tells two classes apart: figures on the test set, at a threshold that was fitted on
/// the validation set or given, with intervals and the numbers of cases and patients behind each.
/// </summary>
[TypeFormatterSource(typeof(BinaryEvaluation))]
public sealed record BinaryEvaluation : IEvaluation
{
    private BinaryEvaluation(EvaluationOptions options, TestScores test, OperatingPoint operatingPoint)
    {
        Options = options;
        Test = test;
        OperatingPoint = operatingPoint;
    }

    /// <summary>How it was made.</summary>
    public EvaluationOptions Options { get; }

    /// <summary>The model's name.</summary>
    public string Model => Options.Model;

    /// <summary>The cases judged.</summary>
    public TestScores Test { get; }

    /// <summary>The cases that the threshold was fitted on, where there were any.</summary>
    public ValidationScores? Validation { get; private init; }

    /// <summary>The figures at the threshold.</summary>
    public OperatingPoint OperatingPoint { get; }

    /// <summary>The figures at the threshold chosen on the test ROC curve, as in the paper: optimistic. Null where not asked for or not defined.</summary>
    public OperatingPoint? PaperProtocol { get; private init; }

    /// <summary>The figures that need no threshold, in the order of the report.</summary>
    public IReadOnlyList<MetricEntry> Ranking { get; private init; } = [];

    /// <summary>The area under the ROC curve with DeLong's interval.</summary>
    public Metric AreaUnderRoc => Ranking.Named(RankingFigures.AreaUnderRocKey);

    /// <summary>The average precision with its interval.</summary>
    public Metric AveragePrecision => Ranking.Named(RankingFigures.AveragePrecisionKey);

    /// <summary>The expected calibration error with its interval.</summary>
    public Metric CalibrationError => Ranking.Named(RankingFigures.CalibrationErrorKey);

    /// <summary>All figures in the order of the report: the area first, then those at the threshold, then the other ones that need none.</summary>
    public IReadOnlyList<MetricEntry> Figures => [Ranking.Entry(RankingFigures.AreaUnderRocKey), .. OperatingPoint.Metrics, .. Ranking.Where(entry => entry.Key != RankingFigures.AreaUnderRocKey)];

    /// <summary>The ROC curve with every threshold; null where a class is absent.</summary>
    public RocCurve? Roc { get; private init; }

    /// <summary>
    /// Limits of the sensitivity at each false positive rate, pointwise, by the bootstrap by patient; empty where a class is
    /// absent, the set is separated perfectly, or no bootstrap was asked for.
    /// </summary>
    public IReadOnlyList<RocBandPoint> RocBand { get; private init; } = [];

    /// <summary>The precision-recall curve; null where a class is absent.</summary>
    public PrecisionRecallCurve? PrecisionRecall { get; private init; }

    /// <summary>The reliability curve.</summary>
    public IReadOnlyList<ReliabilityBin> Reliability { get; private init; } = [];

    /// <summary>What temperature scaling fitted on the validation data does to the probabilities; null where it cannot be fitted.</summary>
    public CalibrationFigures? Calibration { get; private init; }

    /// <summary>What the probabilities are worth as risks; null where a class is absent.</summary>
    public RiskFigures? Risk { get; private init; }

    /// <summary>
    /// The same by patient, where patients have several cases: a patient is positive where any of its cases is, and is called so where any of
    /// them is called so; its probability is the largest of theirs. Null where each patient has one case.
    /// </summary>
    public BinaryEvaluation? ByPatient { get; private init; }

    /// <summary>The confusion table with the classes' names, positive first.</summary>
    internal ClassTable Table => new([Options.Words.Positive, Options.Words.Negative], OperatingPoint.Counts.ToTable());

    /// <summary>What ML.NET's own evaluator says about the test set.</summary>
    public required MLNetMetrics Stock { get; init; }

    /// <summary>The same figures for groups of cases, as far as something is known of the cases.</summary>
    public IReadOnlyList<Subgroup> Subgroups { get; private init; } = [];

    /// <summary>The wrongly called cases, the furthest from right first.</summary>
    public IReadOnlyList<MisjudgedCase> Misjudged { get; private init; } = [];

    /// <summary>Some rightly called cases to see beside the wrongly called: of each class the one that the model was surest of and those nearest to the threshold, at most four.</summary>
    public IReadOnlyList<ScoredCase> RightlyCalled => [.. ((bool[])[true, false]).SelectMany(label =>
    {
        ScoredCase[] right = [.. Test.Cases.Where(one => one.Label == label && OperatingPoint.Threshold.IsPositive(one) == label)
            .OrderByDescending(one => Math.Abs((double)one.Probability - OperatingPoint.Threshold.Value)).ThenBy(one => one.CaseId, StringComparer.Ordinal)];
        return right.Take(1).Concat(right.Skip(Math.Max(1, right.Length - 3)));
    })];

    /// <inheritdoc/>
    public string Task => "binary-classification";

    ICaseSet IEvaluation.Test => Test;

    ICaseSet? IEvaluation.Validation => Validation;

    IReadOnlyList<MLNetMetrics> IEvaluation.Stock => [Stock];

    /// <summary>Fits the threshold on the validation set and judges the test set with it.</summary>
    /// <exception cref="LeakedPatientException">A patient is in both sets.</exception>
    /// <exception cref="InvalidOperationException">The validation set lacks a class: no threshold can be fitted.</exception>
    public static BinaryEvaluation Of(ValidationScores validation, TestScores test, EvaluationOptions? options = null)
    {
        LeakedPatientException.ThrowIfShared(validation, test);
        return Make(validation, test, DecisionThreshold.FitYouden(validation), options);
    }

    /// <summary>Judges the test set with a threshold that was fitted before (it may be inside a model already).</summary>
    /// <exception cref="LeakedPatientException">A patient is in both sets.</exception>
    public static BinaryEvaluation Of(ValidationScores validation, TestScores test, DecisionThreshold threshold, EvaluationOptions? options = null)
    {
        LeakedPatientException.ThrowIfShared(validation, test);
        return Make(validation, test, threshold, options);
    }

    /// <summary>Judges a test set where there is no validation set.</summary>
    public static BinaryEvaluation Of(TestScores test, DecisionThreshold threshold, EvaluationOptions? options = null) =>
        Make(null, test, threshold, options);

    private static BinaryEvaluation Make(ValidationScores? validation, TestScores test, DecisionThreshold threshold, EvaluationOptions? options)
    {
        ArgumentNullException.ThrowIfNull(test);
        ArgumentNullException.ThrowIfNull(threshold);
        options ??= new();
        bool bothClasses = !test.LacksClass;
        RocCurve? roc = bothClasses ? RocCurve.Of(test.Probabilities, test.Labels) : null;
        OperatingPoint point = OperatingPoint.Of(test, threshold, options);
        return new(options, test, point.Marked(options.Mark))
        {
            Validation = validation,
            PaperProtocol = options.WithPaperProtocol && bothClasses ? OperatingPoint.Of(test, DecisionThreshold.OptimisticPaperProtocol(test), options).Marked(options.Mark) : null,
            Ranking = RankingFigures.Of(test, options).Marked(options.Mark),
            Roc = roc,
            RocBand = bothClasses ? RankingFigures.Band(test, options) : [],
            PrecisionRecall = roc is null ? null : PrecisionRecallCurve.Of(roc),
            Reliability = ProbabilityScores.Reliability(test.Probabilities, test.Labels, options.CalibrationBins),
            Calibration = validation is null ? null : CalibrationFigures.Of(validation, test, options),
            Risk = RiskFigures.Of(test, point, options)?.Marked(options.Mark),
            ByPatient = options.ByPatient && PatientVote.Any(test) is { } patients ? Make(null, patients, threshold, options.OfPatients()) : null,
            Stock = MLNetMetrics.Of(test, options.Words).Marked(options.Mark),
            Subgroups = [.. Subgroup.Of(test, threshold, options).Select(group => group with { Metrics = group.Metrics.Marked(options.Mark) })],
            Misjudged = [.. test.Cases
                .Where(one => threshold.IsPositive(one) != one.Label)
                .Select(one => new MisjudgedCase(one, one.Label, Math.Abs((double)one.Probability - threshold.Value)))
                .OrderByDescending(wrong => wrong.Distance)
                .ThenBy(wrong => wrong.Case.CaseId, StringComparer.Ordinal)],
        };
    }
}

/// <summary>A case that was called wrongly.</summary>
/// <param name="Case">The case.</param>
/// <param name="Missed">True for a positive case called negative, false for a false alarm.</param>
/// <param name="Distance">How far its probability is on the wrong side of the threshold.</param>
public sealed record MisjudgedCase(ScoredCase Case, bool Missed, double Distance);
