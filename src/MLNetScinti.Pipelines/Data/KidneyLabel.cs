namespace MLNetScinti.Pipelines.Data;

/// <summary>What a labels table says about one kidney.</summary>
/// <param name="IsAbnormal">Whether the kidney has a cortical defect.</param>
/// <param name="AgeYears">The patient's age, NaN where not given.</param>
/// <param name="DefectVolume">Volume of the kidney's largest defect in millilitres, NaN where not given.</param>
/// <param name="Counts">Counts of the kidney, NaN where not given.</param>
/// <param name="Groups">Groups that figures are reported for by themselves, "Name=value" joined by semicolons; empty where there are none.</param>
public sealed record KidneyLabel(bool IsAbnormal, float AgeYears, float DefectVolume, float Counts, string Groups = "");
