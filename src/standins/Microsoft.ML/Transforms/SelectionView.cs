using Microsoft.ML.Data;

namespace Microsoft.ML.Transforms;

internal sealed class SelectionView(IDataView source, ColumnSelection selection) : LinkedView(source)
{
    public override DataViewSchema Schema => selection.Schema;

    protected override IEnumerable<DataViewSchema.Column> Needed(bool[] active) => selection.Needed(active);

    protected override DataViewRowCursor Link(DataViewRowCursor source, bool[] active) =>
        new WrappedCursor(source, new SelectedRow(source, selection, active));
}
