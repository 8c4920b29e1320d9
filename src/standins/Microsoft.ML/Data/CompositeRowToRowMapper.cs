namespace Microsoft.ML.Data;

/// <summary>Row mappers one behind the other.</summary>
internal sealed class CompositeRowToRowMapper(DataViewSchema inputSchema, IReadOnlyList<IRowToRowMapper> mappers) : IRowToRowMapper
{
    public DataViewSchema InputSchema => inputSchema;

    public DataViewSchema OutputSchema { get; } = mappers.Count == 0 ? inputSchema : mappers[^1].OutputSchema;

    public IEnumerable<DataViewSchema.Column> GetDependencies(IEnumerable<DataViewSchema.Column> dependingColumns)
    {
        IEnumerable<DataViewSchema.Column> needed = dependingColumns;
        foreach (IRowToRowMapper mapper in mappers.Reverse())
        {
            needed = mapper.GetDependencies(needed);
        }

        return needed;
    }

    public DataViewRow GetRow(DataViewRow input, IEnumerable<DataViewSchema.Column> activeColumns)
    {
        Guard.NotNull(input, nameof(input));
        IEnumerable<DataViewSchema.Column>[] needed = new IEnumerable<DataViewSchema.Column>[mappers.Count];
        IEnumerable<DataViewSchema.Column> current = [.. activeColumns];
        for (int i = mappers.Count - 1; i >= 0; i--)
        {
            needed[i] = current;
            current = [.. mappers[i].GetDependencies(current)];
        }

        DataViewRow row = input;
        for (int i = 0; i < mappers.Count; i++)
        {
            row = mappers[i].GetRow(row, needed[i]);
        }

        return row;
    }
}
