using MLNetScinti.Evaluation.Statistics;

namespace MLNetScinti.Evaluation;

/// <summary>
/// How often a map that explains a model is hottest where the truth has a finding (the pointing game of Zhang et al., IJCV
/// 2018;126:1084-1102), against what the same maps give on other patients' findings, and what a place drawn at random in the region looked at would.
/// </summary>
public sealed record ExplanationAgreement
{
    private ExplanationAgreement(string name, double tolerance, Metric hitRate, Metric chance, Metric p, IReadOnlyList<PointedCase> cases, IReadOnlyList<PointedGroup> groups)
    {
        (Name, Tolerance, HitRate, Chance, P, Cases, Groups) = (name, tolerance, hitRate, chance, p, cases, groups);
    }

    /// <summary>What was looked at, such as "Class activation, coronal view".</summary>
    public string Name { get; }

    /// <summary>How far from a finding still counts as at it, mm.</summary>
    public double Tolerance { get; }

    /// <summary>Part of the positive cases in which the hottest place lies at a true finding, with Wilson's interval.</summary>
    public Metric HitRate { get; }

    /// <summary>The mean over the same cases of the probability that a place drawn at random in the region looked at lies at a true finding.</summary>
    public Metric Chance { get; }

    /// <summary>
    /// The probability of as many hits or more by chance (one-sided): where patients exchange their findings (<see cref="PointingExchange"/>), or,
    /// where that was not tried, for places drawn at random, each case with its own chance.
    /// </summary>
    public Metric P { get; }

    /// <summary>The share of hits of the same maps put on other patients' findings; null where that was not tried.</summary>
    public Metric? OnOthers { get; private init; }

    /// <summary>The share of hits of a place that was chosen without looking at the image, from other patients' findings; null where that was not tried.</summary>
    public Metric? BlindRule { get; private init; }

    /// <summary>Whether it is the map that the verdict rests on, named before anybody looked.</summary>
    public bool IsPrimary { get; init; }

    /// <summary>Cases without anything in the map that speaks for a finding; they count as no hit.</summary>
    public int Empty => Cases.Count(one => one.Distance is null);

    /// <summary>The cases.</summary>
    public IReadOnlyList<PointedCase> Cases { get; }

    /// <summary>The same for groups of the cases, by what the system says of findings (<see cref="Grouping.OfPositives"/>); those without a case are left out.</summary>
    public IReadOnlyList<PointedGroup> Groups { get; }

    /// <summary>The agreement over some positive cases.</summary>
    /// <param name="name">What was looked at.</param>
    /// <param name="tolerance">How far from a finding still counts as at it, mm.</param>
    /// <param name="cases">The cases; where there are none, the figures are undefined.</param>
    /// <param name="options">The level of the intervals, the words, and the groupings.</param>
    /// <param name="exchange">The same cases in the same order, with what hits what in other patients; null where that is not known.</param>
    public static ExplanationAgreement Of(string name, double tolerance, IEnumerable<PointedCase> cases, EvaluationOptions? options = null, PointingExchange? exchange = null)
    {
        ArgumentNullException.ThrowIfNull(cases);
        options ??= new();
        PointedCase[] all = [.. cases];
        if (all.Length == 0)
        {
            return Undefined(name, tolerance, $"no {options.Words.Positive} case was looked at");
        }

        PointedGroup[] groups = [.. options.Groupings.Where(grouping => grouping.OfPositives)
            .SelectMany(grouping => grouping.Split(all))
            .Select(group => (group.Name, Cases: group.Cases.Select(i => all[i]).ToArray()))
            .Select(group => new PointedGroup(group.Name, Rate(group.Cases, options.Level), ChanceOf(group.Cases)))];
        Metric Defined(double value) => double.IsFinite(value) ? Metric.Of(value, all.Length, Patients(all)) : Metric.Undefined("no two patients have findings on the same sides, so none can be exchanged", all.Length, Patients(all));
        Metric p = Defined(exchange is null ? UpperTail([.. all.Select(one => one.Chance)], all.Count(one => one.Hit)) : exchange.P(seed: options.Seed));
        return new(name, tolerance, Rate(all, options.Level), ChanceOf(all), p, all, groups)
        {
            OnOthers = exchange is null ? null : Defined(exchange.OnOthers),
            BlindRule = exchange?.Blind is { } blind ? Rate([.. all.Zip(blind, (one, hit) => one with { Hit = hit })], options.Level) : null,
        };
    }

    /// <summary>An agreement that nothing can be said about, and why: real patients seldom have masks of their findings.</summary>
    public static ExplanationAgreement Undefined(string name, double tolerance, string reason) =>
        new(name, tolerance, Metric.Undefined(reason), Metric.Undefined(reason), Metric.Undefined(reason), [], []);

    private static Metric Rate(PointedCase[] cases, double level)
    {
        int hits = cases.Count(one => one.Hit);
        int patients = Patients(cases);
        return Metric.Of((double)hits / cases.Length, cases.Length, patients, patients == cases.Length
            ? BinomialInterval.Wilson(hits, cases.Length, level)
            : BinomialInterval.WilsonClustered([.. cases.GroupBy(one => one.PatientId, StringComparer.Ordinal).Select(own => (own.Count(one => one.Hit), own.Count()))], level));
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

/// <summary>Where a map was hottest in one positive case, against its true findings.</summary>
/// <param name="CaseId">Pseudonym of the case.</param>
/// <param name="PatientId">Pseudonym of the patient.</param>
/// <param name="Hit">Whether the hottest place lies in a true finding, or within the tolerance of one.</param>
/// <param name="Chance">The probability of that for a place drawn at random in the region looked at: from 0 to 1.</param>
/// <param name="Distance">From the hottest place to the nearest true finding, mm; null where the map is empty (then it is no hit).</param>
public sealed record PointedCase(string CaseId, string PatientId, bool Hit, double Chance, double? Distance) : EvaluatedCase(CaseId, PatientId);

/// <summary>The agreement of maps with true findings in one group of cases.</summary>
/// <param name="Name">The group, such as "1 to 3 ml".</param>
/// <param name="HitRate">Part of the cases in which the hottest place lies at a true finding.</param>
/// <param name="Chance">What a place drawn at random in the region looked at would give.</param>
public sealed record PointedGroup(string Name, Metric HitRate, Metric Chance);
