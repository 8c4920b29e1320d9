namespace MLNetScinti.Dosimetry;

/// <summary>How a dose was made of a time-integrated activity: doses of different methods are not compared without saying so.</summary>
/// <param name="Name">In words: "local deposition of 147.9 keV at 1.04 g/ml", or a kernel's description.</param>
/// <param name="Identity">Alike only where everything that decides the dose is alike.</param>
public sealed record DoseMethod(string Name, string Identity)
{
    /// <summary>All electrons' energy stays where it is set free; photons leave.</summary>
    /// <param name="nuclide">The nuclide.</param>
    /// <param name="density">g/ml.</param>
    public static DoseMethod LocalDeposition(Nuclide nuclide, double density)
    {
        ArgumentNullException.ThrowIfNull(nuclide);
        return new(
            FormattableString.Invariant($"local deposition of {nuclide.Symbol}'s electrons, {nuclide.ElectronKev:0.##} keV, at {density:0.###} g/ml"),
            FormattableString.Invariant($"local|{nuclide.Symbol}|{nuclide.ElectronKev:R}|{density:R}"));
    }

    /// <summary>Convolution with a kernel.</summary>
    public static DoseMethod Of(Kernels.VoxelKernel kernel)
    {
        ArgumentNullException.ThrowIfNull(kernel);
        return new($"kernel {kernel.Description}; {kernel.EnergyBalance}", "kernel|" + kernel.Identity);
    }

    /// <summary>Says no where two doses were made by different methods.</summary>
    /// <exception cref="DosimetryException">They were.</exception>
    internal static void CheckAlike(DoseMethod a, DoseMethod b)
    {
        if (!string.Equals(a.Identity, b.Identity, StringComparison.Ordinal))
        {
            throw new DosimetryException(DosimetryIssue.DifferentMethods,
                $"These doses were made by different methods, which alone makes them differ by several percent: {a.Name}, and {b.Name}. Compare doses of one method, or ask for a comparison across methods.");
        }
    }
}

/// <summary>
/// An absorbed dose with its interval: there is none without. Compared only with doses of the same method; a comparison across methods has to be asked
/// for by name and carries both.
/// </summary>
public sealed record AbsorbedDose
{
    private AbsorbedDose(double gray, double standardUncertainty, double lower, double upper, double level, string basis, DoseMethod method) =>
        (Gray, StandardUncertainty, Lower, Upper, Level, Basis, Method) = (gray, standardUncertainty, lower, upper, level, basis, method);

    /// <summary>The dose, Gy.</summary>
    public double Gray { get; }

    /// <summary>Its standard uncertainty, Gy.</summary>
    public double StandardUncertainty { get; }

    /// <summary>Lower end of the interval, Gy; not below 0.</summary>
    public double Lower { get; }

    /// <summary>Upper end, Gy.</summary>
    public double Upper { get; }

    /// <summary>The coverage aimed at: .95.</summary>
    public double Level { get; }

    /// <summary>Where the interval is from: "EANM chain, normal".</summary>
    public string Basis { get; }

    /// <summary>How the dose was made.</summary>
    public DoseMethod Method { get; }

    /// <summary>A dose and its standard uncertainty, with the normal distribution's interval.</summary>
    /// <param name="gray">The dose, Gy.</param>
    /// <param name="standardUncertainty">Positive, Gy.</param>
    /// <param name="basis">Where the uncertainty is from.</param>
    /// <param name="method">How the dose was made.</param>
    /// <param name="level">The coverage aimed at.</param>
    /// <exception cref="DosimetryException">The dose is negative, or the uncertainty not positive and finite.</exception>
    public static AbsorbedDose Normal(double gray, double standardUncertainty, string basis, DoseMethod method, double level = 0.95)
    {
        Check(gray, standardUncertainty, basis, level);
        double half = MathNet.Numerics.Distributions.Normal.InvCDF(0, 1, (1 + level) / 2) * standardUncertainty;
        return new(gray, standardUncertainty, Math.Max(0, gray - half), gray + half, level, $"{basis}, normal", method);
    }

    /// <summary>The same with the lognormal distribution's interval: for factors that multiply, and for uncertainties of a quarter and more, whose normal interval reaches too low.</summary>
    /// <inheritdoc cref="Normal"/>
    public static AbsorbedDose LogNormal(double gray, double standardUncertainty, string basis, DoseMethod method, double level = 0.95)
    {
        Check(gray, standardUncertainty, basis, level);
        if (gray == 0)
        {
            throw new DosimetryException(DosimetryIssue.ImpossibleValue, "A lognormal interval needs a dose above 0.");
        }

        double deviation = Math.Sqrt(Math.Log(1 + Math.Pow(standardUncertainty / gray, 2))), factor = Math.Exp(MathNet.Numerics.Distributions.Normal.InvCDF(0, 1, (1 + level) / 2) * deviation);
        return new(gray, standardUncertainty, gray / factor, gray * factor, level, $"{basis}, lognormal", method);
    }

    /// <summary>A dose with the interval between quantiles of draws.</summary>
    /// <param name="gray">The dose, Gy.</param>
    /// <param name="draws">Doses of a Monte Carlo chain, Gy; at least 100 and not all alike.</param>
    /// <param name="basis">Where the draws are from.</param>
    /// <param name="method">How the dose was made.</param>
    /// <param name="level">The coverage aimed at.</param>
    /// <exception cref="DosimetryException">Too few draws, or all alike.</exception>
    public static AbsorbedDose FromDraws(double gray, IReadOnlyCollection<double> draws, string basis, DoseMethod method, double level = 0.95)
    {
        ArgumentNullException.ThrowIfNull(draws);
        if (draws.Count < 100)
        {
            throw new DosimetryException(DosimetryIssue.ImpossibleValue, $"An interval of draws needs 100 of them, found {draws.Count}.");
        }

        double[] sorted = [.. draws.Order()];
        double mean = sorted.Average(), deviation = Math.Sqrt(sorted.Sum(draw => (draw - mean) * (draw - mean)) / (sorted.Length - 1));
        Check(gray, deviation, basis, level);
        double At(double share)
        {
            double place = share * (sorted.Length - 1);
            int below = Math.Min((int)place, sorted.Length - 2);
            return sorted[below] + ((place - below) * (sorted[below + 1] - sorted[below]));
        }

        return new(gray, deviation, Math.Max(0, At((1 - level) / 2)), At((1 + level) / 2), level, $"{basis}, quantiles of {sorted.Length} draws", method);
    }

    /// <summary>A dose with an interval that was found for it.</summary>
    internal static AbsorbedDose WithInterval(double gray, double standardUncertainty, double lower, double upper, string basis, DoseMethod method, double level)
    {
        Check(gray, standardUncertainty, basis, level);
        return new(gray, standardUncertainty, Math.Max(0, lower), upper, level, basis, method);
    }

    /// <summary>By how much this dose differs from another of the same method, as a share of the other.</summary>
    /// <exception cref="DosimetryException">The doses were made by different methods.</exception>
    public double DifferenceTo(AbsorbedDose other)
    {
        ArgumentNullException.ThrowIfNull(other);
        DoseMethod.CheckAlike(Method, other.Method);
        return (Gray / other.Gray) - 1;
    }

    /// <summary>The same across methods, which then stand in the result.</summary>
    public DoseComparisonAcrossMethods AcrossMethods(AbsorbedDose other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return new((Gray / other.Gray) - 1, Method, other.Method);
    }

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"{Gray:0.###} Gy ({Lower:0.###} to {Upper:0.###}, {100 * Level:0.#} %, {Basis})");

    private static void Check(double gray, double standardUncertainty, string basis, double level)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(basis);
        if (!(level is > 0 and < 1))
        {
            throw new DosimetryException(DosimetryIssue.ImpossibleValue, $"The coverage of an interval lies between 0 and 1, found {level}.");
        }

        if (!(gray >= 0) || !double.IsFinite(gray) || !(standardUncertainty > 0) || !double.IsFinite(standardUncertainty))
        {
            throw new DosimetryException(DosimetryIssue.ImpossibleValue,
                $"A dose is 0 or more Gy and has a positive uncertainty, found {gray} Gy with {standardUncertainty} Gy: a dose without an interval is none.");
        }
    }
}

/// <summary>Two doses made by different methods: the difference holds that of the methods.</summary>
/// <param name="Difference">As a share of the second.</param>
/// <param name="Method">The first dose's method.</param>
/// <param name="OtherMethod">The second dose's method.</param>
public sealed record DoseComparisonAcrossMethods(double Difference, DoseMethod Method, DoseMethod OtherMethod)
{
    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"{100 * Difference:+0.0;-0.0} % between {Method.Name} and {OtherMethod.Name}");
}
