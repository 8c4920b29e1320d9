using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Transforms;

/// <summary>The rows of a view that pass a filter; how many they are is not known before they are read.</summary>
internal sealed class FilterView(IHostEnvironment environment, IDataView source, IRowFilter filter) : IDataView
{
    private readonly IHost _host = environment.Register(nameof(FilterView));

    public bool CanShuffle => source.CanShuffle;

    public DataViewSchema Schema => source.Schema;

    public long? GetRowCount() => null;

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random rand = null)
    {
        bool[] active = columnsNeeded.ActiveIn(Schema);
        return new ChosenRowsCursor(_host, source.GetRowCursor(WithFilter(active), rand), active, Chosen);
    }

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random rand = null)
    {
        bool[] active = columnsNeeded.ActiveIn(Schema);
        return [.. source.GetRowCursorSet(WithFilter(active), n, rand).Select(cursor => new ChosenRowsCursor(_host, cursor, active, Chosen))];
    }

    private Func<bool> Chosen(DataViewRowCursor cursor)
    {
        Func<bool> stays = filter.Over(cursor);
        return () =>
        {
            while (cursor.MoveNext())
            {
                if (stays())
                {
                    return true;
                }
            }

            return false;
        };
    }

    private IEnumerable<DataViewSchema.Column> WithFilter(bool[] active)
    {
        HashSet<int> needed = [.. filter.Needed.Select(column => column.Index)];
        return Schema.Where(column => active[column.Index] || needed.Contains(column.Index));
    }
}
