namespace MLNetScinti.Evaluation.Statistics;

/// <summary>How much a disagreement counts in Cohen's kappa.</summary>
public enum KappaWeights
{
    /// <summary>Every disagreement counts the same.</summary>
    None,

    /// <summary>By the distance of the classes.</summary>
    Linear,

    /// <summary>By the square of the distance of the classes.</summary>
    Quadratic,
}
