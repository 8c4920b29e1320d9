namespace MLNetScinti.Pipelines.Transforms;

/// <summary>The columns that a kidney is measured from; the defaults are those of a view of kidneys.</summary>
/// <param name="Image">Counts, one kidney alone, [sections, rows, columns].</param>
/// <param name="StudyMaximum">The highest count of the study.</param>
/// <param name="VoxelMillilitres">The volume of a voxel, in ml.</param>
/// <param name="SplitFunction">The kidney's part of both kidneys' counts.</param>
public sealed record KidneyMeasureColumns(
    string Image = "Image", string StudyMaximum = "StudyMaximum", string VoxelMillilitres = "VoxelMillilitres", string SplitFunction = "SplitFunction");
