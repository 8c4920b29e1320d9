using Microsoft.ML.Data;

namespace MLNetScinti.Pipelines.Tests.Transforms;

/// <summary>What a prediction engine gives back.</summary>
public sealed class ImageAnswer
{
    [ColumnName("Out")]
    public float[] Out { get; set; } = [];
}
