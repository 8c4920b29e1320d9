using Microsoft.ML.OnnxRuntime;

namespace MLNetScinti.Pipelines.Serving;

/// <summary>The rows of several cases as the tensors that a model takes.</summary>
internal static class ModelInputs
{
    /// <summary>One tensor [cases, ...] for each column.</summary>
    /// <param name="columns">The model's inputs.</param>
    /// <param name="cases">For each case, the values of each column, in the same order.</param>
    /// <exception cref="ArgumentException">A case has another number of values than a column takes.</exception>
    public static OrtValue[] Of(IReadOnlyList<FusedColumn> columns, IReadOnlyList<IReadOnlyList<ReadOnlyMemory<float>>> cases)
    {
        float[][] values = [.. columns.Select((column, index) =>
        {
            int length = checked((int)column.GraphShape.Aggregate(1L, (product, extent) => product * extent));
            float[] all = new float[cases.Count * length];
            for (int c = 0; c < cases.Count; c++)
            {
                if (cases[c][index].Length != length)
                {
                    throw new ArgumentException($"The input {column.Name} takes {length} values a case, found {cases[c][index].Length}.", nameof(cases));
                }

                cases[c][index].Span.CopyTo(all.AsSpan(c * length));
            }

            return all;
        })];
        return [.. columns.Select((column, index) => OrtValue.CreateTensorValueFromMemory(values[index], [cases.Count, .. column.GraphShape]))];
    }

    public static void Dispose(IEnumerable<OrtValue> inputs)
    {
        foreach (OrtValue input in inputs)
        {
            input.Dispose();
        }
    }
}
