namespace MLNetScinti.Evaluation.Statistics;

/// <summary>What a test holds against "no difference".</summary>
public enum Alternative
{
    /// <summary>A difference in either direction.</summary>
    TwoSided,

    /// <summary>Differences above zero.</summary>
    Greater,

    /// <summary>Differences below zero.</summary>
    Less,
}
