using MLNetScinti.Evaluation.Statistics;
using MLNetScinti.Imaging;

namespace MLNetScinti.Evaluation;

/// <summary>Several models that drew masks of the same cases, compared in pairs: each label and measure with Wilcoxon's and Student's paired tests.</summary>
[TypeFormatterSource(typeof(SegmentationComparison))]
public sealed class SegmentationComparison
{
    private static readonly MaskMeasure[] s_measures = [MaskMeasure.Dice, MaskMeasure.Hausdorff95, MaskMeasure.VolumeDifference];

    private SegmentationComparison(IReadOnlyList<SegmentationEvaluation> models, IReadOnlyList<MaskPair> pairs, PrimaryContrast? primary) => (Models, Pairs, Primary) = (models, pairs, primary);

    /// <summary>The contrast that was named beforehand; null where none was.</summary>
    public PrimaryContrast? Primary { get; }

    /// <summary>What the test says of the contrast that was named beforehand, in words; empty where none was.</summary>
    public string PrimaryVerdict
    {
        get
        {
            MaskPair[] own = [.. Pairs.Where(pair => pair.IsPrimary && pair.Key == MaskMeasure.Dice.Key)];
            string each = string.Join("; ", own.Select(pair => $"{pair.Label}: {(pair.IsSupported ? $"{(pair.Median > 0 ? pair.First : pair.Second)} overlaps better" : "cannot be told apart")} (p {(double.IsNaN(pair.AdjustedP) ? "undefined" : pair.AdjustedP.ToString("F3", System.Globalization.CultureInfo.InvariantCulture))})"));
            return own.Length == 0 ? "" : $"The primary contrast, named beforehand, is {Primary}. By Dice coefficients, {each}; corrected {(own.Length == 1 ? "for nothing" : "for its own labels alone")}.";
        }
    }

    /// <summary>The models, the largest mean Dice coefficient first.</summary>
    public IReadOnlyList<SegmentationEvaluation> Models { get; }

    /// <summary>Every pair of models with every label and measure; p values are corrected after Holm among the pairs and labels of one measure.</summary>
    public IReadOnlyList<MaskPair> Pairs { get; }

    /// <summary>Whether the test supports that one model overlaps better than another, in words.</summary>
    public string Verdict
    {
        get
        {
            MaskPair[] dice = [.. Pairs.Where(pair => pair.Key == MaskMeasure.Dice.Key)], supported = [.. dice.Where(pair => pair.IsSupported)];
            string how = dice.Length == 1 ? "Wilcoxon's signed-rank test by patient" : $"Wilcoxon's signed-rank tests by patient, {(Primary is null || dice.All(pair => pair.IsPrimary) ? $"Holm's correction for {dice.Length}" : $"Holm's correction for the {dice.Count(pair => !pair.IsPrimary)} beside the primary contrast")}";
            return supported.Length == 0
                ? $"The largest mean Dice coefficient is that of {Models[0].Model}, but this test does not support any difference between two models ({how}). Do not rank them."
                : $"This test supports {supported.Length} of {dice.Length} differences of Dice coefficients: {string.Join("; ", supported.Select(pair => $"{(pair.Median > 0 ? pair.First : pair.Second)} over {(pair.Median > 0 ? pair.Second : pair.First)} ({pair.Label})"))} ({how}).";
        }
    }

    /// <summary>Compares models that were evaluated on the same cases with the same labels.</summary>
    /// <param name="evaluations">The models.</param>
    /// <param name="primary">The contrast that was named beforehand; null for none.</param>
    /// <exception cref="ArgumentException">Fewer than two models, one name twice, other labels, other cases, or the contrast names another model.</exception>
    public static SegmentationComparison Of(IReadOnlyList<SegmentationEvaluation> evaluations, PrimaryContrast? primary = null)
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

        PrimaryContrast.MustBeAmong(primary, evaluations.Select(one => one.Model));
        SegmentationEvaluation reference = evaluations[0];
        SegmentationEvaluation[] models = [.. evaluations.OrderByDescending(one => one.MeanDice.TryGetValue(out double dice) ? dice : double.NegativeInfinity).ThenBy(one => one.Model, StringComparer.Ordinal)];
        Dictionary<string, SegmentedCase[]> aligned = models.ToDictionary(one => one.Model, one => Align(one, reference), StringComparer.Ordinal);
        List<MaskPair> pairs = [];
        foreach (MaskMeasure measure in s_measures)
        {
            List<MaskPair> own = [];
            for (int i = 0; i < models.Length; i++)
            {
                for (int j = i + 1; j < models.Length; j++)
                {
                    own.AddRange(reference.Names.Select((label, k) => Pair(models[i].Model, models[j].Model, label, measure, reference.Test, aligned[models[i].Model], aligned[models[j].Model], k)));
                }
            }

            bool[] isPrimary = [.. own.Select(pair => primary?.IsOf(pair.First, pair.Second) == true)];
            double[] adjusted = PrimaryContrast.Adjust([.. own.Select(pair => pair.Wilcoxon?.P ?? double.NaN)], n => isPrimary[n]);
            pairs.AddRange(own.Select((pair, n) => pair with { AdjustedP = adjusted[n], IsPrimary = isPrimary[n] }));
        }

        return new(models, pairs, primary);
    }

    /// <summary>The differences of each patient, the mean over its cases: several cases of one patient are not independent.</summary>
    private static MaskPair Pair(string first, string second, string label, MaskMeasure measure, TestScores<SegmentedCase> test, SegmentedCase[] a, SegmentedCase[] b, int k)
    {
        double[] sums = new double[test.PatientCount], counts = new double[test.PatientCount];
        for (int i = 0; i < a.Length; i++)
        {
            if (measure.Read(a[i].Labels[k]) is { } ofFirst && measure.Read(b[i].Labels[k]) is { } ofSecond)
            {
                // A volume that is too large is as wrong as one that is too small.
                sums[test.PatientOfCase[i]] += measure == MaskMeasure.VolumeDifference ? Math.Abs(ofFirst) - Math.Abs(ofSecond) : ofFirst - ofSecond;
                counts[test.PatientOfCase[i]]++;
            }
        }

        // Rounded, so that ties of decimal figures are ties.
        double[] differences = [.. sums.Select((sum, p) => Math.Round(sum / counts[p], 9)).Where(double.IsFinite)];
        return new(
            first,
            second,
            label,
            measure.Key,
            measure == MaskMeasure.VolumeDifference ? "Volume difference without its sign (ml)" : measure.Name,
            differences.Length,
            differences.Length == 0 ? double.NaN : differences.Average(),
            differences.Length == 0 ? double.NaN : Quantile.Of([.. differences.Order()], 0.5),
            differences.Length == 0 ? null : WilcoxonSignedRank.Of(differences),
            differences.Length < 2 ? null : PairedTTest.Of(differences),
            double.NaN);
    }

    private static SegmentedCase[] Align(SegmentationEvaluation evaluation, SegmentationEvaluation reference)
    {
        if (!evaluation.Names.SequenceEqual(reference.Names, StringComparer.Ordinal))
        {
            throw new ArgumentException($"'{evaluation.Model}' has the labels {string.Join(", ", evaluation.Names)}, '{reference.Model}' {string.Join(", ", reference.Names)}: models are compared on the same labels.", nameof(evaluation));
        }

        Dictionary<string, SegmentedCase> byId = evaluation.Test.Cases.ToDictionary(one => one.CaseId, StringComparer.Ordinal);
        return byId.Count == reference.Test.Count
            ? [.. reference.Test.Cases.Select(one => byId.TryGetValue(one.CaseId, out SegmentedCase? same) ? same : throw new ArgumentException($"Case '{one.CaseId}' was judged by '{reference.Model}' but not by '{evaluation.Model}'.", nameof(evaluation)))]
            : throw new ArgumentException($"'{evaluation.Model}' was judged on {byId.Count} cases, '{reference.Model}' on {reference.Test.Count}: models are compared on the same cases.", nameof(evaluation));
    }
}

/// <summary>Two models on one label and measure.</summary>
/// <param name="First">The first model's name.</param>
/// <param name="Second">The second model's name.</param>
/// <param name="Label">The label.</param>
/// <param name="Key">The measure's key.</param>
/// <param name="Measure">The measure's name.</param>
/// <param name="Patients">Patients in which it is defined for both models.</param>
/// <param name="Mean">The mean over the patients of first minus second; not a number where there is none.</param>
/// <param name="Median">The median of the same differences.</param>
/// <param name="Wilcoxon">Wilcoxon's signed-rank test of the differences; null where there is none.</param>
/// <param name="TTest">Student's paired test of the same; null where there are fewer than two.</param>
/// <param name="AdjustedP">Wilcoxon's p value after Holm's correction; not a number where it is undefined.</param>
public sealed record MaskPair(string First, string Second, string Label, string Key, string Measure, int Patients, double Mean, double Median, WilcoxonSignedRank? Wilcoxon, PairedTTest? TTest, double AdjustedP)
{
    /// <summary>Whether it is the contrast that was named beforehand: its p values are then corrected for its own labels alone.</summary>
    public bool IsPrimary { get; init; }

    /// <summary>Whether the models differ beyond what chance explains, at one in twenty, after the correction.</summary>
    public bool IsSupported => AdjustedP < 0.05;
}
