namespace MLNetScinti.Pipelines.Definitions;

/// <summary>Where the studies are. Key <c>data</c>.</summary>
/// <param name="Folder">The folder of DICOM files, as the file gives it; relative paths start at the working folder.</param>
/// <param name="Labels">The labels table: a CSV file in <paramref name="Folder"/> with the columns File, Side (L or R) and Label (normal or abnormal).</param>
/// <param name="Simulation">The cohort that is simulated into <paramref name="Folder"/> where it is not there yet; null for patients' studies.</param>
public sealed record DataDefinition(
    string Folder,
    string Labels,
    SimulationDefinition? Simulation);
