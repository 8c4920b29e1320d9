using MLNetScinti.Evaluation.Statistics;
using MLNetScinti.Imaging;

namespace MLNetScinti.Evaluation;

/// <summary>Several models judged on the same test cases, side by side, and whether their ranking is supported.</summary>
[TypeFormatterSource(typeof(ModelComparison))]
public sealed class ModelComparison
{
    private ModelComparison(IReadOnlyList<BinaryEvaluation> models, IReadOnlyList<ModelPair> pairs)
    {
        Models = models;
        Pairs = pairs;
    }

    /// <summary>The models, the largest area under the ROC curve first.</summary>
    public IReadOnlyList<BinaryEvaluation> Models { get; }

    /// <summary>Every pair of models, the better one first; p values are corrected after Holm for the number of pairs.</summary>
    public IReadOnlyList<ModelPair> Pairs { get; }

    /// <summary>Coverage of the intervals: the first model's.</summary>
    public double Level => Models[0].Options.Level;

    /// <summary>Whether the test supports a ranking, in words.</summary>
    public string Verdict => ComparisonVerdict.Ranking(this);

    /// <summary>
    /// What becomes of the verdict when several cases of one patient are not taken for independent; empty where each patient
    /// has one case.
    /// </summary>
    public string VerdictByPatient => ComparisonVerdict.ByPatient(this);

    /// <summary>What makes the tests bolder than they should be, in words; empty where nothing does.</summary>
    public string Caution => ComparisonVerdict.Caution(this);

    /// <summary>How a model differs from the one named, in words, with the paired test: "X is better than Y", or that this cannot be said.</summary>
    /// <exception cref="ArgumentException">One of the two was not compared, or both are the same.</exception>
    public string Between(string first, string second) => ComparisonVerdict.Between(this, first, second);

    /// <summary>Compares models that were evaluated on the same cases.</summary>
    /// <exception cref="ArgumentException">Fewer than two models, one name twice, other cases or other labels, or a class is absent.</exception>
    public static ModelComparison Of(IReadOnlyList<BinaryEvaluation> evaluations)
    {
        ArgumentNullException.ThrowIfNull(evaluations);
        if (evaluations.Count < 2)
        {
            throw new ArgumentException($"A comparison needs at least two models, there are {evaluations.Count}.", nameof(evaluations));
        }

        if (evaluations.GroupBy(one => one.Model, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw new ArgumentException($"Two models are called '{twice.Key}'; give each its own name.", nameof(evaluations));
        }

        if (evaluations[0].Test.MissingClass(evaluations[0].Options.Words) is { } missing)
        {
            throw new ArgumentException($"Models cannot be compared: {missing}.", nameof(evaluations));
        }

        TestScores cases = evaluations[0].Test;
        Dictionary<string, Aligned> aligned = evaluations.ToDictionary(one => one.Model, one => Align(one, evaluations[0]), StringComparer.Ordinal);
        BinaryEvaluation[] models = [.. evaluations.OrderByDescending(one => one.AreaUnderRoc.Value).ThenBy(one => one.Model, StringComparer.Ordinal)];
        List<ModelPair> pairs = [];
        for (int i = 0; i < models.Length; i++)
        {
            for (int j = i + 1; j < models.Length; j++)
            {
                Aligned first = aligned[models[i].Model], second = aligned[models[j].Model];
                AucComparison areas = DeLong.Compare(first.Probabilities, second.Probabilities, cases.Labels);
                AucComparison clustered = DeLong.CompareClustered(first.Probabilities, second.Probabilities, cases.Labels, cases.PatientOfCase);
                pairs.Add(new(models[i].Model, models[j].Model, areas, clustered, McNemar.Of(first.Correct, second.Correct), double.NaN, double.NaN));
            }
        }

        double[] adjusted = HolmCorrection.Adjust([.. pairs.Select(pair => pair.Areas.P)]);
        double[] byPatient = HolmCorrection.Adjust([.. pairs.Select(pair => pair.AreasByPatient.P)]);
        return new(models, [.. pairs.Select((pair, i) => pair with { AdjustedP = adjusted[i], AdjustedPByPatient = byPatient[i] })]);
    }

    private static Aligned Align(BinaryEvaluation evaluation, BinaryEvaluation reference)
    {
        Dictionary<string, ScoredCase> byId = evaluation.Test.Cases.ToDictionary(one => one.CaseId, StringComparer.Ordinal);
        if (byId.Count != reference.Test.Count)
        {
            throw new ArgumentException($"'{evaluation.Model}' was judged on {byId.Count} cases, '{reference.Model}' on {reference.Test.Count}: models are compared on the same cases.", nameof(evaluation));
        }

        ScoredCase[] cases = [.. reference.Test.Cases.Select(one =>
            !byId.TryGetValue(one.CaseId, out ScoredCase? same) ? throw new ArgumentException($"Case '{one.CaseId}' was judged by '{reference.Model}' but not by '{evaluation.Model}'.", nameof(evaluation))
            : same.Label != one.Label ? throw new ArgumentException($"Case '{one.CaseId}' has another label for '{evaluation.Model}' than for '{reference.Model}'.", nameof(evaluation))
            : same)];
        DecisionThreshold threshold = evaluation.OperatingPoint.Threshold;
        return new([.. cases.Select(one => (double)one.Probability)], [.. cases.Select(one => threshold.IsPositive(one.Probability) == one.Label)]);
    }

    private sealed record Aligned(double[] Probabilities, bool[] Correct);
}

/// <summary>Two models that scored the same cases, compared.</summary>
/// <param name="First">The first model's name.</param>
/// <param name="Second">The second model's name.</param>
/// <param name="Areas">DeLong's paired comparison of the areas under the ROC curves.</param>
/// <param name="AreasByPatient">The same, allowing for several cases of one patient.</param>
/// <param name="Errors">McNemar's comparison of what each called wrongly at its own threshold.</param>
/// <param name="AdjustedP">The p value of <paramref name="Areas"/> after Holm's correction for all pairs; not a number where it is undefined.</param>
/// <param name="AdjustedPByPatient">The same for <paramref name="AreasByPatient"/>.</param>
public sealed record ModelPair(string First, string Second, AucComparison Areas, AucComparison AreasByPatient, McNemar Errors, double AdjustedP, double AdjustedPByPatient)
{
    /// <summary>Whether the areas differ beyond what chance explains, at one in twenty, after the correction.</summary>
    public bool IsSupported => AdjustedP < 0.05;

    /// <summary>The same when several cases of one patient are not taken for independent.</summary>
    public bool IsSupportedByPatient => AdjustedPByPatient < 0.05;

    /// <summary>The interval of the difference that allows for several cases of one patient; not corrected for the number of pairs.</summary>
    public ConfidenceInterval IntervalByPatient(double level = 0.95) => AreasByPatient.IsAtBoundary
        ? AreasByPatient.Interval(level)
        : AreasByPatient.Interval(level) with { Method = "Obuchowski, paired" };
}
