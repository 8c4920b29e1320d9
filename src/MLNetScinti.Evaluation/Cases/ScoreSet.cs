namespace MLNetScinti.Evaluation;

/// <summary>
/// The scored cases of one side of a split. Its two kinds, <see cref="ValidationScores"/> and <see cref="TestScores"/>,
/// are different types so that what must be fitted on validation data cannot be fitted on test data by mistake.
/// </summary>
public abstract class ScoreSet
{
    private protected ScoreSet(string name, IEnumerable<ScoredCase> cases)
    {
        ArgumentNullException.ThrowIfNull(cases);
        Name = name;
        ScoredCase[] all = [.. cases];
        HashSet<string> seen = new(StringComparer.Ordinal);
        foreach (ScoredCase one in all)
        {
            Check(name, one, seen);
        }

        Cases = all;
        Labels = [.. all.Select(one => one.Label)];
        Probabilities = [.. all.Select(one => (double)one.Probability)];
        Scores = [.. all.Select(one => (double)one.Score)];
        Positives = all.Count(one => one.Label);
        (PatientIds, PatientOfCase) = Patients(all);
    }

    /// <summary>"validation" or "test".</summary>
    public string Name { get; }

    /// <summary>The cases in the order given.</summary>
    public IReadOnlyList<ScoredCase> Cases { get; }

    /// <summary>The number of cases.</summary>
    public int Count => Cases.Count;

    /// <summary>The number of abnormal cases.</summary>
    public int Positives { get; }

    /// <summary>The number of normal cases.</summary>
    public int Negatives => Count - Positives;

    /// <summary>The number of patients.</summary>
    public int PatientCount => PatientIds.Count;

    /// <summary>The patients in order of their first case.</summary>
    public IReadOnlyList<string> PatientIds { get; }

    internal bool[] Labels { get; }

    internal double[] Probabilities { get; }

    internal double[] Scores { get; }

    /// <summary>For each case the index of its patient in <see cref="PatientIds"/>.</summary>
    internal int[] PatientOfCase { get; }

    /// <summary>Why nothing that needs both classes can be computed, or null where both are there.</summary>
    internal string? MissingClass => (Positives, Negatives) switch
    {
        (0, 0) => $"the {Name} set is empty",
        (0, _) => $"the {Name} set holds no abnormal case",
        (_, 0) => $"the {Name} set holds no normal case",
        _ => null,
    };

    private static void Check(string name, ScoredCase one, HashSet<string> seen)
    {
        if (string.IsNullOrWhiteSpace(one.CaseId) || string.IsNullOrWhiteSpace(one.PatientId))
        {
            throw new ArgumentException($"{name} set: a case without a case or patient pseudonym (case '{one.CaseId}', patient '{one.PatientId}').", nameof(one));
        }

        if (!seen.Add(one.CaseId))
        {
            throw new ArgumentException($"{name} set: case '{one.CaseId}' is there twice; each case must have its own pseudonym.", nameof(one));
        }

        if (!(one.Probability >= 0 && one.Probability <= 1))
        {
            throw new ArgumentException($"{name} set: case '{one.CaseId}' has probability {one.Probability}, expected a number from 0 to 1.", nameof(one));
        }

        if (!float.IsFinite(one.Score))
        {
            throw new ArgumentException($"{name} set: case '{one.CaseId}' has score {one.Score}, expected a finite number.", nameof(one));
        }
    }

    private static (string[] Ids, int[] OfCase) Patients(ScoredCase[] cases)
    {
        Dictionary<string, int> index = new(StringComparer.Ordinal);
        int[] ofCase = new int[cases.Length];
        for (int i = 0; i < cases.Length; i++)
        {
            if (!index.TryGetValue(cases[i].PatientId, out int patient))
            {
                patient = index.Count;
                index.Add(cases[i].PatientId, patient);
            }

            ofCase[i] = patient;
        }

        return ([.. index.OrderBy(pair => pair.Value).Select(pair => pair.Key)], ofCase);
    }
}
