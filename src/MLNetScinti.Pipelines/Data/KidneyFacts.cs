using MLNetScinti.Imaging;

namespace MLNetScinti.Pipelines.Data;

/// <summary>What is known about one kidney without its pixels.</summary>
internal sealed record KidneyFacts(
    string File, string CaseId, string Patient, string Side, bool Label, float StudyMaximum, float VoxelMillilitres, float SplitFunction, float Confidence, float AgeYears, float DefectVolume, float Counts, string Groups)
{
    /// <summary>Where in space the kidney's cube is.</summary>
    public required ImageGeometry Geometry { get; init; }
}
