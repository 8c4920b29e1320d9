using MLNetScinti.Networks;

namespace MLNetScinti.Pipelines.Serving;

/// <summary>A column that a fused model reads or adds: its name, the dimensions of one row's values (none for a scalar), the element type.</summary>
internal sealed record FusedColumn(string Name, IReadOnlyList<int> Dimensions, OnnxElement Element = OnnxElement.Float)
{
    /// <summary>One row's shape in the graph, where a scalar is one value.</summary>
    public long[] GraphShape => Dimensions.Count == 0 ? [1] : [.. Dimensions.Select(dimension => (long)dimension)];
}
