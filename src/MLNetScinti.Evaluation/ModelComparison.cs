using System.Globalization;
using MLNetScinti.Evaluation.Statistics;
using MLNetScinti.Imaging;

namespace MLNetScinti.Evaluation;

/// <summary>Several models judged on the same test cases, side by side, and whether their ranking is supported.</summary>
[TypeFormatterSource(typeof(ModelComparison))]
public sealed class ModelComparison
{
    private ModelComparison(IReadOnlyList<BinaryEvaluation> models, IReadOnlyList<ModelPair> pairs, PrimaryContrast? primary)
    {
        Models = models;
        Pairs = pairs;
        Primary = primary;
    }

    /// <summary>The contrast that was named beforehand; null where none was.</summary>
    public PrimaryContrast? Primary { get; }

    /// <summary>What the test says of the contrast that was named beforehand, in words; empty where none was.</summary>
    public string PrimaryVerdict => Primary is null ? "" : $"The primary contrast, named beforehand: {ComparisonVerdict.Between(this, Primary.First, Primary.Second)}";

    /// <summary>The models, the largest area under the ROC curve first.</summary>
    public IReadOnlyList<BinaryEvaluation> Models { get; }

    /// <summary>Every pair of models, the better one first; p values are corrected after Holm for the number of pairs.</summary>
    public IReadOnlyList<ModelPair> Pairs { get; }

    /// <summary>Coverage of the intervals: the first model's.</summary>
    public double Level => Models[0].Options.Level;

    /// <summary>Whether the test supports a ranking, in words.</summary>
    public string Verdict => ComparisonVerdict.Ranking(this);

    /// <summary>
    /// What would become of the verdict if several cases of one patient were taken for independent; empty where each patient has
    /// one case.
    /// </summary>
    public string VerdictByPatient => ComparisonVerdict.ByPatient(this);

    /// <summary>What makes the tests bolder than they should be, in words; empty where nothing does.</summary>
    public string Caution => ComparisonVerdict.Caution(this);

    /// <summary>How a model differs from the one named, in words, with the paired test: "X is better than Y", or that this cannot be said.</summary>
    /// <exception cref="ArgumentException">One of the two was not compared, or both are the same.</exception>
    public string Between(string first, string second) => ComparisonVerdict.Between(this, first, second);

    /// <summary>Compares models that were evaluated on the same cases.</summary>
    /// <param name="evaluations">The models.</param>
    /// <param name="primary">The contrast that was named beforehand; null for none: all pairs are then corrected.</param>
    /// <exception cref="ArgumentException">Fewer than two models, one name twice, other cases or other labels, a class is absent, or the contrast names another model.</exception>
    public static ModelComparison Of(IReadOnlyList<BinaryEvaluation> evaluations, PrimaryContrast? primary = null)
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

        PrimaryContrast.MustBeAmong(primary, evaluations.Select(one => one.Model));
        TestScores cases = evaluations[0].Test;
        Dictionary<string, Aligned> aligned = evaluations.ToDictionary(one => one.Model, one => Align(one, evaluations[0]), StringComparer.Ordinal);
        BinaryEvaluation[] models = [.. evaluations.OrderByDescending(one => one.AreaUnderRoc.Value).ThenBy(one => one.Model, StringComparer.Ordinal)];
        List<ModelPair> pairs = [];
        for (int i = 0; i < models.Length; i++)
        {
            for (int j = i + 1; j < models.Length; j++)
            {
                Aligned first = aligned[models[i].Model], second = aligned[models[j].Model];
                AucComparison areas = DeLong.Compare(first.Ranks, second.Ranks, cases.Labels);
                AucComparison clustered = DeLong.CompareClustered(first.Ranks, second.Ranks, cases.Labels, cases.PatientOfCase);
                pairs.Add(new(models[i].Model, models[j].Model, areas, clustered, McNemar.Of(first.Correct, second.Correct), double.NaN, double.NaN)
                {
                    IsPrimary = primary?.IsOf(models[i].Model, models[j].Model) == true,
                    Shares = PairedShare.Of(first.Correct, second.Correct, cases.Labels),
                });
            }
        }

        double[] adjusted = PrimaryContrast.Adjust([.. pairs.Select(pair => pair.Areas.DecidingP)], i => pairs[i].IsPrimary);
        double[] byPatient = PrimaryContrast.Adjust([.. pairs.Select(pair => pair.AreasByPatient.DecidingP)], i => pairs[i].IsPrimary);
        return new(models, [.. pairs.Select((pair, i) => pair with { AdjustedP = adjusted[i], AdjustedPByPatient = byPatient[i] })], primary);
    }

    private static Aligned Align(BinaryEvaluation evaluation, BinaryEvaluation reference)
    {
        Dictionary<string, ScoredCase> byId = evaluation.Test.Cases.ToDictionary(one => one.CaseId, StringComparer.Ordinal);
        Dictionary<string, double> ranks = evaluation.Test.Cases.Zip(evaluation.Test.Ranks).ToDictionary(one => one.First.CaseId, one => one.Second, StringComparer.Ordinal);
        if (byId.Count != reference.Test.Count)
        {
            throw new ArgumentException($"'{evaluation.Model}' was judged on {byId.Count} cases, '{reference.Model}' on {reference.Test.Count}: models are compared on the same cases.", nameof(evaluation));
        }

        ScoredCase[] cases = [.. reference.Test.Cases.Select(one =>
            !byId.TryGetValue(one.CaseId, out ScoredCase? same) ? throw new ArgumentException($"Case '{one.CaseId}' was judged by '{reference.Model}' but not by '{evaluation.Model}'.", nameof(evaluation))
            : same.Label != one.Label ? throw new ArgumentException($"Case '{one.CaseId}' has another label for '{evaluation.Model}' than for '{reference.Model}'.", nameof(evaluation))
            : same)];
        DecisionThreshold threshold = evaluation.OperatingPoint.Threshold;
        return new([.. cases.Select(one => ranks[one.CaseId])], [.. cases.Select(one => threshold.IsPositive(one) == one.Label)]);
    }

    private sealed record Aligned(double[] Ranks, bool[] Correct);
}

/// <summary>Two models that scored the same cases, compared.</summary>
/// <param name="First">The first model's name.</param>
/// <param name="Second">The second model's name.</param>
/// <param name="Areas">DeLong's paired comparison of the areas under the ROC curves.</param>
/// <param name="AreasByPatient">The same, allowing for several cases of one patient.</param>
/// <param name="Errors">McNemar's comparison of what each called wrongly at its own threshold.</param>
/// <param name="AdjustedP">The p value of <paramref name="Areas"/> after Holm's correction for all pairs. Where a model separates the cases perfectly it is the interval's (<see cref="AucComparison.DecidingP"/>).</param>
/// <param name="AdjustedPByPatient">The same for <paramref name="AreasByPatient"/>: the one that decides.</param>
public sealed record ModelPair(string First, string Second, AucComparison Areas, AucComparison AreasByPatient, McNemar Errors, double AdjustedP, double AdjustedPByPatient)
{
    /// <summary>Whether it is the contrast that was named beforehand: its p values are then not corrected.</summary>
    public bool IsPrimary { get; init; }

    /// <summary>Shares of cases that each called right, at its own threshold, compared on the same cases: sensitivity, specificity, accuracy.</summary>
    public IReadOnlyList<PairedShare> Shares { get; init; } = [];

    /// <summary>Whether the areas differ beyond what chance explains, at one in twenty, after the correction, where cases of one patient are not taken for independent.</summary>
    public bool IsSupported => AdjustedPByPatient < 0.05;

    /// <summary>The same by DeLong's test, which takes all cases for independent.</summary>
    public bool IsSupportedByDeLong => AdjustedP < 0.05;

    /// <summary>The interval that decides: of the difference, by patient; not corrected for the number of pairs.</summary>
    public ConfidenceInterval Interval(double level = 0.95) => Clustered ? IntervalByPatient(level) : Areas.Interval(level);

    private bool Clustered => AreasByPatient.First.Independent != Areas.First.Independent;

    /// <summary>The interval of the difference that allows for several cases of one patient; not corrected for the number of pairs.</summary>
    public ConfidenceInterval IntervalByPatient(double level = 0.95) => AreasByPatient.IsAtBoundary
        ? AreasByPatient.Interval(level)
        : AreasByPatient.Interval(level) with { Method = "Obuchowski, paired" };
}

/// <summary>Two models' shares of cases called right, on the same cases.</summary>
/// <param name="Key">The share's key in metrics.json.</param>
/// <param name="Name">Its name.</param>
/// <param name="Proportions">How many cases both, only one, or neither called right.</param>
public sealed record PairedShare(string Key, string Name, PairedProportions Proportions)
{
    internal static IReadOnlyList<PairedShare> Of(bool[] first, bool[] second, bool[] labels)
    {
        PairedProportions Among(Func<int, bool> which)
        {
            int[] places = [.. Enumerable.Range(0, labels.Length).Where(which)];
            return PairedProportions.Of([.. places.Select(i => first[i])], [.. places.Select(i => second[i])]);
        }

        return [new(OperatingPoint.SensitivityKey, "Sensitivity", Among(i => labels[i])), new(OperatingPoint.SpecificityKey, "Specificity", Among(i => !labels[i])), new("accuracy", "Accuracy", Among(_ => true))];
    }
}

/// <summary>What a comparison says, in words.</summary>
internal static class ComparisonVerdict
{
    public static string Ranking(ModelComparison comparison)
    {
        BinaryEvaluation best = comparison.Models[0];
        int supported = comparison.Pairs.Count(pair => pair.IsSupported);
        string area = $"{best.Model} ({Number(best.AreaUnderRoc.Value)}{Limits(best.AreaUnderRoc.Interval)})";
        string test = Clustered(comparison) ? "Obuchowski" : "DeLong";
        string how = comparison.Pairs.Count == 1 ? $"paired {test} test" : $"paired {test} tests, {PrimaryContrast.Holm(comparison.Primary, comparison.Pairs.Count)}";
        if (supported == 0)
        {
            string tied = comparison.Models.Count > 1 && comparison.Models[1].AreaUnderRoc.Value == best.AreaUnderRoc.Value ? "The largest areas under the ROC curve are equal, the first in the table is" : "The largest area under the ROC curve is";
            return $"{tied} that of {area}, but this test of {Cases(comparison)} does not support any ranking of the {comparison.Models.Count} models: no difference between two areas is beyond chance ({how}). Do not rank them.";
        }

        string[] beaten = [.. comparison.Pairs.Where(pair => pair.IsSupported && Is(pair.First, best.Model)).Select(pair => pair.Second)];
        return beaten.Length == comparison.Models.Count - 1
            ? $"{best.Model} has a larger area under the ROC curve than {(beaten.Length == 1 ? beaten[0] : "each of the others")}, beyond chance ({Number(best.AreaUnderRoc.Value)}{Limits(best.AreaUnderRoc.Interval)}; {how}; {Largest(comparison, best.Model)}).{Rest(comparison, best.Model)}"
            : $"The largest area under the ROC curve is that of {area}. This test supports {supported} of {comparison.Pairs.Count} differences between two areas: {Listed(comparison.Pairs.Where(pair => pair.IsSupported))} ({how}). The rest of the order is not supported: do not rank by it.";
    }

    public static string ByPatient(ModelComparison comparison)
    {
        if (!Clustered(comparison))
        {
            return "";
        }

        TaskWords words = comparison.Models[0].Options.Words;
        string why = $"The verdict allows for patients with several {words.Cases} (Obuchowski's variance). By DeLong's test, which takes the {words.Cases} of one patient for independent,";
        ModelPair[] bold = [.. comparison.Pairs.Where(pair => pair.IsSupportedByDeLong && !pair.IsSupported)];
        ModelPair[] shy = [.. comparison.Pairs.Where(pair => !pair.IsSupportedByDeLong && pair.IsSupported)];
        return (bold.Length, shy.Length) switch
        {
            (0, 0) => comparison.Pairs.Any(pair => pair.IsSupported) ? $"{why} the same differences would be supported." : $"{why} none would be supported either.",
            (_, 0) => $"{why} {Were(bold.Length)} supported too: {Listed(bold)}. Take {(bold.Length == 1 ? "it" : "them")} for open.",
            (0, _) => $"{why} {Were(shy.Length)} not supported: {Listed(shy)}.",
            _ => $"{why} {Were(bold.Length)} supported too ({Listed(bold)}), and {Were(shy.Length)} not ({Listed(shy)}).",
        };
    }

    public static string Caution(ModelComparison comparison)
    {
        string[] perfect = [.. comparison.Models.Where(model => model.AreaUnderRoc.Value is 0 or 1).Select(model => model.Model)];
        return perfect.Length == 0 ? "" : $"{string.Join(", ", perfect)} {(perfect.Length == 1 ? "separates" : "separate")} this test perfectly. The variance of such an area is 0, so the tests' own p values of its differences are too small: what is supported follows the intervals instead, which are made from those of both areas.";
    }

    public static string Between(ModelComparison comparison, string first, string second)
    {
        ModelPair pair = comparison.Pairs.FirstOrDefault(pair => (Is(pair.First, first) && Is(pair.Second, second)) || (Is(pair.First, second) && Is(pair.Second, first)))
            ?? throw new ArgumentException($"'{first}' and '{second}' were not compared; there are: {string.Join(", ", comparison.Models.Select(model => model.Model))}.", nameof(first));
        string figures = $"areas {Number(pair.Areas.First.Area)} and {Number(pair.Areas.Second.Area)}, difference {Number(pair.Areas.Difference)}, {Percent(comparison.Level)} interval {Number(pair.Interval(comparison.Level).Lower)} to {Number(pair.Interval(comparison.Level).Upper)}, {(pair.IsPrimary || comparison.Pairs.Count == 1 ? "not corrected," : "after Holm's correction")} {Chance(pair.AdjustedPByPatient)}{(Clustered(comparison) ? $", by DeLong's test {Chance(pair.AdjustedP)}" : "")}";
        return pair switch
        {
            { IsSupported: true } => $"{pair.First} is better than {pair.Second} ({figures}).",
            { IsSupportedByDeLong: true } => $"{pair.First} is better than {pair.Second} by DeLong's test, but not when several {comparison.Models[0].Options.Words.Cases} of one patient are allowed for ({figures}).",
            _ => $"This test cannot tell {pair.First} from {pair.Second} ({figures}).",
        };
    }

    private static string Rest(ModelComparison comparison, string best)
    {
        ModelPair[] others = [.. comparison.Pairs.Where(pair => !Is(pair.First, best))];
        ModelPair[] supported = [.. others.Where(pair => pair.IsSupported)];
        return others.Length == 0 ? ""
            : supported.Length == 0 ? " The order of the others is not supported."
            : supported.Length == others.Length ? " The order of the others is supported too."
            : $" Of the others: {Listed(supported)}; the rest of the order is not supported.";
    }

    private static string Largest(ModelComparison comparison, string best) =>
        $"corrected {Chance(comparison.Pairs.Where(pair => Is(pair.First, best)).Max(pair => pair.AdjustedPByPatient))}{(comparison.Pairs.Count(pair => Is(pair.First, best)) > 1 ? " at most" : "")}";

    private static bool Clustered(ModelComparison comparison) => comparison.Models[0].Test is { } test && test.PatientCount < test.Count;

    private static string Listed(IEnumerable<ModelPair> pairs) => string.Join("; ", pairs.Select(pair => $"{pair.First} over {pair.Second}"));

    private static string Cases(ModelComparison comparison)
    {
        BinaryEvaluation any = comparison.Models[0];
        return string.Create(CultureInfo.InvariantCulture, $"{any.Test.Count:N0} {(any.Test.Count == 1 ? any.Options.Words.Case : any.Options.Words.Cases)} of {any.Test.PatientCount:N0} {(any.Test.PatientCount == 1 ? "patient" : "patients")}");
    }

    private static string Limits(ConfidenceInterval? interval) => interval is null ? "" : $"; {Percent(interval.Level)} interval {Number(interval.Lower)} to {Number(interval.Upper)}";

    private static string Were(int count) => count == 1 ? "one difference would be" : string.Create(CultureInfo.InvariantCulture, $"{count} differences would be");

    private static string Chance(double p) => p switch
    {
        double.NaN => "p undefined",
        < 0.001 => "p < 0.001",
        _ => $"p = {Number(p)}",
    };

    private static string Number(double value) => value.ToString("F3", CultureInfo.InvariantCulture);

    private static string Percent(double share) => (100 * share).ToString("0.#", CultureInfo.InvariantCulture) + "\u00A0%";

    private static bool Is(string a, string b) => string.Equals(a, b, StringComparison.Ordinal);
}
