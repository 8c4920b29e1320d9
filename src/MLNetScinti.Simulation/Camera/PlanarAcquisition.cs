namespace MLNetScinti.Simulation;

/// <summary>How two opposed planar views of a lying patient are counted. The defaults are those of a 99mTc whole-body scan.</summary>
public sealed record PlanarAcquisition
{
    /// <summary>Columns of a view (S2, S3: 256).</summary>
    public int Columns { get; init; } = 256;

    /// <summary>Rows of a view (S2, S3: 1024).</summary>
    public int Rows { get; init; } = 1024;

    /// <summary>Edge of a pixel, mm (S2, S3: 2.26).</summary>
    public double Pixel { get; init; } = PhysicsConstants.WholeBodyPixel;

    /// <summary>The collimator, or null for a camera without blur.</summary>
    public ParallelHoleCollimator? Collimator { get; init; } = ParallelHoleCollimator.Lehr;

    /// <summary>Attenuation in the body of all photons in the window, scattered ones among them, 1/mm; 0 for none.</summary>
    public double Attenuation { get; init; } = PhysicsConstants.WaterBroadBeam;

    /// <summary>Attenuation in the body of the photons that are not scattered, 1/mm; of no account without <see cref="Scatter"/>.</summary>
    public double NarrowAttenuation { get; init; } = PhysicsConstants.WaterNarrowBeam;

    /// <summary>Whether scattered photons arrive where scatter sends them; otherwise they are counted as if they came straight from their source.</summary>
    public bool Scatter { get; init; } = true;

    /// <summary>Part of the photons of a source that come through the holes of the collimator; the others come through its septa.</summary>
    public double GeometricPart { get; init; } = 1;

    /// <summary>From the table's surface to the face of the detector below it, mm.</summary>
    public double PosteriorGap { get; init; } = PhysicsConstants.WholeBodyPosteriorGap;

    /// <summary>From the patient's highest point to the face of the detector above, mm.</summary>
    public double AnteriorGap { get; init; } = PhysicsConstants.WholeBodyAnteriorGap;

    /// <summary>A scan of 131I with a high-energy collimator.</summary>
    public static PlanarAcquisition Iodine131 { get; } = new()
    {
        Collimator = ParallelHoleCollimator.HighEnergy,
        Attenuation = PhysicsConstants.WaterBroadBeam364,
        NarrowAttenuation = PhysicsConstants.WaterNarrowBeam364,
        GeometricPart = (PhysicsConstants.HighEnergyGeometricPart.Low + PhysicsConstants.HighEnergyGeometricPart.High) / 2,
    };
}
