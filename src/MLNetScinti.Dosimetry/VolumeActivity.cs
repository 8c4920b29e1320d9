using MLNetScinti.Imaging;

namespace MLNetScinti.Dosimetry;

/// <summary>How the concentration of several volumes is put into one number. The two differ where the volumes do.</summary>
public enum ConcentrationMean
{
    /// <summary>The mean of the volumes' own concentrations: every volume counts alike.</summary>
    MeanOfRatios,

    /// <summary>All activity divided by all volume: every millilitre counts alike.</summary>
    RatioOfMeans,
}

/// <summary>Activity in a volume of interest.</summary>
/// <param name="Voxels">Number of voxels.</param>
/// <param name="Millilitres">Volume, ml.</param>
/// <param name="Megabecquerel">Activity, MBq.</param>
/// <param name="VoxelDeviation">Standard deviation of the voxels' concentrations, Bq/ml (n - 1); 0 for one voxel.</param>
public sealed record VolumeActivity(int Voxels, double Millilitres, double Megabecquerel, double VoxelDeviation)
{
    /// <summary>Mean concentration, Bq/ml.</summary>
    public double BecquerelPerMillilitre => Megabecquerel * 1e6 / Millilitres;

    /// <summary>The activity inside a mask.</summary>
    /// <param name="concentration">Bq/ml.</param>
    /// <param name="mask">True inside; in the order of the image's voxels.</param>
    /// <exception cref="ArgumentException">The mask's length is not that of the image.</exception>
    /// <exception cref="DosimetryException">The mask is empty, or a voxel in it is not finite.</exception>
    public static VolumeActivity Of(Volume concentration, ReadOnlySpan<bool> mask)
    {
        ArgumentNullException.ThrowIfNull(concentration);
        ReadOnlySpan<float> voxels = concentration.AsSpan();
        if (mask.Length != voxels.Length)
        {
            throw new ArgumentException($"A mask of {concentration.Shape} holds {voxels.Length} values, found {mask.Length}.", nameof(mask));
        }

        int count = 0;
        double sum = 0, mean = 0, squares = 0;
        for (int i = 0; i < voxels.Length; i++)
        {
            if (mask[i])
            {
                double value = voxels[i];
                sum += value;
                count++;
                double step = value - mean;
                mean += step / count;
                squares += step * (value - mean);
            }
        }

        if (count == 0)
        {
            throw new DosimetryException(DosimetryIssue.EmptyRegion, "The region has no voxel: nothing can be measured in it.");
        }

        double voxel = concentration.Geometry.VoxelVolume / 1000;
        return double.IsFinite(sum)
            ? new VolumeActivity(count, count * voxel, sum * voxel / 1e6, count > 1 ? Math.Sqrt(squares / (count - 1)) : 0)
            : throw new DosimetryException(DosimetryIssue.ImpossibleValue, "A voxel of the region is not a finite number of Bq/ml.");
    }

    /// <summary>The concentration of several volumes together, Bq/ml.</summary>
    /// <exception cref="DosimetryException">There is no volume.</exception>
    public static double Concentration(IReadOnlyCollection<VolumeActivity> volumes, ConcentrationMean mean)
    {
        ArgumentNullException.ThrowIfNull(volumes);
        return volumes.Count == 0
            ? throw new DosimetryException(DosimetryIssue.EmptyRegion, "There is no volume to take the mean concentration of.")
            : mean switch
            {
                ConcentrationMean.MeanOfRatios => volumes.Average(one => one.BecquerelPerMillilitre),
                ConcentrationMean.RatioOfMeans => volumes.Sum(one => one.Megabecquerel) * 1e6 / volumes.Sum(one => one.Millilitres),
                _ => throw new ArgumentOutOfRangeException(nameof(mean), mean, "Not a mean of concentrations."),
            };
    }

    /// <summary>
    /// By how much the concentrations of one set of volumes differ from those of another, as a share of the second: the mean of each
    /// pair's difference, or the difference of the means.
    /// </summary>
    /// <param name="pairs">Volumes in pairs: what is judged, and what it is judged by.</param>
    /// <param name="mean">How the pairs are put together.</param>
    /// <exception cref="DosimetryException">There is no pair.</exception>
    public static double ConcentrationDifference(IReadOnlyCollection<(VolumeActivity Judged, VolumeActivity Reference)> pairs, ConcentrationMean mean)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        return pairs.Count == 0
            ? throw new DosimetryException(DosimetryIssue.EmptyRegion, "There is no pair of volumes to compare.")
            : mean switch
            {
                ConcentrationMean.MeanOfRatios => pairs.Average(pair => (pair.Judged.BecquerelPerMillilitre / pair.Reference.BecquerelPerMillilitre) - 1),
                ConcentrationMean.RatioOfMeans =>
                    (pairs.Average(pair => pair.Judged.BecquerelPerMillilitre) / pairs.Average(pair => pair.Reference.BecquerelPerMillilitre)) - 1,
                _ => throw new ArgumentOutOfRangeException(nameof(mean), mean, "Not a mean of concentrations."),
            };
    }
}
