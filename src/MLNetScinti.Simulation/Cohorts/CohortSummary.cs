namespace MLNetScinti.Simulation;

/// <summary>What was written.</summary>
/// <param name="LabelsFile">The full path of the table of labels.</param>
/// <param name="Written">Patients simulated now.</param>
/// <param name="Kept">Patients whose files were there already.</param>
public sealed record CohortSummary(string LabelsFile, int Written, int Kept);
