using MLNetScinti.Imaging;

namespace MLNetScinti.Evaluation.Reporting;

/// <summary>A picture of a case for the report.</summary>
/// <param name="CaseId">The case's pseudonym, as in its <see cref="ScoredCase"/>.</param>
/// <param name="Png">The picture as a PNG file.</param>
/// <param name="Caption">What is seen, in a few words, such as "Coronal maximum intensity projection".</param>
/// <param name="AlternativeText">The same for who cannot see it.</param>
[TypeFormatterSource(typeof(CasePicture))]
public sealed record CasePicture(string CaseId, ReadOnlyMemory<byte> Png, string Caption, string AlternativeText);
