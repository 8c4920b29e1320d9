using Microsoft.ML;
using MLNetScinti.Evaluation;

namespace MLNetScinti.Pipelines.Runs;

/// <summary>Who a row is about and what is true of it, as a case to be scored.</summary>
internal sealed class CaseReader
{
    /// <summary>The columns that are read.</summary>
    public static IReadOnlyList<string> Columns { get; } = ["CaseId", "PatientID", "Side", "Label", "Age", "DefectVolume", "Counts", "Groups"];

    private readonly Func<string> _case, _patient, _side, _groups;
    private readonly Func<float> _age, _volume, _counts;
    private readonly ValueGetter<bool> _label;

    public CaseReader(DataViewRow row)
    {
        DataViewSchema schema = row.Schema;
        _case = RowReading.Text(row, schema["CaseId"]);
        _patient = RowReading.Text(row, schema["PatientID"]);
        _side = RowReading.Text(row, schema["Side"]);
        _age = RowReading.Number(row, schema["Age"]);
        _volume = RowReading.Number(row, schema["DefectVolume"]);
        _counts = RowReading.Number(row, schema["Counts"]);
        _groups = RowReading.Text(row, schema["Groups"]);
        _label = row.GetGetter<bool>(schema["Label"]);
    }

    /// <summary>The row's case with a model's answer.</summary>
    public ScoredCase Read(float score, float probability)
    {
        bool abnormal = false;
        _label(ref abnormal);
        return new ScoredCase(_case(), _patient(), abnormal, score, probability)
        {
            Facts = Split(_groups()).Aggregate(
                Facts.Of((DmsaReport.Side, _side() == "L" ? "left" : "right")).WithKnown(DmsaReport.Age, _age()).WithKnown(DmsaReport.Defects, _volume()).WithKnown(DmsaReport.Counts, _counts()),
                (facts, group) => facts.WithKnown(group.Name, group.Value)),
        };
    }

    private static IEnumerable<(string Name, string Value)> Split(string groups) => groups.Length == 0 ? []
        : groups.Split(';').Select(group => group.Split('=', 2)).Select(group => (group[0], group[^1]));
}
