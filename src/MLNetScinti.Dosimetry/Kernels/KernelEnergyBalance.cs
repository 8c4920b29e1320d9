namespace MLNetScinti.Dosimetry.Kernels;

/// <summary>
/// What energy a kernel gives to the tissue within its extent, beside what its nuclide sets free. Two published kernels of one nuclide
/// differ by several percent here, and so do all doses made with them.
/// </summary>
/// <param name="AbsorbedKev">Energy that stays within the kernel's extent, keV per decay, at the kernel's density.</param>
/// <param name="ElectronKev">Energy of the nuclide's electrons, keV per decay.</param>
/// <param name="PhotonKev">Energy of the nuclide's photons, keV per decay: most of it leaves any kernel.</param>
/// <param name="SumMilligray">Dose in the middle of a uniform cube of the kernel's extent, mGy for 1 MBq s a voxel.</param>
/// <param name="LocalMilligray">The same where all electrons' energy stays in place, mGy for 1 MBq s.</param>
public sealed record KernelEnergyBalance(double AbsorbedKev, double ElectronKev, double PhotonKev, double SumMilligray, double LocalMilligray)
{
    /// <summary>Kernel / local deposition in a uniform medium.</summary>
    public double RatioToLocal => SumMilligray / LocalMilligray;

    /// <summary>
    /// Whether the kernel gives what its nuclide has: no less than 99 % of the electrons' energy, and no more than electrons and photons together.
    /// Otherwise every dose made with it has to say so.
    /// </summary>
    public bool IsBalanced => RatioToLocal >= 0.99 && AbsorbedKev <= ElectronKev + PhotonKev;

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant(
        $"{AbsorbedKev:0.0} keV per decay stay within its extent, {RatioToLocal:0.000} of local deposition of the electrons' {ElectronKev:0.0} keV (photons' {PhotonKev:0.0} keV aside)");
}
