using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLNetScinti.StandIns.Contract.MLNet;

/// <summary>The rows of most sections: r0..r2.</summary>
public sealed class Row
{
    public string? Id;

    public float X;

    [VectorType(2, 3)]
    public float[]? V;

    public bool B;

    public static Row[] Three() => Some(3);

    public static Row[] Some(int count) =>
    [
        .. Enumerable.Range(0, count).Select(i => new Row
        {
            Id = $"r{i}",
            X = i,
            V = [.. Enumerable.Range(0, 6).Select(j => (10f * i) + j)],
            B = i % 2 == 1,
        }),
    ];

    public static IDataView View(MLContext? ml = null) => (ml ?? new MLContext(1)).Data.LoadFromEnumerable(Three());
}
