namespace MLNetScinti.Evaluation;

/// <summary>Where a map was hottest in one abnormal case, against its true defects.</summary>
/// <param name="CaseId">Pseudonym of the case.</param>
/// <param name="PatientId">Pseudonym of the patient.</param>
/// <param name="DefectVolume">The case's <see cref="ScoredCase.DefectVolume"/>, millilitres, where known.</param>
/// <param name="Hit">Whether the hottest place lies in a true defect, or within the tolerance of one.</param>
/// <param name="Chance">The probability of that for a place drawn at random in the organ: from 0 to 1.</param>
/// <param name="Distance">From the hottest place to the nearest true defect, mm; null where the map is empty (then it is no hit).</param>
public sealed record PointedCase(string CaseId, string PatientId, double? DefectVolume, bool Hit, double Chance, double? Distance);
