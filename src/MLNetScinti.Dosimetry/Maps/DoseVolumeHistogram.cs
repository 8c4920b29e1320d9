using MLNetScinti.Imaging;

namespace MLNetScinti.Dosimetry.Maps;

/// <summary>The doses of a region's voxels, and the statistics that have a name.</summary>
public sealed class DoseVolumeHistogram
{
    private readonly double[] _rising;
    private readonly double _voxel;

    private DoseVolumeHistogram(double[] rising, double voxel, DoseMethod method) => (_rising, _voxel, Method) = (rising, voxel, method);

    /// <summary>How the doses were made.</summary>
    public DoseMethod Method { get; }

    /// <summary>Number of voxels.</summary>
    public int Voxels => _rising.Length;

    /// <summary>Volume, ml.</summary>
    public double Millilitres => _rising.Length * _voxel;

    /// <summary>D_mean, Gy.</summary>
    public double Mean => _rising.Average();

    /// <summary>The lowest voxel's dose, Gy.</summary>
    public double Least => _rising[0];

    /// <summary>The highest voxel's dose, Gy.</summary>
    public double Most => _rising[^1];

    /// <summary>Standard deviation over the voxels, Gy (n - 1); 0 for one.</summary>
    public double Deviation => _rising.Length < 2 ? 0 : Math.Sqrt(_rising.Sum(dose => (dose - Mean) * (dose - Mean)) / (_rising.Length - 1));

    /// <summary>
    /// D_x, Gy: the dose that x percent of the volume get at least (D_50 is the median, D_98 nearly the lowest), with straight lines between
    /// neighbours in rank.
    /// </summary>
    /// <param name="percent">0 to 100 % of the volume.</param>
    public double DoseTo(double percent)
    {
        if (!(percent is >= 0 and <= 100))
        {
            throw new ArgumentOutOfRangeException(nameof(percent), percent, "A share of the volume lies between 0 and 100 %.");
        }

        double place = (1 - (percent / 100)) * (_rising.Length - 1);
        int below = Math.Min((int)place, Math.Max(0, _rising.Length - 2));
        return _rising.Length == 1 ? _rising[0] : _rising[below] + ((place - below) * (_rising[below + 1] - _rising[below]));
    }

    /// <summary>V_x: the share of the volume that gets at least a dose, 0 to 1.</summary>
    /// <param name="gray">The dose, Gy.</param>
    public double ShareWith(double gray)
    {
        int below = Array.BinarySearch(_rising, gray);
        below = below < 0 ? ~below : below;
        while (below > 0 && _rising[below - 1] >= gray)
        {
            below--;
        }

        return 1 - ((double)below / _rising.Length);
    }

    /// <summary>V_x in ml.</summary>
    /// <param name="gray">The dose, Gy.</param>
    public double MillilitresWith(double gray) => ShareWith(gray) * Millilitres;

    /// <summary>Generalised equivalent uniform dose, Gy: the power mean of the voxels' doses (Niemierko, Med Phys 1999;26:1100).</summary>
    /// <param name="a">The tissue's exponent: 1 is the mean, large the maximum, negative for tumours (whose coldest voxel counts).</param>
    public double EquivalentUniformDose(double a)
    {
        if (a == 0 || !double.IsFinite(a))
        {
            throw new ArgumentOutOfRangeException(nameof(a), a, "The exponent of an equivalent uniform dose is a number other than 0.");
        }

        // Against the dose that counts most, powers stay within a double.
        double scale = a > 0 ? Most : Least;
        return scale == 0 ? 0 : scale * Math.Pow(_rising.Average(dose => Math.Pow(dose / scale, a)), 1 / a);
    }

    /// <summary>Equivalent uniform dose by cell survival, Gy: -ln(mean of exp(-alpha D)) / alpha (Jones and Hoban, Med Dosim 2000;25:33; without the dose rate's part).</summary>
    /// <param name="alpha">Radiosensitivity, 1/Gy.</param>
    public double EquivalentUniformDoseBySurvival(double alpha)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(alpha);
        return Least - (Math.Log(_rising.Average(dose => Math.Exp(-alpha * (dose - Least)))) / alpha);
    }

    /// <summary>The cumulative histogram: ml that get at least each dose, from 0 in steps until none is left.</summary>
    /// <param name="binWidth">Gy.</param>
    public IReadOnlyList<(double Gray, double Millilitres)> Cumulative(double binWidth)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(binWidth);
        int bins = checked((int)Math.Floor(Most / binWidth) + 2);
        return [.. Enumerable.Range(0, bins).Select(bin => (bin * binWidth, MillilitresWith(bin * binWidth)))];
    }

    /// <summary>By how much the mean dose differs from that of another histogram of the same method, as a share of the other.</summary>
    /// <exception cref="DosimetryException">The doses were made by different methods.</exception>
    public double MeanDifferenceTo(DoseVolumeHistogram other)
    {
        ArgumentNullException.ThrowIfNull(other);
        DoseMethod.CheckAlike(Method, other.Method);
        return (Mean / other.Mean) - 1;
    }

    internal static DoseVolumeHistogram Of(Volume gray, ReadOnlySpan<bool> mask, DoseMethod method)
    {
        ReadOnlySpan<float> values = gray.AsSpan();
        if (mask.Length != values.Length)
        {
            throw new ArgumentException($"A mask of {gray.Shape} holds {values.Length} values, found {mask.Length}.", nameof(mask));
        }

        List<double> doses = [];
        for (int i = 0; i < values.Length; i++)
        {
            if (mask[i])
            {
                doses.Add(values[i]);
            }
        }

        return doses.Count > 0 ? new([.. doses.Order()], gray.Geometry.VoxelVolume / 1000, method)
            : throw new DosimetryException(DosimetryIssue.EmptyRegion, "The region has no voxel: there is no dose in it.");
    }
}
