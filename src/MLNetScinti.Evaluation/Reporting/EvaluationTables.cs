using Microsoft.Data.Analysis;

namespace MLNetScinti.Evaluation.Reporting;

/// <summary>The figures and the cases of an evaluation as tables, for notebooks and for further work. An undefined figure is null, with its reason beside it.</summary>
public static class EvaluationTables
{
    /// <summary>One row per figure: Key, Figure, Value, Lower, Upper, Method, Cases, Patients, Undefined.</summary>
    public static DataFrame Figures(IEvaluation evaluation)
    {
        ArgumentNullException.ThrowIfNull(evaluation);
        IReadOnlyList<MetricEntry> entries = evaluation.Figures;
        return new(
            new StringDataFrameColumn("Key", entries.Select(entry => entry.Key)),
            new StringDataFrameColumn("Figure", entries.Select(entry => entry.Name)),
            new DoubleDataFrameColumn("Value", entries.Select(entry => entry.Metric.TryGetValue(out double value) ? value : (double?)null)),
            new DoubleDataFrameColumn("Lower", entries.Select(entry => entry.Metric.Interval?.Lower)),
            new DoubleDataFrameColumn("Upper", entries.Select(entry => entry.Metric.Interval?.Upper)),
            new StringDataFrameColumn("Method", entries.Select(entry => entry.Metric.Interval?.Method!)),
            new Int32DataFrameColumn("Cases", entries.Select(entry => entry.Metric.Cases)),
            new Int32DataFrameColumn("Patients", entries.Select(entry => entry.Metric.Patients)),
            new StringDataFrameColumn("Undefined", entries.Select(entry => entry.Metric.UndefinedReason!)));
    }

    /// <summary>One row per test case: Case, Patient, Positive, Score, Probability, CalledPositive, and a column for each fact that is known of a case.</summary>
    public static DataFrame Cases(BinaryEvaluation evaluation)
    {
        ArgumentNullException.ThrowIfNull(evaluation);
        IReadOnlyList<ScoredCase> cases = evaluation.Test.Cases;
        DataFrame table = new(
            new StringDataFrameColumn("Case", cases.Select(one => one.CaseId)),
            new StringDataFrameColumn("Patient", cases.Select(one => one.PatientId)),
            new BooleanDataFrameColumn("Positive", cases.Select(one => one.Label)),
            new DoubleDataFrameColumn("Score", cases.Select(one => (double)one.Score)),
            new DoubleDataFrameColumn("Probability", cases.Select(one => (double)one.Probability)),
            new BooleanDataFrameColumn("CalledPositive", cases.Select(one => evaluation.OperatingPoint.Threshold.IsPositive(one))));
        foreach (string name in cases.SelectMany(one => one.Facts.Names).Distinct(StringComparer.Ordinal).Except(table.Columns.Select(column => column.Name), StringComparer.Ordinal).ToArray())
        {
            // A fact that is a number wherever it is known is a column of numbers.
            table.Columns.Add(cases.All(one => one.Facts[name] is not { IsNumber: false })
                ? new DoubleDataFrameColumn(name, cases.Select(one => one.Facts.Number(name)))
                : new StringDataFrameColumn(name, cases.Select(one => one.Facts[name]?.ToString()!)));
        }

        return table;
    }
}
