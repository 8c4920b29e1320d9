using System.Globalization;

namespace MLNetScinti.Evaluation;

/// <summary>What a comparison says, in words.</summary>
internal static class ComparisonVerdict
{
    public static string Ranking(ModelComparison comparison)
    {
        BinaryEvaluation best = comparison.Models[0];
        int supported = comparison.Pairs.Count(pair => pair.IsSupported);
        string area = $"{best.Model} ({Number(best.AreaUnderRoc.Value)}{Limits(best.AreaUnderRoc.Interval)})";
        string how = comparison.Pairs.Count == 1 ? "paired DeLong test" : $"paired DeLong tests, Holm's correction for {comparison.Pairs.Count} pairs";
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
        ScoreSet test = comparison.Models[0].Test;
        if (test.PatientCount == test.Count)
        {
            return "";
        }

        EvaluationOptions options = comparison.Models[0].Options;
        string why = $"DeLong's test takes the {options.Words.Cases} of one patient for independent. Allowing for patients with several {options.Words.Cases} (Obuchowski's variance, Holm's correction)";
        ModelPair[] lost = [.. comparison.Pairs.Where(pair => pair.IsSupported && !pair.IsSupportedByPatient)];
        ModelPair[] won = [.. comparison.Pairs.Where(pair => !pair.IsSupported && pair.IsSupportedByPatient)];
        return (lost.Length, won.Length) switch
        {
            (0, 0) => comparison.Pairs.Any(pair => pair.IsSupported) ? $"{why}, the same differences are supported." : $"{why}, none is supported either.",
            (_, 0) => $"{why}, {Were(lost.Length)} no longer supported: {Listed(lost)}. Take {(lost.Length == 1 ? "it" : "them")} for open.",
            (0, _) => $"{why}, {Were(won.Length)} supported too: {Listed(won)}. The verdict rests on DeLong's.",
            _ => $"{why}, {Were(lost.Length)} no longer supported ({Listed(lost)}) and {Were(won.Length)} supported that DeLong's does not support ({Listed(won)}). Take both for open.",
        };
    }

    public static string Caution(ModelComparison comparison)
    {
        string[] perfect = [.. comparison.Models.Where(model => model.AreaUnderRoc.Value is 0 or 1).Select(model => model.Model)];
        return perfect.Length == 0 ? "" : $"{string.Join(", ", perfect)} {(perfect.Length == 1 ? "separates" : "separate")} this test perfectly. DeLong's variance of such an area is 0, so the p values of its differences are too small; their intervals are made from the intervals of both areas instead.";
    }

    public static string Between(ModelComparison comparison, string first, string second)
    {
        ModelPair pair = comparison.Pairs.FirstOrDefault(pair => (Is(pair.First, first) && Is(pair.Second, second)) || (Is(pair.First, second) && Is(pair.Second, first)))
            ?? throw new ArgumentException($"'{first}' and '{second}' were not compared; there are: {string.Join(", ", comparison.Models.Select(model => model.Model))}.", nameof(first));
        string figures = $"areas {Number(pair.Areas.First.Area)} and {Number(pair.Areas.Second.Area)}, difference {Number(pair.Areas.Difference)}, {Percent(comparison.Level)} interval {Number(pair.Areas.Interval(comparison.Level).Lower)} to {Number(pair.Areas.Interval(comparison.Level).Upper)}, paired DeLong {Chance(pair.Areas.P)}, after Holm's correction {Chance(pair.AdjustedP)}, by patient {Chance(pair.AdjustedPByPatient)}";
        return pair switch
        {
            { IsSupported: true, IsSupportedByPatient: true } => $"{pair.First} is better than {pair.Second} ({figures}).",
            { IsSupported: true } => $"{pair.First} is better than {pair.Second} by DeLong's test, but not when several {comparison.Models[0].Options.Words.Cases} of one patient are allowed for ({figures}).",
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
        $"corrected {Chance(comparison.Pairs.Where(pair => Is(pair.First, best)).Max(pair => pair.AdjustedP))}{(comparison.Pairs.Count(pair => Is(pair.First, best)) > 1 ? " at most" : "")}";

    private static string Listed(IEnumerable<ModelPair> pairs) => string.Join("; ", pairs.Select(pair => $"{pair.First} over {pair.Second}"));

    private static string Cases(ModelComparison comparison)
    {
        BinaryEvaluation any = comparison.Models[0];
        return string.Create(CultureInfo.InvariantCulture, $"{any.Test.Count:N0} {(any.Test.Count == 1 ? any.Options.Words.Case : any.Options.Words.Cases)} of {any.Test.PatientCount:N0} {(any.Test.PatientCount == 1 ? "patient" : "patients")}");
    }

    private static string Limits(ConfidenceInterval? interval) => interval is null ? "" : $"; {Percent(interval.Level)} interval {Number(interval.Lower)} to {Number(interval.Upper)}";

    private static string Were(int count) => count == 1 ? "one difference is" : string.Create(CultureInfo.InvariantCulture, $"{count} differences are");

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
