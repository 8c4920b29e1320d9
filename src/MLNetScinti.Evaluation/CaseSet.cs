namespace MLNetScinti.Evaluation;

/// <summary>A case as evaluations know it: who it is, and what is known of it. Identifiers are pseudonyms: they are printed in reports.</summary>
/// <param name="CaseId">Pseudonym of the case, unique in its set, such as "P0012-L".</param>
/// <param name="PatientId">Pseudonym of the patient. All cases of a patient carry the same one.</param>
public abstract record EvaluatedCase(string CaseId, string PatientId)
{
    /// <summary>What is known of the case; groups of cases are made by it.</summary>
    public Facts Facts { get; init; } = Facts.None;
}

/// <summary>The cases of one side of a split, whatever the task: in order, each once, each of a patient.</summary>
public interface ICaseSet
{
    /// <summary>"validation" or "test".</summary>
    string Name { get; }

    /// <summary>The cases in the order given.</summary>
    IReadOnlyList<EvaluatedCase> Cases { get; }

    /// <summary>The patients in order of their first case.</summary>
    IReadOnlyList<string> PatientIds { get; }
}

/// <summary>
/// The judged cases of one side of a split. Its two kinds are different types, so that what must be fitted on validation data cannot
/// be fitted on test data by mistake.
/// </summary>
/// <typeparam name="TCase">A case with its truth and a model's answer.</typeparam>
public abstract class CaseSet<TCase> : ICaseSet
    where TCase : EvaluatedCase
{
    private protected CaseSet(string name, IEnumerable<TCase> cases)
    {
        ArgumentNullException.ThrowIfNull(cases);
        Name = name;
        TCase[] all = [.. cases];
        HashSet<string> seen = new(StringComparer.Ordinal);
        foreach (TCase one in all)
        {
            if (string.IsNullOrWhiteSpace(one.CaseId) || string.IsNullOrWhiteSpace(one.PatientId))
            {
                throw new ArgumentException($"{name} set: a case without a case or patient pseudonym (case '{one.CaseId}', patient '{one.PatientId}').", nameof(cases));
            }

            if (!seen.Add(one.CaseId))
            {
                throw new ArgumentException($"{name} set: case '{one.CaseId}' is there twice; each case must have its own pseudonym.", nameof(cases));
            }
        }

        Cases = all;
        (PatientIds, PatientOfCase) = Patients(all);
    }

    /// <summary>"validation" or "test".</summary>
    public string Name { get; }

    /// <summary>The cases in the order given.</summary>
    public IReadOnlyList<TCase> Cases { get; }

    /// <summary>The number of cases.</summary>
    public int Count => Cases.Count;

    /// <summary>The number of patients.</summary>
    public int PatientCount => PatientIds.Count;

    /// <summary>The patients in order of their first case.</summary>
    public IReadOnlyList<string> PatientIds { get; }

    IReadOnlyList<EvaluatedCase> ICaseSet.Cases => Cases;

    /// <summary>For each case the index of its patient in <see cref="PatientIds"/>.</summary>
    internal int[] PatientOfCase { get; }

    private protected void Refuse(string caseId, string fault) =>
        throw new ArgumentException($"{Name} set: case '{caseId}' {fault}.", nameof(caseId));

    private static (string[] Ids, int[] OfCase) Patients(TCase[] cases)
    {
        Dictionary<string, int> index = new(StringComparer.Ordinal);
        List<string> ids = [];
        int[] ofCase = new int[cases.Length];
        for (int i = 0; i < cases.Length; i++)
        {
            if (!index.TryGetValue(cases[i].PatientId, out int patient))
            {
                patient = ids.Count;
                index.Add(cases[i].PatientId, patient);
                ids.Add(cases[i].PatientId);
            }

            ofCase[i] = patient;
        }

        return ([.. ids], ofCase);
    }
}

/// <summary>Judged cases of the validation side: thresholds are fitted on these, and only on these.</summary>
/// <typeparam name="TCase">A case with its truth and a model's answer.</typeparam>
/// <param name="cases">The cases of the validation patients.</param>
/// <exception cref="ArgumentException">A case without pseudonyms, or a case twice.</exception>
public sealed class ValidationScores<TCase>(IEnumerable<TCase> cases) : CaseSet<TCase>("validation", cases)
    where TCase : EvaluatedCase;

/// <summary>Judged cases of the test side: only judged, never fitted on.</summary>
/// <typeparam name="TCase">A case with its truth and a model's answer.</typeparam>
/// <param name="cases">The cases of the test patients.</param>
/// <exception cref="ArgumentException">A case without pseudonyms, or a case twice.</exception>
public sealed class TestScores<TCase>(IEnumerable<TCase> cases) : CaseSet<TCase>("test", cases)
    where TCase : EvaluatedCase;

/// <summary>A patient is on both sides of a split: the evaluation is refused, and the patient named by its pseudonym.</summary>
public sealed class LeakedPatientException : Exception
{
    /// <summary>Says which patient, and where.</summary>
    public LeakedPatientException(string patientId, string validationCase, string testCase)
        : base($"Patient '{patientId}' is in the validation set (case '{validationCase}') and in the test set (case '{testCase}'): split by patient, so that all cases of one are on the same side.")
    {
        PatientId = patientId;
    }

    /// <summary>The pseudonym of the first such patient.</summary>
    public string PatientId { get; }

    /// <summary>Refuses sets that share a patient.</summary>
    /// <exception cref="LeakedPatientException">A patient is in both.</exception>
    public static void ThrowIfShared(ICaseSet validation, ICaseSet test)
    {
        ArgumentNullException.ThrowIfNull(validation);
        ArgumentNullException.ThrowIfNull(test);
        Dictionary<string, string> seen = new(StringComparer.Ordinal);
        foreach (EvaluatedCase one in validation.Cases)
        {
            seen.TryAdd(one.PatientId, one.CaseId);
        }

        foreach (EvaluatedCase one in test.Cases)
        {
            if (seen.TryGetValue(one.PatientId, out string? there))
            {
                throw new LeakedPatientException(one.PatientId, there, one.CaseId);
            }
        }
    }
}
