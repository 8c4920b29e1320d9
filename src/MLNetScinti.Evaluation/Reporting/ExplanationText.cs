using System.Globalization;

namespace MLNetScinti.Evaluation.Reporting;

/// <summary>The agreement of maps with the truth in sentences.</summary>
internal static class ExplanationText
{
    /// <summary>One line, for the console: "hottest place at a true defect in 12 of 20 ... (chance 31 %, p 0.004)".</summary>
    public static string Line(ExplanationAgreement agreement, EvaluationOptions options)
    {
        if (!agreement.HitRate.TryGetValue(out double rate))
        {
            return $"{agreement.Name}: undefined, {agreement.HitRate.UndefinedReason}";
        }

        ConfidenceInterval interval = agreement.HitRate.Interval!;
        return $"{agreement.Name}: hottest within {Millimetres(agreement.Tolerance)} of a true defect in {agreement.Cases.Count(one => one.Hit)} of {FigureText.Cases(options, agreement.Cases.Count)} "
            + $"({FigureText.Percent(rate, "0")}; {FigureText.Percent(interval.Lower, "0")} to {FigureText.Percent(interval.Upper, "0")}; chance {FigureText.Percent(agreement.Chance.Value, "0")}, p {P(agreement)})";
    }

    /// <summary>Whether the maps can be trusted to point, in a sentence.</summary>
    public static string Verdict(ExplanationAgreement agreement, EvaluationOptions options)
    {
        if (!agreement.HitRate.TryGetValue(out double rate))
        {
            return $"Whether the maps point at defects cannot be said: {agreement.HitRate.UndefinedReason}.";
        }

        string found = $"In {agreement.Cases.Count(one => one.Hit)} of {FigureText.Count(agreement.Cases.Count)} abnormal {options.CasesNoun} ({FigureText.Percent(rate, "0")}) the map is hottest at a true defect, or within {Millimetres(agreement.Tolerance)} of one; "
            + $"a place picked at random would be there in {FigureText.Percent(agreement.Chance.Value, "0")}.";
        return found + (agreement.P.Value < 1 - options.Level, rate > agreement.Chance.Value) switch
        {
            (true, _) => " The maps do point at defects more often than chance, but not reliably enough to find one by them alone.",
            (_, true) => " That is more, but with so few cases it cannot be told from chance: the maps must not be read as showing where a defect is.",
            _ => " That is no better than chance: the maps must not be read as showing where a defect is.",
        };
    }

    public static string P(ExplanationAgreement agreement) => agreement.P.Value < 0.001 ? "< 0.001" : FigureText.Number(agreement.P.Value);

    public static string Millimetres(double value) => value.ToString("0.#", CultureInfo.InvariantCulture) + "\u00A0mm";
}
