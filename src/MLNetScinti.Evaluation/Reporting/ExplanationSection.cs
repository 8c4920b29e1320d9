namespace MLNetScinti.Evaluation.Reporting;

/// <summary>What the model looked at: maps over images of some cases, and how well the maps agree with true defects.</summary>
public sealed record ExplanationSection
{
    /// <summary>How the maps were made, a sentence each.</summary>
    public required IReadOnlyList<string> Methods { get; init; }

    /// <summary>The agreement of each kind of map with the truth, the most telling first.</summary>
    public required IReadOnlyList<ExplanationAgreement> Agreements { get; init; }

    /// <summary>The cases shown, the wrongly called first.</summary>
    public required IReadOnlyList<ExplainedCase> Cases { get; init; }
}
