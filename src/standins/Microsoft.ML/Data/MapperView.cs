namespace Microsoft.ML.Data;

internal sealed class MapperView(IDataView source, RowMapper mapper) : LinkedView(source)
{
    public override DataViewSchema Schema => mapper.Bindings.Schema;

    protected override IEnumerable<DataViewSchema.Column> Needed(bool[] active) => MappedRow.Needed(mapper, active);

    protected override DataViewRowCursor Link(DataViewRowCursor source, bool[] active)
    {
        try
        {
            return new WrappedCursor(source, new MappedRow(source, mapper, active));
        }
        catch
        {
            source.Dispose();
            throw;
        }
    }
}
