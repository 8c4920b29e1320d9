namespace MLNetScinti.Simulation;

/// <summary>Which part of the kidney a cortical defect lies in.</summary>
public enum DefectLocation
{
    /// <summary>The pole towards the head.</summary>
    UpperPole,

    /// <summary>Between the poles.</summary>
    Middle,

    /// <summary>The pole towards the feet.</summary>
    LowerPole,
}
