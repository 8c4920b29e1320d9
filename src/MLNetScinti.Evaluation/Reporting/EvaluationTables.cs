using Microsoft.Data.Analysis;

namespace MLNetScinti.Evaluation.Reporting;

/// <summary>The figures and the cases of an evaluation as tables, for notebooks and for further work. An undefined figure is null, with its reason beside it.</summary>
public static class EvaluationTables
{
    /// <summary>One row per figure: Key, Figure, Value, Lower, Upper, Method, Cases, Patients, Undefined.</summary>
    public static DataFrame Figures(BinaryEvaluation evaluation)
    {
        ArgumentNullException.ThrowIfNull(evaluation);
        MetricEntry[] entries = [evaluation.Ranking[0], .. evaluation.OperatingPoint.Metrics, .. evaluation.Ranking.Skip(1)];
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

    /// <summary>One row per test case: Case, Patient, Abnormal, Score, Probability, CalledAbnormal, Side, AgeYears, DefectVolume.</summary>
    public static DataFrame Cases(BinaryEvaluation evaluation)
    {
        ArgumentNullException.ThrowIfNull(evaluation);
        IReadOnlyList<ScoredCase> cases = evaluation.Test.Cases;
        return new(
            new StringDataFrameColumn("Case", cases.Select(one => one.CaseId)),
            new StringDataFrameColumn("Patient", cases.Select(one => one.PatientId)),
            new BooleanDataFrameColumn("Abnormal", cases.Select(one => one.Label)),
            new DoubleDataFrameColumn("Score", cases.Select(one => (double)one.Score)),
            new DoubleDataFrameColumn("Probability", cases.Select(one => (double)one.Probability)),
            new BooleanDataFrameColumn("CalledAbnormal", cases.Select(one => evaluation.OperatingPoint.Threshold.IsAbnormal(one.Probability))),
            new StringDataFrameColumn("Side", cases.Select(one => one.Side!)),
            new DoubleDataFrameColumn("AgeYears", cases.Select(one => one.AgeYears)),
            new DoubleDataFrameColumn("DefectVolume", cases.Select(one => one.DefectVolume)));
    }
}
