using System.Collections.Concurrent;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>Keeps the columns that are read, column by column, in memory: the source is read again only for a column not read before.</summary>
internal sealed class CacheDataView : IDataView
{
    private readonly IHost _host;
    private readonly IDataView _source;
    private readonly int[] _prefetch;
    private readonly ConcurrentDictionary<int, ColumnCache> _columns = [];
    private readonly Lock _lock = new();
    private long? _count;

    public CacheDataView(IHostEnvironment environment, IDataView source, int[] prefetch)
    {
        _host = environment.Register(nameof(CacheDataView));
        _source = source;
        _prefetch = prefetch ?? [];
    }

    public bool CanShuffle => true;

    public DataViewSchema Schema => _source.Schema;

    public long? GetRowCount() => _count ?? _source.GetRowCount();

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random rand = null)
    {
        bool[] active = columnsNeeded.ActiveIn(Schema);
        Fill(active);
        int count = checked((int)_count.Value);
        int[] order = null;
        if (rand is not null)
        {
            order = [.. Enumerable.Range(0, count)];
            rand.Shuffle(order);
        }

        return new Cursor(_host, this, active, count, order);
    }

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random rand = null)
    {
        bool[] active = columnsNeeded.ActiveIn(Schema);
        DataViewRowCursor cursor = GetRowCursor(columnsNeeded, rand);
        return n > 1 ? SplitCursor.Split(cursor, active, n) : [cursor];
    }

    private void Fill(bool[] active)
    {
        lock (_lock)
        {
            List<int> missing = [.. Enumerable.Range(0, active.Length).Where(i => active[i] && !_columns.ContainsKey(i))];
            if (missing.Count == 0 && _count is not null)
            {
                return;
            }

            missing.AddRange(_prefetch.Where(i => !_columns.ContainsKey(i) && !missing.Contains(i)));
            using DataViewRowCursor cursor = _source.GetRowCursor(missing.Select(i => Schema[i]));
            ColumnCache[] caches = [.. missing.Select(i => ColumnCache.Create(cursor, Schema[i]))];
            long rows = 0;
            while (cursor.MoveNext())
            {
                rows++;
                foreach (ColumnCache cache in caches)
                {
                    cache.Take();
                }
            }

            _count ??= rows;
            for (int i = 0; i < caches.Length; i++)
            {
                _columns[missing[i]] = caches[i];
            }
        }
    }

    private sealed class Cursor(IHost host, CacheDataView view, bool[] active, int count, int[] order) : RootCursor(host, view.Schema, active)
    {
        private int _row = -1;

        public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId value) =>
        {
            Guard.State(Position >= 0, NotNow);
            value = new DataViewRowId((ulong)Row, 0);
        };

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
        {
            Guard.Argument(IsColumnActive(column), nameof(column), "requested column not active");
            ColumnCache<TValue> cache = view._columns[column.Index] as ColumnCache<TValue> ?? throw ViewExtensions.WrongGetter<TValue>(column);
            return (ref TValue value) =>
            {
                Guard.State(Position >= 0, NotNow);
                cache.Give(Row, ref value);
            };
        }

        private int Row => order is null ? _row : order[_row];

        protected override bool MoveNextCore() => ++_row < count;
    }
}
