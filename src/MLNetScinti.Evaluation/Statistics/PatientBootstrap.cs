using MLNetScinti.Imaging;

namespace MLNetScinti.Evaluation.Statistics;

/// <summary>
/// The bootstrap by patient: whole patients are drawn with replacement, with all their cases, because the cases of one
/// patient are not independent. Draws depend on (seed, replicate, patient) alone, so every thread count gives the same interval.
/// </summary>
public sealed class PatientBootstrap
{
    private const double LeastDefined = 0.9;
    private readonly int[] _patientOfCase;
    private readonly int _patients;
    private readonly int _replicates;
    private readonly ulong _seed;

    /// <summary>Says which cases belong to which patient.</summary>
    /// <param name="patientOfCase">For each case the number of its patient, from 0 without gaps.</param>
    /// <param name="replicates">How many times patients are drawn.</param>
    /// <param name="seed">Seed of the draws.</param>
    public PatientBootstrap(ReadOnlySpan<int> patientOfCase, int replicates = 2000, ulong seed = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(replicates);
        _patientOfCase = patientOfCase.ToArray();
        _patients = _patientOfCase.Length == 0 ? 0 : _patientOfCase.Max() + 1;
        _replicates = replicates;
        _seed = seed;
    }

    /// <summary>
    /// Percentile intervals of several statistics from the same draws. A statistic gets for each case how often it was drawn,
    /// and gives a number, or NaN where it is undefined for that draw; undefined draws are left out and counted in the
    /// method's text. Where more than a tenth are undefined there is no interval (null).
    /// </summary>
    public IReadOnlyList<ConfidenceInterval?> Intervals(IReadOnlyList<Func<int[], double>> statistics, double level = 0.95)
    {
        ArgumentNullException.ThrowIfNull(statistics);
        return Intervals(statistics.Count, Compute, level);

        void Compute(int[] weights, double[] values)
        {
            for (int s = 0; s < values.Length; s++)
            {
                values[s] = statistics[s](weights);
            }
        }
    }

    /// <summary>The same for statistics that are best computed together: they are written into the array given.</summary>
    /// <param name="count">How many statistics there are.</param>
    /// <param name="compute">Gets how often each case was drawn, and writes the statistics.</param>
    /// <param name="level">Coverage aimed at.</param>
    public IReadOnlyList<ConfidenceInterval?> Intervals(int count, Action<int[], double[]> compute, double level = 0.95)
    {
        double[][] byReplicate = Replicates(count, compute);
        return [.. Enumerable.Range(0, count).Select(s => Interval([.. byReplicate.Select(values => values[s])], level))];
    }

    /// <summary>
    /// The statistics of each replicate, in order; none where no patients can be drawn. Statistics of several models come from the same
    /// draws, so their differences are paired.
    /// </summary>
    /// <param name="count">How many statistics there are.</param>
    /// <param name="compute">Gets how often each case was drawn, and writes the statistics.</param>
    public double[][] Replicates(int count, Action<int[], double[]> compute)
    {
        ArgumentNullException.ThrowIfNull(compute);
        if (_replicates == 0 || _patients < 2)
        {
            return [];
        }

        double[][] byReplicate = new double[_replicates][];
        Parallel.For(0, _replicates, replicate =>
        {
            double[] values = new double[count];
            compute(WeightsOf(replicate), values);
            byReplicate[replicate] = values;
        });
        return byReplicate;
    }

    /// <summary>The percentile interval of one statistic's replicates; null where there are none, or more than a tenth of them are undefined.</summary>
    public ConfidenceInterval? Interval(IReadOnlyList<double> replicates, double level = 0.95)
    {
        ArgumentNullException.ThrowIfNull(replicates);
        return replicates.Count == 0 ? null : Percentiles([.. replicates], level);
    }

    /// <summary>
    /// The two-sided p value for a difference of 0, from the same replicates as its interval: twice the share of draws on the other side of
    /// 0, a draw at 0 counting for both, and one added so that it is never 0. Not a number where there is no interval.
    /// </summary>
    public static double TwoSidedP(IReadOnlyList<double> differences)
    {
        ArgumentNullException.ThrowIfNull(differences);
        double[] defined = [.. differences.Where(double.IsFinite)];
        return defined.Length == 0 || defined.Length < LeastDefined * differences.Count ? double.NaN
            : Math.Min(1, 2.0 * (1 + Math.Min(defined.Count(d => d <= 0), defined.Count(d => d >= 0))) / (defined.Length + 1));
    }

    /// <summary>How often each case is drawn in one replicate.</summary>
    public int[] WeightsOf(int replicate)
    {
        int[] drawn = new int[_patients];
        CounterRandom random = new(_seed, replicate, 0, "evaluation.bootstrap");
        for (int i = 0; i < _patients; i++)
        {
            drawn[random.NextInt32(_patients)]++;
        }

        int[] weights = new int[_patientOfCase.Length];
        for (int i = 0; i < weights.Length; i++)
        {
            weights[i] = drawn[_patientOfCase[i]];
        }

        return weights;
    }

    private ConfidenceInterval? Percentiles(double[] values, double level)
    {
        double[] defined = [.. values.Where(double.IsFinite).Order()];
        int undefined = values.Length - defined.Length;
        if (defined.Length < LeastDefined * values.Length)
        {
            return null;
        }

        string method = $"bootstrap by patient, {_replicates} replicates{(undefined > 0 ? $", {undefined} undefined" : "")}";
        double tail = (1 - level) / 2;
        return new(Quantile.Of(defined, tail), Quantile.Of(defined, 1 - tail), method, level);
    }
}

/// <summary>Areas under curves of cases that count several times or not at all, as a bootstrap draws them; sorted once for all draws.</summary>
public sealed class WeightedRanking
{
    private readonly int[] _order;
    private readonly double[] _scores;
    private readonly bool[] _labels;

    /// <summary>Sorts cases by their scores.</summary>
    /// <param name="scores">Of each case its score.</param>
    /// <param name="labels">Of each case whether it is positive.</param>
    public WeightedRanking(double[] scores, bool[] labels)
    {
        ArgumentNullException.ThrowIfNull(scores);
        ArgumentNullException.ThrowIfNull(labels);
        _scores = scores;
        _labels = labels;
        _order = [.. Enumerable.Range(0, scores.Length).OrderByDescending(i => scores[i])];
    }

    /// <summary>The area under the ROC curve, NaN where a class was not drawn.</summary>
    public double Area(int[] weights)
    {
        ArgumentNullException.ThrowIfNull(weights);
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
        ArgumentNullException.ThrowIfNull(weights);
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
        ArgumentNullException.ThrowIfNull(weights);
        ArgumentNullException.ThrowIfNull(values);
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
