using Microsoft.ML.Data;

namespace Microsoft.ML.Transforms;

internal sealed class SelectedRow(DataViewRow input, ColumnSelection selection, bool[] active) : DataViewRow
{
    public override long Position => input.Position;

    public override long Batch => input.Batch;

    public override DataViewSchema Schema => selection.Schema;

    public override ValueGetter<DataViewRowId> GetIdGetter() => input.GetIdGetter();

    public override bool IsColumnActive(DataViewSchema.Column column)
    {
        Guard.Argument(column.Index < active.Length, nameof(column));
        return active[column.Index];
    }

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
    {
        Guard.Argument(IsColumnActive(column), nameof(column), "requested column not active");
        return input.GetGetter<TValue>(selection.SourceOf(column.Index));
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            input.Dispose();
        }
    }
}
