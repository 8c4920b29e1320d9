namespace MLNetScinti.StandIns.Contract.MLNet;

/// <summary>What a mapping that needs only X reads, or makes.</summary>
public sealed class OnlyX
{
    public float X;
}
