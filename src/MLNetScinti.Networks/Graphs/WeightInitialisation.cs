namespace MLNetScinti.Networks;

/// <summary>How a weight starts.</summary>
public enum WeightInitialisation
{
    /// <summary>All 0.</summary>
    Zeros,

    /// <summary>All 1.</summary>
    Ones,

    /// <summary>
    /// Uniform within +-gain * sqrt(3 / fan-in): the variance is gain squared / fan-in (He et al. 2015, with gain sqrt 2
    /// for layers before a ReLU).
    /// </summary>
    KaimingUniform,
}
