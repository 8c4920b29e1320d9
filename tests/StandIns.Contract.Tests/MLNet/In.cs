using Microsoft.ML.Data;

namespace MLNetScinti.StandIns.Contract.MLNet;

/// <summary>The rows and mappings of the sections customMapping, chains, predictionEngine and model.</summary>
public sealed class In
{
    [VectorType(4)]
    public float[]? P;

    public float X;

    public string? Id;

    public static IEnumerable<In> Some(int count) =>
        Enumerable.Range(0, count).Select(i => new In { P = [i, i + 1, i + 2, i + 3], X = i - 1, Id = $"r{i}" });

    public static In[] Three() => [.. Some(3)];
}
