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
            Side = _side() == "L" ? "left" : "right",
            AgeYears = Known(_age()),
            DefectVolume = Known(_volume()),
            Counts = Known(_counts()),
            Groups = Split(_groups()),
        };
    }

    private static Dictionary<string, string>? Split(string groups) => groups.Length == 0 ? null
        : groups.Split(';').Select(group => group.Split('=', 2)).ToDictionary(group => group[0], group => group[^1], StringComparer.Ordinal);

    private static double? Known(float value) => float.IsNaN(value) ? null : value;
}
