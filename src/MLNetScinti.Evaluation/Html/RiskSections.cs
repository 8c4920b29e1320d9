using MLNetScinti.Evaluation.Reporting;
using MLNetScinti.Evaluation.Statistics;

namespace MLNetScinti.Evaluation.Html;

/// <summary>The section of the page about probabilities as risks: calibration, other prevalences, and what acting on them is worth.</summary>
internal static class RiskSections
{
    public static ReportSection Of(BinaryEvaluation evaluation)
    {
        if (evaluation.Risk is not { } risk)
        {
            return new("risk", "Risks", Markup.Empty);
        }

        EvaluationOptions options = evaluation.Options;
        return ReportSection.Of("risk", "Risks", "Can the probabilities be read as risks?", Markup.Of($"""
            {Markup.Each(RiskText.Verdict(evaluation, risk), sentence => Markup.Of($"""<p class="lead">{sentence}</p>"""))}
            {FigureTable.Table(risk.Line, $"Calibration on the test {options.Words.Cases} as they are, with {FigureText.Percent(options.Level)} intervals (bootstrap by patient).")}
            <h3>Where more or fewer are {options.Words.Positive}</h3>
            <p>Sensitivity and specificity at the same threshold, taken to other shares of {options.Words.Positive} {options.Words.Cases} by Bayes's theorem. It holds as long as {options.Words.Positive} and {options.Words.Negative} {options.Words.Cases} look elsewhere as they do here.{(options.TrainedPrevalence is { } made ? $" The training made the probabilities for a share of {FigureText.Percent(made)} (classes weighted equally): \"shifted\" takes them from there to the share of the row." : "")}</p>
            {Prevalences(risk, options)}
            <figure class="wide"><h3>Is it worth acting on?</h3>{TaskSections.Scroller("Decision curve", RiskCharts.DecisionCurve(risk, options))}<figcaption>Net benefit (Vickers and Elkin 2006): true alarms a {options.Words.Case} less false ones, weighed by the odds of the probability from which one would act, where {FigureText.Percent(risk.CurvePrevalence)} are {options.Words.Positive}{(options.TrainedPrevalence is null ? "" : " and the probabilities are shifted there")}. Solid: acting where the model says so. Dashed: acting on every {options.Words.Case}. At 0: on none. {RiskText.Worth(risk)}</figcaption></figure>
            {Temperature(evaluation)}
            """));
    }

    private static Markup Prevalences(RiskFigures risk, EvaluationOptions options)
    {
        bool shifted = options.TrainedPrevalence is not null;
        return TaskSections.Scroller("Predictive values by prevalence", Markup.Of($"""
            <table class="sticky"><caption><span class="stay">With {FigureText.Percent(options.Level)} intervals: of predictive values from those of sensitivity and specificity, of the rest by the bootstrap by patient. Observed over expected: 1 is perfect.</span></caption>
            <thead><tr><th scope="col">{FigureText.Capital(options.Words.Positive)}</th><th scope="col">Positive predictive value</th><th scope="col">Negative predictive value</th><th scope="col">Observed over expected</th>{(shifted ? Markup.Of($"""<th scope="col">The same, shifted</th>""") : Markup.Empty)}</tr></thead>
            <tbody>{Markup.Each(risk.Prevalences, row => Markup.Of($"""<tr><th scope="row">{FigureText.Percent(row.Prevalence)}{RiskText.Whose(row.Kind, options)}</th>{FigureTable.Cell(row.PositivePredictiveValue)}{FigureTable.Cell(row.NegativePredictiveValue)}{FigureTable.Cell(row.ObservedToExpected)}{(row.ObservedToExpectedAfterShift is { } after ? FigureTable.Cell(after) : Markup.Empty)}</tr>"""))}</tbody></table>
            """));
    }

    private static Markup Temperature(BinaryEvaluation evaluation) => evaluation.Calibration is not { } calibration ? Markup.Empty : Markup.Of($"""
        <h3>Calibration: temperature scaling</h3>
        <p>{RiskText.Temperature(calibration, evaluation.Options)}</p>
        <div class="scroller" tabindex="0" role="region" aria-label="Before and after temperature scaling">
        <table><caption>The test {evaluation.Options.Words.Cases} before and after, with {FigureText.Percent(evaluation.Options.Level)} intervals (bootstrap by patient). Smaller is better in all three.</caption>
        <thead><tr><th scope="col">Figure</th><th scope="col">As it is</th><th scope="col">After scaling</th></tr></thead>
        <tbody>{Markup.Each(calibration.Before.Zip(calibration.After), pair => Markup.Of($"""<tr><th scope="row">{pair.First.Name}</th>{FigureTable.Cell(pair.First.Metric)}{FigureTable.Cell(pair.Second.Metric)}</tr>"""))}</tbody></table></div>
        """);
}

/// <summary>The drawings about risks.</summary>
internal static class RiskCharts
{
    /// <summary>Net benefit against the probability from which one acts.</summary>
    public static Markup DecisionCurve(RiskFigures risk, EvaluationOptions options)
    {
        double top = Math.Max(0.05, 1.1 * risk.Curve.Max(point => Math.Max(point.Model, point.All))), bottom = -0.35 * top;
        Plot plot = new(0, 1, bottom, top, 860, 360) { Left = 64 };
        string model = plot.Path(risk.Curve.Select(point => (point.Threshold, Math.Max(bottom, point.Model))));
        string all = plot.Path(risk.Curve.TakeWhile(point => point.All >= bottom).Select(point => (point.Threshold, point.All)));
        Markup content = Markup.Of($"""
            {plot.Axes($"Probability of {options.Words.Positive} from which one acts", "Net benefit", [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1], Plot.RoundTicks(bottom, top))}
            <path class="axis" d="{plot.Path([(0, 0), (1, 0)])}"/><path class="curve second" d="{all}"/><path class="curve" d="{model}"/>
            """);
        return plot.Drawing("decision", "Decision curve", $"Net benefit where {FigureText.Percent(risk.CurvePrevalence)} are {options.Words.Positive}. {RiskText.Worth(risk)}", content);
    }
}

/// <summary>Risks in sentences.</summary>
internal static class RiskText
{
    /// <summary>Whether the probabilities can be read as risks in the test set, and in the cohort.</summary>
    public static IEnumerable<string> Verdict(BinaryEvaluation evaluation, RiskFigures risk)
    {
        EvaluationOptions options = evaluation.Options;
        TaskWords words = options.Words;
        Metric ratio = risk.ObservedToExpected, slope = risk.Slope;
        string many = ratio.Interval switch
        {
            { Upper: < 1 } => $"In the test set the probabilities promise more {words.Positive} {words.Cases} than there are",
            { Lower: > 1 } => $"In the test set the probabilities promise fewer {words.Positive} {words.Cases} than there are",
            null => $"Whether the probabilities promise as many {words.Positive} {words.Cases} as there are cannot be said of so few",
            _ => $"In the test set the probabilities promise about as many {words.Positive} {words.Cases} as there are, as far as so few can show",
        };
        string steep = slope switch
        {
            { IsDefined: false } => $"; their slope is undefined, because {slope.UndefinedReason}.",
            { Interval: { Upper: < 1 } } => $", and they are too extreme (slope {TaskSections.Between(slope, 2)}; 1 is right).",
            { Interval: { Lower: > 1 } } => $", and they are not extreme enough (slope {TaskSections.Between(slope, 2)}; 1 is right).",
            _ => $"; whether they are too extreme cannot be said (slope {TaskSections.Between(slope, 2)}; 1 is right).",
        };
        yield return $"{many} (observed over expected {TaskSections.Between(ratio, 2)}){steep}";
        double own = (double)evaluation.Test.Positives / evaluation.Test.Count;
        if (risk.Cohort is { } cohort && Math.Abs(cohort.Prevalence - own) > 0.005)
        {
            string shifted = cohort.ObservedToExpectedAfterShift is { } after ? $" Corrected for the share that the training assumed (prior shift), it is {TaskSections.Between(after, 2)}." : "";
            yield return $"The test set holds {FigureText.Percent(own, "0")} {words.Positive} {words.Cases}, all labelled {words.Cases} together {FigureText.Percent(cohort.Prevalence, "0")}. At that share observed over expected would be {TaskSections.Between(cohort.ObservedToExpected, 2)}: a probability is then not the risk that it seems to be.{shifted}";
        }
    }

    /// <summary>Between which probabilities acting on the model is worth more than acting on every case or on none.</summary>
    public static string Worth(RiskFigures risk)
    {
        (double From, double To) longest = (0, -1);
        double? from = null;
        foreach (DecisionCurvePoint point in risk.Curve)
        {
            if (point.Model > Math.Max(0, point.All) + 1e-12)
            {
                from ??= point.Threshold;
                longest = point.Threshold - from.Value > longest.To - longest.From ? (from.Value, point.Threshold) : longest;
            }
            else
            {
                from = null;
            }
        }

        return longest.To < longest.From
            ? "At no threshold is acting on the model worth more than both."
            : $"Acting on the model is worth more than both for thresholds from {FigureText.Number(longest.From, 2)} to {FigureText.Number(longest.To, 2)}, on these patients; the curve has no interval.";
    }

    /// <summary>Whose share a row's is, in brackets.</summary>
    public static string Whose(PrevalenceKind kind, EvaluationOptions options) => kind switch
    {
        PrevalenceKind.Test => " (test set)",
        PrevalenceKind.Cohort => $" (all labelled {options.Words.Cases})",
        _ => "",
    };

    /// <summary>The temperature and what it says, in a few sentences: what the validation set says of it, and what the test set does.</summary>
    public static string Temperature(CalibrationFigures calibration, EvaluationOptions options)
    {
        TemperatureScaling scaling = calibration.Scaling;
        ConfidenceInterval? interval = calibration.TemperatureInterval;
        string fitted = $"Fitted on the {FigureText.Cases(options, calibration.FittedOnCases)} of {FigureText.Patients(calibration.FittedOnPatients)} of the validation set, the temperature is {FigureText.Number(scaling.Temperature, 2)}{(interval is { } limits ? $" ({FigureText.Percent(limits.Level)} interval {FigureText.Number(limits.Lower, 2)} to {FigureText.Number(limits.Upper, 2)}, bootstrap by patient)" : "")}";
        string meaning = scaling switch
        {
            { IsAtLimit: true, Temperature: < 1 } => ": the end of the range searched, because the scores separate the validation set perfectly. It says nothing about new patients.",
            { IsAtLimit: true } => ": the end of the range searched, because the scores tell nothing on the validation set.",
            _ when interval is { Lower: < 1, Upper: > 1 } => ": it cannot be told from 1, at which probabilities stay as they are.",
            { Temperature: > 1.05 } => ": on those patients the model is surer of itself than it should be.",
            { Temperature: < 0.95 } => ": on those patients the model is less sure of itself than it could be.",
            _ => ": on those patients the probabilities need no correction that one number can make.",
        };
        MetricEntry[] worse = [.. calibration.Before.Zip(calibration.After).Where(pair => pair.First.Metric.IsDefined && pair.Second.Metric.IsDefined && pair.Second.Metric.Value > pair.First.Metric.Value).Select(pair => pair.First)];
        string names = string.Join(", ", worse.Select(entry => char.ToLowerInvariant(entry.Name[0]) + entry.Name[1..]));
        string test = worse.Length switch
        {
            0 => "On the test set it makes all three figures better, or leaves them as they are.",
            _ when worse.Length == calibration.Before.Count => "On the test set it makes all three figures worse: do not scale by it.",
            _ => $"On the test set it makes {names} worse and the rest better: there is no case for scaling by it.",
        };
        return $"{fitted}{meaning} {test} It changes neither the order of the {options.Words.Cases} nor the calls, and cannot mend a wrong prevalence; the figures above are without it.";
    }
}
