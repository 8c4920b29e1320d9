namespace Microsoft.ML.Data;

/// <summary>Collects scored rows of a binary classification and computes what the metrics are made of.</summary>
internal sealed class BinaryTally(string[] classNames)
{
    private readonly List<(float Score, bool Positive)> _rows = [];
    private long _truePositives, _falsePositives, _trueNegatives, _falseNegatives;
    private double _logLoss;

    private long Positives => _truePositives + _falseNegatives;

    private long Negatives => _trueNegatives + _falsePositives;

    public double Accuracy => _rows.Count == 0 ? 0 : (double)(_truePositives + _trueNegatives) / _rows.Count;

    /// <summary>Mean negative log2 of the probability given to the true class.</summary>
    public double LogLoss => _rows.Count == 0 ? 0 : _logLoss / _rows.Count;

    /// <summary>Entropy of the share of positive rows, in bits.</summary>
    public double Entropy
    {
        get
        {
            double share = (double)Positives / _rows.Count;
            return -(Bits(share) + Bits(1 - share));

            static double Bits(double p) => p > 0 ? p * Math.Log2(p) : 0;
        }
    }

    /// <summary>A row without a label or without a finite score is left out of everything.</summary>
    public void Add(float label, float score, float probability)
    {
        if (float.IsNaN(label) || !float.IsFinite(score))
            return;
        bool positive = label > 0;
        _rows.Add((score, positive));
        if (positive)
            (score > 0 ? ref _truePositives : ref _falseNegatives)++;
        else
            (score > 0 ? ref _falsePositives : ref _trueNegatives)++;
        _logLoss -= Math.Log2(positive ? probability : 1 - (double)probability);
    }

    public ConfusionMatrix ConfusionMatrix() => new(
        [[_truePositives, _falseNegatives], [_falsePositives, _trueNegatives]], classNames, isBinary: true);

    /// <summary>The share of (positive, negative) pairs in the right order; a tie counts half.</summary>
    public double AreaUnderRocCurve()
    {
        if (Positives == 0)
            throw new ArgumentOutOfRangeException("PosSample", "AUC is not defined when there is no positive class in the data");
        if (Negatives == 0)
            throw new ArgumentOutOfRangeException("NegSample", "AUC is not defined when there is no negative class in the data");
        double pairs = 0;
        long above = 0;
        foreach (IGrouping<float, (float Score, bool Positive)> tied in _rows.GroupBy(row => row.Score).OrderByDescending(group => group.Key))
        {
            long positives = tied.LongCount(row => row.Positive);
            long negatives = tied.LongCount() - positives;
            pairs += negatives * (above + 0.5 * positives);
            above += positives;
        }
        return pairs / ((double)Positives * Negatives);
    }

    /// <summary>
    /// Trapezia under precision over recall, one row at a time from the highest score down. Rows with the same score
    /// keep the order of the data, so ties make the area depend on that order, as in ML.NET. (ML.NET samples beyond
    /// 100,000 rows; here every row counts.)
    /// </summary>
    public double AreaUnderPrecisionRecallCurve()
    {
        double area = 0, before = 1;
        long found = 0, seen = 0;
        foreach ((float _, bool positive) in _rows.OrderByDescending(row => row.Score))
        {
            seen++;
            if (positive)
                found++;
            double precision = (double)found / seen;
            if (positive)
                area += 0.5 * (precision + before) / Positives;
            before = precision;
        }
        return area;
    }
}
