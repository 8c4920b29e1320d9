namespace Microsoft.ML.Data;

/// <summary>One of several cursors that share the rows of one: each row goes to the one that asks first.</summary>
internal sealed class SplitCursor : KeptRowCursor
{
    private readonly Shared _shared;
    private readonly RowSlots _row;

    private SplitCursor(Shared shared, DataViewSchema schema, bool[] active)
        : base(schema, active)
    {
        _shared = shared;
        _row = new RowSlots(schema, active);
    }

    public override long Position => Current?.Position ?? -1;

    public override long Batch => Current?.Position ?? 0;

    public static DataViewRowCursor[] Split(DataViewRowCursor source, bool[] active, int count)
    {
        Shared shared = new(source, RowSlots.Getters(source, active), source.GetIdGetter(), count);
        return [.. Enumerable.Range(0, count).Select(_ => new SplitCursor(shared, source.Schema, active))];
    }

    public override bool MoveNext()
    {
        Current = _shared.Take(_row) ? _row : null;
        return Current is not null;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            Current = null;
            _shared.Release();
        }
    }

    private sealed class Shared(DataViewRowCursor source, Delegate[] getters, ValueGetter<DataViewRowId> id, int users)
    {
        private readonly Lock _lock = new();
        private int _users = users;

        public bool Take(RowSlots row)
        {
            lock (_lock)
            {
                if (_users == 0 || !source.MoveNext())
                {
                    return false;
                }

                row.Take(source, getters, id);
                return true;
            }
        }

        public void Release()
        {
            lock (_lock)
            {
                if (--_users == 0)
                {
                    source.Dispose();
                }
            }
        }
    }
}
