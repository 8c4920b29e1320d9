namespace MLNetScinti.Simulation;

/// <summary>How far the writing of a cohort has come.</summary>
/// <param name="Done">Patients whose file is there.</param>
/// <param name="Total">All patients.</param>
/// <param name="Patient">The pseudonym of the patient that was finished last; empty at the start.</param>
public readonly record struct CohortProgress(int Done, int Total, string Patient);
