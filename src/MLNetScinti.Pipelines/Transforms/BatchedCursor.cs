using System.Runtime.ExceptionServices;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLNetScinti.Pipelines.Transforms;

/// <summary>A step that answers several rows at once for less than one after the other.</summary>
internal interface IBatchMapping : IRowMapping
{
    /// <summary>Rows that are best answered together; 1 where that gains nothing.</summary>
    int RowsAtOnce { get; }

    /// <summary>Begins to take rows of an input.</summary>
    IRowBatch Begin(DataViewRow input);
}

/// <summary>A few rows that are answered together. Disposing it gives its memory to the next one.</summary>
internal interface IRowBatch : IDisposable
{
    /// <summary>Takes what the step reads of the row that the input stands on.</summary>
    void Take(int place);

    /// <summary>Makes the getters of the added columns for the row at a place; the first that is called answers all rows taken.</summary>
    /// <param name="place">Where the reader is.</param>
    /// <param name="count">How many rows were taken.</param>
    IReadOnlyList<Delegate> MakeGetters(Func<int> place, Func<int> count);
}

/// <summary>
/// A cursor that reads a few rows ahead, so that its step answers them together. What else is read of these rows is kept until
/// the reader comes to them: that pays for numbers and texts, not for images.
/// </summary>
internal sealed class BatchedCursor : DataViewRowCursor
{
    // A vector as long as this is quicker read where it stands than kept.
    private const int LongestKept = 4096;

    private readonly MappedSchema _schema;
    private readonly DataViewRowCursor _input;
    private readonly HashSet<int> _active;
    private readonly IRowBatch _batch;
    private readonly Dictionary<int, KeptColumn> _kept = [];
    private readonly ValueGetter<DataViewRowId> _id;
    private readonly (long Position, long Batch, DataViewRowId Id)[] _rows;
    private IReadOnlyList<Delegate>? _getters;
    private ExceptionDispatchInfo? _problem;
    private int _count;
    private int _place = -1;
    private bool _ended;

    private BatchedCursor(MappedSchema schema, IBatchMapping mapping, DataViewRowCursor input, DataViewSchema.Column[] active)
    {
        _schema = schema;
        _input = input;
        _active = [.. active.Select(column => column.Index)];
        _rows = new (long, long, DataViewRowId)[mapping.RowsAtOnce];
        _batch = mapping.Begin(input);
        _id = input.GetIdGetter();
        foreach (DataViewSchema.Column column in active.Where(column => !schema.IsAdded(column)).DistinctBy(column => column.Index))
        {
            _kept.Add(column.Index, KeptColumn.Of(input, schema.InputSchema[column.Index], _rows.Length));
        }
    }

    public override DataViewSchema Schema => _schema.OutputSchema;

    public override long Position => _place < 0 ? -1 : _rows[_place].Position;

    public override long Batch => _place < 0 ? _input.Batch : _rows[_place].Batch;

    /// <summary>A cursor over an input with a step's columns: one that reads ahead where that pays.</summary>
    public static DataViewRowCursor Over(MappedSchema schema, IRowMapping mapping, DataViewRowCursor input, DataViewSchema.Column[] active) =>
        mapping is IBatchMapping { RowsAtOnce: > 1 } batches && active.Any(schema.IsAdded)
            && active.All(column => schema.IsAdded(column) || column.Type is not VectorDataViewType || column.Type is VectorDataViewType { Size: > 0 and <= LongestKept })
            ? new BatchedCursor(schema, batches, input, active)
            : new MappedCursor(schema, input, active);

    public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId id) => id = _rows[Here()].Id;

    public override bool IsColumnActive(DataViewSchema.Column column) => _active.Contains(column.Index);

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
    {
        if (!IsColumnActive(column))
        {
            throw new InvalidOperationException($"The column '{column.Name}' was not asked for when this cursor was made.");
        }

        Delegate getter = _schema.IsAdded(column)
            ? (_getters ??= _batch.MakeGetters(Here, () => _count))[column.Index - _schema.InputSchema.Count]
            : _kept[column.Index].MakeGetter(Here);
        return getter as ValueGetter<TValue>
            ?? throw new InvalidOperationException($"The column '{column.Name}' holds {column.Type}, not {typeof(TValue)}.");
    }

    public override bool MoveNext()
    {
        if (_place + 1 < _count)
        {
            _place++;
            return true;
        }

        // What went wrong with a row goes wrong when the reader comes to it.
        _problem?.Throw();
        _count = 0;
        while (!_ended && _count < _rows.Length && _problem is null)
        {
            try
            {
                if (_input.MoveNext())
                {
                    Keep(_count);
                    _count++;
                }
                else
                {
                    _ended = true;
                }
            }
            catch (Exception problem) when (_count > 0)
            {
                _problem = ExceptionDispatchInfo.Capture(problem);
            }
        }

        _place = _count > 0 ? 0 : -1;
        return _count > 0;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _batch.Dispose();
            _input.Dispose();
        }

        base.Dispose(disposing);
    }

    private void Keep(int place)
    {
        _batch.Take(place);
        foreach (KeptColumn column in _kept.Values)
        {
            column.Keep(place);
        }

        DataViewRowId id = default;
        _id(ref id);
        _rows[place] = (_input.Position, _input.Batch, id);
    }

    private int Here() => _place >= 0 ? _place : throw new InvalidOperationException("The cursor is not on a row: call MoveNext first.");

    /// <summary>A column's values in the rows that were read ahead.</summary>
    private abstract class KeptColumn
    {
        public static KeptColumn Of(DataViewRow input, DataViewSchema.Column column, int rows)
        {
            Type kept = column.Type is VectorDataViewType vector ? typeof(KeptVector<>).MakeGenericType(vector.ItemType.RawType) : typeof(KeptValue<>).MakeGenericType(column.Type.RawType);
            return (KeptColumn)Activator.CreateInstance(kept, input, column, rows)!;
        }

        public abstract void Keep(int place);

        public abstract Delegate MakeGetter(Func<int> place);
    }

    private sealed class KeptValue<T>(DataViewRow input, DataViewSchema.Column column, int rows) : KeptColumn
    {
        private readonly ValueGetter<T> _read = input.GetGetter<T>(column);
        private readonly T[] _values = new T[rows];

        public override void Keep(int place) => _read(ref _values[place]);

        public override Delegate MakeGetter(Func<int> place) => (ValueGetter<T>)((ref T value) => value = _values[place()]);
    }

    private sealed class KeptVector<T>(DataViewRow input, DataViewSchema.Column column, int rows) : KeptColumn
    {
        private readonly ValueGetter<VBuffer<T>> _read = input.GetGetter<VBuffer<T>>(column);
        private readonly VBuffer<T>[] _values = new VBuffer<T>[rows];

        public override void Keep(int place) => _read(ref _values[place]);

        public override Delegate MakeGetter(Func<int> place) => (ValueGetter<VBuffer<T>>)((ref VBuffer<T> value) => _values[place()].CopyTo(ref value));
    }
}
