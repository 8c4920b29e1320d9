using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>A cursor that is no other cursor's: it counts its rows itself.</summary>
internal abstract class RootCursor : DataViewRowCursor
{
    public const string NotNow = "Values cannot be fetched at this time. This method was called either before the first call to MoveNext, or at any point after that method returned false.";

    private readonly IChannel _channel;
    private readonly bool[] _active;
    private long _position = -1;
    private bool _ended;

    protected RootCursor(IChannelProvider environment, DataViewSchema schema, bool[] active)
    {
        _channel = environment.Start("Cursor");
        Schema = schema;
        _active = active;
    }

    public sealed override long Position => _position;

    public override long Batch => 0;

    public override DataViewSchema Schema { get; }

    public sealed override bool MoveNext()
    {
        if (_ended)
        {
            return false;
        }

        if (MoveNextCore())
        {
            _position++;
            return true;
        }

        Dispose();
        return false;
    }

    public override bool IsColumnActive(DataViewSchema.Column column)
    {
        Guard.State(column.Index >= 0 && column.Index < _active.Length, $"Column index must be between 0 and {_active.Length}");
        return _active[column.Index];
    }

    public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId value) =>
    {
        Guard.State(_position >= 0, NotNow);
        value = new DataViewRowId((ulong)_position, 0);
    };

    protected abstract bool MoveNextCore();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _ended = true;
            _position = -1;
            _channel.Dispose();
        }
    }
}
