using MLNetScinti.Imaging;

namespace MLNetScinti.Pipelines.Runs;

/// <summary>What a model says about one kidney of a folder.</summary>
/// <param name="File">The study's file, relative to the folder.</param>
/// <param name="CaseId">The kidney's pseudonym.</param>
/// <param name="Side">L or R.</param>
/// <param name="Probability">Probability of abnormal, 0 to 1.</param>
/// <param name="IsAbnormal">Whether the probability reaches the model's threshold.</param>
/// <param name="SeparationConfidence">How sure the separation of the kidneys is, see <see cref="KidneySeparation.Confidence"/>.</param>
public sealed record ScoredKidney(string File, string CaseId, string Side, float Probability, bool IsAbnormal, float SeparationConfidence);
