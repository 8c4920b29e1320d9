using MLNetScinti.Evaluation.Statistics;

namespace MLNetScinti.Evaluation;

/// <summary>
/// How often a map that explains a model is hottest where the truth has a defect (the pointing game of Zhang et al., IJCV
/// 2018;126:1084-1102), against what a place drawn at random in the organ would give.
/// </summary>
public sealed record ExplanationAgreement
{
    private ExplanationAgreement(string name, double tolerance, Metric hitRate, Metric chance, Metric p, IReadOnlyList<PointedCase> cases, IReadOnlyList<PointedGroup> groups)
    {
        (Name, Tolerance, HitRate, Chance, P, Cases, Groups) = (name, tolerance, hitRate, chance, p, cases, groups);
    }

    /// <summary>What was looked at, such as "Class activation, coronal view".</summary>
    public string Name { get; }

    /// <summary>How far from a defect still counts as at it, mm.</summary>
    public double Tolerance { get; }

    /// <summary>Part of the abnormal cases in which the hottest place lies at a true defect, with Wilson's interval.</summary>
    public Metric HitRate { get; }

    /// <summary>The mean over the same cases of the probability that a place drawn at random in the organ lies at a true defect.</summary>
    public Metric Chance { get; }

    /// <summary>The probability of as many hits or more by chance, where each case has its own chance (one-sided, exact).</summary>
    public Metric P { get; }

    /// <summary>Cases without anything in the map that speaks for a defect; they count as no hit.</summary>
    public int Empty => Cases.Count(one => one.Distance is null);

    /// <summary>The cases.</summary>
    public IReadOnlyList<PointedCase> Cases { get; }

    /// <summary>The same by the size of the true defects, in the groups of <see cref="Subgroup"/>; those without a case are left out.</summary>
    public IReadOnlyList<PointedGroup> Groups { get; }

    /// <summary>The agreement over some abnormal cases.</summary>
    /// <param name="name">What was looked at.</param>
    /// <param name="tolerance">How far from a defect still counts as at it, mm.</param>
    /// <param name="cases">The cases; where there are none, the figures are undefined.</param>
    /// <param name="level">The level of the intervals.</param>
    public static ExplanationAgreement Of(string name, double tolerance, IEnumerable<PointedCase> cases, double level = 0.95)
    {
        ArgumentNullException.ThrowIfNull(cases);
        PointedCase[] all = [.. cases];
        if (all.Length == 0)
        {
            return Undefined(name, tolerance, "no abnormal case was looked at");
        }

        PointedGroup[] groups = [.. Subgroup.DefectVolumes
            .Select(range => range.Name)
            .Select(range => (Name: range, Cases: all.Where(one => one.DefectVolume is { } volume && Subgroup.DefectVolumes.First(size => volume < size.Below).Name == range).ToArray()))
            .Where(group => group.Cases.Length > 0)
            .Select(group => new PointedGroup(group.Name, Rate(group.Cases, level), ChanceOf(group.Cases)))];
        Metric p = Metric.Of(UpperTail([.. all.Select(one => one.Chance)], all.Count(one => one.Hit)), all.Length, Patients(all));
        return new(name, tolerance, Rate(all, level), ChanceOf(all), p, all, groups);
    }

    /// <summary>An agreement that nothing can be said about, and why: real patients have no masks of their defects.</summary>
    public static ExplanationAgreement Undefined(string name, double tolerance, string reason) =>
        new(name, tolerance, Metric.Undefined(reason), Metric.Undefined(reason), Metric.Undefined(reason), [], []);

    private static Metric Rate(PointedCase[] cases, double level)
    {
        int hits = cases.Count(one => one.Hit);
        return Metric.Of((double)hits / cases.Length, cases.Length, Patients(cases), BinomialInterval.Wilson(hits, cases.Length, level));
    }

    private static Metric ChanceOf(PointedCase[] cases) => Metric.Of(cases.Average(one => one.Chance), cases.Length, Patients(cases));

    private static int Patients(PointedCase[] cases) => cases.Select(one => one.PatientId).Distinct(StringComparer.Ordinal).Count();

    /// <summary>The probability of at least so many successes in trials of different chances (the Poisson binomial distribution).</summary>
    private static double UpperTail(double[] chances, int least)
    {
        double[] exactly = new double[chances.Length + 1];
        exactly[0] = 1;
        for (int trial = 0; trial < chances.Length; trial++)
        {
            for (int hits = trial + 1; hits > 0; hits--)
            {
                exactly[hits] = (exactly[hits] * (1 - chances[trial])) + (exactly[hits - 1] * chances[trial]);
            }

            exactly[0] *= 1 - chances[trial];
        }

        return Math.Clamp(exactly[least..].Sum(), 0, 1);
    }
}
