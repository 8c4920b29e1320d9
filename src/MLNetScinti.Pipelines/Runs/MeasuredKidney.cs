using Microsoft.ML.Data;

namespace MLNetScinti.Pipelines.Runs;

/// <summary>A kidney as the baseline sees it: eight numbers and the truth.</summary>
internal sealed class MeasuredKidney
{
    /// <summary>Whether the kidney is abnormal.</summary>
    public bool Label { get; set; }

    /// <summary>The kidney's measures, in the order of <see cref="Imaging.KidneyMeasures.Names"/>.</summary>
    [VectorType(8)]
    public float[] Features { get; set; } = [];
}
