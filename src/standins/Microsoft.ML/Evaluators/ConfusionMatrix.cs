using System.Globalization;
using System.Text;

namespace Microsoft.ML.Data;

/// <summary>How often each class was taken for each other one.</summary>
public sealed class ConfusionMatrix
{
    private readonly string[] _classNames;
    private readonly bool _isBinary;

    internal ConfusionMatrix(double[][] counts, string[] classNames, bool isBinary)
    {
        _classNames = classNames;
        _isBinary = isBinary;
        Counts = Array.ConvertAll(counts, row => (IReadOnlyList<double>)Array.AsReadOnly((double[])row.Clone()));
        var recall = new double[counts.Length];
        var precision = new double[counts.Length];
        for (int k = 0; k < counts.Length; k++)
        {
            double actual = counts[k].Sum();
            double predicted = counts.Sum(row => row[k]);
            recall[k] = actual > 0 ? counts[k][k] / actual : 0;
            precision[k] = predicted > 0 ? counts[k][k] / predicted : 0;
        }
        PerClassRecall = Array.AsReadOnly(recall);
        PerClassPrecision = Array.AsReadOnly(precision);
    }

    public IReadOnlyList<double> PerClassPrecision { get; }

    public IReadOnlyList<double> PerClassRecall { get; }

    /// <summary>Rows are true classes, columns are predicted ones.</summary>
    public IReadOnlyList<IReadOnlyList<double>> Counts { get; }

    public int NumberOfClasses => Counts.Count;

    public double GetCountForClassPair(int predictedClassIndicatorIndex, int actualClassIndicatorIndex)
    {
        CheckIndex(predictedClassIndicatorIndex, nameof(predictedClassIndicatorIndex));
        CheckIndex(actualClassIndicatorIndex, nameof(actualClassIndicatorIndex));
        return Counts[actualClassIndicatorIndex][predictedClassIndicatorIndex];
    }

    public string GetFormattedConfusionTable()
    {
        int classes = NumberOfClasses;
        int cell = classes == 2 ? 8 : 5;
        int longestName = _classNames.Max(name => name.Length);
        // A name that does not fit its column is written in the row only; the column then has its number.
        bool numbered = longestName > cell;
        int digits = (classes - 1).ToString(CultureInfo.InvariantCulture).Length;
        int heading = Math.Max("PREDICTED".Length, numbered ? longestName + digits + 2 : longestName);
        string rule = new string(' ', heading) + " ||" + new string('=', classes * (classes <= 2 ? 11 : 8));

        var text = new StringBuilder();
        if (_isBinary)
        {
            double positive = Counts[0].Sum(), negative = Counts[1].Sum();
            text.AppendLine(CultureInfo.CurrentCulture,
                $"TEST POSITIVE RATIO:\t{positive / (positive + negative):F4} ({positive:F1}/({positive:F1}+{negative:F1}))");
        }
        else
        {
            text.AppendLine();
        }
        text.AppendLine("Confusion table").AppendLine(rule);

        text.Append("PREDICTED".PadRight(heading)).Append(" ||");
        for (int k = 0; k < classes; k++)
            text.Append(' ').Append((numbered ? k.ToString(CultureInfo.InvariantCulture) : _classNames[k]).PadLeft(cell)).Append(" |");
        text.AppendLine(" Recall");
        text.Append("TRUTH".PadRight(heading)).AppendLine(rule[heading..]);

        for (int k = 0; k < classes; k++)
        {
            if (numbered)
                text.Append(k.ToString(CultureInfo.InvariantCulture).PadLeft(digits)).Append(". ").Append(_classNames[k].PadLeft(heading - digits - 2));
            else
                text.Append(_classNames[k].PadLeft(heading));
            text.Append(" ||");
            foreach (double count in Counts[k])
                text.Append(' ').Append(count.ToString("N0", CultureInfo.CurrentCulture).PadLeft(cell)).Append(" |");
            text.AppendLine(CultureInfo.CurrentCulture, $" {PerClassRecall[k]:F4}");
        }

        text.AppendLine(rule);
        text.Append("Precision".PadRight(heading)).Append(" ||");
        foreach (double precision in PerClassPrecision)
            text.Append(precision.ToString("N4", CultureInfo.CurrentCulture).PadLeft(cell + 1)).Append(" |");
        return text.AppendLine().ToString();
    }

    private void CheckIndex(int index, string name)
    {
        if (index < 0 || index >= NumberOfClasses)
            throw new ArgumentOutOfRangeException(name, "Invalid index. Should be non-negative, less than the number of classes.");
    }
}
