using System.Globalization;
using System.Text;
using MLNetScinti.Imaging;

namespace MLNetScinti.Evaluation.Reporting;

/// <summary>Several models on the same test cases, whatever their task: <see cref="ComparisonReport"/> of two classes, <see cref="TaskComparisonReport"/> of others.</summary>
public interface IComparisonReport
{
    /// <summary>The report's title.</summary>
    string Title { get; }

    /// <summary>What was done to the models, in a sentence.</summary>
    string Protocol { get; }

    /// <summary>What came in.</summary>
    DataCard Data { get; }

    /// <summary>How to do it again.</summary>
    RunRecord Run { get; }
}

/// <summary>Several models of several classes, several labels or masks on the same test cases, side by side.</summary>
[TypeFormatterSource(typeof(TaskComparisonReport))]
public sealed record TaskComparisonReport : IComparisonReport
{
    private TaskComparisonReport(IReadOnlyList<JudgedModel> models, FigureComparison? figures, SegmentationComparison? masks) => (Models, Figures, Masks) = (models, figures, masks);

    /// <inheritdoc/>
    public required string Title { get; init; }

    /// <summary>The models in the order in which tables show them.</summary>
    public IReadOnlyList<JudgedModel> Models { get; }

    /// <summary>The paired tests of models of several classes or labels; null for masks.</summary>
    public FigureComparison? Figures { get; }

    /// <summary>The paired tests of models that draw masks; null for others.</summary>
    public SegmentationComparison? Masks { get; }

    /// <inheritdoc/>
    public required DataCard Data { get; init; }

    /// <inheritdoc/>
    public required RunRecord Run { get; init; }

    /// <inheritdoc/>
    public string Protocol { get; init; } = "";

    /// <summary>Whether the test supports a ranking, in words.</summary>
    public string Verdict => $"{Figures?.PrimaryVerdict ?? Masks!.PrimaryVerdict} {Figures?.Verdict ?? Masks!.Verdict}".TrimStart();

    /// <summary>What is said of many tests, and of what they do not hold: a sentence each.</summary>
    public IReadOnlyList<string> Cautions =>
    [
        Figures?.Caution ?? "Dice, distance and volume are corrected each for its own pairs and labels, and not for one another: the verdict rests on Dice, what the others say is a hint.",
        "A test that cannot tell two models apart does not show that they are equal.",
        "One training per model: another seed gives other weights. The tests say how far other patients could change the order, not how far another training could.",
    ];

    internal IEvaluation Any => Models[0].Evaluation;

    /// <summary>Makes the report of models that were judged on the same cases.</summary>
    /// <exception cref="ArgumentException">Fewer than two models, one name twice, other cases, classes or labels, or a task whose models are not compared so.</exception>
    public static TaskComparisonReport Of(string title, IReadOnlyList<JudgedModel> models, DataCard data, RunRecord run, PrimaryContrast? primary = null)
    {
        ArgumentNullException.ThrowIfNull(models);
        bool masks = models.Count > 0 && models.All(model => model.Evaluation is SegmentationEvaluation);
        return new(
            models,
            masks ? null : FigureComparison.Of([.. models.Select(model => model.Evaluation)], primary),
            masks ? SegmentationComparison.Of([.. models.Select(model => (SegmentationEvaluation)model.Evaluation)], primary) : null)
        { Title = title, Data = data, Run = run };
    }
}

/// <summary>One model of a comparison: its figures, and how it came about.</summary>
/// <param name="Evaluation">The model's figures on the cases that all models were judged on.</param>
public sealed record JudgedModel(IEvaluation Evaluation)
{
    /// <summary>The model's name: that of its evaluation.</summary>
    public string Name => Evaluation.Model;

    /// <summary>What it is, in a few words.</summary>
    public string Description { get; init; } = "";

    /// <summary>How it was trained, in a few words.</summary>
    public string Training { get; init; } = "";

    /// <summary>How long the training took; null where it was there.</summary>
    public TimeSpan? Duration { get; init; }

    /// <summary>Where its own report is, relative to this one; null for none.</summary>
    public string? ReportLink { get; init; }
}

/// <summary>The comparison of models of several classes, labels or masks for the console: the verdict first, then the models, then the pairs.</summary>
internal static class TaskComparisonText
{
    private const int NameWidth = 28, FigureWidth = 22;

    public static string Of(TaskComparisonReport report)
    {
        IEvaluation any = report.Any;
        StringBuilder text = new();
        text.Append(report.Title).Append('\n');
        text.Append(CultureInfo.InvariantCulture, $"{FigureText.Cases(any.Options, any.Test.Cases.Count)} of {FigureText.Patients(any.Test.PatientIds.Count)}; {FigureText.Origin(report.Data.Origin)}. Research use only.\n\n");
        foreach (string sentence in (string[])[report.Verdict, .. report.Cautions, report.Protocol])
        {
            ComparisonText.Wrapped(text, sentence);
        }

        IReadOnlyList<MetricEntry> columns = MainFigures.Of(any);
        int width = columns.Max(column => Math.Max(FigureWidth, column.Name.Length + 2));
        string rule = new('-', NameWidth + (columns.Count * width));
        text.Append(CultureInfo.InvariantCulture, $"\nExperiment Results: all models, with {FigureText.Percent(any.Options.Level)} intervals by patient\n{rule}\n{"".PadRight(NameWidth)}");
        text.AppendJoin("", columns.Select(column => column.Name.PadLeft(width))).Append('\n').Append(rule).Append('\n');
        foreach (JudgedModel model in report.Models)
        {
            TrainingsText.Row(text, model.Name, model.Evaluation, width);
        }

        text.Append(rule).Append("\n\n");
        if (report.Masks is { } masks)
        {
            ConsoleSections.Add(text, masks);
        }

        if (report.Figures is { } figures)
        {
            text.Append("Paired bootstrap by patient: first minus second with its interval, p, Holm's correction for the pairs of one figure\n");
            foreach (FigurePair pair in figures.Pairs)
            {
                string interval = pair.Interval is { } between ? $" ({FigureText.Number(between.Lower, 4)} to {FigureText.Number(between.Upper, 4)})" : "";
                text.Append(CultureInfo.InvariantCulture, $"  {$"{pair.First} - {pair.Second}:",-42} {pair.Name}: {Number(pair.Difference)}{interval}; p {Number(pair.P)}, Holm {Number(pair.AdjustedP)}\n");
            }
        }

        return text.Replace('\u00A0', ' ').ToString();

        static string Number(double value) => double.IsNaN(value) ? "undefined" : FigureText.Number(value, 4);
    }
}
