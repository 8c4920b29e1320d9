namespace MLNetScinti.Evaluation.Tests;

/// <summary>The twenty cases that the published conventions are computed on (numpy 1.24, scipy 1.10, scikit-learn 1.2).</summary>
internal static class Fixture
{
    public static readonly bool[] Labels = [.. Enumerable.Range(0, 20).Select(i => i >= 10)];

    public static readonly double[] First =
        [.02, .10, .15, .20, .20, .35, .40, .45, .55, .80, .20, .30, .45, .55, .60, .70, .75, .80, .90, .97];

    public static readonly double[] Second =
        [.05, .12, .30, .25, .10, .50, .45, .60, .35, .70, .40, .25, .45, .65, .30, .80, .60, .85, .75, .95];

    /// <summary>The cases as two kidneys of ten patients.</summary>
    public static ScoredCase[] Cases(double[] probabilities, string prefix = "T") => [.. probabilities.Select((p, i) => new ScoredCase(
        $"{prefix}{i / 2:00}-{(i % 2 == 0 ? 'L' : 'R')}",
        $"{prefix}{i / 2:00}",
        Labels[i],
        (float)Math.Log(p / (1 - p)),
        (float)p)
    {
        Facts = Facts.Of(("Side", i % 2 == 0 ? "left" : "right"), ("Age", i / 2)),
    })];

    /// <summary>Cases that give exactly these counts at one half, two to a patient.</summary>
    public static ScoredCase[] Counts(int tp, int fn, int fp, int tn)
    {
        List<ScoredCase> cases = [];
        Add(tp, true, 0.9f);
        Add(fn, true, 0.2f);
        Add(fp, false, 0.8f);
        Add(tn, false, 0.1f);
        return [.. cases];

        void Add(int count, bool label, float probability)
        {
            for (int i = 0; i < count; i++)
            {
                int n = cases.Count;
                cases.Add(new($"C{n:000}", $"P{n / 2:000}", label, MathF.Log(probability / (1 - probability)), probability));
            }
        }
    }
}
