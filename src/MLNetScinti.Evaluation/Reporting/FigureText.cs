using System.Globalization;

namespace MLNetScinti.Evaluation.Reporting;

/// <summary>How figures are written for people: the same on the console and on the page.</summary>
internal static class FigureText
{
    public static string Number(double value, int digits = 3) => value.ToString("F" + digits.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);

    public static string Count(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>"92.5 %", with a space that does not break.</summary>
    public static string Percent(double share, string format = "0.#") => (100 * share).ToString(format, CultureInfo.InvariantCulture) + "\u00A0%";

    /// <summary>"1 case", "40 cases".</summary>
    public static string Of(long count, string one, string many) => $"{Count(count)} {(count == 1 ? one : many)}";

    public static string Cases(EvaluationOptions options, long count) => Of(count, options.Words.Case, options.Words.Cases);

    /// <summary>A fact as a reader sees it.</summary>
    public static string Fact(Fact fact) => fact.Number is { } number ? number.ToString("0.##", CultureInfo.InvariantCulture) : fact.Text!;

    /// <summary>A word with a large first letter.</summary>
    public static string Capital(string word) => word.Length == 0 ? word : char.ToUpperInvariant(word[0]) + word[1..];

    public static string Patients(long count) => Of(count, "patient", "patients");

    /// <summary>"0.801-0.974"; with a word between where a sign would run into the dash.</summary>
    public static string Interval(ConfidenceInterval interval, string dash = "-") => $"{Number(interval.Lower)}{(interval.Lower < 0 ? " to " : dash)}{Number(interval.Upper)}";

    public static string Duration(TimeSpan duration) => duration.TotalSeconds switch
    {
        < 10 => duration.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture) + " s",
        < 120 => duration.TotalSeconds.ToString("0", CultureInfo.InvariantCulture) + " s",
        < 7200 => duration.TotalMinutes.ToString("0.0", CultureInfo.InvariantCulture) + " min",
        _ => duration.TotalHours.ToString("0.0", CultureInfo.InvariantCulture) + " h",
    };

    public static string Origin(DataOrigin origin) => origin switch
    {
        DataOrigin.Simulated => "simulated patients",
        DataOrigin.Real => "real patients",
        DataOrigin.Mixed => "simulated and real patients",
        _ => "patients of unstated origin",
    };

    /// <summary>The task as a banner names it.</summary>
    public static string Task(IEvaluation evaluation) => evaluation switch
    {
        BinaryEvaluation => "binary classification",
        MulticlassEvaluation => "multi-class classification",
        MultiLabelEvaluation => "multi-label classification",
        SegmentationEvaluation => "segmentation",
        RegressionEvaluation => "regression",
        _ => evaluation.Task,
    };

    public static string Protocol(ThresholdProtocol protocol) => protocol switch
    {
        ThresholdProtocol.Validation => "fitted on validation data",
        ThresholdProtocol.Paper => "chosen on the test set as in the paper: optimistic",
        _ => "given beforehand",
    };
}
