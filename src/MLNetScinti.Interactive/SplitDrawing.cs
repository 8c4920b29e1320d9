using Microsoft.ML;
using Microsoft.ML.Data;
using MLNetScinti.Evaluation.Html;
using MLNetScinti.Evaluation.Reporting;
using MLNetScinti.Pipelines.Data;

namespace MLNetScinti.Interactive;

/// <summary>A split by patient as a table of how many are on each side.</summary>
internal static class SplitDrawing
{
    public static Markup Html(PatientSplit split) => Markup.Of($"""
        <table><caption>Split by patient: no patient is on two sides</caption>
        <thead><tr><th scope="col">Set</th><th scope="col">Patients</th><th scope="col">Cases</th><th scope="col">Abnormal</th></tr></thead>
        <tbody>{Row("training", split.Train, split.Train.Patients)}{Row("validation", split.Validation, split.Validation.Patients)}{Row("test", split.Test, split.Test.Patients)}</tbody></table>
        """);

    private static Markup Row(string name, IDataView view, IReadOnlySet<string> patients)
    {
        (int cases, int? abnormal) = Count(view);
        return Markup.Of($"""<tr><th scope="row">{name}</th><td>{patients.Count}</td><td>{cases}</td><td>{(abnormal is { } number ? Markup.Of($"{number}") : Markup.Of($"not known"))}</td></tr>""");
    }

    private static (int Cases, int? Abnormal) Count(IDataView view)
    {
        DataViewSchema.Column? label = view.Schema.GetColumnOrNull("Label");
        bool known = label is { } column && column.Type.Equals(BooleanDataViewType.Instance);
        using DataViewRowCursor cursor = view.GetRowCursor(known ? [label!.Value] : []);
        ValueGetter<bool>? getter = known ? cursor.GetGetter<bool>(label!.Value) : null;
        int cases = 0, abnormal = 0;
        while (cursor.MoveNext())
        {
            bool value = false;
            getter?.Invoke(ref value);
            cases++;
            abnormal += value ? 1 : 0;
        }

        return (cases, known ? abnormal : null);
    }
}
