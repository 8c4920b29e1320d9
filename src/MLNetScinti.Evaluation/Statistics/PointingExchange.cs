using MLNetScinti.Imaging;

namespace MLNetScinti.Evaluation.Statistics;

/// <summary>
/// Maps judged against the same maps put on other patients' findings. Findings lie more often in some places than in others, so that a place
/// chosen without looking at the image is at a finding more often than one drawn at random: what a map knows of its own case is what it loses
/// when patients exchange their findings. Patients are exchanged whole, among those with findings in the same places of the body (sides), so that cases
/// of one patient stay together.
/// </summary>
public sealed class PointingExchange
{
    private readonly string[] _patients;
    private readonly string[] _strata;
    private readonly bool[,] _hits;

    /// <summary>Takes what hits what.</summary>
    /// <param name="patients">The patient of each case.</param>
    /// <param name="strata">What of each case must be alike for an exchange, such as its side; a patient has one case of each.</param>
    /// <param name="hits">Whether the place of the first case's map lies at a finding of the second, in the second's organ; with itself what the map did.</param>
    /// <param name="blind">For each case whether a place chosen without its image, from other patients' findings, lies at one of its; null where nobody tried.</param>
    /// <exception cref="ArgumentException">Lengths differ.</exception>
    public PointingExchange(IReadOnlyList<string> patients, IReadOnlyList<string> strata, bool[,] hits, IReadOnlyList<bool>? blind = null)
    {
        ArgumentNullException.ThrowIfNull(patients);
        ArgumentNullException.ThrowIfNull(strata);
        ArgumentNullException.ThrowIfNull(hits);
        if (strata.Count != patients.Count || hits.GetLength(0) != patients.Count || hits.GetLength(1) != patients.Count || (blind is not null && blind.Count != patients.Count))
        {
            throw new ArgumentException($"{patients.Count} cases need as many strata and blind places, and a table as wide and high.", nameof(hits));
        }

        (_patients, _strata, _hits, Blind) = ([.. patients], [.. strata], (bool[,])hits.Clone(), blind);
    }

    /// <summary>For each case whether the place chosen without its image lies at a finding; null where nobody tried.</summary>
    public IReadOnlyList<bool>? Blind { get; }

    /// <summary>The share of hits on other patients' findings, of all pairs of cases that may be exchanged; not a number where there are none.</summary>
    public double OnOthers
    {
        get
        {
            long hits = 0, pairs = 0;
            foreach (int[][] group in Groups())
            {
                foreach (int[] own in group)
                {
                    foreach (int[] other in group.Where(one => one != own))
                    {
                        for (int k = 0; k < own.Length; k++)
                        {
                            pairs++;
                            hits += _hits[own[k], other[k]] ? 1 : 0;
                        }
                    }
                }
            }

            return pairs == 0 ? double.NaN : (double)hits / pairs;
        }
    }

    /// <summary>
    /// The probability of as many hits or more where patients' findings are exchanged at random (one-sided, the exchange that was seen counted
    /// in); not a number where no two patients can be.
    /// </summary>
    /// <param name="exchanges">How often patients are exchanged.</param>
    /// <param name="seed">The seed of the exchanges.</param>
    public double P(int exchanges = 9999, ulong seed = 1)
    {
        int[][][] groups = [.. Groups()];
        if (!groups.Any(group => group.Length > 1))
        {
            return double.NaN;
        }

        int seen = groups.Sum(group => group.Sum(cases => cases.Count(i => _hits[i, i]))), least = 1;
        for (int exchange = 0; exchange < exchanges; exchange++)
        {
            CounterRandom random = new(seed, exchange, 0, "evaluation.exchange");
            int hits = 0;
            foreach (int[][] group in groups)
            {
                int[] order = [.. Enumerable.Range(0, group.Length)];
                for (int i = order.Length - 1; i > 0; i--)
                {
                    int j = random.NextInt32(i + 1);
                    (order[i], order[j]) = (order[j], order[i]);
                }

                for (int patient = 0; patient < group.Length; patient++)
                {
                    int[] own = group[patient], other = group[order[patient]];
                    for (int k = 0; k < own.Length; k++)
                    {
                        hits += _hits[own[k], other[k]] ? 1 : 0;
                    }
                }
            }

            least += hits >= seen ? 1 : 0;
        }

        return (double)least / (exchanges + 1);
    }

    /// <summary>Whether a place chosen without the image, as the one that lies at the most findings of other patients, lies at each case's own.</summary>
    /// <param name="patients">The patient of each case.</param>
    /// <param name="strata">What is chosen for each by itself, such as the side.</param>
    /// <param name="hits">For each candidate place and case whether the place lies at one of the case's findings.</param>
    public static IReadOnlyList<bool> BlindHits(IReadOnlyList<string> patients, IReadOnlyList<string> strata, bool[,] hits)
    {
        ArgumentNullException.ThrowIfNull(patients);
        ArgumentNullException.ThrowIfNull(strata);
        ArgumentNullException.ThrowIfNull(hits);
        bool[] blind = new bool[patients.Count];
        for (int i = 0; i < blind.Length; i++)
        {
            int best = 0, most = -1;
            for (int candidate = 0; candidate < hits.GetLength(0); candidate++)
            {
                int count = 0;
                for (int j = 0; j < blind.Length; j++)
                {
                    count += hits[candidate, j] && patients[j] != patients[i] && strata[j] == strata[i] ? 1 : 0;
                }

                (best, most) = count > most ? (candidate, count) : (best, most);
            }

            blind[i] = hits[best, i];
        }

        return blind;
    }

    // Patients with cases in the same strata, each with its cases in the strata's order.
    private IEnumerable<int[][]> Groups() => Enumerable.Range(0, _patients.Length)
        .GroupBy(i => _patients[i], StringComparer.Ordinal)
        .Select(patient => patient.OrderBy(i => _strata[i], StringComparer.Ordinal).ToArray())
        .GroupBy(cases => string.Join('|', cases.Select(i => _strata[i])), StringComparer.Ordinal)
        .Select(group => group.ToArray());
}
