namespace MLNetScinti.Dicom;

/// <summary>One interval of photon energies (PS3.3 table C.8-10, Energy Window Range Sequence).</summary>
/// <param name="LowerKev">The lower limit, in keV.</param>
/// <param name="UpperKev">The upper limit, in keV.</param>
public readonly record struct EnergyRange(double LowerKev, double UpperKev)
{
    /// <summary>The middle of the interval, in keV.</summary>
    public double CentreKev => (LowerKev + UpperKev) / 2;

    /// <summary>The width as a share of the centre: 0.2 for a 20 % window.</summary>
    public double RelativeWidth => CentreKev > 0 ? (UpperKev - LowerKev) / CentreKev : 0;

    /// <summary>Whether an energy lies within the interval.</summary>
    public bool Contains(double kev) => kev >= LowerKev && kev <= UpperKev;
}
