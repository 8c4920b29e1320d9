using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLNetScinti.Pipelines.Data;

/// <summary>
/// A lazy view over rows that are made anew on each pass. Nothing is read before a cursor moves, nothing is kept behind it.
/// </summary>
/// <param name="columns">The columns, in order.</param>
/// <param name="read">
/// Begins a pass; told whether any column is needed that needs the pixels. Rows must come in the same order on each pass.
/// </param>
internal sealed class StreamingDataView<TRow>(IReadOnlyList<StreamingColumn<TRow>> columns, Func<bool, IEnumerable<TRow>> read) : IDataView
{
    public bool CanShuffle => false;

    public DataViewSchema Schema { get; } = MakeSchema(columns);

    public long? GetRowCount() => null;

    // The order of rows is part of what a seed decides, so a request to shuffle is not heeded: CanShuffle says so.
    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
    {
        bool[] active = new bool[columns.Count];
        foreach (DataViewSchema.Column column in columnsNeeded)
        {
            active[column.Index] = true;
        }

        bool pixels = columns.Where((column, index) => active[index] && column.IsImage).Any();
        return new Cursor(this, columns, active, read(pixels));
    }

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) =>
        [GetRowCursor(columnsNeeded, rand)];

    private static DataViewSchema MakeSchema(IReadOnlyList<StreamingColumn<TRow>> columns)
    {
        DataViewSchema.Builder builder = new();
        foreach (StreamingColumn<TRow> column in columns)
        {
            DataViewSchema.Annotations.Builder annotations = new();
            column.Annotations?.Invoke(annotations);
            builder.AddColumn(column.Name, column.Type, annotations.ToAnnotations());
        }

        return builder.ToSchema();
    }

    private sealed class Cursor(StreamingDataView<TRow> view, IReadOnlyList<StreamingColumn<TRow>> columns, bool[] active, IEnumerable<TRow> rows) : DataViewRowCursor
    {
        private readonly IEnumerator<TRow> _rows = rows.GetEnumerator();
        private long _position = -1;
        private bool _ended;

        public override DataViewSchema Schema => view.Schema;

        public override long Position => _position;

        public override long Batch => 0;

        public override bool IsColumnActive(DataViewSchema.Column column) => active[column.Index];

        public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId id) => id = new DataViewRowId((ulong)_position, 0);

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
        {
            if (!active[column.Index])
            {
                throw new InvalidOperationException($"The column '{column.Name}' was not asked for when this cursor was made.");
            }

            return columns[column.Index].MakeGetter(() => _position >= 0 && !_ended ? _rows.Current
                    : throw new InvalidOperationException("The cursor is not on a row: call MoveNext first.")) as ValueGetter<TValue>
                ?? throw new InvalidOperationException($"The column '{column.Name}' holds {columns[column.Index].Type}, not {typeof(TValue)}.");
        }

        public override bool MoveNext()
        {
            if (!_ended && _rows.MoveNext())
            {
                _position++;
                return true;
            }

            _ended = true;
            _position = -1;
            return false;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                _rows.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}
