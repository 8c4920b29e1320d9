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
        ArgumentNullException.ThrowIfNull(compute);
        ConfidenceInterval?[] intervals = new ConfidenceInterval?[count];
        if (_replicates == 0 || _patients < 2)
        {
            return intervals;
        }

        double[][] byReplicate = new double[_replicates][];
        Parallel.For(0, _replicates, replicate =>
        {
            double[] values = new double[count];
            compute(WeightsOf(replicate), values);
            byReplicate[replicate] = values;
        });

        for (int s = 0; s < count; s++)
        {
            intervals[s] = Percentiles([.. byReplicate.Select(values => values[s])], level);
        }

        return intervals;
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
