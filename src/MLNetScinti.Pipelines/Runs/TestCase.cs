using Microsoft.ML;
using MLNetScinti.Evaluation;
using MLNetScinti.Pipelines.Serving;
using MLNetScinti.Pipelines.Training;

namespace MLNetScinti.Pipelines.Runs;

/// <summary>One test case: what the pipeline says of it, and the columns that the fused model reads.</summary>
/// <param name="Scored">The case with its scores.</param>
/// <param name="FusedInputs">The values of the fused model's input columns, in its order.</param>
internal sealed record TestCase(ScoredCase Scored, IReadOnlyList<ReadOnlyMemory<float>> FusedInputs)
{
    /// <summary>Scores a set case by case.</summary>
    public static IEnumerable<TestCase> Read(ConvolutionalNetworkTransformer network, FusedModel fused, IDataView set)
    {
        IDataView scored = network.TransformRaw(set);
        DataViewSchema schema = scored.Schema;
        DataViewSchema.Column[] inputs = [.. fused.InputColumns.Select(name => schema[name])];
        string[] names = ["CaseId", "PatientID", "Side", "Label", "Age", "DefectVolume", "Counts", "Score", "Probability"];
        using DataViewRowCursor cursor = scored.GetRowCursor([.. inputs, .. names.Select(name => schema[name])]);
        Func<ReadOnlyMemory<float>>[] readers = [.. inputs.Select(column => RowReading.Values(cursor, column))];
        Func<string> caseId = RowReading.Text(cursor, schema["CaseId"]), patient = RowReading.Text(cursor, schema["PatientID"]), side = RowReading.Text(cursor, schema["Side"]);
        Func<float> age = RowReading.Number(cursor, schema["Age"]), volume = RowReading.Number(cursor, schema["DefectVolume"]), counts = RowReading.Number(cursor, schema["Counts"]);
        Func<float> score = RowReading.Number(cursor, schema["Score"]), probability = RowReading.Number(cursor, schema["Probability"]);
        ValueGetter<bool> label = cursor.GetGetter<bool>(schema["Label"]);
        while (cursor.MoveNext())
        {
            bool abnormal = false;
            label(ref abnormal);
            yield return new TestCase(
                new ScoredCase(caseId(), patient(), abnormal, score(), probability())
                {
                    Side = side() == "L" ? "left" : "right",
                    AgeYears = Known(age()),
                    DefectVolume = Known(volume()),
                    Counts = Known(counts()),
                },
                [.. readers.Select(read => read())]);
        }
    }

    private static double? Known(float value) => float.IsNaN(value) ? null : value;
}
