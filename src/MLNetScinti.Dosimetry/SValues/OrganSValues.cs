namespace MLNetScinti.Dosimetry.SValues;

/// <summary>How an S value follows a mass other than the phantom's.</summary>
public enum MassScaling
{
    /// <summary>The electrons' part by reference mass / mass, the photons' as it is: photons cross the organ.</summary>
    ElectronsOnly,

    /// <summary>The electrons' part by reference mass / mass, the photons' by its power 2/3 (Snyder; as OLINDA does).</summary>
    PhotonsByTwoThirds,

    /// <summary>All of it by reference mass / mass.</summary>
    Linear,
}

/// <summary>Dose in a target for each decay in a source.</summary>
/// <param name="Nuclide">The nuclide.</param>
/// <param name="Phantom">The phantom: "adult male".</param>
/// <param name="Target">Where the dose is.</param>
/// <param name="Source">Where the activity is.</param>
/// <param name="MilligrayPerMegabecquerelSecond">mGy/(MBq s).</param>
/// <param name="TargetGrams">The target's mass in the phantom, g, where it is known.</param>
public sealed record OrganSValue(Nuclide Nuclide, string Phantom, string Target, string Source, double MilligrayPerMegabecquerelSecond, double? TargetGrams)
{
    /// <summary>Energy that stays in the target, keV per decay in the source; null where the target's mass is not known.</summary>
    public double? AbsorbedKev => MilligrayPerMegabecquerelSecond * 1e-9 * (TargetGrams / 1000) / Nuclide.JoulePerKev;

    /// <summary>Dose of a time-integrated activity, Gy.</summary>
    public double Dose(double megabecquerelHours) => megabecquerelHours * 3600 * MilligrayPerMegabecquerelSecond / 1000;

    /// <summary>The self dose of another mass, mGy/(MBq s).</summary>
    /// <param name="grams">The patient's mass of the organ, g.</param>
    /// <param name="scaling">What follows the mass.</param>
    /// <exception cref="DosimetryException">Not a self dose, or the phantom's mass is not known.</exception>
    public double OfMass(double grams, MassScaling scaling)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(grams);
        if (!string.Equals(Target, Source, StringComparison.Ordinal) || TargetGrams is not { } reference)
        {
            throw new DosimetryException(DosimetryIssue.ImpossibleValue, $"Mass scaling is for the self dose of an organ of known mass, not for {Target} from {Source}.");
        }

        double ratio = reference / grams;
        // Where a small organ keeps less than the electrons' energy, all that it keeps is theirs.
        double electrons = Math.Min(MilligrayPerMegabecquerelSecond, Nuclide.ElectronKev * Nuclide.JoulePerKev / (reference / 1000) * 1e9);
        double photons = MilligrayPerMegabecquerelSecond - electrons;
        return scaling switch
        {
            MassScaling.ElectronsOnly => (electrons * ratio) + photons,
            MassScaling.PhotonsByTwoThirds => (electrons * ratio) + (photons * Math.Pow(ratio, 2.0 / 3)),
            MassScaling.Linear => MilligrayPerMegabecquerelSecond * ratio,
            _ => throw new ArgumentOutOfRangeException(nameof(scaling), scaling, "Not a way of scaling by mass."),
        };
    }
}

/// <summary>Organ S values of phantoms, by the names of target and source that the table has.</summary>
public sealed class OrganSValues
{
    private OrganSValues(IReadOnlyList<OrganSValue> all) => All = all;

    /// <summary>The values that come with this room: 177Lu, adult male and female.</summary>
    public static OrganSValues Shipped { get; } = new(
    [
        .. EmbeddedTable.Rows("organ-s-values.tsv").Select(cells => new OrganSValue(
            Nuclide.Named(cells[0]), cells[1], cells[2], cells[3], EmbeddedTable.Number(cells[4]), cells[5].Length > 0 ? EmbeddedTable.Number(cells[5]) : null)),
    ]);

    /// <summary>All values.</summary>
    public IReadOnlyList<OrganSValue> All { get; }

    /// <summary>One value.</summary>
    /// <exception cref="DosimetryException">The table has none for this pair; the message lists what it has of the phantom.</exception>
    public OrganSValue Of(string phantom, string target, string source) =>
        All.FirstOrDefault(one => Is(one.Phantom, phantom) && Is(one.Target, target) && Is(one.Source, source))
        ?? throw new DosimetryException(DosimetryIssue.UnknownName, $"No S value of '{target}' from '{source}' in '{phantom}'; there are: "
            + string.Join(", ", All.Where(one => Is(one.Phantom, phantom)).Select(one => $"{one.Target} from {one.Source}")) + ".");

    /// <summary>
    /// S(a from b) / S(b from a), near 1 for photons between organs that are far apart (reciprocity: Loevinger et al., MIRD Primer 1991).
    /// A check of a table.
    /// </summary>
    public double Reciprocity(string phantom, string a, string b) =>
        Of(phantom, a, b).MilligrayPerMegabecquerelSecond / Of(phantom, b, a).MilligrayPerMegabecquerelSecond;

    private static bool Is(string name, string wanted) => string.Equals(name, wanted, StringComparison.OrdinalIgnoreCase);
}

/// <summary>Self dose of uniform spheres by their mass: for what no phantom has.</summary>
public sealed class SphereSValues
{
    private SphereSValues(Nuclide nuclide, IReadOnlyList<(double Grams, double S)> values) => (Nuclide, Values) = (nuclide, values);

    /// <summary>The nuclide.</summary>
    public Nuclide Nuclide { get; }

    /// <summary>Masses in g and S in Gy/(Bq s), by rising mass.</summary>
    public IReadOnlyList<(double Grams, double GrayPerBecquerelSecond)> Values { get; }

    /// <summary>The spheres of a nuclide that come with this room.</summary>
    /// <exception cref="DosimetryException">There are none of this nuclide.</exception>
    public static SphereSValues Shipped(Nuclide nuclide)
    {
        ArgumentNullException.ThrowIfNull(nuclide);
        (double, double)[] values = [.. EmbeddedTable.Rows("sphere-s-values.tsv").Where(cells => cells[0] == nuclide.Symbol)
            .Select(cells => (EmbeddedTable.Number(cells[1]), EmbeddedTable.Number(cells[2])))];
        return values.Length > 0 ? new(nuclide, values) : throw new DosimetryException(DosimetryIssue.UnknownName, $"No S values of spheres for {nuclide.Symbol}.");
    }

    /// <summary>S of a sphere of a mass, mGy/(MBq s): straight lines of the logarithms between the table's masses.</summary>
    /// <param name="grams">Mass, g, within the table.</param>
    /// <exception cref="DosimetryException">The mass is outside the table.</exception>
    public double OfMass(double grams)
    {
        (int below, double part) = Place(grams);
        return 1e9 * Math.Exp(((1 - part) * Math.Log(Values[below].GrayPerBecquerelSecond)) + (part * Math.Log(Values[below + 1].GrayPerBecquerelSecond)));
    }

    /// <summary>The energy that stays in a sphere, keV per decay.</summary>
    /// <exception cref="DosimetryException">The mass is outside the table.</exception>
    public double AbsorbedKev(double grams) => OfMass(grams) * 1e-9 * (grams / 1000) / Nuclide.JoulePerKev;

    /// <summary>d ln S / d ln mass at a mass: near -1, the part of the volume's uncertainty that goes into the dose by way of S.</summary>
    /// <exception cref="DosimetryException">The mass is outside the table.</exception>
    public double Slope(double grams)
    {
        (int below, _) = Place(grams);
        return Math.Log(Values[below + 1].GrayPerBecquerelSecond / Values[below].GrayPerBecquerelSecond) / Math.Log(Values[below + 1].Grams / Values[below].Grams);
    }

    private (int Below, double Part) Place(double grams)
    {
        if (!(grams >= Values[0].Grams && grams <= Values[^1].Grams))
        {
            throw new DosimetryException(DosimetryIssue.ImpossibleValue, $"The spheres' table reaches from {Values[0].Grams} g to {Values[^1].Grams} g, found {grams} g.");
        }

        int below = 0;
        while (below < Values.Count - 2 && Values[below + 1].Grams < grams)
        {
            below++;
        }

        return (below, Math.Log(grams / Values[below].Grams) / Math.Log(Values[below + 1].Grams / Values[below].Grams));
    }
}
