namespace MLNetScinti.Evaluation.Reporting;

/// <summary>One case of the report with the maps that explain what the model said of it.</summary>
/// <param name="CaseId">The case's pseudonym, as in its <see cref="ScoredCase"/>.</param>
/// <param name="Abnormal">The truth.</param>
/// <param name="CalledAbnormal">What the model said.</param>
/// <param name="Probability">The model's probability of abnormal.</param>
/// <param name="Pictures">The maps over the images, each a PNG file with its caption and its words for who cannot see it.</param>
/// <param name="Findings">What the maps show, a short sentence each.</param>
public sealed record ExplainedCase(
    string CaseId, bool Abnormal, bool CalledAbnormal, double Probability, IReadOnlyList<CasePicture> Pictures, IReadOnlyList<string> Findings);
