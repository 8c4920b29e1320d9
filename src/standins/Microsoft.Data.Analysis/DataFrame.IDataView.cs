using Microsoft.ML;
using Microsoft.ML.Data;

namespace Microsoft.Data.Analysis;

public partial class DataFrame : IDataView
{
    private DataViewSchema _schema;

    bool IDataView.CanShuffle => false;

    DataViewSchema IDataView.Schema
    {
        get
        {
            if (_schema is null)
            {
                var builder = new DataViewSchema.Builder();
                foreach (DataFrameColumn column in Columns)
                    column.AddDataViewColumn(builder);
                _schema = builder.ToSchema();
            }
            return _schema;
        }
    }

    long? IDataView.GetRowCount() => Rows.Count;

    DataViewRowCursor IDataView.GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random rand) =>
        new RowCursor(this, columnsNeeded);

    DataViewRowCursor[] IDataView.GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random rand) =>
        [new RowCursor(this, columnsNeeded)];

    private void ForgetSchema() => _schema = null;

    private sealed class RowCursor : DataViewRowCursor
    {
        private readonly DataFrame _table;
        private readonly Dictionary<int, Delegate> _getters = [];
        private bool _disposed;
        private long _position = -1;

        public RowCursor(DataFrame table, IEnumerable<DataViewSchema.Column> columns)
        {
            _table = table;
            Schema = ((IDataView)table).Schema;
            foreach (DataViewSchema.Column column in columns)
                _getters[column.Index] = table.Columns[column.Index].GetDataViewGetter(this);
        }

        public override long Position => _position;

        public override long Batch => 0;

        public override DataViewSchema Schema { get; }

        public override bool IsColumnActive(DataViewSchema.Column column) => _getters.ContainsKey(column.Index);

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) =>
            _getters.TryGetValue(column.Index, out Delegate getter)
                ? (ValueGetter<TValue>)getter
                : throw new ArgumentOutOfRangeException(nameof(column));

        public override ValueGetter<DataViewRowId> GetIdGetter() =>
            (ref DataViewRowId value) => value = new DataViewRowId((ulong)_position, 0);

        public override bool MoveNext() => !_disposed && ++_position < _table.Rows.Count;

        protected override void Dispose(bool disposing)
        {
            _disposed = true;
            _position = -1;
            base.Dispose(disposing);
        }
    }
}
