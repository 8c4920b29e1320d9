using Microsoft.ML.Data;

namespace Microsoft.ML.Transforms;

internal sealed class PredicateFilter<TSrc>(DataViewSchema schema, Func<TSrc, bool> drops) : IRowFilter
    where TSrc : class, new()
{
    private readonly RowWriter<TSrc> _source = new(schema, ignoreMissingColumns: false, null);

    public IEnumerable<DataViewSchema.Column> Needed => _source.Columns;

    public Func<bool> Over(DataViewRow row)
    {
        TSrc source = new();
        Action<TSrc> read = _source.Over(row);
        return () =>
        {
            read(source);
            return !drops(source);
        };
    }
}
