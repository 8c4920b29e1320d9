using Microsoft.ML.Data;

namespace MLNetScinti.StandIns.Contract.MLNet;

/// <summary>The sums of pairs of P, and of all.</summary>
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
