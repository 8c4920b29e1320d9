namespace Microsoft.ML.Data;

/// <summary>
/// Where the columns of a mapped view come from. A column that is made anew stands right behind the one of the same name, which is hidden,
/// or else at the end.
/// </summary>
internal sealed class ColumnBindings
{
    private readonly (bool IsSource, int Index)[] _origins;

    public ColumnBindings(DataViewSchema source, IReadOnlyList<DataViewSchema.DetachedColumn> added)
    {
        Source = source;
        List<(DataViewSchema.DetachedColumn Column, bool IsSource, int Index)> all =
            [.. source.Select(column => (new DataViewSchema.DetachedColumn(column), true, column.Index))];
        for (int i = 0; i < added.Count; i++)
        {
            int same = all.FindLastIndex(one => one.Column.Name == added[i].Name);
            all.Insert(same < 0 ? all.Count : same + 1, (added[i], false, i));
        }

        Schema = DataViewSchema.Of(all.Select(one => one.Column));
        _origins = [.. all.Select(one => (one.IsSource, one.Index))];
    }

    public DataViewSchema Source { get; }

    public DataViewSchema Schema { get; }

    public (bool IsSource, int Index) OriginOf(int column) => _origins[column];
}
