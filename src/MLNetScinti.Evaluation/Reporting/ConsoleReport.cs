using System.Globalization;
using System.Text;

namespace MLNetScinti.Evaluation.Reporting;

/// <summary>
/// The report as text, in the shape that users of <c>mlnet</c> and <c>maml</c> know: a row per trial, the banner, the
/// confusion table and the overall results.
/// </summary>
public static class ConsoleReport
{
    private const int Width = 110;

    /// <summary>The head of the table of trials, in mlnet's columns for binary classification.</summary>
    public static string TrialHeader { get; } = string.Create(CultureInfo.InvariantCulture,
        $"|     {"Trainer",-35} {"Accuracy",9} {"AUC",8} {"AUPRC",8} {"F1-score",9} {"Duration",9} |");

    /// <summary>One trial as a row in mlnet's columns; a figure that is undefined shows as a dash.</summary>
    public static string TrialRow(int iteration, string trainer, Metric accuracy, Metric areaUnderRoc, Metric averagePrecision, Metric f1, TimeSpan? duration = null)
    {
        ArgumentNullException.ThrowIfNull(accuracy);
        ArgumentNullException.ThrowIfNull(areaUnderRoc);
        ArgumentNullException.ThrowIfNull(averagePrecision);
        ArgumentNullException.ThrowIfNull(f1);
        string time = duration is { } taken ? taken.TotalSeconds.ToString("F1", CultureInfo.InvariantCulture) : "-";
        return string.Create(CultureInfo.InvariantCulture,
            $"|{iteration,-4} {trainer,-35} {Cell(accuracy),9} {Cell(areaUnderRoc),8} {Cell(averagePrecision),8} {Cell(f1),9} {time,9} |");
    }

    /// <summary>One evaluated model as a row of trials.</summary>
    public static string TrialRow(int iteration, BinaryEvaluation evaluation, TimeSpan? duration = null)
    {
        ArgumentNullException.ThrowIfNull(evaluation);
        OperatingPoint point = evaluation.OperatingPoint;
        return TrialRow(iteration, evaluation.Model, point.Accuracy, evaluation.AreaUnderRoc, evaluation.AveragePrecision, point.F1, duration);
    }

    /// <summary>The head of the table of trials, in mlnet's columns for the evaluation's task.</summary>
    public static string TrialHeaderOf(IEvaluation evaluation)
    {
        ArgumentNullException.ThrowIfNull(evaluation);
        return evaluation is BinaryEvaluation ? TrialHeader : string.Create(CultureInfo.InvariantCulture,
            $"|     {"Trainer",-35} {string.Join(' ', TrialColumns(evaluation).Select(column => column.Name.PadLeft(column.Width)))} {"Duration",9} |");
    }

    /// <summary>One evaluated model as a row of trials, in the columns of <see cref="TrialHeaderOf"/>; a figure that is undefined shows as a dash.</summary>
    public static string TrialRowOf(int iteration, IEvaluation evaluation, TimeSpan? duration = null)
    {
        ArgumentNullException.ThrowIfNull(evaluation);
        string time = duration is { } taken ? taken.TotalSeconds.ToString("F1", CultureInfo.InvariantCulture) : "-";
        return evaluation is BinaryEvaluation binary ? TrialRow(iteration, binary, duration) : string.Create(CultureInfo.InvariantCulture,
            $"|{iteration,-4} {evaluation.Model,-35} {string.Join(' ', TrialColumns(evaluation).Select(column => Cell(column.Metric).PadLeft(column.Width)))} {time,9} |");
    }

    private static IReadOnlyList<(string Name, int Width, Metric Metric)> TrialColumns(IEvaluation evaluation) => evaluation switch
    {
        MulticlassEvaluation classes => [("MicroAccuracy", 14, classes.MicroAccuracy), ("MacroAccuracy", 14, classes.MacroAccuracy)],
        MultiLabelEvaluation labels => [("SubsetAccuracy", 15, labels.SubsetAccuracy), ("MicroF1", 9, labels.MicroF1), ("MacroF1", 9, labels.MacroF1)],
        SegmentationEvaluation masks => [("Dice", 9, masks.MeanDice), ("Jaccard", 9, masks.Figures.Named(SegmentationEvaluation.MeanJaccardKey))],
        RegressionEvaluation { Stock: var stock } => [("RSquared", 9, stock.Metrics.Named("RSquared")), ("Absolute-loss", 14, stock.Metrics.Named("MeanAbsoluteError")), ("Squared-loss", 13, stock.Metrics.Named("MeanSquaredError")), ("RMS-loss", 9, stock.Metrics.Named("RootMeanSquaredError"))],
        _ => [.. evaluation.Figures.Take(3).Select(entry => (entry.Key, Math.Max(9, entry.Key.Length + 1), entry.Metric))],
    };

    /// <summary>
    /// The confusion table in maml's layout, with the line of the positive ratio before it. Where maml would print 0 for a
    /// recall or precision of nothing, this prints "undef.".
    /// </summary>
    public static string ConfusionTable(ConfusionCounts counts)
    {
        string rule = new('=', 22);
        string ratio = Share(counts.Positives, counts.Total);
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"TEST POSITIVE RATIO:\t{ratio} ({counts.Positives:F1}/({counts.Positives:F1}+{counts.Negatives:F1}))\n");
        text.Append("Confusion table\n");
        text.Append(CultureInfo.InvariantCulture, $"          ||{rule}\n");
        text.Append("PREDICTED || positive | negative | Recall\n");
        text.Append(CultureInfo.InvariantCulture, $"TRUTH     ||{rule}\n");
        text.Append(CultureInfo.InvariantCulture, $" positive ||{counts.TruePositives,9:N0} |{counts.FalseNegatives,9:N0} | {Share(counts.TruePositives, counts.Positives)}\n");
        text.Append(CultureInfo.InvariantCulture, $" negative ||{counts.FalsePositives,9:N0} |{counts.TrueNegatives,9:N0} | {Share(counts.TrueNegatives, counts.Negatives)}\n");
        text.Append(CultureInfo.InvariantCulture, $"          ||{rule}\n");
        text.Append(CultureInfo.InvariantCulture, $"Precision ||{Share(counts.TruePositives, counts.CalledPositive),9} |{Share(counts.TrueNegatives, counts.CalledNegative),9} |\n");
        return text.ToString();
    }

    /// <summary>
    /// The confusion table of several classes in maml's layout: columns of five (eight where there are two classes); classes whose
    /// names do not fit are numbered, and the names stand before the rows. What maml would print as 0 of nothing is "undef.".
    /// </summary>
    public static string ConfusionTableOfClasses(ClassTable table)
    {
        ArgumentNullException.ThrowIfNull(table);
        if (table.Names.Count == 0)
        {
            return "Confusion table: there is no case\n";
        }

        int classes = table.Names.Count, width = classes == 2 ? 8 : 5;
        int longest = table.Names.Max(name => name.Length), digits = (classes - 1).ToString(CultureInfo.InvariantCulture).Length;
        bool isNumbered = longest > width;
        int first = Math.Max(9, isNumbered ? digits + 2 + longest : longest);
        string rule = new('=', (classes == 2 ? 11 : 8) * classes);
        StringBuilder text = new("Confusion table\n");
        Line("", rule);
        Line("PREDICTED", string.Concat(Enumerable.Range(0, classes).Select(k => $" {(isNumbered ? k.ToString(CultureInfo.InvariantCulture) : table.Names[k]).PadLeft(width)} |")) + " Recall");
        Line("TRUTH", rule);
        for (int truth = 0; truth < classes; truth++)
        {
            string name = isNumbered ? $"{truth.ToString(CultureInfo.InvariantCulture).PadLeft(digits)}. {table.Names[truth].PadLeft(first - digits - 2)}" : table.Names[truth].PadLeft(first);
            Line(name, string.Concat(Enumerable.Range(0, classes).Select(called => $" {table[truth, called].ToString("N0", CultureInfo.InvariantCulture).PadLeft(width)} |")) + $" {Share(table.Recall(truth))}");
        }

        Line("", rule);
        Line("Precision", string.Concat(Enumerable.Range(0, classes).Select(k => $"{Share(table.Precision(k)).PadLeft(width + 1)} |")));
        return text.ToString();

        void Line(string start, string rest) => text.Append(start.PadRight(first)).Append(" ||").Append(rest).Append('\n');

        static string Share(Metric metric) => metric.TryGetValue(out double value) ? FigureText.Number(value, 4) : "undef.";
    }

    /// <summary>The table at the end of an experiment, in mlnet's shape: the models explored, the best first, and what the test supports.</summary>
    public static string Comparison(ModelComparison comparison) => Comparison(comparison, [], durations: null);

    /// <summary>The comparison as text: the verdict first, the table of the best, and every model's figures with intervals.</summary>
    public static string Text(ComparisonReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        return ComparisonText.Of(report);
    }

    /// <summary>The comparison of models of several classes, labels or masks as text.</summary>
    public static string Text(TaskComparisonReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        return TaskComparisonText.Of(report);
    }

    /// <summary>Any comparison as text.</summary>
    public static string Text(IComparisonReport report) => report switch
    {
        ComparisonReport binary => Text(binary),
        TaskComparisonReport other => Text(other),
        _ => throw new ArgumentException("A comparison of this kind has no text.", nameof(report)),
    };

    /// <summary>Several trainings of one definition as text: what was found, the spread, and each training with its intervals.</summary>
    public static string Text(TrainingsReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        return TrainingsText.Of(report);
    }

    internal static string Comparison(ModelComparison comparison, IReadOnlyList<string> summary, IReadOnlyDictionary<string, TimeSpan?>? durations)
    {
        ArgumentNullException.ThrowIfNull(comparison);
        string dashes = new('-', TrialHeader.Length);
        StringBuilder text = new();
        const string Head = "Experiment Results";
        int before = (TrialHeader.Length - Head.Length) / 2;
        text.Append('=', before).Append(Head).Append('=', TrialHeader.Length - Head.Length - before).Append('\n');
        text.Append(dashes).Append('\n');
        if (summary.Count > 0)
        {
            Title("Summary");
            foreach (string line in summary)
            {
                text.Append('|').Append(line.PadRight(TrialHeader.Length - 2)).Append("|\n");
            }

            text.Append(dashes).Append('\n');
        }

        Title($"Top {comparison.Models.Count} models explored");
        text.Append(TrialHeader).Append('\n');
        for (int i = 0; i < comparison.Models.Count; i++)
        {
            text.Append(TrialRow(i + 1, comparison.Models[i], durations?.GetValueOrDefault(comparison.Models[i].Model))).Append('\n');
        }

        text.Append(dashes).Append('\n');
        if (durations is null)
        {
            text.Append(comparison.Verdict).Append('\n');
        }

        text.Append("Paired DeLong tests (difference of areas, interval, p), Holm's correction, Holm's by patient, McNemar\n");
        foreach (ModelPair pair in comparison.Pairs)
        {
            ConfidenceInterval interval = pair.Interval(comparison.Level);
            text.Append(CultureInfo.InvariantCulture, $"  {$"{pair.First} - {pair.Second}:",-42} {pair.Areas.Difference,7:F4} ({interval.Lower,7:F4} to {interval.Upper,7:F4}), p {P(pair.Areas.P)}, Holm {P(pair.AdjustedP)}, by patient {P(pair.AdjustedPByPatient)}, McNemar {P(pair.Errors.ExactP)}{(pair.IsPrimary ? "; primary contrast, not corrected" : "")}\n");
        }

        text.Append("Paired shares called right (first minus second; Tango's interval, Newcombe's; McNemar's p, exact and mid-p), not corrected\n");
        foreach ((ModelPair pair, PairedShare share) in comparison.Pairs.SelectMany(pair => pair.Shares.Where(share => share.Proportions.Cases > 0).Select(share => (pair, share))))
        {
            ConfidenceInterval tango = share.Proportions.Tango(comparison.Level), newcombe = share.Proportions.Newcombe(comparison.Level);
            text.Append(CultureInfo.InvariantCulture, $"  {$"{pair.First} - {pair.Second}, {share.Name}:",-55} {share.Proportions.Difference,7:F4} ({tango.Lower:F4} to {tango.Upper:F4}; {newcombe.Lower:F4} to {newcombe.Upper:F4}), p {P(share.Proportions.Test.ExactP)}, mid-p {P(share.Proportions.Test.MidP)}\n");
        }

        return text.ToString();

        void Title(string title) =>
            text.Append('|').Append(title.PadLeft((TrialHeader.Length - 2 + title.Length) / 2).PadRight(TrialHeader.Length - 2)).Append("|\n").Append(dashes).Append('\n');

        static string P(double p) => double.IsNaN(p) ? "undefined" : FigureText.Number(p, 4);
    }

    /// <summary>The whole report as text.</summary>
    public static string Text(EvaluationReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        StringBuilder text = new();
        IEvaluation evaluation = report.Evaluation;
        Figures(text, evaluation, report.Data.Origin);
        if (report.Comparison is { } comparison)
        {
            text.Append(Comparison(comparison)).Append('\n');
        }

        if (report.MaskComparison is { } masksCompared)
        {
            ConsoleSections.Add(text, masksCompared);
        }

        ConsoleSections.Misjudged(text, evaluation);
        if (report.Explanation is { Primary: { } agreement })
        {
            text.Append(ExplanationText.Line(agreement, evaluation.Options)).Append('\n');
        }

        foreach (PairedAgreement pairs in PairedAgreementPart.AllOf(report))
        {
            text.Append(CultureInfo.InvariantCulture, $"{pairs.Quantity}: {string.Join(' ', pairs.Parts.Select(part => part.Verdict))}\n");
        }

        foreach (string sentence in report.Baseline?.Sentences ?? [])
        {
            text.Append(CultureInfo.InvariantCulture, $"{sentence}\n");
        }

        foreach (string sentence in report.Generation?.Images.Sentences ?? [])
        {
            text.Append(CultureInfo.InvariantCulture, $"Generated training images: {sentence}\n");
        }

        foreach (AuditFinding audit in report.Audits)
        {
            text.Append(CultureInfo.InvariantCulture, $"Audit {audit.Audit}: {string.Join(' ', audit.Sentences)}\n");
        }

        if (report.Data.Skipped.Count > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"Skipped {FigureText.Of(report.Data.Skipped.Count, "input", "inputs")}:\n");
            foreach (SkippedInput skipped in report.Data.Skipped)
            {
                text.Append(CultureInfo.InvariantCulture, $"  {skipped.Name}: {skipped.Reason}\n");
            }
        }

        foreach (WarningCount warning in report.Data.Warnings)
        {
            text.Append(CultureInfo.InvariantCulture, $"! In {FigureText.Of(warning.Inputs, "input", "inputs")}: {warning.Warning}\n");
        }

        return Plain(text);
    }

    /// <summary>A model's figures as text, where nothing else is known of it than what it was judged on.</summary>
    /// <param name="evaluation">The figures.</param>
    /// <param name="origin">Where the patients come from.</param>
    public static string Text(IEvaluation evaluation, DataOrigin origin)
    {
        ArgumentNullException.ThrowIfNull(evaluation);
        StringBuilder text = new();
        Figures(text, evaluation, origin);
        ConsoleSections.Misjudged(text, evaluation);
        return Plain(text);
    }

    // Consoles that know no Unicode would show the space that does not break as something else.
    private static string Plain(StringBuilder text) => text.Replace('\u00A0', ' ').ToString();

    private static void Figures(StringBuilder text, IEvaluation evaluation, DataOrigin origin)
    {
        if (evaluation is SegmentationEvaluation { Ceiling: { } ceiling })
        {
            text.Append(CultureInfo.InvariantCulture, $"{ceiling.Sentence}\n");
        }

        Banner(text, evaluation, origin);
        switch (evaluation)
        {
            case BinaryEvaluation binary:
                ConsoleSections.Add(text, binary);
                break;
            case MulticlassEvaluation classes:
                ConsoleSections.Add(text, classes);
                break;
            case MultiLabelEvaluation labels:
                ConsoleSections.Add(text, labels);
                break;
            case SegmentationEvaluation masks:
                ConsoleSections.Add(text, masks);
                break;
            default:
                ConsoleSections.Results(text, "OVERALL RESULTS", evaluation.Figures);
                break;
        }

        foreach (MLNetMetrics stock in evaluation.Stock)
        {
            text.Append(MamlText.Of(stock)).Append('\n');
        }
    }

    /// <summary>What an interval of one training does not hold: said beside the intervals of every report of a single run.</summary>
    internal const string PatientsOnly = "The intervals hold for other patients only. Another training (another seed) gives other weights and other figures; a run with several seeds shows how far.";

    private static void Banner(StringBuilder text, IEvaluation evaluation, DataOrigin origin)
    {
        EvaluationOptions options = evaluation.Options;
        string stars = new('*', Width), dashes = new('-', Width - 1);
        text.Append(CultureInfo.InvariantCulture, $"{stars}\n");
        text.Append(CultureInfo.InvariantCulture, $"*       Metrics for {FigureText.Task(evaluation)} model: {evaluation.Model}\n");
        text.Append(CultureInfo.InvariantCulture, $"*{dashes}\n");
        string positives = evaluation is BinaryEvaluation judged ? $", {FigureText.Count(judged.Test.Positives)} {options.Words.Positive}" : "";
        text.Append(CultureInfo.InvariantCulture, $"*       Test set:  {FigureText.Cases(options, evaluation.Test.Cases.Count)} of {FigureText.Patients(evaluation.Test.PatientIds.Count)}{positives}; {FigureText.Origin(origin)}\n");
        if (evaluation is BinaryEvaluation { OperatingPoint.Threshold: { } threshold })
        {
            string fitted = threshold.FittedOnCases > 0
                ? $" ({FigureText.Cases(options, threshold.FittedOnCases)} of {FigureText.Patients(threshold.FittedOnPatients)})"
                : "";
            text.Append(CultureInfo.InvariantCulture, $"*       Threshold: {FigureText.Number(threshold.Value, 4)}, {FigureText.Protocol(threshold.Protocol)}{fitted}\n");
        }

        text.Append(CultureInfo.InvariantCulture, $"*       Intervals: {FigureText.Percent(options.Level)}, of patients only: another training may give other figures (run with --seeds). Research use only.\n");
        text.Append(CultureInfo.InvariantCulture, $"{stars}\n");
    }

    private static string Share(int count, int of) => of == 0 ? "undef." : ((double)count / of).ToString("F4", CultureInfo.InvariantCulture);

    private static string Cell(Metric metric) => metric.TryGetValue(out double value) ? FigureText.Number(value, 4) : "-";
}
