using Microsoft.ML.Data;
using Microsoft.ML.Transforms;

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

public sealed class OnlyP
{
    [VectorType(4)]
    public float[]? P;
}

public sealed class OnlyX
{
    public float X;
}

public sealed class Out
{
    [VectorType(2)]
    public float[]? Y;

    public float Sum;

    public static void Map(OnlyP from, Out to)
    {
        float[] p = from.P!;
        to.Y = [p[0] + p[1], p[2] + p[3]];
        to.Sum = p.Sum();
    }
}

[CustomMappingFactoryAttribute("behaviour.known")]
public sealed class KnownFactory : CustomMappingFactory<OnlyP, Out>
{
    public override Action<OnlyP, Out> GetMapping() => Out.Map;
}
