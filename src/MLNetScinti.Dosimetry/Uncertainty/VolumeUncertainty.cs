namespace MLNetScinti.Dosimetry.Uncertainty;

/// <summary>
/// What the width of the image's blur adds to the variance of a region's diameter. Sources disagree by a factor of two, so it has a name.
/// </summary>
public enum ResolutionTerm
{
    /// <summary>FWHM^2 / (8 ln 2), one Gaussian's variance: as a hospital's script of the EANM chain has it.</summary>
    EightLn2,

    /// <summary>FWHM^2 / (4 ln 2), a Gaussian's variance at each of the diameter's two ends, as the voxel's term a^2/6 counts two of a^2/12.</summary>
    FourLn2,
}

/// <summary>
/// The uncertainty of a delineated volume (EANM: Gear et al., EJNMMI 2018;45:2456): u(d)^2 = a^2/6 + resolution term for the diameter d of
/// the sphere of that volume, and u(V)/V = 3 u(d)/d.
/// </summary>
public sealed record VolumeUncertainty
{
    /// <summary>The uncertainty of a volume delineated on an image.</summary>
    /// <param name="millilitres">Volume, ml.</param>
    /// <param name="voxelEdge">Edge of a voxel of the image that was delineated, mm; of voxels with three edges the root of their mean square.</param>
    /// <param name="fwhm">Full width at half maximum of the image that was delineated, mm.</param>
    /// <param name="term">The resolution term.</param>
    /// <exception cref="DosimetryException">A number is not positive (a width may be 0).</exception>
    public VolumeUncertainty(double millilitres, double voxelEdge, double fwhm, ResolutionTerm term)
    {
        if (!(millilitres > 0 && voxelEdge > 0 && fwhm >= 0) || !double.IsFinite(millilitres + voxelEdge + fwhm))
        {
            throw new DosimetryException(DosimetryIssue.ImpossibleValue,
                $"Volume and voxel edge must be positive and the width of the blur 0 or more, found {millilitres} ml, {voxelEdge} mm and {fwhm} mm.");
        }

        (Millilitres, VoxelEdge, Fwhm, Term) = (millilitres, voxelEdge, fwhm, term);
    }

    /// <summary>Volume, ml.</summary>
    public double Millilitres { get; }

    /// <summary>Edge of a voxel, mm.</summary>
    public double VoxelEdge { get; }

    /// <summary>Full width at half maximum, mm.</summary>
    public double Fwhm { get; }

    /// <summary>The resolution term.</summary>
    public ResolutionTerm Term { get; }

    /// <summary>Diameter of the sphere of this volume, mm.</summary>
    public double Diameter => Math.Cbrt(6000 * Millilitres / Math.PI);

    /// <summary>Its standard uncertainty, mm.</summary>
    public double DiameterUncertainty => Math.Sqrt((VoxelEdge * VoxelEdge / 6) + (Fwhm * Fwhm / ((Term == ResolutionTerm.EightLn2 ? 8 : 4) * Math.Log(2))));

    /// <summary>Relative standard uncertainty of the volume.</summary>
    public double Relative => 3 * DiameterUncertainty / Diameter;
}

/// <summary>
/// What a region of an image keeps of its true concentration: R(V) = 1 - 1 / (1 + (V / b1)^b2), fitted to phantoms.
/// </summary>
/// <param name="Millilitres">b1, ml: the volume that keeps half.</param>
/// <param name="Exponent">b2.</param>
/// <param name="RelativeUncertainty">Relative standard uncertainty of the curve at the region's volume, from its fit.</param>
/// <param name="Source">Where it was measured.</param>
public sealed record RecoveryCurve(double Millilitres, double Exponent, double RelativeUncertainty, string Source)
{
    /// <summary>No correction: everything is kept, and nothing is known to be uncertain of it.</summary>
    public static RecoveryCurve None { get; } = new(0, 1, 0, "no recovery correction");

    /// <summary>A curve of this form through one point: what is known of a recovery that was found for one region and not measured by a phantom.</summary>
    /// <param name="millilitres">The region's volume, ml.</param>
    /// <param name="recovery">Its recovery, above 0 and below 1.</param>
    /// <param name="slope">d ln R / d ln V there, above 0.</param>
    /// <param name="relativeUncertainty">Relative standard uncertainty of the recovery.</param>
    /// <param name="source">How it was found.</param>
    /// <exception cref="DosimetryException">Recovery or slope cannot be.</exception>
    public static RecoveryCurve Through(double millilitres, double recovery, double slope, double relativeUncertainty, string source)
    {
        if (!(millilitres > 0 && recovery is > 0 and < 1 && slope > 0) || !double.IsFinite(millilitres + slope))
        {
            throw new DosimetryException(DosimetryIssue.ImpossibleValue, $"A recovery lies between 0 and 1 and grows with the volume, found {recovery} of {millilitres} ml with a slope of {slope}.");
        }

        double exponent = slope / (1 - recovery);
        return new(millilitres * Math.Pow((1 - recovery) / recovery, 1 / exponent), exponent, relativeUncertainty, source);
    }

    /// <summary>The recovery coefficient of a volume, 0 to 1.</summary>
    public double At(double millilitres) => Millilitres == 0 ? 1 : 1 - (1 / (1 + Math.Pow(millilitres / Millilitres, Exponent)));

    /// <summary>d ln R / d ln V.</summary>
    public double Slope(double millilitres) => Millilitres == 0 ? 0 : Exponent / (1 + Math.Pow(millilitres / Millilitres, Exponent));
}

/// <summary>
/// A uniform sphere as a camera with a Gaussian blur sees it: what share of its counts a concentric region of another size holds. The region's size and
/// its counts go together, and that is what makes the EANM chain's covariance.
/// </summary>
public sealed class BlurredSphere
{
    private const int Steps = 2000;
    private readonly double[] _share;
    private readonly double _step;

    /// <summary>A sphere.</summary>
    /// <param name="millilitres">Its volume, ml.</param>
    /// <param name="fwhm">Full width at half maximum of the blur, mm.</param>
    /// <exception cref="DosimetryException">The volume is not positive, or the width negative.</exception>
    public BlurredSphere(double millilitres, double fwhm)
    {
        if (!(millilitres > 0 && fwhm >= 0) || !double.IsFinite(millilitres + fwhm))
        {
            throw new DosimetryException(DosimetryIssue.ImpossibleValue, $"A sphere has a positive volume and a blur of 0 or more, found {millilitres} ml and {fwhm} mm.");
        }

        Radius = Math.Cbrt(3000 * millilitres / (4 * Math.PI));
        Deviation = fwhm / Math.Sqrt(8 * Math.Log(2));
        double most = (Radius + (6 * Deviation)) * 1.02;
        _step = most / Steps;
        _share = new double[Steps + 1];
        double volume = Math.Pow(Radius, 3) / 3;
        for (int i = 1; i <= Steps; i++)
        {
            // Simpson's rule over each step of the concentration times r^2.
            double from = (i - 1) * _step, to = i * _step, middle = (from + to) / 2;
            _share[i] = _share[i - 1] + (_step / 6 * ((Concentration(from) * from * from) + (4 * Concentration(middle) * middle * middle) + (Concentration(to) * to * to)) / volume);
        }
    }

    /// <summary>Radius, mm.</summary>
    public double Radius { get; }

    /// <summary>Standard deviation of the blur, mm.</summary>
    public double Deviation { get; }

    /// <summary>The concentration at a distance from the middle, as a share of the true one.</summary>
    public double Concentration(double distance)
    {
        if (Deviation == 0)
        {
            return distance < Radius ? 1 : distance > Radius ? 0 : 0.5;
        }

        double root = Deviation * Math.Sqrt(2);
        if (distance < 1e-6 * Radius)
        {
            double y = Radius / root;
            return MathNet.Numerics.SpecialFunctions.Erf(y) - (2 / Math.Sqrt(Math.PI) * y * Math.Exp(-y * y));
        }

        double inner = (Radius - distance) / root, outer = (Radius + distance) / root;
        return (0.5 * (MathNet.Numerics.SpecialFunctions.Erf(inner) + MathNet.Numerics.SpecialFunctions.Erf(outer)))
            - (Deviation / (distance * Math.Sqrt(2 * Math.PI)) * (Math.Exp(-inner * inner) - Math.Exp(-outer * outer)));
    }

    /// <summary>The share of all counts that a concentric sphere of a volume holds.</summary>
    public double ShareIn(double millilitres)
    {
        double place = Math.Cbrt(3000 * millilitres / (4 * Math.PI)) / _step;
        int below = (int)place;
        return below >= Steps ? _share[^1] : _share[below] + ((place - below) * (_share[below + 1] - _share[below]));
    }

    /// <summary>d ln R / d ln V of such spheres, where R is the share of its own counts that a sphere holds.</summary>
    public double RecoverySlope
    {
        get
        {
            double millilitres = 4 * Math.PI * Math.Pow(Radius, 3) / 3000, fwhm = Deviation * Math.Sqrt(8 * Math.Log(2));
            double Share(double times) => new BlurredSphere(millilitres * times, fwhm).ShareIn(millilitres * times);
            return Math.Log(Share(1.02) / Share(0.98)) / Math.Log(1.02 / 0.98);
        }
    }

    /// <summary>d ln(counts) / d ln(volume) of a region that has the sphere's own size: concentration at the edge / mean concentration.</summary>
    public double CountSlope => Concentration(Radius) / ShareIn(4 * Math.PI * Math.Pow(Radius, 3) / 3000);
}
