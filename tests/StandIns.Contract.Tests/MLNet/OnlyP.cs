using Microsoft.ML.Data;

namespace MLNetScinti.StandIns.Contract.MLNet;

/// <summary>What <see cref="Out.Map"/> reads.</summary>
public sealed class OnlyP
{
    [VectorType(4)]
    public float[]? P;
}
