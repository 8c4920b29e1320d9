using MathNet.Numerics.LinearAlgebra;
using MLNetScinti.Imaging;

namespace MLNetScinti.Dosimetry.PartialVolume;

/// <summary>A region of an image: the voxels that it is measured in, and what part of each voxel it fills.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Mask">The voxels that are measured, in the order of the image's.</param>
/// <param name="Parts">0 to 1 in each voxel; the mask itself where it was drawn on the image's own voxels.</param>
public sealed record RegionExtent(string Name, bool[] Mask, float[] Parts);

/// <summary>What an image shows of a region, and what is there.</summary>
/// <param name="Name">The region.</param>
/// <param name="Measured">Mean concentration of the mask's voxels, Bq/ml.</param>
/// <param name="Recovered">The region's concentration without blur and without what comes from beside it, Bq/ml.</param>
/// <param name="Kept">What part of its own concentration the mask's voxels keep: an element of the matrix's diagonal.</param>
public sealed record RegionRecovery(string Name, double Measured, double Recovered, double Kept)
{
    /// <summary>Measured over recovered concentration: what the former is divided by. Above <see cref="Kept"/> by what comes in from beside the region.</summary>
    public double Factor => Measured / Recovered;
}

/// <summary>
/// Partial-volume correction by the geometric transfer matrix (Rousset, Ma, Evans, J Nucl Med 1998;39:904-911). Each region is taken to hold one concentration; blurred by the
/// image's resolution, it says how much of it each region's voxels see, and the concentrations that give what all of them see together are the solution of a set of linear equations. What surrounds a
/// region, as far as twice the resolution, is a region of its own. Where a mask was drawn on finer voxels than the image's, the parts of voxels that it fills count.
/// </summary>
public static class GeometricTransferMatrix
{
    // How far the surroundings of a region reach, in widths of the blur: beyond, less than a thousandth comes in.
    private const double Surroundings = 2;

    /// <summary>Concentrations of all regions of an image.</summary>
    /// <param name="image">Bq/ml.</param>
    /// <param name="regions">The regions; where they overlap, both count in full.</param>
    /// <param name="fwhm">Full width at half maximum of the image's blur, mm.</param>
    /// <returns>In the order of the regions.</returns>
    /// <exception cref="DosimetryException">A region is empty, the width is not positive, or the regions cannot be told apart at this width.</exception>
    public static IReadOnlyList<RegionRecovery> Of(Volume image, IReadOnlyList<RegionExtent> regions, double fwhm)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(regions);
        if (!(fwhm > 0) || !double.IsFinite(fwhm))
        {
            throw new DosimetryException(DosimetryIssue.ImpossibleValue, $"The resolution of an image is a positive number of mm, found {fwhm}.");
        }

        foreach (RegionExtent region in regions)
        {
            if (region.Mask.Length != image.Voxels.Length || region.Parts.Length != image.Voxels.Length)
            {
                throw new ArgumentException($"The image holds {image.Voxels.Length} voxels, and '{region.Name}' {region.Mask.Length} and {region.Parts.Length}.", nameof(regions));
            }

            if (!Array.Exists(region.Mask, inside => inside))
            {
                throw new DosimetryException(DosimetryIssue.EmptyRegion, $"'{PlainText.Short(region.Name)}' has no voxel: nothing can be measured in it.");
            }
        }

        (image, regions) = Near(image, regions, fwhm);
        List<float[]> extents = [.. regions.Select(region => region.Parts)];
        List<float[]> weights = [.. regions.Select(region => Array.ConvertAll(region.Mask, inside => inside ? 1f : 0))];
        foreach (float[] around in SurroundingsOf(image.Geometry, regions, fwhm).Where(around => Array.Exists(around, part => part > 0)))
        {
            extents.Add(around);
            weights.Add(around);
        }

        int count = extents.Count;
        Matrix<double> matrix = Matrix<double>.Build.Dense(count, count);
        Vector<double> measured = Vector<double>.Build.Dense(count, i => Mean(weights[i], image.Voxels));
        for (int source = 0; source < count; source++)
        {
            float[] seen = GaussianFilter.Apply(new Volume(image.Geometry, extents[source]), fwhm).Voxels;
            for (int target = 0; target < count; target++)
            {
                matrix[target, source] = Mean(weights[target], seen);
            }
        }

        Vector<double> solved = matrix.Solve(measured);
        if (solved.Any(value => !double.IsFinite(value)) || matrix.ConditionNumber() > 1e6)
        {
            throw new DosimetryException(DosimetryIssue.ImpossibleValue, FormattableString.Invariant($"Regions that lie on each other cannot be told apart at a resolution of {fwhm:0.#} mm: give fewer, or no correction."));
        }

        return [.. regions.Select((region, i) => new RegionRecovery(region.Name, measured[i], solved[i], matrix[i, i]))];
    }

    // The part of an image that the regions, their surroundings and the blur of both reach: an organ is a small part of a body.
    private static (Volume Image, IReadOnlyList<RegionExtent> Regions) Near(Volume image, IReadOnlyList<RegionExtent> regions, double fwhm)
    {
        ImageGeometry grid = image.Geometry;
        bool[] any = new bool[image.Voxels.Length];
        foreach (RegionExtent region in regions)
        {
            for (int voxel = 0; voxel < any.Length; voxel++)
            {
                any[voxel] |= region.Mask[voxel] || region.Parts[voxel] > 0;
            }
        }

        IndexBox box = IndexBox.Of(any, grid.Shape)!.Value;
        (int, int) Along(int first, int last, double spacing, int count)
        {
            int reach = (int)Math.Ceiling(2 * Surroundings * fwhm / spacing);
            return (Math.Max(0, first - reach), Math.Min(count - 1, last + reach));
        }

        (int firstColumn, int lastColumn) = Along(box.FirstColumn, box.LastColumn, grid.ColumnSpacing, grid.Columns);
        (int firstRow, int lastRow) = Along(box.FirstRow, box.LastRow, grid.RowSpacing, grid.Rows);
        (int firstSection, int lastSection) = Along(box.FirstSection, box.LastSection, grid.SectionSpacing, grid.Sections);
        ImageShape shape = new(lastSection - firstSection + 1, lastRow - firstRow + 1, lastColumn - firstColumn + 1);
        T[] Cut<T>(T[] values)
        {
            T[] cut = new T[shape.Length];
            for (int line = 0; line < shape.Sections * shape.Rows; line++)
            {
                int from = ((((firstSection + (line / shape.Rows)) * grid.Rows) + firstRow + (line % shape.Rows)) * grid.Columns) + firstColumn;
                Array.Copy(values, from, cut, line * shape.Columns, shape.Columns);
            }

            return cut;
        }

        return (new Volume(grid.Window(firstColumn, firstRow, firstSection, shape), Cut(image.Voxels)), [.. regions.Select(region => region with { Mask = Cut(region.Mask), Parts = Cut(region.Parts) })]);
    }

    // What no region fills, given to the nearest one.
    private static IEnumerable<float[]> SurroundingsOf(ImageGeometry grid, IReadOnlyList<RegionExtent> regions, double fwhm)
    {
        double[][] distances = [.. regions.Select(region => DistanceTransform.To(region.Mask, grid.Shape, grid.SectionSpacing, grid.RowSpacing, grid.ColumnSpacing))];
        for (int region = 0; region < regions.Count; region++)
        {
            float[] around = new float[grid.Shape.Length];
            for (int voxel = 0; voxel < around.Length; voxel++)
            {
                double here = distances[region][voxel];
                if (here > Surroundings * fwhm)
                {
                    continue;
                }

                bool isNearest = true;
                float filled = 0;
                for (int other = 0; other < regions.Count; other++)
                {
                    filled += regions[other].Parts[voxel];
                    isNearest &= other == region || here < distances[other][voxel] || (here == distances[other][voxel] && region < other);
                }

                around[voxel] = isNearest ? Math.Max(0, 1 - filled) : 0;
            }

            yield return around;
        }
    }

    private static double Mean(float[] weights, float[] values)
    {
        double sum = 0, weight = 0;
        for (int i = 0; i < weights.Length; i++)
        {
            sum += (double)weights[i] * values[i];
            weight += weights[i];
        }

        return sum / weight;
    }
}
