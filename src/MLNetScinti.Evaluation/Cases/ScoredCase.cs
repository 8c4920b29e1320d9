namespace MLNetScinti.Evaluation;

/// <summary>
/// One case (one kidney, one study) after scoring: what it is, and what the model said. Identifiers are pseudonyms:
/// they are printed in reports.
/// </summary>
/// <param name="CaseId">Pseudonym of the case, unique in its set, such as "P0012-L".</param>
/// <param name="PatientId">Pseudonym of the patient. All cases of a patient carry the same one.</param>
/// <param name="Label">The truth: true means abnormal (positive).</param>
/// <param name="Score">The network's output before the sigmoid (a logit); ML.NET's <c>Score</c> column.</param>
/// <param name="Probability">Probability of abnormal, 0 to 1; ML.NET's <c>Probability</c> column. Decisions, the ROC curve and its area use this.</param>
public sealed record ScoredCase(string CaseId, string PatientId, bool Label, float Score, float Probability)
{
    /// <summary>The side of a paired organ, "left" or "right", where known.</summary>
    public string? Side { get; init; }

    /// <summary>Age at the study in years, where known.</summary>
    public double? AgeYears { get; init; }

    /// <summary>Volume of the true defects in millilitres, where the truth holds it (simulated cohorts do).</summary>
    public double? DefectVolume { get; init; }

    /// <summary>Counts of the study, where known.</summary>
    public double? Counts { get; init; }

    /// <summary>Further groups that the case belongs to (camera, centre), by the name of the grouping.</summary>
    public IReadOnlyDictionary<string, string>? Groups { get; init; }
}
