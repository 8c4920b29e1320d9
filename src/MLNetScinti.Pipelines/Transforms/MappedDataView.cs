using MLNetScinti.Imaging;
using Microsoft.ML;

namespace MLNetScinti.Pipelines.Transforms;

/// <summary>
/// A view with a transformer's columns added, lazily. It remembers its source and its transformer, so that a trainer at the
/// end of a chain can apply the same steps to the validation set and write them into the fused model.
/// </summary>
[TypeFormatterSource(typeof(IDataView))]
internal sealed class MappedDataView(IDataView source, ITransformer transformer, MappedSchema schema) : IDataView
{
    public IDataView Source => source;

    public ITransformer Transformer => transformer;

    public DataViewSchema Schema => schema.OutputSchema;

    public bool CanShuffle => source.CanShuffle;

    public long? GetRowCount() => source.GetRowCount();

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
    {
        DataViewSchema.Column[] active = [.. columnsNeeded];
        return new MappedCursor(schema, source.GetRowCursor(schema.GetDependencies(active), rand), active);
    }

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null)
    {
        DataViewSchema.Column[] active = [.. columnsNeeded];
        return [.. source.GetRowCursorSet(schema.GetDependencies(active), n, rand).Select(cursor => new MappedCursor(schema, cursor, active))];
    }
}
