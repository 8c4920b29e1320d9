using System.Globalization;
using System.Text;

namespace MLNetScinti.Evaluation.Reporting;

/// <summary>The comparison for the console: the verdict first, then mlnet's table of the best, then the paper's table with intervals.</summary>
internal static class ComparisonText
{
    private const int NameWidth = 26, CountWidth = 4, FigureWidth = 11;

    public static string Of(ComparisonReport report)
    {
        ModelComparison comparison = report.Comparison;
        BinaryEvaluation any = comparison.Models[0];
        StringBuilder text = new();
        text.Append(report.Title).Append('\n');
        text.Append(CultureInfo.InvariantCulture, $"{FigureText.Cases(any.Options, any.Test.Count)} of {FigureText.Patients(any.Test.PatientCount)}, {FigureText.Count(any.Test.Positives)} {any.Options.Words.Positive}; {FigureText.Origin(report.Data.Origin)}. Research use only.\n\n");
        Wrapped(text, comparison.PrimaryVerdict);
        Wrapped(text, comparison.Verdict);
        foreach (string sentence in report.AgainstBaselines())
        {
            Wrapped(text, sentence);
        }

        Wrapped(text, comparison.VerdictByPatient);
        Wrapped(text, comparison.Caution);
        Wrapped(text, report.Protocol);
        text.Append('\n').Append(ConsoleReport.Comparison(comparison, Summary(report), report.Models.ToDictionary(model => model.Name, model => model.Duration, StringComparer.Ordinal))).Append('\n');
        Table(text, report);
        return text.Replace('\u00A0', ' ').ToString();
    }

    /// <summary>The lines of mlnet's summary.</summary>
    private static string[] Summary(ComparisonReport report)
    {
        double seconds = report.Run.Durations.Sum(stage => stage.Duration.TotalSeconds);
        ScoreSet test = report.Comparison.Models[0].Test;
        EvaluationOptions options = report.Comparison.Models[0].Options;
        return
        [
            $"ML Task: {report.Comparison.Models[0].Task}",
            $"Test set: {FigureText.Cases(options, test.Count)} of {FigureText.Patients(test.PatientCount)}, {FigureText.Count(test.Positives)} {options.Words.Positive}",
            .. seconds > 0 ? [string.Create(CultureInfo.InvariantCulture, $"Total experiment time : {seconds:F2} Secs")] : Array.Empty<string>(),
            $"Total number of models explored: {report.Models.Count}",
        ];
    }

    private static void Table(StringBuilder text, ComparisonReport report)
    {
        int width = NameWidth + (4 * CountWidth) + (ComparisonRow.Columns.Count * FigureWidth);
        text.Append("All models, with ").Append(FigureText.Percent(report.Comparison.Level)).Append(" intervals\n");
        text.Append('-', width).Append('\n');
        text.Append("".PadRight(NameWidth));
        foreach (string count in new[] { "TP", "FN", "FP", "TN" })
        {
            text.Append(count.PadLeft(CountWidth));
        }

        foreach ((string _, string _, string shortName) in ComparisonRow.Columns)
        {
            text.Append(shortName.PadLeft(FigureWidth));
        }

        text.Append('\n').Append('-', width).Append('\n');
        foreach (ComparedModel model in report.Models)
        {
            string about = string.Join("; ", new[] { model.IsBaseline ? "baseline" : "", model.Training }.Where(part => part.Length > 0));
            text.Append(model.Name).Append(about.Length > 0 ? $" ({about})" : "").Append('\n');
            foreach (ComparisonRow row in ComparisonRow.Of(model))
            {
                Row(text, row);
            }
        }

        text.Append('-', width).Append('\n');
        if (report.Models.SelectMany(ComparisonRow.Of).Any(row => row.IsOptimistic))
        {
            text.Append("* optimistic: the cases judged chose the threshold, as in the paper.\n");
        }
    }

    private static void Row(StringBuilder text, ComparisonRow row)
    {
        string label = row.Kind switch
        {
            "paperProtocol" => "  paper's protocol *",
            "published" => $"  published{(row.IsOptimistic ? " *" : "")}",
            _ => "",
        };
        text.Append(label.PadRight(NameWidth));
        foreach (int? count in row.Counts is { } known ? new int?[] { known.TruePositives, known.FalseNegatives, known.FalsePositives, known.TrueNegatives } : [null, null, null, null])
        {
            text.Append((count is { } number ? number.ToString(CultureInfo.InvariantCulture) : "-").PadLeft(CountWidth));
        }

        foreach (Metric? metric in row.Figures)
        {
            text.Append((metric is { IsDefined: true } ? FigureText.Number(metric.Value) : metric is null ? "-" : "undef.").PadLeft(FigureWidth));
        }

        text.Append('\n').Append("".PadRight(NameWidth + (4 * CountWidth)));
        foreach (Metric? metric in row.Figures)
        {
            text.Append((metric?.Interval is { } interval ? $"[{Short(interval.Lower)},{Short(interval.Upper)}]" : "").PadLeft(FigureWidth));
        }

        text.Append('\n');
    }

    /// <summary>".80", "-.05", "1.0": an end of an interval in four letters at most.</summary>
    private static string Short(double value)
    {
        string number = value.ToString("F2", CultureInfo.InvariantCulture);
        return number switch
        {
            "1.00" => "1.0",
            "-1.00" => "-1.0",
            _ => number.Replace("0.", ".", StringComparison.Ordinal),
        };
    }

    internal static void Wrapped(StringBuilder text, string sentence)
    {
        const int Widest = 110;
        int column = 0;
        foreach (string word in sentence.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (column > 0 && column + 1 + word.Length > Widest)
            {
                text.Append('\n');
                column = 0;
            }

            if (column > 0)
            {
                text.Append(' ');
                column++;
            }

            text.Append(word);
            column += word.Length;
        }

        if (column > 0)
        {
            text.Append('\n');
        }
    }
}
