namespace MLNetScinti.Simulation;

/// <summary>What is to be unusual about a kidney that is drawn.</summary>
internal sealed record KidneyPlan
{
    public KidneyVariant Variants { get; init; }

    /// <summary>All lengths relative to the usual ones.</summary>
    public double Size { get; init; } = 1;

    /// <summary>The length alone.</summary>
    public double Stretch { get; init; } = 1;

    /// <summary>All lengths again, without more activity.</summary>
    public double Swelling { get; init; } = 1;

    public double? Bridge { get; init; }

    public double Notch { get; init; }

    /// <summary>Size of a dilated sinus; null where it is not dilated.</summary>
    public double? Sinus { get; init; }

    /// <summary>Concentration in a dilated pelvis relative to the cortex.</summary>
    public double Urine { get; init; }

    /// <summary>Angle of the hilum, where unusual.</summary>
    public double? Turn { get; init; }

    /// <summary>Lower edge of the liver in half-lengths of the kidney above its middle, where unusual.</summary>
    public double? LiverEdge { get; init; }
}
