using MLNetScinti.Dosimetry.Kernels;
using MLNetScinti.Imaging;

namespace MLNetScinti.Dosimetry.Maps;

/// <summary>Absorbed dose in every voxel, Gy, and how it was made.</summary>
public sealed class DoseMap
{
    private DoseMap(Volume gray, DoseMethod method, Volume rates, IReadOnlyList<DosimetryFlag> flags, VoxelKernel? kernel) =>
        (Gray, Method, Rates, Flags, Kernel) = (gray, method, rates, flags, kernel);

    /// <summary>Gy in each voxel.</summary>
    public Volume Gray { get; }

    /// <summary>How it was made.</summary>
    public DoseMethod Method { get; }

    /// <summary>The kernel it was made with; null for local deposition.</summary>
    public VoxelKernel? Kernel { get; }

    /// <summary>The effective rate of each voxel's activity, 1/h, for biologically effective doses.</summary>
    public Volume Rates { get; }

    /// <summary>What has to be said with its doses.</summary>
    public IReadOnlyList<DosimetryFlag> Flags { get; }

    /// <summary>
    /// By convolution with a kernel. Outside the image there is no activity: near its border the dose lacks what would come from there
    /// (<see cref="IsNearBorder"/>).
    /// </summary>
    /// <param name="map">Time-integrated activity.</param>
    /// <param name="kernel">A kernel of the map's nuclide and voxels.</param>
    /// <exception cref="DosimetryException">The kernel is of another nuclide or other voxels, or the image is sheared.</exception>
    public static DoseMap ByKernel(TimeIntegratedActivityMap map, VoxelKernel kernel)
    {
        ArgumentNullException.ThrowIfNull(map);
        ArgumentNullException.ThrowIfNull(kernel);
        KernelDescription of = kernel.Description;
        if (!string.Equals(of.Nuclide.Symbol, map.Nuclide.Symbol, StringComparison.Ordinal))
        {
            throw new DosimetryException(DosimetryIssue.MixedNuclides, $"Kernel '{of.Name}' is of {of.Nuclide.Symbol} and the activity of {map.Nuclide.Symbol}: take a kernel of that nuclide.");
        }

        ImageGeometry grid = map.MegabecquerelHours.Geometry;
        // Half a percent of an edge is a percent and a half of the voxel's volume, and of its dose.
        bool IsSame(double edge, double other) => Math.Abs(edge - other) <= 0.001 * other;
        if (!IsSame(of.ColumnSpacing, grid.ColumnSpacing) || !IsSame(of.RowSpacing, grid.RowSpacing) || !IsSame(of.SectionSpacing, grid.SectionSpacing))
        {
            throw new DosimetryException(DosimetryIssue.DifferentGrids, FormattableString.Invariant(
                $"Kernel '{of.Name}' is for voxels of {of.ColumnSpacing:0.####} x {of.RowSpacing:0.####} x {of.SectionSpacing:0.####} mm and the image has {grid.ColumnSpacing:0.####} x {grid.RowSpacing:0.####} x {grid.SectionSpacing:0.####} mm: resample the kernel (or the image)."));
        }

        if (Math.Abs((grid.VoxelVolume / (grid.ColumnSpacing * grid.RowSpacing * grid.SectionSpacing)) - 1) > 1e-3)
        {
            throw new DosimetryException(DosimetryIssue.DifferentGrids, "The image is sheared (a tilted gantry): resample it to a grid with right angles before a kernel is laid over it.");
        }

        double[] sums = FourierConvolution.Apply(map.MegabecquerelHours.AsSpan(), map.MegabecquerelHours.Shape, kernel);
        Volume gray = new(grid);
        Span<float> into = gray.AsSpan();
        for (int i = 0; i < into.Length; i++)
        {
            // MBq h to MBq s, mGy to Gy; the transform's rounding may leave a trace below 0 where there is no dose.
            into[i] = (float)Math.Max(0, sums[i] * 3600 / 1000);
        }

        return new DoseMap(gray, DoseMethod.Of(kernel), map.Rates, [.. map.Flags, .. kernel.Flags()], kernel);
    }

    /// <summary>By local deposition of the electrons in a uniform density.</summary>
    /// <param name="map">Time-integrated activity.</param>
    /// <param name="density">g/ml.</param>
    public static DoseMap ByLocalDeposition(TimeIntegratedActivityMap map, double density)
    {
        ArgumentNullException.ThrowIfNull(map);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(density);
        double grams = map.MegabecquerelHours.Geometry.VoxelVolume / 1000 * density;
        return Local(map, DoseMethod.LocalDeposition(map.Nuclide, density), _ => grams);
    }

    /// <summary>By local deposition of the electrons in each voxel's own density.</summary>
    /// <param name="map">Time-integrated activity.</param>
    /// <param name="density">g/ml in each voxel, on the map's grid; positive where there is activity.</param>
    /// <exception cref="DosimetryException">The density is on another grid, or not positive where there is activity.</exception>
    public static DoseMap ByLocalDeposition(TimeIntegratedActivityMap map, Volume density)
    {
        ArgumentNullException.ThrowIfNull(map);
        ArgumentNullException.ThrowIfNull(density);
        if (!SameGrid.Is(map.MegabecquerelHours.Geometry, density.Geometry))
        {
            throw new DosimetryException(DosimetryIssue.DifferentGrids, "The densities are on another grid than the activity: resample them.");
        }

        double millilitres = map.MegabecquerelHours.Geometry.VoxelVolume / 1000;
        float[] values = density.Voxels;
        return Local(map, new DoseMethod($"local deposition of {map.Nuclide.Symbol}'s electrons in each voxel's own density", $"local|{map.Nuclide.Symbol}|own density"), i => values[i] * millilitres);
    }

    /// <summary>Both ways: every dose by a kernel has the dose by local deposition beside it.</summary>
    /// <param name="map">Time-integrated activity.</param>
    /// <param name="kernel">The kernel; its density is that of the local deposition.</param>
    /// <exception cref="DosimetryException">See <see cref="ByKernel"/>.</exception>
    public static (DoseMap ByKernel, DoseMap Local) Both(TimeIntegratedActivityMap map, VoxelKernel kernel)
    {
        DoseMap byKernel = ByKernel(map, kernel);
        return (byKernel, ByLocalDeposition(map, kernel.Description.Density));
    }

    /// <summary>The doses inside a mask.</summary>
    /// <exception cref="DosimetryException">The mask is empty.</exception>
    public DoseVolumeHistogram Histogram(ReadOnlySpan<bool> mask) => DoseVolumeHistogram.Of(Gray, mask, Method);

    /// <summary>The mean of the voxels' biologically effective doses inside a mask, Gy.</summary>
    /// <exception cref="DosimetryException">The mask is empty.</exception>
    public double MeanOfVoxelEffectiveDoses(ReadOnlySpan<bool> mask, TissueResponse tissue)
    {
        ReadOnlySpan<float> gray = Gray.AsSpan(), rates = Rates.AsSpan();
        List<double> doses = [], slow = [];
        for (int i = 0; i < gray.Length; i++)
        {
            if (mask[i])
            {
                doses.Add(gray[i]);
                slow.Add(rates[i]);
            }
        }

        return doses.Count > 0 ? BiologicallyEffectiveDose.MeanOfVoxels([.. doses], [.. slow], tissue)
            : throw new DosimetryException(DosimetryIssue.EmptyRegion, "The region has no voxel: there is no dose in it.");
    }

    /// <summary>Whether a region lies nearer to the image's border than the kernel reaches, so that dose from outside is missing. Never for local deposition.</summary>
    public bool IsNearBorder(ReadOnlySpan<bool> mask)
    {
        if (Kernel is not { } kernel || IndexBox.Of(mask, Gray.Shape) is not { } box)
        {
            return false;
        }

        KernelDescription of = kernel.Description;
        return box.FirstColumn < of.HalfColumns || box.FirstRow < of.HalfRows || box.FirstSection < of.HalfSections
            || box.LastColumn >= Gray.Shape.Columns - of.HalfColumns || box.LastRow >= Gray.Shape.Rows - of.HalfRows || box.LastSection >= Gray.Shape.Sections - of.HalfSections;
    }

    private static DoseMap Local(TimeIntegratedActivityMap map, DoseMethod method, Func<int, double> grams)
    {
        Volume gray = new(map.MegabecquerelHours.Geometry);
        ReadOnlySpan<float> activity = map.MegabecquerelHours.AsSpan();
        Span<float> into = gray.AsSpan();
        for (int i = 0; i < into.Length; i++)
        {
            double mass = grams(i);
            into[i] = activity[i] == 0 ? 0 : mass > 0 ? (float)map.Nuclide.LocalDose(activity[i], mass)
                : throw new DosimetryException(DosimetryIssue.ImpossibleValue, "A voxel with activity has no density above 0: its dose would have no end.");
        }

        return new DoseMap(gray, method, map.Rates, map.Flags, null);
    }
}
