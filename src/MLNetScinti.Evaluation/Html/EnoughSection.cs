using MLNetScinti.Evaluation.Reporting;

namespace MLNetScinti.Evaluation.Html;

/// <summary>Whether it is good enough, and what next, in words for who decides: by what the intervals leave possible, not by the figures alone.</summary>
internal static class EnoughSection
{
    public static ReportSection Of(EvaluationReport report, BinaryEvaluation evaluation) => evaluation.AreaUnderRoc.IsDefined && evaluation.OperatingPoint is { Sensitivity.Interval: not null, Specificity.Interval: not null }
        ? ReportSection.Of("enough", "Good enough?", "Is it good enough, and what next?", Markup.Of($"""
            {Markup.Each(Answers(evaluation), sentence => Markup.Of($"<p>{sentence}</p>"))}
            <h3>What next</h3><ul class="plain">{Markup.Each(Next(report, evaluation), sentence => Markup.Of($"<li>{sentence}</li>"))}</ul>
            """))
        : new("enough", "Good enough?", Markup.Empty);

    /// <summary>What a hundred cases would see at best and at worst.</summary>
    public static IEnumerable<string> Answers(BinaryEvaluation evaluation)
    {
        TaskWords words = evaluation.Options.Words;
        ConfidenceInterval found = evaluation.OperatingPoint.Sensitivity.Interval!, cleared = evaluation.OperatingPoint.Specificity.Interval!;
        yield return $"How good it has to be is not for this report to say: fix a least sensitivity and specificity for the decision at hand, and hold the ends of the intervals against them, not the figures in the middle. Of 100 {words.Positive} {words.Cases} like these it would miss between {Whole(1 - found.Upper)} and {Whole(1 - found.Lower)}; of 100 {words.Negative} ones it would call between {Whole(1 - cleared.Upper)} and {Whole(1 - cleared.Lower)} {words.Positive}.";
        if (evaluation.Risk?.Cohort is { } cohort && cohort.PositivePredictiveValue.Interval is { } right && cohort.NegativePredictiveValue.Interval is { } clear)
        {
            yield return $"Where {FigureText.Percent(cohort.Prevalence, "0")} are {words.Positive}, as of all labelled {words.Cases} here, {Whole(right.Lower)} to {Whole(right.Upper)} of 100 alarms would be right, and {Whole(clear.Lower)} to {Whole(clear.Upper)} of 100 {words.Cases} called {words.Negative} would be.";
        }

        yield return evaluation.AreaUnderRoc.Interval is { Lower: > 0.5 }
            ? (found.Upper - found.Lower > 0.2 || cleared.Upper - cleared.Lower > 0.2
                ? "It is better than chance, and that is all that is settled: the intervals are too wide to decide anything else by."
                : "It is better than chance, and the intervals are narrow enough to hold a requirement against.")
            : "It is not shown to be better than chance: that settles the question for now.";
    }

    /// <summary>What would make the answer firmer, in order.</summary>
    public static IEnumerable<string> Next(EvaluationReport report, BinaryEvaluation evaluation)
    {
        EvaluationOptions options = evaluation.Options;
        if (report.Data.Origin is not DataOrigin.Real)
        {
            yield return "Test it on patients: nothing here says how it does on them.";
        }

        foreach ((string name, string who, Metric share) in ((string, string, Metric)[])[("sensitivity", options.Words.Positive, evaluation.OperatingPoint.Sensitivity), ("specificity", options.Words.Negative, evaluation.OperatingPoint.Specificity)])
        {
            double half = (share.Interval!.Upper - share.Interval.Lower) / 2;
            if (half > 0.05)
            {
                // The width of an interval falls with the root of the number of cases.
                double needed = share.Cases * half * half / (0.05 * 0.05);
                yield return $"For a {name} to within 5 points either way, test about {FigureText.Count((long)(Math.Ceiling(needed / 10) * 10))} {who} {options.Words.Cases} instead of {FigureText.Count(share.Cases)}.";
            }
        }

        if (evaluation.Risk is { Slope.Interval: { Upper: < 1 } or { Lower: > 1 } } or { ObservedToExpected.Interval: { Upper: < 1 } or { Lower: > 1 } })
        {
            yield return "Do not show the probabilities as risks before they are calibrated on patients like those to come.";
        }

        yield return "Train it again with other seeds (scinti run --seeds 5): one training says nothing of the next.";
        yield return "Test it on another hospital's patients, with a threshold that is fixed beforehand: this test cannot show that it holds elsewhere.";
        yield return "Look at the missed ones with those who read the images: whether they matter is not in any figure.";
    }

    private static string Whole(double share) => Math.Round(100 * Math.Clamp(share, 0, 1)).ToString(System.Globalization.CultureInfo.InvariantCulture);
}
