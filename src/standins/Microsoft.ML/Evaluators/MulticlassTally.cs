namespace Microsoft.ML.Data;

/// <summary>Collects scored rows of a multiclass classification and computes what the metrics are made of.</summary>
internal sealed class MulticlassTally(string[] classNames)
{
    // A float on purpose: the loss of an impossible class is -ln of the float nearest to 1e-15.
    private const float SmallestProbability = 1e-15f;

    private readonly double[][] _counts = Array.ConvertAll(classNames, _ => new double[classNames.Length]);
    private readonly double[] _lossOfClass = new double[classNames.Length];
    private readonly double[] _rowsOfClass = new double[classNames.Length];
    // How many rows had their true class at rank 0, 1, ...
    private readonly double[] _rowsAtRank = new double[classNames.Length];
    private double _rows, _loss;

    private int Classes => _counts.Length;

    public double LogLoss => _rows > 0 ? _loss / _rows : 0;

    public double MicroAccuracy => _rows > 0 ? _rowsAtRank[0] / _rows : 0;

    /// <summary>Mean recall of the classes that occur.</summary>
    public double MacroAccuracy
    {
        get
        {
            double sum = 0;
            int present = 0;
            for (int k = 0; k < Classes; k++)
            {
                if (_rowsOfClass[k] == 0)
                    continue;
                present++;
                sum += _counts[k][k] / _rowsOfClass[k];
            }
            return present > 0 ? sum / present : 0;
        }
    }

    /// <summary>1 - loss / prior. With one class the prior is -0: the result is then infinite, without rows it is NaN.</summary>
    public double LogLossReduction
    {
        get
        {
            double prior = 0;
            foreach (double rows in _rowsOfClass)
            {
                if (rows != 0)
                    prior += rows * Math.Log(rows / _rows);
            }
            prior /= -_rows;
            return (prior - LogLoss) / prior;
        }
    }

    public IReadOnlyList<double> PerClassLogLoss =>
        Array.AsReadOnly([.. Enumerable.Range(0, Classes).Select(k => _rowsOfClass[k] > 0 ? _lossOfClass[k] / _rowsOfClass[k] : 0)]);

    /// <summary>
    /// <paramref name="label"/> is the zero-based class. Rows without a label, with a label that is no class number or
    /// with a score that is not finite are left out; a class beyond the scores counts as wrong at the highest loss.
    /// </summary>
    public void Add(float label, ReadOnlySpan<float> scores)
    {
        if (!(label >= 0) || label != (int)label)
            return;
        foreach (float score in scores)
        {
            if (!float.IsFinite(score))
                return;
        }

        int actual = (int)label;
        _rows++;
        if (actual >= Classes)
        {
            _loss -= Math.Log(SmallestProbability);
            return;
        }

        int rank = 0, predicted = 0;
        for (int k = 0; k < Classes; k++)
        {
            // Of equal scores the first ranks higher.
            if (scores[k] > scores[actual] || (scores[k] == scores[actual] && k < actual))
                rank++;
            if (scores[k] > scores[predicted])
                predicted = k;
        }
        double loss = -Math.Log(Math.Min(1f, Math.Max(SmallestProbability, scores[actual])));
        _loss += loss;
        _lossOfClass[actual] += loss;
        _rowsOfClass[actual]++;
        _counts[actual][predicted]++;
        _rowsAtRank[rank]++;
    }

    public ConfusionMatrix ConfusionMatrix() => new(_counts, classNames, isBinary: false);

    /// <summary>Share of rows whose true class is among the first 1, 2, ... <paramref name="count"/> classes.</summary>
    public IReadOnlyList<double> TopKAccuracies(int count)
    {
        var accuracies = new double[count];
        double within = 0;
        for (int k = 0; k < count; k++)
        {
            if (k < Classes)
                within += _rowsAtRank[k];
            accuracies[k] = _rows > 0 ? within / _rows : 0;
        }
        return Array.AsReadOnly(accuracies);
    }
}
