using MLNetScinti.Imaging;

namespace MLNetScinti.Simulation;

/// <summary>The body of a simulated patient, as far as a kidney scan sees it. Patient coordinates, mm; the body's axis is x = y = 0.</summary>
public sealed record PatientAnatomy
{
    /// <summary>Age in years.</summary>
    public required double Age { get; init; }

    /// <summary>Sex.</summary>
    public required Sex Sex { get; init; }

    /// <summary>Height in mm.</summary>
    public required double Height { get; init; }

    /// <summary>Weight in kg.</summary>
    public required double Weight { get; init; }

    /// <summary>Half the body's width at the kidneys, mm.</summary>
    public required double HalfWidth { get; init; }

    /// <summary>Half the body's depth at the kidneys, mm.</summary>
    public required double HalfDepth { get; init; }

    /// <summary>Axial blur by breathing, FWHM in mm.</summary>
    public required double BreathingFwhm { get; init; }

    /// <summary>Part of the injected activity in the liver, decay corrected.</summary>
    public required double LiverUptake { get; init; }

    /// <summary>The left kidney.</summary>
    public required KidneyAnatomy Left { get; init; }

    /// <summary>The right kidney.</summary>
    public required KidneyAnatomy Right { get; init; }

    /// <summary>The liver as an ellipsoid.</summary>
    public required Ellipsoid Liver { get; init; }

    /// <summary>The spleen as an ellipsoid.</summary>
    public required Ellipsoid Spleen { get; init; }

    /// <summary>The kidney of a side.</summary>
    public KidneyAnatomy Of(BodySide side) => side == BodySide.Left ? Left : Right;
}
