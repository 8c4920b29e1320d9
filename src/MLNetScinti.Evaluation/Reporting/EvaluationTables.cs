using System.Globalization;
using Microsoft.Data.Analysis;
using MLNetScinti.Imaging;
using nietras.SeparatedValues;

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

/// <summary>
/// Every judged case on a line of a CSV file, for who wants to compute something else: set, pseudonyms, truth and answer of the task,
/// and what is known of the case. Numbers read back to the same bits; texts are quoted where they must be.
/// </summary>
public static class CasesCsv
{
    /// <summary>Writes the test cases, and the validation cases where they are of the same kind; the file appears whole or not at all.</summary>
    public static void Write(IEvaluation evaluation, string path)
    {
        ArgumentNullException.ThrowIfNull(evaluation);
        AtomicFile.WriteText(path, text => Write(evaluation, text));
    }

    private static void Write(IEvaluation evaluation, TextWriter text)
    {
        ICaseSet[] sets = evaluation.Validation is { } validation && evaluation.Test.Cases.Count > 0 && validation.Cases.All(one => one.GetType() == evaluation.Test.Cases[0].GetType())
            ? [validation, evaluation.Test]
            : [evaluation.Test];
        string[] facts = [.. sets.SelectMany(set => set.Cases).SelectMany(one => one.Facts.Names).Distinct(StringComparer.Ordinal)];
        using SepWriter writer = Sep.New(',').Writer(options => options with { Escape = true, CultureInfo = CultureInfo.InvariantCulture }).To(text);
        writer.Header.Add(["Set", "CaseId", "PatientID", .. Columns(evaluation).Select(PlainText.Cell), .. facts.Select(name => PlainText.Cell($"Fact:{name}"))]);
        foreach (ICaseSet set in sets)
        {
            foreach (EvaluatedCase one in set.Cases)
            {
                using SepWriter.Row row = writer.NewRow();
                row["Set"].Set(PlainText.Cell(set.Name));
                row["CaseId"].Set(PlainText.Cell(one.CaseId));
                row["PatientID"].Set(PlainText.Cell(one.PatientId));
                foreach ((string column, string value) in Columns(evaluation).Zip(Values(evaluation, one)))
                {
                    row[PlainText.Cell(column)].Set(PlainText.Cell(value));
                }

                foreach (string name in facts)
                {
                    row[PlainText.Cell($"Fact:{name}")].Set(PlainText.Cell(one.Facts[name]?.ToString() ?? ""));
                }
            }
        }
    }

    private static IEnumerable<string> Columns(IEvaluation evaluation) => evaluation switch
    {
        BinaryEvaluation => ["Label", "Score", "Probability", "PredictedLabel"],
        MulticlassEvaluation classes => ["Label", .. classes.Names.Select(name => $"Probability:{name}"), "PredictedLabel"],
        MultiLabelEvaluation labels => labels.Names.SelectMany(name => new[] { $"Label:{name}", $"Probability:{name}", $"PredictedLabel:{name}" }),
        SegmentationEvaluation masks => masks.Names.SelectMany(name => new[] { $"Dice:{name}", $"Hausdorff95Mm:{name}", $"TrueVolume:{name}", $"PredictedVolume:{name}" }),
        _ => ["Label", "Score"],
    };

    private static IEnumerable<string> Values(IEvaluation evaluation, EvaluatedCase one) => (evaluation, one) switch
    {
        (BinaryEvaluation binary, ScoredCase scored) =>
            [binary.Options.Words.Class(scored.Label), Number(scored.Score), Number(scored.Probability), binary.Options.Words.Class(binary.OperatingPoint.Threshold.IsPositive(scored))],
        (MulticlassEvaluation classes, MulticlassCase scored) => [classes.Names[scored.Label], .. scored.Probabilities.Select(Number), classes.Names[scored.Called]],
        (MultiLabelEvaluation labels, MultiLabelCase scored) => labels.Labels.SelectMany((label, k) => new[] { Word(scored.Labels[k]), Number(scored.Probabilities[k]), Word(label.OperatingPoint.Threshold.IsPositive(scored.Of(k))) }),
        (SegmentationEvaluation, SegmentedCase judged) => judged.Labels.SelectMany(measures => new[] { Defined(measures.Dice), Defined(measures.Hausdorff95), Exact(measures.TrueVolume), Exact(measures.PredictedVolume) }),
        (_, QuantifiedCase judged) => [Exact(judged.Truth), Exact(judged.Predicted)],
        _ => throw new ArgumentException($"A case of type {one.GetType().Name} in an evaluation of type {evaluation.GetType().Name} has no line.", nameof(one)),
    };

    private static string Word(bool applies) => applies ? "yes" : "no";

    private static string Number(float value) => value.ToString("R", CultureInfo.InvariantCulture);

    private static string Exact(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    private static string Defined(Metric metric) => metric.TryGetValue(out double value) ? Exact(value) : "";
}
