using MLNetScinti.Evaluation.Statistics;

namespace MLNetScinti.Evaluation;

/// <summary>The confusion table of several classes, and the figures that follow from it. Rows are the truth, columns what was called.</summary>
public sealed class ClassTable
{
    private readonly int[,] _counts;
    private readonly long[] _rows;
    private readonly long[] _columns;

    /// <summary>Takes the counts.</summary>
    /// <param name="names">The classes' names, in order.</param>
    /// <param name="counts">Square table of counts: rows the truth, columns what was called.</param>
    /// <exception cref="ArgumentException">The table is not as wide and as high as there are names.</exception>
    public ClassTable(IReadOnlyList<string> names, int[,] counts)
    {
        ArgumentNullException.ThrowIfNull(names);
        ArgumentNullException.ThrowIfNull(counts);
        if (counts.GetLength(0) != names.Count || counts.GetLength(1) != names.Count)
        {
            throw new ArgumentException($"{names.Count} classes need a table of {names.Count} x {names.Count}, this one is {counts.GetLength(0)} x {counts.GetLength(1)}.", nameof(counts));
        }

        Names = [.. names];
        _counts = (int[,])counts.Clone();
        _rows = new long[names.Count];
        _columns = new long[names.Count];
        for (int i = 0; i < names.Count; i++)
        {
            for (int j = 0; j < names.Count; j++)
            {
                _rows[i] += counts[i, j];
                _columns[j] += counts[i, j];
            }
        }
    }

    /// <summary>The classes' names.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>All cases.</summary>
    public long Total => _rows.Sum();

    /// <summary>How many cases of one class were called another.</summary>
    public int this[int truth, int called] => _counts[truth, called];

    /// <summary>Share of cases called right.</summary>
    public Metric Accuracy => Ratio(Enumerable.Range(0, Names.Count).Sum(k => (long)_counts[k, k]), Total, "there is no case");

    /// <summary>Mean of the recalls of all classes (balanced accuracy).</summary>
    public Metric MacroRecall => Mean(Recall);

    /// <summary>Mean of the precisions of all classes.</summary>
    public Metric MacroPrecision => Mean(Precision);

    /// <summary>Mean of the specificities of all classes.</summary>
    public Metric MacroSpecificity => Mean(Specificity);

    /// <summary>Mean of the F1 scores of all classes.</summary>
    public Metric MacroF1 => Mean(F1);

    /// <summary>
    /// The largest macro F1 that goes with a macro precision and a macro recall: their harmonic mean (Jensen's inequality). Printed
    /// averages that exceed it are not means over the same classes, or misprints.
    /// </summary>
    public static double MacroF1Ceiling(double macroPrecision, double macroRecall) =>
        macroPrecision + macroRecall == 0 ? 0 : 2 * macroPrecision * macroRecall / (macroPrecision + macroRecall);

    /// <summary>Mean of the F1 scores weighted by the classes' cases.</summary>
    public Metric WeightedF1
    {
        get
        {
            Metric[] all = [.. Enumerable.Range(0, Names.Count).Where(k => _rows[k] > 0).Select(F1)];
            return Total == 0
                ? Metric.Undefined("there is no case")
                : Metric.Of(Enumerable.Range(0, Names.Count).Where(k => _rows[k] > 0).Select((k, i) => _rows[k] * all[i].Value).Sum() / Total, (int)Total, 0);
        }
    }

    /// <summary>Cohen's kappa; weighted for classes that have an order.</summary>
    public Metric Kappa(KappaWeights weights = KappaWeights.None)
    {
        double kappa = CohenKappa.Of(_counts, weights);
        return double.IsFinite(kappa) ? Metric.Of(kappa, (int)Total, 0) : Metric.Undefined("all cases are in one class, in truth and as called", (int)Total);
    }

    /// <summary>Of the cases of a class, the share called so.</summary>
    public Metric Recall(int k) => Ratio(_counts[k, k], _rows[k], $"no case is {Names[k]}");

    /// <summary>Of the cases called a class, the share that are.</summary>
    public Metric Precision(int k) => Ratio(_counts[k, k], _columns[k], $"no case was called {Names[k]}");

    /// <summary>Of the cases of other classes, the share not called this one.</summary>
    public Metric Specificity(int k) => Ratio(Total - _rows[k] - _columns[k] + _counts[k, k], Total - _rows[k], $"every case is {Names[k]}");

    /// <summary>The harmonic mean of a class's recall and precision.</summary>
    public Metric F1(int k) => Ratio(2L * _counts[k, k], _rows[k] + _columns[k], $"no case is {Names[k]} or was called so");

    private Metric Mean(Func<int, Metric> figure)
    {
        Metric[] all = [.. Enumerable.Range(0, Names.Count).Select(figure)];
        return all.FirstOrDefault(metric => !metric.IsDefined) is { } undefined
            ? Metric.Undefined(undefined.UndefinedReason!, (int)Total)
            : Metric.Of(all.Average(metric => metric.Value), (int)Total, 0);
    }

    private static Metric Ratio(long count, long of, string reason) =>
        of == 0 ? Metric.Undefined(reason) : Metric.Of((double)count / of, (int)of, 0);
}
