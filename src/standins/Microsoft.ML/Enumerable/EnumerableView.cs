using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>Objects as rows. Each pass enumerates the source anew.</summary>
internal sealed class EnumerableView<TRow> : IDataView
    where TRow : class
{
    private readonly IHost _host;
    private readonly IEnumerable<TRow> _rows;
    private readonly MemberBinding[] _members;

    public EnumerableView(IHostEnvironment environment, IEnumerable<TRow> rows, SchemaDefinition definition)
    {
        _host = environment.Register("StreamingDataView");
        _rows = rows;
        _members = MemberBinding.Of(typeof(TRow), SchemaDefinition.Direction.Read, definition);
        Schema = DataViewSchema.Of(_members.Select(member => member.Column));
    }

    public bool CanShuffle => false;

    public DataViewSchema Schema { get; }

    public long? GetRowCount() => (_rows as IList<TRow>)?.Count;

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random rand = null) =>
        new Cursor(_host, this, columnsNeeded.ActiveIn(Schema));

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random rand = null) =>
        [GetRowCursor(columnsNeeded, rand)];

    private sealed class Cursor(IHost host, EnumerableView<TRow> view, bool[] active) : RootCursor(host, view.Schema, active)
    {
        private readonly IEnumerator<TRow> _enumerator = view._rows.GetEnumerator();
        private readonly Delegate[] _getters = new Delegate[active.Length];
        private TRow _current;

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
        {
            Guard.Argument(IsColumnActive(column), nameof(column), "requested column not active");
            Delegate getter = _getters[column.Index] ??= view._members[column.Index].CreateReader(() => _current);
            return getter as ValueGetter<TValue> ?? throw ViewExtensions.WrongGetter<TValue>(column);
        }

        protected override bool MoveNextCore()
        {
            if (!_enumerator.MoveNext())
            {
                _current = null;
                return false;
            }

            _current = _enumerator.Current;
            Guard.State(_current is not null, "Encountered null when iterating over data, this is not supported.");
            return true;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                _current = null;
                _enumerator.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}
