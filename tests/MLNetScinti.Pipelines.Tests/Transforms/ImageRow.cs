using Microsoft.ML.Data;

namespace MLNetScinti.Pipelines.Tests.Transforms;

/// <summary>A small volume with its study's maximum.</summary>
public sealed class ImageRow
{
    public const int Sections = 4, Rows = 5, Columns = 6;

    [VectorType(Sections, Rows, Columns)]
    public float[] Image { get; set; } = [];

    public float StudyMaximum { get; set; }

    public bool Label { get; set; }

    public string Name { get; set; } = "";

    public static ImageRow[] Random(int count, int seed)
    {
        Random random = new(seed);
        return [.. Enumerable.Range(0, count).Select(i => new ImageRow
        {
            Image = [.. Enumerable.Range(0, Sections * Rows * Columns).Select(_ => (float)(random.NextDouble() * 20) - 5)],
            StudyMaximum = 10 + i,
            Label = i % 2 == 1,
            Name = $"case {i}",
        })];
    }
}
