using MLNetScinti.Imaging;

namespace MLNetScinti.Dosimetry;

/// <summary>Decay data of a nuclide, as a dose needs them.</summary>
public sealed record Nuclide
{
    /// <summary>The energy of one keV in joules (exact since 2019: CODATA 2018).</summary>
    public const double JoulePerKev = 1.602176634e-16;

    /// <summary>Its symbol as nuclear medicine writes it: "Lu-177".</summary>
    public required string Symbol { get; init; }

    /// <summary>The physical half-life, h.</summary>
    public required double HalfLifeHours { get; init; }

    /// <summary>Mean energy of all electrons together, keV per decay: what local deposition leaves in place.</summary>
    public required double ElectronKev { get; init; }

    /// <summary>Of it beta particles, keV per decay.</summary>
    public double BetaKev { get; init; }

    /// <summary>Of it conversion electrons, keV per decay.</summary>
    public double ConversionKev { get; init; }

    /// <summary>Of it Auger and Coster-Kronig electrons, keV per decay.</summary>
    public double AugerKev { get; init; }

    /// <summary>Mean energy of gamma and X-rays, keV per decay.</summary>
    public double PhotonKev { get; init; }

    /// <summary>Where the numbers are from.</summary>
    public required string Source { get; init; }

    /// <summary>Lutetium-177.</summary>
    public static Nuclide Lutetium177 => Named("Lu-177");

    /// <summary>The nuclides whose data come with this room.</summary>
    public static IReadOnlyList<Nuclide> Known { get; } = Read();

    /// <summary>The decay constant, 1/h.</summary>
    public double DecayConstant => Math.Log(2) / HalfLifeHours;

    /// <summary>The nuclide of a symbol.</summary>
    /// <exception cref="DosimetryException">Its data do not come with this room: make a <see cref="Nuclide"/> from a source of your own.</exception>
    public static Nuclide Named(string symbol) => Known.FirstOrDefault(one => string.Equals(one.Symbol, symbol, StringComparison.OrdinalIgnoreCase))
        ?? throw new DosimetryException(
            DosimetryIssue.UnknownName, $"No energies of a decay of '{symbol}' are known here, which a dose needs; there are those of {string.Join(", ", Known.Select(one => one.Symbol))}.");

    /// <summary>What is left of an activity after so many hours.</summary>
    public double Remaining(double hours) => Math.Exp(-DecayConstant * hours);

    /// <summary>
    /// Dose where all of an energy stays in the mass that it is set free in, Gy: time-integrated activity x energy / mass. For 177Lu's
    /// electrons .0853063 mGy kg for each MBq h.
    /// </summary>
    /// <param name="megabecquerelHours">Time-integrated activity, MBq h.</param>
    /// <param name="massGrams">Mass, g.</param>
    /// <param name="kev">Energy, keV per decay; the electrons' where it is not given.</param>
    public double LocalDose(double megabecquerelHours, double massGrams, double? kev = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(massGrams);
        return megabecquerelHours * 3.6e9 * (kev ?? ElectronKev) * JoulePerKev / (massGrams / 1000);
    }

    private static IReadOnlyList<Nuclide> Read() =>
    [
        .. EmbeddedTable.Rows("nuclides.tsv").Select(cells => new Nuclide
        {
            Symbol = cells[0],
            HalfLifeHours = PhysicalHalfLife.HoursOf(cells[0]),
            ElectronKev = EmbeddedTable.Number(cells[1]),
            BetaKev = EmbeddedTable.Number(cells[2]),
            ConversionKev = EmbeddedTable.Number(cells[3]),
            AugerKev = EmbeddedTable.Number(cells[4]),
            PhotonKev = EmbeddedTable.Number(cells[5]),
            Source = cells[6],
        }),
    ];
}
