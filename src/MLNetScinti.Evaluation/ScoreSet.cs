namespace MLNetScinti.Evaluation;

/// <summary>One case of a task with two classes after scoring: what it is, and what the model said.</summary>
/// <param name="CaseId">Pseudonym of the case, unique in its set, such as "P0012-L".</param>
/// <param name="PatientId">Pseudonym of the patient. All cases of a patient carry the same one.</param>
/// <param name="Label">The truth: true means of the positive class.</param>
/// <param name="Score">The network's output before the sigmoid (a logit); ML.NET's <c>Score</c> column.</param>
/// <param name="Probability">Probability of the positive class, 0 to 1; ML.NET's <c>Probability</c> column. Decisions and the points of the ROC curve use this; cases with the same one are ranked by their scores, where these are logits.</param>
public sealed record ScoredCase(string CaseId, string PatientId, bool Label, float Score, float Probability) : EvaluatedCase(CaseId, PatientId)
{
    /// <summary>Whether it was called positive, where the model that scored it has a threshold of its own: see <see cref="DecisionThreshold.OfEach"/>.</summary>
    public bool? Decision { get; init; }
}

/// <summary>The scored cases of one side of a split, in a task with two classes.</summary>
public abstract class ScoreSet : CaseSet<ScoredCase>
{
    private const double Rounding = 1e-3;

    private protected ScoreSet(string name, IEnumerable<ScoredCase> cases)
        : base(name, cases)
    {
        foreach (ScoredCase one in Cases)
        {
            if (!(one.Probability >= 0 && one.Probability <= 1))
            {
                Refuse(one.CaseId, $"has probability {one.Probability}, expected a number from 0 to 1");
            }

            if (!float.IsFinite(one.Score))
            {
                Refuse(one.CaseId, $"has score {one.Score}, expected a finite number");
            }
        }

        Labels = [.. Cases.Select(one => one.Label)];
        Probabilities = [.. Cases.Select(one => (double)one.Probability)];
        Scores = [.. Cases.Select(one => (double)one.Score)];
        HasLogits = Cases.All(one => Math.Abs(one.Probability - (1 / (1 + Math.Exp(-one.Score)))) < Rounding);
        Ranks = HasLogits ? RanksOf(Probabilities, Scores) : Probabilities;
        Positives = Labels.Count(label => label);
    }

    /// <summary>The number of cases of the positive class.</summary>
    public int Positives { get; }

    /// <summary>The number of cases of the negative class.</summary>
    public int Negatives => Count - Positives;

    internal bool[] Labels { get; }

    internal double[] Probabilities { get; }

    internal double[] Scores { get; }

    /// <summary>Whether every score is the logit of its probability, as far as rounding lets one see.</summary>
    internal bool HasLogits { get; }

    /// <summary>What cases are ranked by: the probabilities, and where these are equal, as near 0 and 1 they are to their last digit, the logits.</summary>
    internal double[] Ranks { get; }

    private static double[] RanksOf(double[] first, double[] then)
    {
        int[] order = [.. Enumerable.Range(0, first.Length).OrderBy(i => first[i]).ThenBy(i => then[i])];
        double[] ranks = new double[order.Length];
        for (int place = 1; place < order.Length; place++)
        {
            (int before, int own) = (order[place - 1], order[place]);
            ranks[own] = ranks[before] + (first[own] == first[before] && then[own] == then[before] ? 0 : 1);
        }

        return ranks;
    }

    /// <summary>Whether nothing that needs both classes can be computed.</summary>
    internal bool LacksClass => Positives == 0 || Negatives == 0;

    /// <summary>Why nothing that needs both classes can be computed, or null where both are there.</summary>
    internal string? MissingClass(TaskWords? words = null) => (Positives, Negatives) switch
    {
        (0, 0) => $"the {Name} set is empty",
        (0, _) => $"the {Name} set holds no {(words ?? TaskWords.Default).Positive} case",
        (_, 0) => $"the {Name} set holds no {(words ?? TaskWords.Default).Negative} case",
        _ => null,
    };
}

/// <summary>Scored cases of the validation side: thresholds and calibration are fitted on these, and only on these.</summary>
/// <param name="cases">The scored cases of the validation patients.</param>
/// <exception cref="ArgumentException">A case without pseudonyms, a case twice, or a score that is no number.</exception>
public sealed class ValidationScores(IEnumerable<ScoredCase> cases) : ScoreSet("validation", cases);

/// <summary>Scored cases of the test side: only judged, never fitted on.</summary>
/// <param name="cases">The scored cases of the test patients.</param>
/// <exception cref="ArgumentException">A case without pseudonyms, a case twice, or a score that is no number.</exception>
public sealed class TestScores(IEnumerable<ScoredCase> cases) : ScoreSet("test", cases);
