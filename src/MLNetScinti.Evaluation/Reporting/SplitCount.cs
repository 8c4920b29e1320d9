namespace MLNetScinti.Evaluation.Reporting;

/// <summary>How many were on one side of the split.</summary>
/// <param name="Name">"training", "validation" or "test".</param>
/// <param name="Patients">Patients.</param>
/// <param name="Cases">Cases (kidneys).</param>
/// <param name="Abnormal">Cases whose truth is abnormal.</param>
public sealed record SplitCount(string Name, int Patients, int Cases, int Abnormal);
