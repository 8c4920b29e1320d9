namespace MLNetScinti.Simulation;

/// <summary>What a simulated patient is meant for.</summary>
public enum CohortSet
{
    /// <summary>To learn from.</summary>
    Training,

    /// <summary>To choose models and thresholds by.</summary>
    Validation,

    /// <summary>To be judged by.</summary>
    Test,
}
