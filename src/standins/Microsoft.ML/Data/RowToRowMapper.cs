namespace Microsoft.ML.Data;

/// <summary>The public face of a <see cref="RowMapper"/>.</summary>
internal sealed class RowToRowMapper(RowMapper mapper) : IRowToRowMapper
{
    public DataViewSchema InputSchema => mapper.InputSchema;

    public DataViewSchema OutputSchema => mapper.Bindings.Schema;

    public IEnumerable<DataViewSchema.Column> GetDependencies(IEnumerable<DataViewSchema.Column> dependingColumns) =>
        MappedRow.Needed(mapper, dependingColumns.ActiveIn(OutputSchema, nameof(dependingColumns)));

    public DataViewRow GetRow(DataViewRow input, IEnumerable<DataViewSchema.Column> activeColumns)
    {
        Guard.NotNull(input, nameof(input));
        return new MappedRow(input, mapper, activeColumns.ActiveIn(OutputSchema, nameof(activeColumns)));
    }
}
