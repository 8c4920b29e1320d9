using MLNetScinti.Imaging;

namespace MLNetScinti.Pipelines.Data;

/// <summary>One study as it streams through: what is known about it and, where asked for, its padded volume.</summary>
/// <param name="File">The file, relative to the folder, with forward slashes.</param>
/// <param name="Patient">The patient's pseudonym.</param>
/// <param name="Tag">Four hexadecimal digits from the study's UID: tells the studies of one patient apart.</param>
/// <param name="AgeYears">Age at the study, NaN where unknown.</param>
/// <param name="Volume">The counts, padded to the number of sections asked for; null where the pixels were not.</param>
internal sealed record DicomStudy(string File, string Patient, string Tag, float AgeYears, Volume? Volume);
