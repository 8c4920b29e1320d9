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
        using DataViewRowCursor cursor = scored.GetRowCursor([.. inputs, .. CaseReader.Columns.Select(name => schema[name]), schema["Score"], schema["Probability"]]);
        Func<ReadOnlyMemory<float>>[] readers = [.. inputs.Select(column => RowReading.Values(cursor, column))];
        CaseReader cases = new(cursor);
        Func<float> score = RowReading.Number(cursor, schema["Score"]), probability = RowReading.Number(cursor, schema["Probability"]);
        while (cursor.MoveNext())
        {
            yield return new TestCase(cases.Read(score(), probability()), [.. readers.Select(read => read())]);
        }
    }
}
