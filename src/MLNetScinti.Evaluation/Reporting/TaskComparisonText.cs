using System.Globalization;
using System.Text;

namespace MLNetScinti.Evaluation.Reporting;

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
