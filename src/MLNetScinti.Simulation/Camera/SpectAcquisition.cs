namespace MLNetScinti.Simulation;

/// <summary>How a SPECT acquisition is done. The defaults are those of S1.</summary>
public sealed record SpectAcquisition
{
    /// <summary>Bins across the detector.</summary>
    public int Bins { get; init; } = PhysicsConstants.Matrix;

    /// <summary>Edge of a bin, mm; also that of the object's voxels.</summary>
    public double Pixel { get; init; } = PhysicsConstants.Pixel;

    /// <summary>Views over 360 degrees.</summary>
    public int Views { get; init; } = PhysicsConstants.Views;

    /// <summary>Seconds per view.</summary>
    public double SecondsPerView { get; init; } = PhysicsConstants.SecondsPerView;

    /// <summary>Counts per second and MBq of one head.</summary>
    public double Sensitivity { get; init; } = PhysicsConstants.LehrSensitivity;

    /// <summary>The collimator, or null for a camera without blur.</summary>
    public ParallelHoleCollimator? Collimator { get; init; } = ParallelHoleCollimator.Lehr;

    /// <summary>Attenuation in the body, 1/mm; 0 for none.</summary>
    public double Attenuation { get; init; } = PhysicsConstants.WaterBroadBeam;

    /// <summary>Clearance between body and detector, mm.</summary>
    public double Clearance { get; init; } = PhysicsConstants.DetectorClearance;

    /// <summary>Detectors, which divide the views among them.</summary>
    public int Detectors { get; init; } = PhysicsConstants.Detectors;

    /// <summary>Distance of the detector's face from the centre of rotation, mm: it follows the body's ellipse at the clearance, so its orbit is no circle.</summary>
    /// <param name="view">The view.</param>
    /// <param name="halfWidth">Half the body's width, mm.</param>
    /// <param name="halfDepth">Half the body's depth, mm.</param>
    public double RadiusAt(int view, double halfWidth, double halfDepth)
    {
        (double sine, double cosine) = Math.SinCos(AngleOf(view));
        return Math.Sqrt((halfWidth * halfWidth * sine * sine) + (halfDepth * halfDepth * cosine * cosine)) + Clearance;
    }

    /// <summary>The angle of a view, radians: 0 with the detector behind the patient's back, then to the patient's left.</summary>
    public double AngleOf(int view) => 2 * Math.PI * view / Views;
}
