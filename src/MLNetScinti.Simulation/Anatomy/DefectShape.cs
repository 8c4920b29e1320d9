namespace MLNetScinti.Simulation;

/// <summary>The shape of a cortical defect.</summary>
public enum DefectShape
{
    /// <summary>Half an ellipsoid under the surface.</summary>
    Rounded,

    /// <summary>A cone: broad on the surface, its point towards the hilum, as the lobe of a calyx is.</summary>
    Wedge,

    /// <summary>The end of a pole, across its whole width: the pole looks cut off or blunt.</summary>
    Pole,
}
