using MLNetScinti.Evaluation.Statistics;

namespace MLNetScinti.Evaluation;

/// <summary>How well probabilities of several classes rank cases, with scikit-learn's definitions. Not a number where a class is absent.</summary>
public static class MulticlassRanking
{
    /// <summary>Mean of the areas under the ROC curves of each class against the rest.</summary>
    /// <param name="probabilities">One row per case, one column per class.</param>
    /// <param name="labels">The class of each case, from 0.</param>
    /// <param name="weightByCases">Whether classes count by their cases.</param>
    public static double OneVersusRest(double[,] probabilities, ReadOnlySpan<int> labels, bool weightByCases = false)
    {
        Check(probabilities, labels);
        double sum = 0, weights = 0;
        for (int k = 0; k < probabilities.GetLength(1); k++)
        {
            double weight = weightByCases ? labels.Count(k) : 1;
            sum += weight * Area(Column(probabilities, k), [.. labels.ToArray().Select(label => label == k)]);
            weights += weight;
        }

        return sum / weights;
    }

    /// <summary>Mean over the pairs of classes of the areas among their own cases, each the mean of both directions (Hand and Till 2001).</summary>
    /// <param name="probabilities">One row per case, one column per class.</param>
    /// <param name="labels">The class of each case, from 0.</param>
    public static double OneVersusOne(double[,] probabilities, ReadOnlySpan<int> labels)
    {
        Check(probabilities, labels);
        int[] truth = labels.ToArray();
        int classes = probabilities.GetLength(1), pairs = 0;
        double sum = 0;
        for (int a = 0; a < classes; a++)
        {
            for (int b = a + 1; b < classes; b++)
            {
                int[] own = [.. Enumerable.Range(0, truth.Length).Where(i => truth[i] == a || truth[i] == b)];
                double first = Area([.. own.Select(i => probabilities[i, a])], [.. own.Select(i => truth[i] == a)]);
                double second = Area([.. own.Select(i => probabilities[i, b])], [.. own.Select(i => truth[i] == b)]);
                sum += (first + second) / 2;
                pairs++;
            }
        }

        return sum / pairs;
    }

    /// <summary>The area over all probabilities together, each a case of its own: is this case of this class?</summary>
    /// <param name="probabilities">One row per case, one column per class.</param>
    /// <param name="labels">The class of each case, from 0.</param>
    public static double Micro(double[,] probabilities, ReadOnlySpan<int> labels)
    {
        Check(probabilities, labels);
        int classes = probabilities.GetLength(1);
        double[] all = new double[labels.Length * classes];
        bool[] truth = new bool[all.Length];
        for (int i = 0; i < labels.Length; i++)
        {
            for (int k = 0; k < classes; k++)
            {
                all[(i * classes) + k] = probabilities[i, k];
                truth[(i * classes) + k] = labels[i] == k;
            }
        }

        return Area(all, truth);
    }

    /// <summary>The mean negative log probability of the truth, in nats.</summary>
    /// <param name="probabilities">One row per case, one column per class.</param>
    /// <param name="labels">The class of each case, from 0.</param>
    public static double LogLoss(double[,] probabilities, ReadOnlySpan<int> labels)
    {
        Check(probabilities, labels);
        double sum = 0;
        for (int i = 0; i < labels.Length; i++)
        {
            sum -= Math.Log(probabilities[i, labels[i]]);
        }

        return sum / labels.Length;
    }

    private static void Check(double[,] probabilities, ReadOnlySpan<int> labels)
    {
        ArgumentNullException.ThrowIfNull(probabilities);
        if (probabilities.GetLength(0) != labels.Length)
        {
            throw new ArgumentException($"{probabilities.GetLength(0)} rows of probabilities for {labels.Length} labels.", nameof(probabilities));
        }

        foreach (int label in labels)
        {
            if (label < 0 || label >= probabilities.GetLength(1))
            {
                throw new ArgumentException($"Label {label} of {probabilities.GetLength(1)} classes.", nameof(labels));
            }
        }
    }

    private static double Area(double[] scores, bool[] labels) =>
        labels.Contains(true) && labels.Contains(false) ? RocCurve.Of(scores, labels).Area : double.NaN;

    private static double[] Column(double[,] probabilities, int k) => [.. Enumerable.Range(0, probabilities.GetLength(0)).Select(i => probabilities[i, k])];
}
