namespace MLNetScinti.Evaluation;

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
    public static void ThrowIfShared(ValidationScores validation, TestScores test)
    {
        ArgumentNullException.ThrowIfNull(validation);
        ArgumentNullException.ThrowIfNull(test);
        Dictionary<string, string> seen = new(StringComparer.Ordinal);
        foreach (ScoredCase one in validation.Cases)
        {
            seen.TryAdd(one.PatientId, one.CaseId);
        }

        foreach (ScoredCase one in test.Cases)
        {
            if (seen.TryGetValue(one.PatientId, out string? there))
            {
                throw new LeakedPatientException(one.PatientId, there, one.CaseId);
            }
        }
    }
}
