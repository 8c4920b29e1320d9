using System.Globalization;
using System.Text;
using MLNetScinti.Imaging;

namespace MLNetScinti.Evaluation.Reporting;

/// <summary>In what the trainings of one definition differ.</summary>
public enum TrainingsKind
{
    /// <summary>In the seed of the training: the same patients train, validate and test.</summary>
    Seeds,

    /// <summary>In who trains, validates and tests: each patient is tested once.</summary>
    Folds,
}

/// <summary>Several trainings of one definition: the same content goes to the console, to JSON and to the HTML page.</summary>
[TypeFormatterSource(typeof(TrainingsReport))]
public sealed record TrainingsReport
{
    /// <summary>The report's title.</summary>
    public required string Title { get; init; }

    /// <summary>In what the trainings differ.</summary>
    public required TrainingsKind Kind { get; init; }

    /// <summary>The trainings, in order.</summary>
    public required IReadOnlyList<ReportedTraining> Trainings { get; init; }

    /// <summary>
    /// Of folds: all patients' cases, each judged by the model that was not fitted on it. Of seeds: the mean of the models' answers on
    /// the same test patients. Null where neither was made.
    /// </summary>
    public IEvaluation? Together { get; init; }

    /// <summary>What the model of all trainings together is, in a sentence; empty where there is none.</summary>
    public string Ensemble { get; init; } = "";

    /// <summary>What came in.</summary>
    public required DataCard Data { get; init; }

    /// <summary>What each of the models is.</summary>
    public required ModelCard Model { get; init; }

    /// <summary>How to do it again.</summary>
    public required RunRecord Run { get; init; }

    /// <summary>The spread of the main figures over the trainings.</summary>
    public IReadOnlyList<FigureSpread> Spread => FigureSpread.Of([.. Trainings.Select(one => one.Evaluation)]);

    internal IEvaluation Any => Trainings[0].Evaluation;

    /// <summary>What came out and how sure it is, a sentence each: the first thing that every form of the report says.</summary>
    public IReadOnlyList<string> Found()
    {
        FigureSpread main = Spread[0];
        string level = FigureText.Percent(Any.Options.Level);
        string spread = main.Trainings == 0
            ? $"{main.Name} is undefined in every training."
            : $"{main.Name} over {FigureText.Of(main.Trainings, "training", "trainings")}: mean {FigureText.Number(main.Mean)}{(double.IsNaN(main.StandardDeviation) ? "" : $", standard deviation {FigureText.Number(main.StandardDeviation)}")}, from {FigureText.Number(main.Minimum)} to {FigureText.Number(main.Maximum)}.";
        double[] widths = [.. main.Values.Where(value => value.IsDefined).Select(value => value.IntervalByPatient()).OfType<ConfidenceInterval>().Select(interval => interval.Upper - interval.Lower)];
        string width = widths.Length == 0 ? "" : $" The {level} interval by patient of one training is {FigureText.Number(widths.Average())} wide on average.";
        if (Kind == TrainingsKind.Seeds)
        {
            return
            [
                spread + width,
                "Two things are unsure, and neither holds the other. The spread says how much another seed of the training changes on the same patients; an interval says how much other patients would change with the same model.",
                .. Together is { } mean ? [$"The mean of the models' answers: {main.Name} {Between(MainFigures.Of(mean)[0].Metric)}."] : Array.Empty<string>(),
            ];
        }

        return
        [
            .. Together is { } pooled ? [$"{FigureText.Patients(pooled.Test.PatientIds.Count)} were tested once each, by the model that was neither trained nor validated on them: {main.Name} {Between(MainFigures.Of(pooled)[0].Metric)} over all of them together."] : Array.Empty<string>(),
            $"{spread}{width} A fold's figure holds other patients and another training at once. The folds share most of their training patients, so the standard deviation over folds is no standard error.",
            .. Together is null ? Array.Empty<string>() : ["Figures over all folds together put answers of several models on one scale; where a figure ranks cases, and the models' scales differ, it is lower than the folds' own."],
        ];
    }

    private static string Between(Metric metric) => metric.TryGetValue(out double value)
        ? $"{FigureText.Number(value)}{(metric.IntervalByPatient() is { } interval ? $" ({FigureText.Percent(interval.Level)} interval {FigureText.Interval(interval, " to ")}, {interval.Method})" : "")}"
        : $"undefined ({metric.UndefinedReason})";
}

/// <summary>One training of several.</summary>
/// <param name="Name">Its name, which is its folder's: "seed-4", "fold-2".</param>
/// <param name="Seed">The seed of the training.</param>
/// <param name="Evaluation">Its figures on its test patients.</param>
public sealed record ReportedTraining(string Name, ulong Seed, IEvaluation Evaluation)
{
    /// <summary>Where its own report is, relative to this one's folder; empty for none.</summary>
    public string ReportLink { get; init; } = "";
}

/// <summary>Several trainings for the console: what was found, the spread, and each training with its intervals.</summary>
internal static class TrainingsText
{
    private const int NameWidth = 28, NumberWidth = 10, FigureWidth = 22;

    public static string Of(TrainingsReport report)
    {
        StringBuilder text = new();
        text.Append(report.Title).Append('\n');
        text.Append(CultureInfo.InvariantCulture, $"{FigureText.Origin(report.Data.Origin)}. Research use only.\n\n");
        foreach (string sentence in report.Found().Append(report.Ensemble))
        {
            ComparisonText.Wrapped(text, sentence);
        }

        string rule = new('-', NameWidth + (4 * NumberWidth));
        text.Append(CultureInfo.InvariantCulture, $"\nSpread over {report.Trainings.Count} trainings\n{rule}\n{"Figure".PadRight(NameWidth)}");
        foreach (string head in new[] { "Mean", "SD", "Min", "Max" })
        {
            text.Append(head.PadLeft(NumberWidth));
        }

        text.Append('\n').Append(rule).Append('\n');
        foreach (FigureSpread spread in report.Spread)
        {
            text.Append(spread.Name.PadRight(NameWidth));
            foreach (double value in new[] { spread.Mean, spread.StandardDeviation, spread.Minimum, spread.Maximum })
            {
                text.Append((double.IsNaN(value) ? "undef." : FigureText.Number(value, 4)).PadLeft(NumberWidth));
            }

            text.Append('\n');
        }

        IReadOnlyList<MetricEntry> columns = MainFigures.Of(report.Any);
        int width = columns.Max(column => Math.Max(FigureWidth, column.Name.Length + 2));
        rule = new('-', NameWidth + (columns.Count * width));
        text.Append(CultureInfo.InvariantCulture, $"\nEach training, with {FigureText.Percent(report.Any.Options.Level)} intervals by patient\n{rule}\n{"".PadRight(NameWidth)}");
        text.AppendJoin("", columns.Select(column => column.Name.PadLeft(width))).Append('\n').Append(rule).Append('\n');
        foreach (ReportedTraining training in report.Trainings)
        {
            Row(text, training.Name, training.Evaluation, width);
        }

        text.Append(rule).Append('\n');
        if (report.Together is { } together)
        {
            Row(text, report.Kind == TrainingsKind.Folds ? "all folds together" : "mean of the answers", together, width);
            text.Append(rule).Append('\n');
        }

        return text.Replace('\u00A0', ' ').ToString();
    }

    internal static void Row(StringBuilder text, string name, IEvaluation evaluation, int width)
    {
        text.Append(name.PadRight(NameWidth));
        foreach (MetricEntry entry in MainFigures.Of(evaluation))
        {
            string figure = !entry.Metric.TryGetValue(out double value) ? "undef."
                : FigureText.Number(value) + (entry.Metric.IntervalByPatient() is { } interval ? $" ({FigureText.Interval(interval)})" : "");
            text.Append(figure.PadLeft(width));
        }

        text.Append('\n');
    }
}
