namespace MLNetScinti.Simulation;

/// <summary>The sex of a simulated patient.</summary>
public enum Sex
{
    /// <summary>A girl.</summary>
    Female,

    /// <summary>A boy.</summary>
    Male,
}
