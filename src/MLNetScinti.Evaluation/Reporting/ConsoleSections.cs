using System.Globalization;
using System.Text;

namespace MLNetScinti.Evaluation.Reporting;

/// <summary>What the text of a report says of each task.</summary>
internal static class ConsoleSections
{
    public static void Add(StringBuilder text, BinaryEvaluation evaluation)
    {
        text.Append(ConsoleReport.ConfusionTable(evaluation.OperatingPoint.Counts)).Append('\n');
        Results(text, "OVERALL RESULTS", evaluation.Figures);
        if (evaluation.ByPatient is { } patients)
        {
            text.Append("BY PATIENT: positive, and called so, where any of a patient's cases is\n").Append(ConsoleReport.ConfusionTable(patients.OperatingPoint.Counts)).Append('\n');
            Results(text, "RESULTS BY PATIENT", patients.Figures);
        }

        if (evaluation.Risk is { } risk)
        {
            Results(text, "CALIBRATION on the test cases as they are", risk.Line);
            text.Append("PREDICTIVE VALUES by the share of positive cases, at the same threshold\n").Append(new string('-', 39)).Append('\n');
            foreach (RiskAtPrevalence row in risk.Prevalences)
            {
                text.Append(CultureInfo.InvariantCulture, $"{FigureText.Percent(row.Prevalence) + Html.RiskText.Whose(row.Kind, evaluation.Options),-40} PPV {row.PositivePredictiveValue}, NPV {row.NegativePredictiveValue}, observed over expected {row.ObservedToExpected}{(row.ObservedToExpectedAfterShift is { } after ? $", shifted {after}" : "")}\n");
            }

            text.Append('\n');
        }

        if (evaluation.Calibration is { } calibration)
        {
            Results(text, $"AFTER TEMPERATURE SCALING: temperature {FigureText.Number(calibration.Scaling.Temperature, 4)}, fitted on validation data; the figures above are without it", calibration.After);
        }

        if (evaluation.PaperProtocol is { } paper)
        {
            Results(text, $"PAPER PROTOCOL: threshold {FigureText.Number(paper.Threshold.Value, 4)} chosen on the test set itself. OPTIMISTIC, for comparison only", paper.Metrics);
        }
    }

    public static void Add(StringBuilder text, MulticlassEvaluation evaluation)
    {
        text.Append(ConsoleReport.ConfusionTableOfClasses(evaluation.Table)).Append('\n');
        Results(text, "OVERALL RESULTS", evaluation.Figures);
        foreach (ClassFigures one in evaluation.Classes)
        {
            Results(text, $"CLASS {one.Name} against the rest, {FigureText.Cases(evaluation.Options, one.Cases)}", one.Entries);
        }

        if (evaluation.ByPatient is { } patients)
        {
            text.Append("BY PATIENT: what most of a patient's cases are called\n");
            text.Append(ConsoleReport.ConfusionTableOfClasses(patients.Table)).Append('\n');
            Results(text, "RESULTS BY PATIENT", patients.Figures);
        }
    }

    public static void Add(StringBuilder text, MultiLabelEvaluation evaluation)
    {
        Results(text, "OVERALL RESULTS", evaluation.Figures);
        foreach (BinaryEvaluation label in evaluation.Labels)
        {
            text.Append(CultureInfo.InvariantCulture, $"LABEL {label.Model}: threshold {FigureText.Number(label.OperatingPoint.Threshold.Value, 4)}, {FigureText.Protocol(label.OperatingPoint.Threshold.Protocol)}\n");
            text.Append(ConsoleReport.ConfusionTable(label.OperatingPoint.Counts)).Append('\n');
            Results(text, $"LABEL {label.Model}", label.Figures);
        }

        text.Append("COMBINATIONS of labels\n").Append(ConsoleReport.ConfusionTableOfClasses(evaluation.Combinations)).Append('\n');
        if (evaluation.ByPatient is { } patients)
        {
            text.Append("BY PATIENT: what most of a patient's cases are called\n").Append(ConsoleReport.ConfusionTableOfClasses(patients.Combinations)).Append('\n');
            Results(text, "RESULTS BY PATIENT", patients.Figures);
        }
    }

    public static void Add(StringBuilder text, SegmentationEvaluation evaluation)
    {
        Results(text, "OVERALL RESULTS", evaluation.Figures);
        foreach (SegmentationFigures label in evaluation.Labels)
        {
            VoxelCounts voxels = label.Voxels;
            Results(text, $"LABEL {label.Name}: voxels found {FigureText.Count(voxels.TruePositives)}, missed {FigureText.Count(voxels.FalseNegatives)}, too many {FigureText.Count(voxels.FalsePositives)}, of {FigureText.Count(voxels.Total)}", label.Metrics);
        }
    }

    public static void Add(StringBuilder text, SegmentationComparison comparison)
    {
        text.Append(comparison.Verdict).Append('\n');
        text.Append("Paired by patient: mean and median of first minus second, Wilcoxon's p, Holm's correction, Student's paired p\n");
        foreach (MaskPair pair in comparison.Pairs)
        {
            text.Append(CultureInfo.InvariantCulture, $"  {$"{pair.First} - {pair.Second}, {pair.Label}:",-42} {pair.Measure}: {Number(pair.Mean)}, {Number(pair.Median)}; p {Number(pair.Wilcoxon?.P)}, Holm {Number(pair.AdjustedP)}, t {Number(pair.TTest?.P)} (patients {pair.Patients})\n");
        }

        text.Append('\n');

        static string Number(double? value) => value is { } number && double.IsFinite(number) ? FigureText.Number(number, 4) : "undefined";
    }

    /// <summary>A table of figures in maml's shape, with intervals and the numbers behind each.</summary>
    public static void Results(StringBuilder text, string title, IReadOnlyList<MetricEntry> entries)
    {
        text.Append(title).Append('\n').Append(new string('-', 39)).Append('\n');
        int width = entries.Max(entry => entry.Name.Length) + 1;
        foreach (MetricEntry entry in entries)
        {
            text.Append((entry.Name + ":").PadRight(width)).Append(' ').Append(Figure(entry.Metric)).Append('\n');
        }

        text.Append('\n');
    }

    /// <summary>The cases that were called wrongly, where the task calls cases.</summary>
    public static void Misjudged(StringBuilder text, IEvaluation evaluation)
    {
        (string CaseId, string Fault, float Probability)[] wrong = evaluation switch
        {
            BinaryEvaluation binary => [.. binary.Misjudged.Select(one => (
                one.Case.CaseId,
                one.Missed ? $"{binary.Options.Words.Positive}, missed" : $"{binary.Options.Words.Negative}, false alarm",
                one.Case.Probability))],
            MulticlassEvaluation classes => [.. classes.Misjudged.Select(one => (one.CaseId, $"{classes.Names[one.Label]}, called {classes.Names[one.Called]}", one.Probabilities[one.Called]))],
            _ => [],
        };
        if (wrong.Length > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"Called wrongly: {FigureText.Cases(evaluation.Options, wrong.Length)}\n");
            foreach ((string caseId, string fault, float probability) in wrong)
            {
                text.Append(CultureInfo.InvariantCulture, $"  {caseId,-20} {fault,-20} probability {probability:F4}\n");
            }
        }
    }

    private static string Figure(Metric metric)
    {
        if (!metric.TryGetValue(out double value))
        {
            return $"undefined: {metric.UndefinedReason}";
        }

        string number = FigureText.Number(value, 4) + (metric.Mark.Length > 0 ? $" [{metric.Mark}]" : "");
        return metric.Interval is { } interval
            ? string.Create(CultureInfo.InvariantCulture, $"{number} ({interval.Lower:F4}{(interval.Lower < 0 ? " to " : "-")}{interval.Upper:F4}; {interval.Method}; n = {metric.Cases}, patients {metric.Patients})")
            : string.Create(CultureInfo.InvariantCulture, $"{number} (n = {metric.Cases}, patients {metric.Patients})");
    }
}

/// <summary>What ML.NET's evaluators say, in the words and the layout of <c>maml</c>: its confusion table, then its names with six digits.</summary>
internal static class MamlText
{
    /// <summary>maml's names of the figures, in its order; what it does not print keeps the name of ML.NET's property.</summary>
    private static readonly (string Key, string Name)[] s_names =
    [
        ("AreaUnderRocCurve", "AUC"),
        ("Accuracy", "Accuracy"),
        ("MicroAccuracy", "Accuracy(micro-avg)"),
        ("MacroAccuracy", "Accuracy(macro-avg)"),
        ("PositivePrecision", "Positive precision"),
        ("PositiveRecall", "Positive recall"),
        ("NegativePrecision", "Negative precision"),
        ("NegativeRecall", "Negative recall"),
        ("LogLoss", "Log-loss"),
        ("LogLossReduction", "Log-loss reduction"),
        ("F1Score", "F1 Score"),
        ("AreaUnderPrecisionRecallCurve", "AUPRC"),
        ("MeanAbsoluteError", "L1(avg)"),
        ("MeanSquaredError", "L2(avg)"),
        ("RootMeanSquaredError", "RMS(avg)"),
        ("LossFunction", "Loss-fn(avg)"),
        ("RSquared", "R Squared"),
    ];

    private const int Width = 20;

    public static string Of(MLNetMetrics stock)
    {
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"ML.NET {stock.Evaluator}{(stock.Label.Length > 0 ? $", {stock.Label}" : "")}: {stock.Note}\n");
        text.Append(stock.ConfusionTable);
        (string Name, Metric Metric)[] rows =
        [
            .. s_names.SelectMany(name => stock.Metrics.Where(entry => entry.Key == name.Key).Select(entry => (name.Name, entry.Metric))),
            .. stock.Metrics.Where(entry => !s_names.Any(name => name.Key == entry.Key)).Select(entry => (entry.Key, entry.Metric)),
        ];
        text.Append("OVERALL RESULTS\n").Append('-', 39).Append('\n');
        foreach ((string name, Metric metric) in rows)
        {
            text.Append($"{name}: ".PadRight(Width)).Append(metric.TryGetValue(out double value) ? value.ToString("F6", CultureInfo.InvariantCulture) + (metric.Mark.Length > 0 ? $" [{metric.Mark}]" : "") : $"undefined: {metric.UndefinedReason}").Append('\n');
        }

        return text.ToString();
    }
}
