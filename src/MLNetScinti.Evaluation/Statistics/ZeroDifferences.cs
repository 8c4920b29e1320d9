namespace MLNetScinti.Evaluation.Statistics;

/// <summary>What Wilcoxon's signed-rank test does with pairs that do not differ.</summary>
public enum ZeroDifferences
{
    /// <summary>They are left out before ranking (Wilcoxon; scipy's "wilcox").</summary>
    Drop,

    /// <summary>They are ranked and then left out (Pratt).</summary>
    RankThenDrop,

    /// <summary>They are ranked, and their ranks go half to each side (scipy's "zsplit").</summary>
    Split,
}
