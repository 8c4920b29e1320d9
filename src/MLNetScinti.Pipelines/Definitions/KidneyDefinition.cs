namespace MLNetScinti.Pipelines.Definitions;

/// <summary>How a study becomes two cases, one a kidney. Key <c>kidneys</c>.</summary>
/// <param name="Size">The edge of the cube that is cut out around each kidney, in voxels of the study.</param>
/// <param name="MinimumConfidence">Studies separated with less confidence (0 to 1) are left out, named and counted.</param>
public sealed record KidneyDefinition(
    int Size,
    double MinimumConfidence);
