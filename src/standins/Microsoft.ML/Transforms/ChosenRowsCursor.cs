using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Transforms;

/// <summary>Moves another cursor from one chosen row to the next; the rows keep their ids and are counted anew.</summary>
internal sealed class ChosenRowsCursor : RootCursor
{
    private readonly DataViewRowCursor _source;
    private readonly Func<bool> _next;

    public ChosenRowsCursor(IHost host, DataViewRowCursor source, bool[] active, Func<DataViewRowCursor, Func<bool>> next)
        : base(host, source.Schema, active)
    {
        _source = source;
        _next = next(source);
    }

    public override long Batch => _source.Batch;

    public override ValueGetter<DataViewRowId> GetIdGetter() => _source.GetIdGetter();

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
    {
        Guard.Argument(IsColumnActive(column), nameof(column), "requested column not active");
        return _source.GetGetter<TValue>(column);
    }

    protected override bool MoveNextCore() => _next();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _source.Dispose();
        }

        base.Dispose(disposing);
    }
}
