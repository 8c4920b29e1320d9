using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLNetScinti.Pipelines.Tests.Data;

/// <summary>A kidney as a cursor gives it.</summary>
internal sealed record KidneyRow(string File, string CaseId, string PatientID, string Side, bool? Label, float StudyMaximum, float Confidence, float[] Image)
{
    /// <summary>Everything but the pixels, which stand as their hash.</summary>
    public string Summary => $"{File} {CaseId} {PatientID} {Side} {Label} {StudyMaximum:R} {Confidence:R} {Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(System.Runtime.InteropServices.MemoryMarshal.AsBytes(Image.AsSpan())))}";

    public static List<KidneyRow> Read(IDataView view) => [.. Stream(view)];

    public static IEnumerable<KidneyRow> Stream(IDataView view)
    {
        DataViewSchema schema = view.Schema;
        using DataViewRowCursor cursor = view.GetRowCursor(schema);
        string Text(string column)
        {
            ReadOnlyMemory<char> text = default;
            cursor.GetGetter<ReadOnlyMemory<char>>(schema[column])(ref text);
            return text.ToString();
        }

        float Number(string column)
        {
            float number = 0;
            cursor.GetGetter<float>(schema[column])(ref number);
            return number;
        }

        while (cursor.MoveNext())
        {
            bool? label = null;
            if (schema.GetColumnOrNull("Label") is { } column)
            {
                bool value = false;
                cursor.GetGetter<bool>(column)(ref value);
                label = value;
            }

            VBuffer<float> image = default;
            cursor.GetGetter<VBuffer<float>>(schema["Image"])(ref image);
            yield return new KidneyRow(Text("File"), Text("CaseId"), Text("PatientID"), Text("Part"), label, Number("StudyMaximum"), Number("SeparationConfidence"), [.. image.DenseValues()]);
        }
    }
}
