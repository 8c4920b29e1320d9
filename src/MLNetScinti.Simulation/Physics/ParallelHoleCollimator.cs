using MLNetScinti.Imaging;

namespace MLNetScinti.Simulation;

/// <summary>
/// The resolution of a gamma camera with a parallel-hole collimator: FWHM^2 = Rc^2 + Ri^2 with Rc = d (Le + z + B) / Le,
/// the effective length Le = L - 2 / mu of the septal material, and the gap B to the crystal (Anger's formula, in every textbook of the field).
/// </summary>
/// <param name="HoleDiameter">Diameter d of the holes, mm.</param>
/// <param name="HoleLength">Length L of the holes, mm.</param>
/// <param name="SeptalAttenuation">Attenuation mu of the septa at the photon energy, 1/mm.</param>
/// <param name="IntrinsicFwhm">Intrinsic resolution Ri of the crystal, mm.</param>
public sealed record ParallelHoleCollimator(double HoleDiameter, double HoleLength, double SeptalAttenuation, double IntrinsicFwhm)
{
    /// <summary>Gap B between the collimator's back and the plane of detection, mm.</summary>
    public double Gap { get; init; }

    /// <summary>Low energy, high resolution, at 140.5 keV.</summary>
    public static ParallelHoleCollimator Lehr { get; } = new(
        PhysicsConstants.LehrHoleDiameter, PhysicsConstants.LehrHoleLength, PhysicsConstants.Lead, PhysicsConstants.IntrinsicFwhm)
    {
        Gap = PhysicsConstants.CollimatorGap,
    };

    /// <summary>High energy, general purpose, at 364 keV.</summary>
    public static ParallelHoleCollimator HighEnergy { get; } = new(
        PhysicsConstants.HighEnergyHoleDiameter, PhysicsConstants.HighEnergyHoleLength, PhysicsConstants.Lead364, PhysicsConstants.IntrinsicFwhm364)
    {
        Gap = PhysicsConstants.CollimatorGap,
    };

    /// <summary>Medium energy, at 208 keV.</summary>
    public static ParallelHoleCollimator MediumEnergy { get; } = new(
        PhysicsConstants.MediumEnergyHoleDiameter, PhysicsConstants.MediumEnergyHoleLength, PhysicsConstants.Lead208, PhysicsConstants.IntrinsicFwhm208)
    {
        Gap = PhysicsConstants.CollimatorGap,
    };

    /// <summary>System resolution, FWHM in mm.</summary>
    /// <param name="distance">Distance z from the collimator's face, mm.</param>
    public double Fwhm(double distance)
    {
        double effective = HoleLength - (2 / SeptalAttenuation);
        double geometric = HoleDiameter * (effective + Math.Max(0, distance) + Gap) / effective;
        return Math.Sqrt((geometric * geometric) + (IntrinsicFwhm * IntrinsicFwhm));
    }

    /// <summary>Variance of the Gaussian of that width, mm squared.</summary>
    /// <param name="distance">Distance from the collimator's face, mm.</param>
    public double Variance(double distance)
    {
        double deviation = Fwhm(distance) * GaussianFilter.DeviationPerFwhm;
        return deviation * deviation;
    }
}
