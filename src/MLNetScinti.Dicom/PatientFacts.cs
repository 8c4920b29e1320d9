namespace MLNetScinti.Dicom;

/// <summary>What may be known about a patient without knowing who it is.</summary>
/// <param name="Pseudonym">Stands for the patient in tables and reports: the same patient has the same one under the same key.</param>
/// <param name="IsKnown">Whether the file identifies a patient at all; else the pseudonym stands for the study.</param>
/// <param name="Sex">The patient's sex.</param>
/// <param name="AgeYears">Age in years at the time of the study, or null.</param>
/// <param name="SizeMetres">Height in m, or null.</param>
/// <param name="WeightKilograms">Weight in kg, or null.</param>
public sealed record PatientFacts(string Pseudonym, bool IsKnown, PatientSex Sex, double? AgeYears, double? SizeMetres, double? WeightKilograms);
