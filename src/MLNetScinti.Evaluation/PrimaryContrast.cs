using MLNetScinti.Evaluation.Statistics;

namespace MLNetScinti.Evaluation;

/// <summary>
/// The one comparison that a study was made for, named before anybody looked: its test is not corrected for the number of pairs, which are
/// corrected after Holm among themselves.
/// </summary>
/// <param name="First">One model's name.</param>
/// <param name="Second">The other's.</param>
public sealed record PrimaryContrast(string First, string Second)
{
    /// <summary>Whether these two models are the contrast, in either order.</summary>
    public bool IsOf(string first, string second) =>
        (string.Equals(First, first, StringComparison.Ordinal) && string.Equals(Second, second, StringComparison.Ordinal))
        || (string.Equals(First, second, StringComparison.Ordinal) && string.Equals(Second, first, StringComparison.Ordinal));

    /// <summary>The contrast in words, for reports.</summary>
    public override string ToString() => $"{First} against {Second}";

    /// <summary>p values corrected after Holm, those of the contrast apart from the rest: one alone stays as it is.</summary>
    internal static double[] Adjust(IReadOnlyList<double> p, Func<int, bool> isPrimary)
    {
        double[] adjusted = [.. p];
        foreach (IGrouping<bool, int> family in Enumerable.Range(0, p.Count).GroupBy(isPrimary))
        {
            int[] members = [.. family];
            double[] own = HolmCorrection.Adjust([.. members.Select(i => p[i])]);
            for (int k = 0; k < members.Length; k++)
            {
                adjusted[members[k]] = own[k];
            }
        }

        return adjusted;
    }

    /// <summary>Refuses a contrast of models that are not compared.</summary>
    /// <exception cref="ArgumentException">One of the two is not there, or both are one.</exception>
    internal static void MustBeAmong(PrimaryContrast? contrast, IEnumerable<string> models)
    {
        string[] names = [.. models];
        if (contrast is not null && (contrast.First == contrast.Second || !names.Contains(contrast.First, StringComparer.Ordinal) || !names.Contains(contrast.Second, StringComparer.Ordinal)))
        {
            throw new ArgumentException($"The primary contrast is {contrast}; expected two of {string.Join(", ", names)}.", nameof(contrast));
        }
    }

    /// <summary>"Holm's correction for 3 pairs", with what the contrast changes.</summary>
    internal static string Holm(PrimaryContrast? contrast, int pairs) => contrast is null || pairs == 1
        ? $"Holm's correction for {pairs} pairs"
        : $"Holm's correction for the {(pairs == 2 ? "other pair" : $"{pairs - 1} other pairs")}, the primary contrast uncorrected";
}
