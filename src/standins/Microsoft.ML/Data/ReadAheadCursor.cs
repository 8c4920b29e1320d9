namespace Microsoft.ML.Data;

/// <summary>
/// What stands between the mappers and whoever reads them. ML.NET spreads the mapping over threads there, with two effects that can be seen:
/// rows are read ahead, and an exception arrives wrapped. Rows of small values are read ahead here too; with a column of large or unknown size
/// (an image) each value is fetched when it is asked for, straight into the buffer of whoever asks, so that memory stays at one row.
/// </summary>
internal sealed class ReadAheadCursor : KeptRowCursor
{
    private const int RowsAhead = 256;
    private const int LargestItemCount = 4096;

    private readonly DataViewRowCursor _source;
    private readonly Queue<RowSlots> _ready = new();
    private readonly Stack<RowSlots> _spent = new();
    private readonly Delegate[] _getters;
    private readonly ValueGetter<DataViewRowId> _id;
    private readonly bool _direct;
    private Exception _error;
    private bool _ended;
    private bool _disposed;

    public ReadAheadCursor(DataViewRowCursor source, bool[] active)
        : base(source.Schema, active)
    {
        _source = source;
        _direct = source.Schema.Any(column => active[column.Index] && !IsSmall(column.Type));
        if (!_direct)
        {
            try
            {
                _getters = RowSlots.Getters(source, active);
                _id = source.GetIdGetter();
            }
#pragma warning disable CA1031 // It belongs to whoever reads the first row.
            catch (Exception error)
#pragma warning restore CA1031
            {
                _error = error;
            }
        }
    }

    public override long Position => _direct ? _source.Position : Current?.Position ?? -1;

    public override long Batch => 0;

    public override bool MoveNext()
    {
        if (_disposed)
        {
            return false;
        }

        if (_direct)
        {
            try
            {
                return _source.MoveNext();
            }
            catch (Exception error)
            {
                throw ConsumptionError.Of(error);
            }
        }

        if (Current is not null)
        {
            _spent.Push(Current);
            Current = null;
        }

        if (_ready.Count == 0)
        {
            ReadAhead();
        }

        if (_ready.Count > 0)
        {
            Current = _ready.Dequeue();
            return true;
        }

        return _error is null ? false : throw ConsumptionError.Of(_error);
    }

    public override ValueGetter<DataViewRowId> GetIdGetter() => _direct ? _source.GetIdGetter() : base.GetIdGetter();

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
    {
        if (!_direct)
        {
            return base.GetGetter<TValue>(column);
        }

        Guard.Argument(IsColumnActive(column), nameof(column), "requested column not active");
        ValueGetter<TValue> getter = null;
        if (typeof(TValue) != column.Type.RawType)
        {
            throw ViewExtensions.WrongGetter<TValue>(column);
        }

        return (ref TValue value) =>
        {
            try
            {
                getter ??= _source.GetGetter<TValue>(column);
                getter(ref value);
            }
            catch (Exception error)
            {
                throw ConsumptionError.Of(error);
            }
        };
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _disposed = true;
            Current = null;
            _source.Dispose();
        }
    }

    private static bool IsSmall(DataViewType type) => type switch
    {
        VectorDataViewType vector => vector.IsKnownSize && vector.Size <= LargestItemCount,
        PrimitiveDataViewType => true,
        _ => false,
    };

    private void ReadAhead()
    {
        try
        {
            while (!_ended && _error is null && _ready.Count < RowsAhead)
            {
                if (!_source.MoveNext())
                {
                    _ended = true;
                    break;
                }

                RowSlots row = _spent.Count > 0 ? _spent.Pop() : new RowSlots(Schema, Active);
                row.Take(_source, _getters, _id);
                _ready.Enqueue(row);
            }
        }
#pragma warning disable CA1031 // The rows before it are still good.
        catch (Exception error)
#pragma warning restore CA1031
        {
            _error = error;
        }
    }
}
