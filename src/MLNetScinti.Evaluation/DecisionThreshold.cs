using System.Globalization;
using MLNetScinti.Evaluation.Statistics;

namespace MLNetScinti.Evaluation;

/// <summary>
/// The probability from which a case is called positive. It is made by fitting on <see cref="ValidationScores"/>; the
/// two other ways are named for what they are.
/// </summary>
public sealed record DecisionThreshold
{
    /// <summary>What is done when several thresholds are equally good.</summary>
    public const string TieRule = "Among thresholds with the same Youden index the highest is taken (the fewest cases called positive).";

    private DecisionThreshold(float value, ThresholdProtocol protocol, string rule, int cases, int patients)
    {
        Value = value;
        Protocol = protocol;
        Rule = rule;
        FittedOnCases = cases;
        FittedOnPatients = patients;
    }

    /// <summary>A case is called positive when its probability is at least this.</summary>
    public float Value { get; }

    /// <summary>Where the threshold comes from.</summary>
    public ThresholdProtocol Protocol { get; }

    /// <summary>How it was chosen, in words.</summary>
    public string Rule { get; }

    /// <summary>The number of cases it was fitted on; 0 when it was given.</summary>
    public int FittedOnCases { get; }

    /// <summary>The number of patients it was fitted on; 0 when it was given.</summary>
    public int FittedOnPatients { get; }

    /// <summary>Whether test figures at this threshold are better than new patients would show, because the test set chose it.</summary>
    public bool IsOptimistic => Protocol == ThresholdProtocol.Paper;

    /// <summary>Fits a threshold on validation data by a rule.</summary>
    /// <param name="validation">The validation cases.</param>
    /// <param name="rule">How; null for <see cref="ThresholdRule.MiddleOfBest"/>.</param>
    /// <returns>The threshold; one half, given and not fitted, where the data support none: their cases are not ranked better than by chance.</returns>
    /// <exception cref="InvalidOperationException">The validation set lacks a class: there is nothing to fit.</exception>
    public static DecisionThreshold Fit(ValidationScores validation, ThresholdRule? rule = null)
    {
        ArgumentNullException.ThrowIfNull(validation);
        MustHaveBothClasses(validation);
        if (rule == ThresholdRule.HighestOfBest)
        {
            return FitYouden(validation);
        }

        RocCurve curve = RocCurve.Of(validation.Probabilities, validation.Labels);
        return curve.Area <= 0.5 || curve.BestYouden.YoudenNumerator <= 0
            ? Fixed(0.5f, string.Create(CultureInfo.InvariantCulture, $"The validation data support no threshold: their {validation.Count} cases are not ranked better than by chance (area under the ROC curve {curve.Area:0.000})."))
            : new((rule ??= ThresholdRule.MiddleOfBest).Choose(curve), ThresholdProtocol.Validation, rule.Words, validation.Count, validation.PatientCount);
    }

    /// <summary>
    /// Fits the threshold with the largest Youden index J = sensitivity + specificity - 1 on validation data. J is compared
    /// as the integer TP * negatives - FP * positives, so that ties are ties; <see cref="TieRule"/> settles them.
    /// </summary>
    /// <exception cref="InvalidOperationException">The validation set lacks a class: there is nothing to fit.</exception>
    public static DecisionThreshold FitYouden(ValidationScores validation)
    {
        ArgumentNullException.ThrowIfNull(validation);
        return new(Youden(validation), ThresholdProtocol.Validation, $"Largest Youden index on the validation set. {TieRule}", validation.Count, validation.PatientCount);
    }

    /// <summary>
    /// The same rule, applied to the <em>test</em> ROC curve, as many papers do. The figures it leads to are optimistic and every
    /// report says so. Only for comparison with such a paper.
    /// </summary>
    /// <exception cref="InvalidOperationException">The test set lacks a class.</exception>
    public static DecisionThreshold OptimisticPaperProtocol(TestScores test)
    {
        ArgumentNullException.ThrowIfNull(test);
        return new(Youden(test), ThresholdProtocol.Paper, $"Largest Youden index on the test set itself: optimistic. Papers that take an 'optimal' point of this curve often do not say by which rule; it need not be Youden's. {TieRule}", test.Count, test.PatientCount);
    }

    /// <summary>A threshold that was given and not fitted.</summary>
    /// <param name="value">Probability, 0 to 1.</param>
    /// <param name="reason">Why this one, in words, for the report.</param>
    /// <exception cref="ArgumentOutOfRangeException">The value is no probability.</exception>
    public static DecisionThreshold Fixed(float value, string reason = "Given beforehand.")
    {
        if (!(value >= 0 && value <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(value), value, "A threshold is a probability from 0 to 1.");
        }

        return new(value, ThresholdProtocol.Fixed, reason, 0, 0);
    }

    /// <summary>A threshold as it was kept with a model, with what was kept of where it comes from.</summary>
    /// <param name="value">Probability, 0 to 1.</param>
    /// <param name="protocol">Where it comes from.</param>
    /// <param name="rule">How it was chosen, in words.</param>
    /// <param name="cases">The number of cases it was fitted on; 0 when it was given.</param>
    /// <param name="patients">The number of patients it was fitted on; 0 when it was given.</param>
    /// <exception cref="ArgumentOutOfRangeException">The value is no probability.</exception>
    public static DecisionThreshold Kept(float value, ThresholdProtocol protocol, string rule, int cases, int patients) => value >= 0 && value <= 1
        ? new(value, protocol, rule, cases, patients)
        : throw new ArgumentOutOfRangeException(nameof(value), value, "A threshold is a probability from 0 to 1.");

    /// <summary>Whether each case was called by the threshold of its own model, and says so: see <see cref="OfEach"/>.</summary>
    internal bool IsByCase { get; private init; }

    /// <summary>
    /// The thresholds of several models that each judged other cases, as the folds of a cross-validation do: a case is called as its own
    /// model called it (<see cref="ScoredCase.Decision"/>). The value is their mean, and calls nothing.
    /// </summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static DecisionThreshold OfEach(IReadOnlyList<DecisionThreshold> thresholds)
    {
        ArgumentNullException.ThrowIfNull(thresholds);
        if (thresholds.Count == 0)
        {
            throw new ArgumentException("There is no threshold.", nameof(thresholds));
        }

        string each = string.Join(", ", thresholds.Select(one => one.Value.ToString("0.###", CultureInfo.InvariantCulture)));
        return new(
            thresholds.Average(one => one.Value),
            thresholds.Any(one => one.IsOptimistic) ? ThresholdProtocol.Paper : thresholds.All(one => one.Protocol == ThresholdProtocol.Validation) ? ThresholdProtocol.Validation : ThresholdProtocol.Fixed,
            $"Each case is called at the threshold of the model that judged it ({each}); the value given is their mean.",
            thresholds.Sum(one => one.FittedOnCases),
            thresholds.Sum(one => one.FittedOnPatients))
        { IsByCase = true };
    }

    /// <summary>
    /// A threshold that is one part of a rule which knows more than this one probability: a case is called as the rule called it
    /// (<see cref="ScoredCase.Decision"/>).
    /// </summary>
    /// <param name="threshold">The threshold.</param>
    /// <param name="rule">The whole rule, in words.</param>
    public static DecisionThreshold ByCase(DecisionThreshold threshold, string rule)
    {
        ArgumentNullException.ThrowIfNull(threshold);
        return new(threshold.Value, threshold.Protocol, $"{rule} {threshold.Rule}", threshold.FittedOnCases, threshold.FittedOnPatients) { IsByCase = true };
    }

    /// <summary>Whether a case is called positive.</summary>
    internal bool IsPositive(ScoredCase one) => IsByCase && one.Decision is { } called ? called : IsPositive(one.Probability);

    /// <summary>Whether a case with this probability is called positive.</summary>
    public bool IsPositive(float probability) => probability >= Value;

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Value:0.####} ({Protocol})");

    private static float Youden(ScoreSet set)
    {
        MustHaveBothClasses(set);
        return (float)RocCurve.Of(set.Probabilities, set.Labels).BestYouden.Threshold;
    }

    private static void MustHaveBothClasses(ScoreSet set)
    {
        if (set.MissingClass() is { } missing)
        {
            throw new InvalidOperationException($"No threshold can be fitted: {missing}. Give one with DecisionThreshold.Fixed, or use a larger {set.Name} set.");
        }
    }
}

/// <summary>Where a decision threshold comes from.</summary>
public enum ThresholdProtocol
{
    /// <summary>Fitted on validation data: the only protocol whose test figures mean what they say.</summary>
    Validation,

    /// <summary>Given beforehand, by a user or an earlier model.</summary>
    Fixed,

    /// <summary>Chosen on the test ROC curve, as many papers do: makes the test figures optimistic.</summary>
    Paper,
}
