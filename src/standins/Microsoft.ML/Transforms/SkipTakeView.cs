using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Transforms;

/// <summary>Some rows from the beginning left out, and no more than some number taken.</summary>
internal sealed class SkipTakeView(IHostEnvironment environment, IDataView source, long skip, long take) : IDataView
{
    private readonly IHost _host = environment.Register("SkipTakeFilter");

    public bool CanShuffle => false;

    public DataViewSchema Schema => source.Schema;

    public long? GetRowCount() => source.GetRowCount() is { } count ? Math.Min(take, Math.Max(0, count - skip)) : null;

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random rand = null)
    {
        bool[] active = columnsNeeded.ActiveIn(Schema);
        return new ChosenRowsCursor(_host, source.GetRowCursor(Schema.Where(column => active[column.Index])), active, Chosen);
    }

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random rand = null) =>
        [GetRowCursor(columnsNeeded)];

    private Func<bool> Chosen(DataViewRowCursor cursor)
    {
        long left = take;
        bool skipped = false;
        return () =>
        {
            if (!skipped)
            {
                skipped = true;
                for (long i = 0; i < skip; i++)
                {
                    if (!cursor.MoveNext())
                    {
                        return false;
                    }
                }
            }

            return left-- > 0 && cursor.MoveNext();
        };
    }
}
