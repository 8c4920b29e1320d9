using MLNetScinti.Evaluation.Statistics;
using MLNetScinti.Imaging;

namespace MLNetScinti.Evaluation.Reporting;

/// <summary>Several models on the same test cases, side by side: the same content goes to the console, to JSON and to the HTML page.</summary>
[TypeFormatterSource(typeof(ComparisonReport))]
public sealed record ComparisonReport : IComparisonReport
{
    /// <summary>The report's title.</summary>
    public required string Title { get; init; }

    /// <summary>The models in the order in which tables show them.</summary>
    public required IReadOnlyList<ComparedModel> Models { get; init; }

    /// <summary>The paired tests of the same models: <c>ModelComparison.Of(models.Select(one => one.Evaluation))</c>.</summary>
    public required ModelComparison Comparison { get; init; }

    /// <summary>What came in.</summary>
    public required DataCard Data { get; init; }

    /// <summary>How to do it again.</summary>
    public required RunRecord Run { get; init; }

    /// <summary>
    /// What was done to the models, in a sentence: "Trained here with the preset quick (12 epochs instead of the paper's 300).".
    /// It is among the first things that the report says.
    /// </summary>
    public string Protocol { get; init; } = "";

    /// <summary>Makes the report of models that were judged on the same cases.</summary>
    /// <exception cref="ArgumentException">Fewer than two models, one name twice, other cases or other labels, or a class is absent.</exception>
    public static ComparisonReport Of(string title, IReadOnlyList<ComparedModel> models, DataCard data, RunRecord run, PrimaryContrast? primary = null)
    {
        ArgumentNullException.ThrowIfNull(models);
        return new() { Title = title, Models = models, Comparison = ModelComparison.Of([.. models.Select(one => one.Evaluation)], primary), Data = data, Run = run };
    }

    /// <summary>The models that are not baselines, against the baselines: one sentence per baseline about the best of the others.</summary>
    internal IEnumerable<string> AgainstBaselines()
    {
        HashSet<string> baselines = [.. Models.Where(one => one.IsBaseline).Select(one => one.Name)];
        string? best = Comparison.Models.Select(one => one.Model).FirstOrDefault(name => !baselines.Contains(name));
        return best is null ? [] : Comparison.Models.Where(one => baselines.Contains(one.Model)).Select(one => $"Against the baseline: {Lower(Comparison.Between(best, one.Model))}");

        static string Lower(string sentence) => sentence.StartsWith("This ", StringComparison.Ordinal) ? char.ToLowerInvariant(sentence[0]) + sentence[1..] : sentence;
    }
}

/// <summary>One model of a comparison: its figures, and how it came about.</summary>
public sealed record ComparedModel
{
    /// <summary>The model's figures on the cases that all models were judged on.</summary>
    public required BinaryEvaluation Evaluation { get; init; }

    /// <summary>The model's name: that of its evaluation.</summary>
    public string Name => Evaluation.Model;

    /// <summary>What it is, in a few words, such as "three MIPs, one branch each".</summary>
    public string Description { get; init; } = "";

    /// <summary>How it was trained, in a few words, such as "12 epochs, preset quick" or "loaded, trained before".</summary>
    public string Training { get; init; } = "";

    /// <summary>Whether it is the simple method that the others have to beat.</summary>
    public bool IsBaseline { get; init; }

    /// <summary>Its model card, where there is one.</summary>
    public ModelCard? Card { get; init; }

    /// <summary>How it was made, where that is another command than the comparison's: its seed, versions and hashes.</summary>
    public RunRecord? Run { get; init; }

    /// <summary>How long it took, where it was trained now; shown in the table of trials.</summary>
    public TimeSpan? Duration { get; init; }

    /// <summary>Its own report, as a path relative to the comparison's, with forward slashes; null where there is none.</summary>
    public string? ReportLink { get; init; }

    /// <summary>What the publication reports of the same model, where it does.</summary>
    public PublishedResult? Published { get; init; }
}

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

/// <summary>What a publication reports of a model, to be shown beside ours: other patients, and often another protocol.</summary>
public sealed record PublishedResult
{
    /// <summary>Where it is printed, such as "Table 1" with authors and year.</summary>
    public required string Source { get; init; }

    /// <summary>The row's name there, such as "2.5D MIPs".</summary>
    public required string Name { get; init; }

    /// <summary>How its threshold was chosen, where that was.</summary>
    public required ThresholdProtocol Protocol { get; init; }

    /// <summary>The confusion table, as printed or as the printed shares determine it; null where neither.</summary>
    public ConfusionCounts? Counts { get; init; }

    /// <summary>Whether <see cref="Counts"/> are printed; otherwise they follow from the printed shares and the numbers of cases.</summary>
    public bool CountsArePrinted { get; init; }

    /// <summary>The figures as printed, by their keys in metrics.json ("accuracy", "areaUnderRoc").</summary>
    public IReadOnlyDictionary<string, double> Figures { get; init; } = new Dictionary<string, double>(StringComparer.Ordinal);

    /// <summary>The figures at a threshold that follow from <see cref="Counts"/>, to hold the printed ones against; empty where there are no counts.</summary>
    public IReadOnlyDictionary<string, double> FiguresOfCounts() => Counts is not { } counts
        ? new Dictionary<string, double>(StringComparer.Ordinal)
        : BinaryFigure.All.Select(figure => (figure.Key, Value: figure.Compute(counts))).Where(figure => double.IsFinite(figure.Value)).ToDictionary(figure => figure.Key, figure => figure.Value, StringComparer.Ordinal);
}
