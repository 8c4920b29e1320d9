namespace MLNetScinti.Evaluation.Statistics;

/// <summary>Areas under curves of cases that count several times or not at all, as a bootstrap draws them; sorted once for all draws.</summary>
internal sealed class WeightedRanking
{
    private readonly int[] _order;
    private readonly double[] _scores;
    private readonly bool[] _labels;

    public WeightedRanking(double[] scores, bool[] labels)
    {
        _scores = scores;
        _labels = labels;
        _order = [.. Enumerable.Range(0, scores.Length).OrderByDescending(i => scores[i])];
    }

    /// <summary>The area under the ROC curve, NaN where a class was not drawn.</summary>
    public double Area(int[] weights)
    {
        long twice = 0, positives = 0, negatives = 0;
        for (int from = 0; from < _order.Length;)
        {
            (long p, long n, int to) = Tied(from, weights);
            twice += n * ((2 * positives) + p);
            positives += p;
            negatives += n;
            from = to;
        }

        return positives == 0 || negatives == 0 ? double.NaN : twice / (2.0 * positives * negatives);
    }

    /// <summary>The average precision, NaN where a class was not drawn.</summary>
    public double AveragePrecision(int[] weights)
    {
        long positives = 0, negatives = 0;
        double sum = 0;
        for (int from = 0; from < _order.Length;)
        {
            (long p, long n, int to) = Tied(from, weights);
            positives += p;
            negatives += n;
            sum += p == 0 ? 0 : (double)p * positives / (positives + negatives);
            from = to;
        }

        return positives == 0 || negatives == 0 ? double.NaN : sum / positives;
    }

    /// <summary>
    /// The sensitivities at equally spaced false positive rates from 0 to 1, between two points of the curve by the line between
    /// them; all NaN where a class was not drawn.
    /// </summary>
    public void Sensitivities(int[] weights, double[] values)
    {
        long positives = 0, negatives = 0;
        for (int i = 0; i < weights.Length; i++)
        {
            positives += _labels[i] ? weights[i] : 0;
            negatives += _labels[i] ? 0 : weights[i];
        }

        int next = 0;
        long tp = 0, fp = 0;
        for (int from = 0; from < _order.Length && positives > 0 && negatives > 0;)
        {
            (long p, long n, int to) = Tied(from, weights);
            for (; next < values.Length && fp + n > Target(next); next++)
            {
                values[next] = (tp + (p * (Target(next) - fp) / n)) / positives;
            }

            tp += p;
            fp += n;
            from = to;
        }

        values.AsSpan(next).Fill(positives == 0 || negatives == 0 ? double.NaN : 1);

        double Target(int k) => (double)k / (values.Length - 1) * negatives;
    }

    private (long Positives, long Negatives, int Next) Tied(int from, int[] weights)
    {
        long p = 0, n = 0;
        int to = from;
        for (; to < _order.Length && _scores[_order[to]] == _scores[_order[from]]; to++)
        {
            int i = _order[to];
            p += _labels[i] ? weights[i] : 0;
            n += _labels[i] ? 0 : weights[i];
        }

        return (p, n, to);
    }
}
