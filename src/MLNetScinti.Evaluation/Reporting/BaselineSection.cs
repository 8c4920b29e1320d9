using System.ComponentModel;

namespace MLNetScinti.Evaluation.Reporting;

/// <summary>A model of hand-made measures that was fitted on the same patients, beside the network: what every network has to beat.</summary>
/// <param name="Description">What it is, in a few words.</param>
/// <param name="Training">How it was fitted, in a few words.</param>
/// <param name="Cases">Both judged case by case.</param>
/// <param name="Patients">Both judged patient by patient; null where each patient has one case, or cases of several classes.</param>
public sealed record BaselineSection(string Description, string Training, FigureComparison Cases, FigureComparison? Patients)
{
    /// <summary>Puts a network's figures beside a baseline's.</summary>
    /// <param name="description">What the baseline is.</param>
    /// <param name="training">How it was fitted.</param>
    /// <param name="network">The network's evaluation: of several classes or labels.</param>
    /// <param name="baseline">The baseline's, on the same cases.</param>
    /// <exception cref="ArgumentException">They were not judged on the same cases, or their task is another.</exception>
    public static BaselineSection Of(string description, string training, IEvaluation network, IEvaluation baseline) => new(
        description, training, FigureComparison.Of([network, baseline]),
        (network, baseline) switch
        {
            (MulticlassEvaluation { ByPatient: { } one }, MulticlassEvaluation { ByPatient: { } other }) => FigureComparison.Of([one, other]),
            (MultiLabelEvaluation { ByPatient: { } one }, MultiLabelEvaluation { ByPatient: { } other }) => FigureComparison.Of([one, other]),
            _ => null,
        });

    /// <summary>What was found by the figure that comparisons rest on, a sentence for cases and one for patients.</summary>
    public IReadOnlyList<string> Sentences => Patients is null ? [Sentence("", Cases)] : [Sentence("", Cases), Sentence(" by patient", Patients)];

    private static string Sentence(string of, FigureComparison comparison)
    {
        MetricEntry main = comparison.Main;
        FigurePair pair = comparison.Pairs.First(each => each.Key == main.Key);
        string Figure(string model)
        {
            Metric metric = MainFigures.Of(comparison.Models.First(one => one.Model == model))[0].Metric;
            return metric.TryGetValue(out double value) ? $"{FigureText.Number(value)}{(metric.IntervalByPatient() is { } interval ? $" ({FigureText.Interval(interval, " to ")})" : "")}" : "undefined";
        }

        string head = $"{main.Name}{of}: {pair.First} {Figure(pair.First)}, {pair.Second} {Figure(pair.Second)}";
        return pair.Interval is not { } between ? $"{head}; their difference is undefined."
            : $"{head}; difference {FigureText.Number(pair.Difference)} ({FigureText.Interval(between, " to ")}), {(pair.IsSupported ? "beyond chance" : "not beyond chance")} (paired bootstrap by patient).";
    }
}

/// <summary>The baseline in metrics.json.</summary>
internal sealed record BaselinePart
{
    public required string Description { get; init; }

    public required string Training { get; init; }

    [Description("What was found, a sentence each.")]
    public required IReadOnlyList<string> Findings { get; init; }

    [Description("The baseline's figures, case by case.")]
    public required IReadOnlyDictionary<string, FigurePart> Metrics { get; init; }

    [Description("Patient by patient; left out where each has one case.")]
    public IReadOnlyDictionary<string, FigurePart>? MetricsByPatient { get; init; }

    public static BaselinePart Of(BaselineSection section, string network) => new()
    {
        Description = section.Description,
        Training = section.Training,
        Findings = section.Sentences,
        Metrics = FigurePart.Of(MainFigures.Of(section.Cases.Models.First(one => one.Model != network))),
        MetricsByPatient = section.Patients is { } patients ? FigurePart.Of(MainFigures.Of(patients.Models.First(one => one.Model != network))) : null,
    };
}
