namespace Microsoft.ML.Data;

/// <summary>A view whose rows are those of another view, changed one by one.</summary>
internal abstract class LinkedView(IDataView source) : IDataView
{
    public abstract DataViewSchema Schema { get; }

    public virtual bool CanShuffle => Source.CanShuffle;

    protected IDataView Source { get; } = source;

    public virtual long? GetRowCount() => Source.GetRowCount();

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random rand = null)
    {
        bool[] active = columnsNeeded.ActiveIn(Schema);
        return new ReadAheadCursor(Plain(active, rand), active);
    }

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random rand = null)
    {
        bool[] active = columnsNeeded.ActiveIn(Schema);
        DataViewSchema.Column[] needed = [.. Needed(active)];
        DataViewRowCursor[] sources = Source.GetRowCursorSet(needed, n, rand);
        if (sources.Length == 1 && n > 1)
        {
            sources = SplitCursor.Split(sources[0], needed.ActiveIn(Source.Schema), n);
        }

        return [.. sources.Select(source => Link(source, active))];
    }

    /// <summary>A cursor without reading ahead, for the view that is linked to this one.</summary>
    private DataViewRowCursor Plain(bool[] active, Random rand)
    {
        DataViewSchema.Column[] needed = [.. Needed(active)];
        DataViewRowCursor source = Source is LinkedView linked
            ? linked.Plain(needed.ActiveIn(linked.Schema), rand)
            : Source.GetRowCursor(needed, rand);
        return Link(source, active);
    }

    protected abstract IEnumerable<DataViewSchema.Column> Needed(bool[] active);

    protected abstract DataViewRowCursor Link(DataViewRowCursor source, bool[] active);
}
