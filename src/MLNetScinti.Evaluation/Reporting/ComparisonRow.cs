using MLNetScinti.Evaluation.Statistics;

namespace MLNetScinti.Evaluation.Reporting;

/// <summary>One row of the table that sets models side by side, in the columns of the paper's Table 1 and those it lacks.</summary>
/// <param name="Label">What the row is: "threshold from validation data", "published".</param>
/// <param name="Kind">"own", "paperProtocol" or "published".</param>
/// <param name="IsOptimistic">Whether the cases judged chose the threshold.</param>
/// <param name="Counts">The confusion table, where known.</param>
/// <param name="Figures">The figures in the order of <see cref="Columns"/>; null where a publication does not say.</param>
internal sealed record ComparisonRow(string Label, string Kind, bool IsOptimistic, ConfusionCounts? Counts, IReadOnlyList<Metric?> Figures)
{
    /// <summary>The figures' keys in metrics.json, their names and their short names.</summary>
    public static IReadOnlyList<(string Key, string Name, string Short)> Columns { get; } =
    [
        ("areaUnderRoc", "Area under ROC", "AUC"),
        ("accuracy", "Accuracy", "Accuracy"),
        ("sensitivity", "Sensitivity", "Sens."),
        ("specificity", "Specificity", "Spec."),
        ("positivePredictiveValue", "Positive predictive value (precision)", "PPV"),
        ("negativePredictiveValue", "Negative predictive value", "NPV"),
        ("f1", "F1 score", "F1"),
        ("kappa", "Cohen's kappa", "Kappa"),
    ];

    /// <summary>The rows of a model: ours, ours under the paper's protocol where computed, and the published one where there is one.</summary>
    public static IReadOnlyList<ComparisonRow> Of(ComparedModel model)
    {
        List<ComparisonRow> rows = [Of(model.Evaluation, model.Evaluation.OperatingPoint, "own")];
        if (model.Evaluation.PaperProtocol is { } paper)
        {
            rows.Add(Of(model.Evaluation, paper, "paperProtocol"));
        }

        if (model.Published is { } published)
        {
            rows.Add(Of(published));
        }

        return rows;
    }

    private static ComparisonRow Of(BinaryEvaluation evaluation, OperatingPoint point, string kind) => new(
        point.Threshold.Protocol switch
        {
            ThresholdProtocol.Validation => "threshold from validation data",
            ThresholdProtocol.Paper => "paper's protocol, optimistic",
            _ => "threshold given beforehand",
        },
        kind,
        point.Threshold.IsOptimistic,
        point.Counts,
        [.. Columns.Select(column => column.Key == "areaUnderRoc" ? evaluation.AreaUnderRoc : point[column.Key])]);

    private static ComparisonRow Of(PublishedResult published)
    {
        string protocol = published.Protocol == ThresholdProtocol.Paper ? ", optimistic" : "";
        return new($"published: {published.Name}{protocol}", "published", published.Protocol == ThresholdProtocol.Paper, published.Counts, [.. Columns.Select(column => Figure(published, column.Key))]);
    }

    /// <summary>The printed figure with the interval that its counts (or its area and the numbers of cases) give; papers seldom print one.</summary>
    private static Metric? Figure(PublishedResult published, string key)
    {
        bool isPrinted = published.Figures.TryGetValue(key, out double printed);
        if (published.Counts is not { } counts)
        {
            return isPrinted ? Metric.Of(printed, 0, 0) : null;
        }

        if (key == "areaUnderRoc")
        {
            return isPrinted ? Metric.Of(printed, counts.Total, 0, new AucEstimate(printed, double.NaN, counts.Positives, counts.Negatives).PseudoScore()) : null;
        }

        Metric derived = BinaryFigure.All.First(figure => figure.Key == key).Judge(counts, 0, null, 0.95);
        return !isPrinted ? derived : Metric.Of(printed, counts.Total, 0, derived.Interval);
    }
}
