using MathNet.Numerics.Distributions;

namespace MLNetScinti.Evaluation.Statistics;

/// <summary>
/// How far readers agree who gave each case one of several classes. A reader may have left out cases; each figure says how it
/// takes that.
/// </summary>
public sealed class ReaderAgreement
{
    private readonly int[][] _readings;
    private readonly int _classes;

    /// <summary>Readings to compare.</summary>
    /// <param name="readings">For each reader the class of each case, from 0; -1 where the reader gave none.</param>
    /// <param name="classes">The number of classes.</param>
    /// <exception cref="ArgumentException">Fewer than two readers or classes, readers of different numbers of cases, or a class that there is not.</exception>
    public ReaderAgreement(IReadOnlyList<IReadOnlyList<int>> readings, int classes)
    {
        ArgumentNullException.ThrowIfNull(readings);
        if (readings.Count < 2 || classes < 2)
        {
            throw new ArgumentException($"Agreement needs two readers and two classes at least, found {readings.Count} and {classes}.", nameof(readings));
        }

        _readings = [.. readings.Select(reader => reader.ToArray())];
        _classes = classes;
        Cases = _readings[0].Length;
        if (Array.Exists(_readings, reader => reader.Length != Cases || Array.Exists(reader, reading => reading < -1 || reading >= classes)))
        {
            throw new ArgumentException($"Expected {Cases} readings of -1 to {classes - 1} from each reader.", nameof(readings));
        }
    }

    /// <summary>Readers.</summary>
    public int Readers => _readings.Length;

    /// <summary>Cases.</summary>
    public int Cases { get; }

    /// <summary>
    /// Fleiss' kappa (Psychol Bull 1971;76:378-382) with the standard error under chance of Fleiss, Nee and Landis (Psychol Bull
    /// 1979;86:974-977), over the cases that every reader read.
    /// </summary>
    public FleissKappa Fleiss()
    {
        double[][] table = [.. Enumerable.Range(0, Cases).Where(item => Array.TrueForAll(_readings, reader => reader[item] >= 0)).Select(CountsOf)];
        return FleissKappa.Of(table);
    }

    /// <summary>Cohen's kappa of each two readers, over the cases that both read.</summary>
    public IReadOnlyList<PairwiseKappa> Pairs() =>
    [
        .. from first in Enumerable.Range(0, Readers)
           from second in Enumerable.Range(first + 1, Readers - first - 1)
           select PairwiseKappa.Of(first, second, TableOf(first, second)),
    ];

    /// <summary>Light's kappa (Psychol Bull 1971;76:365-377): the mean of the pairs' kappas; not a number where one of them is undefined.</summary>
    public double Light() => Pairs().Average(pair => pair.Kappa);

    /// <summary>
    /// Krippendorff's alpha (Content Analysis, chapter 11): 1 - observed / expected disagreement over all pairs of readings of a case. Cases with
    /// one reading say nothing and do not count; not a number where all readings are of one class.
    /// </summary>
    /// <param name="scale">How much two classes differ.</param>
    public double Krippendorff(AlphaScale scale = AlphaScale.Nominal)
    {
        double[,] coincidences = new double[_classes, _classes];
        double[] margins = new double[_classes];
        foreach (double[] counts in Enumerable.Range(0, Cases).Select(CountsOf))
        {
            double read = counts.Sum();
            if (read < 2)
            {
                continue;
            }

            for (int first = 0; first < _classes; first++)
            {
                for (int second = 0; second < _classes; second++)
                {
                    coincidences[first, second] += counts[first] * (counts[second] - (first == second ? 1 : 0)) / (read - 1);
                }

                margins[first] += counts[first];
            }
        }

        double all = margins.Sum(), observed = 0, expected = 0;
        for (int first = 0; first < _classes; first++)
        {
            for (int second = 0; second < _classes; second++)
            {
                double distance = scale == AlphaScale.Nominal ? (first == second ? 0 : 1) : (double)(first - second) * (first - second);
                observed += coincidences[first, second] * distance;
                expected += margins[first] * margins[second] * distance;
            }
        }

        return expected > 0 ? 1 - (observed * (all - 1) / expected) : double.NaN;
    }

    /// <summary>The share of the cases that all readers read on which all of them agree.</summary>
    public double AllAgree()
    {
        int[] read = [.. Enumerable.Range(0, Cases).Where(item => Array.TrueForAll(_readings, reader => reader[item] >= 0))];
        return read.Length > 0 ? read.Count(item => Array.TrueForAll(_readings, reader => reader[item] == _readings[0][item])) / (double)read.Length : double.NaN;
    }

    /// <summary>
    /// What most readers of a case say: the class that more than half of those who read it gave; null where no class has that, and the
    /// rule for such cases is the caller's.
    /// </summary>
    public IReadOnlyList<int?> Majority() =>
    [
        .. Enumerable.Range(0, Cases).Select(item =>
        {
            double[] counts = CountsOf(item);
            int most = Array.IndexOf(counts, counts.Max());
            return 2 * counts[most] > counts.Sum() ? (int?)most : null;
        }),
    ];

    private double[] CountsOf(int item)
    {
        double[] counts = new double[_classes];
        foreach (int[] reader in _readings)
        {
            if (reader[item] >= 0)
            {
                counts[reader[item]]++;
            }
        }

        return counts;
    }

    private int[,] TableOf(int first, int second)
    {
        int[,] table = new int[_classes, _classes];
        for (int item = 0; item < Cases; item++)
        {
            if (_readings[first][item] >= 0 && _readings[second][item] >= 0)
            {
                table[_readings[first][item], _readings[second][item]]++;
            }
        }

        return table;
    }
}

/// <summary>How much two classes differ in Krippendorff's alpha.</summary>
public enum AlphaScale
{
    /// <summary>Any two alike.</summary>
    Nominal,

    /// <summary>By the square of the distance of their numbers: grades.</summary>
    Interval,
}

/// <summary>Fleiss' kappa of several readers.</summary>
/// <param name="Kappa">Agreement beyond chance; not a number where chance alone gives full agreement.</param>
/// <param name="Observed">The mean share of agreeing pairs of readers of a case.</param>
/// <param name="Expected">The share that chance gives.</param>
/// <param name="ChanceError">The standard error of kappa where there is no agreement beyond chance: for a test, not for an interval.</param>
/// <param name="PerClass">Kappa of each class against all others.</param>
public sealed record FleissKappa(double Kappa, double Observed, double Expected, double ChanceError, IReadOnlyList<double> PerClass)
{
    /// <summary>Kappa in units of its error under chance.</summary>
    public double Z => Kappa / ChanceError;

    /// <summary>Kappa of a table of counts.</summary>
    /// <param name="table">For each case how many readers gave each class; as many readers for all.</param>
    /// <exception cref="ArgumentException">No case, or cases with different numbers of readers, or fewer than two.</exception>
    public static FleissKappa Of(IReadOnlyList<IReadOnlyList<double>> table)
    {
        ArgumentNullException.ThrowIfNull(table);
        double readers = table.Count > 0 ? table[0].Sum() : 0;
        if (readers < 2 || table.Any(item => item.Count != table[0].Count || item.Sum() != readers))
        {
            throw new ArgumentException("Fleiss' kappa needs a case at least, and two or more readers, as many for each case.", nameof(table));
        }

        int classes = table[0].Count;
        double cases = table.Count;
        double[] shares = [.. Enumerable.Range(0, classes).Select(at => table.Sum(item => item[at]) / (cases * readers))];
        double observed = table.Average(item => item.Sum(count => count * (count - 1)) / (readers * (readers - 1)));
        double expected = shares.Sum(share => share * share);
        double spread = shares.Sum(share => share * (1 - share));
        double skew = shares.Sum(share => share * (1 - share) * (1 - (2 * share)));
        double error = Math.Sqrt(2 * ((spread * spread) - skew) / (cases * readers * (readers - 1))) / spread;
        return new FleissKappa(
            expected < 1 ? (observed - expected) / (1 - expected) : double.NaN,
            observed,
            expected,
            error,
            [.. shares.Select((share, at) => share is > 0 and < 1
                ? 1 - (table.Sum(item => item[at] * (readers - item[at])) / (cases * readers * (readers - 1) * share * (1 - share)))
                : double.NaN)]);
    }
}

/// <summary>Cohen's kappa of two readers with its standard error (Fleiss, Cohen and Everitt, Psychol Bull 1969;72:323-327).</summary>
/// <param name="First">The first reader, from 0.</param>
/// <param name="Second">The second reader.</param>
/// <param name="Kappa">Agreement beyond chance.</param>
/// <param name="Error">The standard error of kappa.</param>
public sealed record PairwiseKappa(int First, int Second, double Kappa, double Error)
{
    /// <summary>The interval by the normal distribution; not cut at 1, so that its width says what it is.</summary>
    /// <param name="level">Its coverage.</param>
    public ConfidenceInterval Interval(double level = 0.95)
    {
        double reach = Normal.InvCDF(0, 1, (1 + level) / 2) * Error;
        return new ConfidenceInterval(Kappa - reach, Kappa + reach, "normal", level);
    }

    /// <summary>Kappa of a square table of counts.</summary>
    public static PairwiseKappa Of(int first, int second, int[,] table)
    {
        double kappa = CohenKappa.Of(table);
        int classes = table.GetLength(0);
        double all = table.Cast<int>().Sum();
        double[] rows = new double[classes], columns = new double[classes];
        double observed = 0;
        for (int i = 0; i < classes; i++)
        {
            for (int j = 0; j < classes; j++)
            {
                rows[i] += table[i, j] / all;
                columns[j] += table[i, j] / all;
            }

            observed += table[i, i] / all;
        }

        double expected = Enumerable.Range(0, classes).Sum(at => rows[at] * columns[at]);
        double agreeing = 0, disagreeing = 0;
        for (int i = 0; i < classes; i++)
        {
            double term = 1 - ((rows[i] + columns[i]) * (1 - kappa));
            agreeing += table[i, i] / all * term * term;
            for (int j = 0; j < classes; j++)
            {
                if (i != j)
                {
                    disagreeing += table[i, j] / all * (columns[i] + rows[j]) * (columns[i] + rows[j]);
                }
            }
        }

        double centre = kappa - (expected * (1 - kappa));
        double variance = (agreeing + ((1 - kappa) * (1 - kappa) * disagreeing) - (centre * centre)) / (all * (1 - expected) * (1 - expected));
        return new PairwiseKappa(first, second, kappa, Math.Sqrt(Math.Max(0, variance)));
    }
}
