namespace MLNetScinti.Evaluation.Reporting;

/// <summary>What temperature scaling would do, as a part of the page's figures.</summary>
internal static class CalibrationSection
{
    public static Markup Of(BinaryEvaluation evaluation)
    {
        if (evaluation.Calibration is not { } calibration)
        {
            return Markup.Empty;
        }

        return Markup.Of($"""
            <h3>Calibration: temperature scaling</h3>
            <p>{Words(calibration, evaluation.Options)}</p>
            <div class="scroller" tabindex="0" role="region" aria-label="Before and after temperature scaling">
            <table><caption>The test {evaluation.Options.CasesNoun} before and after, with {FigureText.Percent(evaluation.Options.Level)} intervals (bootstrap by patient). Smaller is better in all three.</caption>
            <thead><tr><th scope="col">Figure</th><th scope="col">As it is</th><th scope="col">After scaling</th></tr></thead>
            <tbody>{Markup.Each(calibration.Before.Zip(calibration.After), pair => Markup.Of($"""<tr><th scope="row">{pair.First.Name}</th>{Cell(pair.First.Metric)}{Cell(pair.Second.Metric)}</tr>"""))}</tbody></table></div>
            """);
    }

    /// <summary>The temperature and what it says, in a sentence or two.</summary>
    public static string Words(CalibrationFigures calibration, EvaluationOptions options)
    {
        TemperatureScaling scaling = calibration.Scaling;
        string fitted = $"Fitted on the {FigureText.Cases(options, calibration.FittedOnCases)} of {FigureText.Patients(calibration.FittedOnPatients)} of the validation set, the temperature is {FigureText.Number(scaling.Temperature, 2)}{(calibration.TemperatureInterval is { } limits ? $" ({FigureText.Percent(limits.Level)} interval {FigureText.Number(limits.Lower, 2)} to {FigureText.Number(limits.Upper, 2)}, bootstrap by patient)" : "")}";
        ConfidenceInterval? interval = calibration.TemperatureInterval;
        string meaning = scaling switch
        {
            { IsAtLimit: true, Temperature: < 1 } => ": the end of the range searched, because the scores separate the validation set perfectly. It says nothing about new patients.",
            { IsAtLimit: true } => ": the end of the range searched, because the scores tell nothing on the validation set.",
            _ when interval is { Lower: < 1, Upper: > 1 } => ": it cannot be told from 1, at which probabilities stay as they are.",
            { Temperature: > 1.05 } => ": the model is surer of itself than it should be.",
            { Temperature: < 0.95 } => ": the model is less sure of itself than it could be.",
            _ => ": the model's probabilities need no correction that one number can make.",
        };
        return $"{fitted}{meaning} On the validation set it takes the log loss from {FigureText.Number(scaling.LossBefore)} to {FigureText.Number(scaling.LossAfter)}. It changes neither the order of the {options.CasesNoun} nor the calls; the figures above are without it.";
    }

    private static Markup Cell(Metric metric) => metric.TryGetValue(out double value)
        ? Markup.Of($"""<td class="nowrap"><b>{FigureText.Number(value)}</b>{(metric.Interval is { } interval ? Markup.Of($"""<span class="under">{FigureText.Interval(interval, "–")}</span>""") : Markup.Empty)}</td>""")
        : Markup.Of($"""<td class="small soft">undefined: {metric.UndefinedReason}</td>""");
}
