using System.Globalization;
using System.Text;

namespace MLNetScinti.Evaluation.Reporting;

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
