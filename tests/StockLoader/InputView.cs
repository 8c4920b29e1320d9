using Microsoft.ML;
using Microsoft.ML.Data;

namespace StockLoader;

/// <summary>The rows of an input file as columns whose shapes are known only when the program runs.</summary>
internal sealed class InputView : IDataView
{
    private readonly int[] _lengths;
    private readonly float[][] _rows;

    public InputView(string path)
    {
        using BinaryReader reader = new(File.OpenRead(path));
        DataViewSchema.Builder schema = new();
        _lengths = new int[reader.ReadInt32()];
        for (int i = 0; i < _lengths.Length; i++)
        {
            string name = reader.ReadString();
            int[] extents = new int[reader.ReadInt32()];
            for (int axis = 0; axis < extents.Length; axis++)
            {
                extents[axis] = reader.ReadInt32();
            }

            _lengths[i] = extents.Aggregate(1, (product, extent) => product * extent);
            schema.AddColumn(name, extents.Length == 0 ? NumberDataViewType.Single : new VectorDataViewType(NumberDataViewType.Single, extents));
        }

        Schema = schema.ToSchema();
        _rows = new float[reader.ReadInt32()][];
        for (int row = 0; row < _rows.Length; row++)
        {
            _rows[row] = new float[_lengths.Sum()];
            for (int i = 0; i < _rows[row].Length; i++)
            {
                _rows[row][i] = reader.ReadSingle();
            }
        }
    }

    public bool CanShuffle => false;

    public DataViewSchema Schema { get; }

    public long? GetRowCount() => _rows.Length;

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null) =>
        new Cursor(this, [.. columnsNeeded.Select(column => column.Index)]);

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) => [GetRowCursor(columnsNeeded, rand)];

    private sealed class Cursor(InputView view, HashSet<int> active) : DataViewRowCursor
    {
        private long _position = -1;

        public override DataViewSchema Schema => view.Schema;

        public override long Position => _position;

        public override long Batch => 0;

        public override bool IsColumnActive(DataViewSchema.Column column) => active.Contains(column.Index);

        public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId id) => id = new DataViewRowId((ulong)_position, 0);

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
        {
            int start = view._lengths.Take(column.Index).Sum(), length = view._lengths[column.Index];
            Delegate getter = column.Type is VectorDataViewType
                ? (ValueGetter<VBuffer<float>>)((ref VBuffer<float> vector) =>
                {
                    VBufferEditor<float> editor = VBufferEditor.Create(ref vector, length);
                    view._rows[_position].AsSpan(start, length).CopyTo(editor.Values);
                    vector = editor.Commit();
                })
                : (ValueGetter<float>)((ref float value) => value = view._rows[_position][start]);
            return (ValueGetter<TValue>)getter;
        }

        public override bool MoveNext()
        {
            _position = _position + 1 < view._rows.Length ? _position + 1 : -1;
            return _position >= 0;
        }
    }
}
