namespace MLNetScinti.Systems.WholeBody.BoneScanIndex;

/// <summary>A scan whose truth is known, and what was measured.</summary>
/// <param name="Patient">The patient.</param>
/// <param name="Truth">The true index.</param>
/// <param name="Measured">The measured one.</param>
public sealed record IndexPair(string Patient, double Truth, double Measured);

/// <summary>A point of the free-response curve.</summary>
/// <param name="Probability">Hotspots with at least this probability count as lesions.</param>
/// <param name="FalsePerView">False ones a view.</param>
/// <param name="Sensitivity">Part of the true lesions that are among them.</param>
public sealed record FreeResponsePoint(double Probability, double FalsePerView, double Sensitivity);

/// <summary>How far repeat scans of the same bodies differ.</summary>
/// <param name="Counts">Counts of the anterior view without findings.</param>
/// <param name="Deviation">Standard deviation of the index within a body, root of the mean over bodies.</param>
/// <param name="Error">Mean absolute difference from the truth.</param>
/// <param name="Bodies">Bodies.</param>
/// <param name="Scans">Scans of each.</param>
public sealed record RepeatFigures(double Counts, double Deviation, double Error, int Bodies, int Scans);

/// <summary>What a model's indices are worth, on scans whose truth is the lesions' volume in three dimensions.</summary>
public sealed record BoneScanIndexEvaluation
{
    /// <summary>The range of indices over which correlation and bias are told.</summary>
    public const double Least = .1, Most = 13;

    /// <summary>Below this, errors are told by their middle value.</summary>
    public const double Small = 2;

    private BoneScanIndexEvaluation(IReadOnlyList<IndexPair> scans, IReadOnlyList<FreeResponsePoint> curve) => (Scans, Curve) = (scans, curve);

    /// <summary>All scans.</summary>
    public IReadOnlyList<IndexPair> Scans { get; }

    /// <summary>The free-response curve.</summary>
    public IReadOnlyList<FreeResponsePoint> Curve { get; }

    /// <summary>Repeat scans, most counts first; empty where none were done.</summary>
    public IReadOnlyList<RepeatFigures> Repeats { get; init; } = [];

    /// <summary>Processor seconds of a scan, reading and drawing aside.</summary>
    public double SecondsPerScan { get; init; }

    /// <summary>Scans that gave no index.</summary>
    public int LeftOut { get; init; }

    /// <summary>Scans with a true index in the range.</summary>
    public int InRange => InRangeScans.Length;

    /// <summary>Pearson's correlation with the truth in the range; NaN for fewer than 3 scans.</summary>
    public double Correlation
    {
        get
        {
            IndexPair[] pairs = InRangeScans;
            if (pairs.Length < 3)
            {
                return double.NaN;
            }

            double x = pairs.Average(pair => pair.Truth), y = pairs.Average(pair => pair.Measured);
            return pairs.Sum(pair => (pair.Truth - x) * (pair.Measured - y)) / Math.Sqrt(pairs.Sum(pair => (pair.Truth - x) * (pair.Truth - x)) * pairs.Sum(pair => (pair.Measured - y) * (pair.Measured - y)));
        }
    }

    /// <summary>Sum of the measured indices over that of the true ones in the range, minus 1.</summary>
    public double Bias => InRangeScans is { Length: > 0 } pairs ? (pairs.Sum(pair => pair.Measured) / pairs.Sum(pair => pair.Truth)) - 1 : double.NaN;

    /// <summary>The middle of |measured - true| over (.05 + 10 %), of scans with lesions and an index below 2; 1 or less is wanted.</summary>
    public double SmallError => Middle(Scans.Where(pair => pair.Truth is > 0 and < Small).Select(pair => Math.Abs(pair.Measured - pair.Truth) / (.05 + (.1 * pair.Truth))));

    /// <summary>The middle of |measured - true| of these scans.</summary>
    public double SmallDifference => Middle(Scans.Where(pair => pair.Truth is > 0 and < Small).Select(pair => Math.Abs(pair.Measured - pair.Truth)));

    /// <summary>The middle of the index of scans without lesions.</summary>
    public double WithoutLesions => Middle(Scans.Where(pair => pair.Truth == 0).Select(pair => pair.Measured));

    /// <summary>The sensitivity for lesions at one false hotspot a view, between the curve's points.</summary>
    public double SensitivityAtOne
    {
        get
        {
            FreeResponsePoint[] points = [.. Curve.OrderBy(point => point.FalsePerView)];
            FreeResponsePoint? below = points.LastOrDefault(point => point.FalsePerView <= 1), above = points.FirstOrDefault(point => point.FalsePerView > 1);
            if (below is null || above is null)
            {
                return below?.Sensitivity ?? double.NaN;
            }

            return below.Sensitivity + ((1 - below.FalsePerView) / (above.FalsePerView - below.FalsePerView) * (above.Sensitivity - below.Sensitivity));
        }
    }

    private IndexPair[] InRangeScans => [.. Scans.Where(pair => pair.Truth is >= Least and <= Most)];

    internal static BoneScanIndexEvaluation Of(IReadOnlyList<(KnownScan Known, BoneScanResult Result)> scans)
    {
        double views = scans.Sum(scan => scan.Known.ViewCount), lesions = scans.Sum(scan => scan.Known.Truth.Lesions.Count);
        List<FreeResponsePoint> curve = [];
        foreach (double probability in Enumerable.Range(0, 48).Select(i => Math.Round(.02 + (.02 * i), 2)))
        {
            double wrong = 0, right = 0;
            foreach ((KnownScan known, BoneScanResult result) in scans)
            {
                KnownHotspot[] told = [.. result.Hotspots.Where(spot => spot.Probability >= probability).Select(spot => known.Hotspots[spot.Place])];
                wrong += told.Where(spot => !spot.IsLesion).Sum(spot => spot.Views);
                right += told.SelectMany(spot => spot.Hits).Distinct().Count();
            }

            curve.Add(new FreeResponsePoint(probability, wrong / Math.Max(1, views), right / Math.Max(1, lesions)));
        }

        return new BoneScanIndexEvaluation([.. scans.Select(scan => new IndexPair(scan.Known.Patient, scan.Known.Truth.Index, scan.Result.Index))], curve);
    }

    private static double Middle(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length == 0 ? double.NaN : sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[(sorted.Length / 2) - 1] + sorted[sorted.Length / 2]) / 2;
    }
}
