using Microsoft.ML.Data;

namespace Microsoft.ML.Transforms;

/// <summary>Some of a schema's columns, in an order of their own.</summary>
internal sealed class ColumnSelection(DataViewSchema source, int[] chosen)
{
    public DataViewSchema Source => source;

    public DataViewSchema Schema { get; } = DataViewSchema.Of(chosen.Select(index => new DataViewSchema.DetachedColumn(source[index])));

    public DataViewSchema.Column SourceOf(int column) => source[chosen[column]];

    public IEnumerable<DataViewSchema.Column> Needed(bool[] active)
    {
        HashSet<int> needed = [.. chosen.Where((_, i) => active[i])];
        return source.Where(column => needed.Contains(column.Index));
    }
}
