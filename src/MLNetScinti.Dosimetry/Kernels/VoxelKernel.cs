using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace MLNetScinti.Dosimetry.Kernels;

/// <summary>
/// Voxel S values: the dose in a voxel for each decay in another, mGy/(MBq s), by the difference of their indices. An object and not an array:
/// it knows its nuclide, voxel, medium, density, extent, source and energy balance, and two kernels are alike only where all numbers are.
/// Kernels are symmetric under reflection along each axis; voxels may have three different edges.
/// </summary>
public sealed class VoxelKernel
{
    // One octant: [(k * (HalfRows + 1)) + j) * (HalfColumns + 1) + i].
    private readonly double[] _octant;

    private VoxelKernel(KernelDescription description, double[] octant)
    {
        Description = description;
        _octant = octant;
        double sum = Cube(Math.Max(description.HalfColumns, Math.Max(description.HalfRows, description.HalfSections)));
        double grams = description.Density * VoxelMillilitres;
        double local = description.Nuclide.ElectronKev * Nuclide.JoulePerKev / (grams / 1000) * 1e9;
        EnergyBalance = new KernelEnergyBalance(
            sum * 1e-9 * (grams / 1000) / Nuclide.JoulePerKev, description.Nuclide.ElectronKev, description.Nuclide.PhotonKev, sum, local);
        Identity = Hash();
    }

    /// <summary>What the kernel is of.</summary>
    public KernelDescription Description { get; }

    /// <summary>Its energy, beside its nuclide's.</summary>
    public KernelEnergyBalance EnergyBalance { get; }

    /// <summary>The first half of the SHA-256 of all that decides a dose: nuclide, voxel, density, values.</summary>
    public string Identity { get; }

    /// <summary>Volume of a voxel, ml.</summary>
    public double VoxelMillilitres => Description.ColumnSpacing * Description.RowSpacing * Description.SectionSpacing / 1000;

    /// <summary>A kernel of values by the magnitude of the index differences.</summary>
    /// <param name="description">What it is of.</param>
    /// <param name="value">mGy/(MBq s) of the differences in columns, rows and sections, each from 0 to the half width.</param>
    /// <exception cref="DosimetryException">A value is negative or not finite, the value of the voxel itself is 0, or the description cannot be.</exception>
    public static VoxelKernel Of(KernelDescription description, Func<int, int, int, double> value)
    {
        ArgumentNullException.ThrowIfNull(description);
        ArgumentNullException.ThrowIfNull(value);
        description.Check();
        int columns = description.HalfColumns + 1, rows = description.HalfRows + 1, sections = description.HalfSections + 1;
        double[] octant = new double[columns * rows * sections];
        for (int k = 0; k < sections; k++)
        {
            for (int j = 0; j < rows; j++)
            {
                for (int i = 0; i < columns; i++)
                {
                    double s = value(i, j, k);
                    octant[(((k * rows) + j) * columns) + i] = s >= 0 && double.IsFinite(s) ? s : throw new DosimetryException(
                        DosimetryIssue.ImpossibleValue, $"Kernel '{description.Name}': the value at {i}, {j}, {k} must be 0 or more mGy/(MBq s), found {s}.");
                }
            }
        }

        return octant[0] > 0 ? new(description, octant) : throw new DosimetryException(
            DosimetryIssue.ImpossibleValue, $"Kernel '{description.Name}' gives no dose to the voxel that the activity is in.");
    }

    /// <summary>The dose for an index difference, mGy/(MBq s); 0 outside the extent.</summary>
    public double this[int columns, int rows, int sections]
    {
        get
        {
            (columns, rows, sections) = (Math.Abs(columns), Math.Abs(rows), Math.Abs(sections));
            return columns > Description.HalfColumns || rows > Description.HalfRows || sections > Description.HalfSections ? 0
                : _octant[(((sections * (Description.HalfRows + 1)) + rows) * (Description.HalfColumns + 1)) + columns];
        }
    }

    /// <summary>Dose in the middle of a uniform cube of 1 MBq s a voxel, mGy.</summary>
    /// <param name="halfWidth">How many voxels the cube reaches from its middle; beyond the extent nothing more comes.</param>
    public double Cube(int halfWidth)
    {
        double sum = 0;
        for (int k = Math.Min(halfWidth, Description.HalfSections); k >= 0; k--)
        {
            for (int j = Math.Min(halfWidth, Description.HalfRows); j >= 0; j--)
            {
                for (int i = Math.Min(halfWidth, Description.HalfColumns); i >= 0; i--)
                {
                    sum += this[i, j, k] * (i > 0 ? 2 : 1) * (j > 0 ? 2 : 1) * (k > 0 ? 2 : 1);
                }
            }
        }

        return sum;
    }

    /// <summary>The kernel with all values times one factor, so that it gives a named energy within its extent.</summary>
    /// <param name="kev">keV per decay that are to stay within the extent.</param>
    /// <param name="what">What that energy is: "electrons of Lu-177".</param>
    /// <exception cref="DosimetryException">The energy is not positive.</exception>
    public VoxelKernel NormalizedTo(double kev, string what)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(what);
        if (!(kev > 0) || !double.IsFinite(kev))
        {
            throw new DosimetryException(DosimetryIssue.ImpossibleValue, $"A kernel is normalised to a positive energy, found {kev} keV.");
        }

        double factor = kev / EnergyBalance.AbsorbedKev;
        return Changed(
            Description with { Name = FormattableString.Invariant($"{Description.Name}, normalised to {kev:0.###} keV"), Steps = [.. Description.Steps, FormattableString.Invariant($"normalised to {kev:0.###} keV ({what}), factor {factor:0.#####}")] },
            (i, j, k) => this[i, j, k] * factor);
    }

    /// <summary>A kernel made of this one.</summary>
    internal VoxelKernel Changed(KernelDescription description, Func<int, int, int, double> value) => Of(description, value);

    /// <summary>The flags that a dose made with this kernel has to carry.</summary>
    internal IEnumerable<DosimetryFlag> Flags()
    {
        if (!EnergyBalance.IsBalanced)
        {
            yield return new(DosimetryIssue.EnergyBalance, $"Kernel '{Description.Name}' is out of energy balance: {EnergyBalance}.");
        }

        if (Description.IsFinerThanTable)
        {
            yield return new(DosimetryIssue.FinerThanTable, $"Kernel '{Description.Name}' was brought to finer voxels than its table has: the dose within a voxel's reach is a model's.");
        }
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Description}; {EnergyBalance}; identity {Identity}";

    private string Hash()
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture,
            $"{Description.Nuclide.Symbol}|{Description.ColumnSpacing:R}|{Description.RowSpacing:R}|{Description.SectionSpacing:R}|{Description.HalfColumns}|{Description.HalfRows}|{Description.HalfSections}|{Description.Density:R}|")));
        hash.AppendData(MemoryMarshal.AsBytes(_octant.AsSpan()));
        return Convert.ToHexStringLower(hash.GetHashAndReset())[..32];
    }
}

/// <summary>What a kernel is of, and what was done to it.</summary>
public sealed record KernelDescription
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>The nuclide.</summary>
    public required Nuclide Nuclide { get; init; }

    /// <summary>Edge of a voxel along columns, mm.</summary>
    public required double ColumnSpacing { get; init; }

    /// <summary>Edge of a voxel along rows, mm.</summary>
    public required double RowSpacing { get; init; }

    /// <summary>Edge of a voxel along sections, mm.</summary>
    public required double SectionSpacing { get; init; }

    /// <summary>How many voxels the kernel reaches from its middle along columns.</summary>
    public required int HalfColumns { get; init; }

    /// <summary>The same along rows.</summary>
    public required int HalfRows { get; init; }

    /// <summary>The same along sections.</summary>
    public required int HalfSections { get; init; }

    /// <summary>The medium: "soft tissue".</summary>
    public required string Medium { get; init; }

    /// <summary>Its density, g/ml.</summary>
    public required double Density { get; init; }

    /// <summary>Where the values are from.</summary>
    public required string Source { get; init; }

    /// <summary>What was done to them since, in order.</summary>
    public IReadOnlyList<string> Steps { get; init; } = [];

    /// <summary>Whether it was brought to finer voxels than its table has.</summary>
    public bool IsFinerThanTable { get; init; }

    /// <summary>The extent from the middle, mm, along columns, rows and sections: to the outer face of the last voxel.</summary>
    public (double Columns, double Rows, double Sections) Extent =>
        ((HalfColumns + 0.5) * ColumnSpacing, (HalfRows + 0.5) * RowSpacing, (HalfSections + 0.5) * SectionSpacing);

    /// <summary>Whether the voxels are cubes.</summary>
    public bool IsIsotropic => ColumnSpacing == RowSpacing && RowSpacing == SectionSpacing;

    /// <inheritdoc/>
    public override string ToString()
    {
        (double columns, double rows, double sections) = Extent;
        return FormattableString.Invariant($"{Name}: {Nuclide.Symbol} in {Medium} of {Density:0.##} g/ml, voxel {ColumnSpacing:0.###} x {RowSpacing:0.###} x {SectionSpacing:0.###} mm, ")
            + FormattableString.Invariant($"extent +-{columns:0.#} x {rows:0.#} x {sections:0.#} mm") + (Steps.Count > 0 ? $" ({string.Join("; ", Steps)})" : "");
    }

    internal void Check()
    {
        if (!(ColumnSpacing > 0 && RowSpacing > 0 && SectionSpacing > 0 && Density > 0) || !double.IsFinite(ColumnSpacing * RowSpacing * SectionSpacing * Density)
            || HalfColumns < 0 || HalfRows < 0 || HalfSections < 0)
        {
            throw new DosimetryException(DosimetryIssue.ImpossibleValue,
                $"Kernel '{Name}': voxel edges and density must be positive and half widths 0 or more, found {ColumnSpacing} x {RowSpacing} x {SectionSpacing} mm, {Density} g/ml, {HalfColumns} x {HalfRows} x {HalfSections}.");
        }
    }
}
