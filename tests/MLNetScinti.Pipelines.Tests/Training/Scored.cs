using Microsoft.ML;
using MLNetScinti.Pipelines.Data;

namespace MLNetScinti.Pipelines.Tests.Training;

/// <summary>A row of a scored view: what the fused model reads, and what the pipeline said.</summary>
internal sealed record Scored(ReadOnlyMemory<float> Image, float StudyMaximum, float Score, float Probability, bool PredictedLabel)
{
    public static List<Scored> Read(IDataView view)
    {
        DataViewSchema schema = view.Schema;
        using DataViewRowCursor cursor = view.GetRowCursor(schema);
        Func<ReadOnlyMemory<float>> image = RowReading.Values(cursor, schema["Image"]);
        Func<float> maximum = RowReading.Number(cursor, schema["StudyMaximum"]), score = RowReading.Number(cursor, schema["Score"]), probability = RowReading.Number(cursor, schema["Probability"]);
        ValueGetter<bool> predicted = cursor.GetGetter<bool>(schema["PredictedLabel"]);
        List<Scored> rows = [];
        while (cursor.MoveNext())
        {
            bool label = false;
            predicted(ref label);
            rows.Add(new Scored(image(), maximum(), score(), probability(), label));
        }

        return rows;
    }
}
