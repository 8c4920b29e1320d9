using MLNetScinti.Pipelines.Data;

namespace MLNetScinti.Pipelines.Explanations;

/// <summary>Knows where the defects of kidneys are.</summary>
internal interface IDefectTruth
{
    /// <summary>Why nothing is known, or null where something is.</summary>
    string? Unknown { get; }

    /// <summary>
    /// A label for each voxel of the kidney's cube, sections first: 0 outside, 1 in the kidney, 2 and more in its defects; null
    /// where this kidney is not known.
    /// </summary>
    byte[]? LabelsOf(KidneyFacts kidney);
}
