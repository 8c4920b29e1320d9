using Microsoft.ML.Data;

namespace Microsoft.ML.Transforms;

internal sealed class SelectionMapper(ColumnSelection selection) : IRowToRowMapper
{
    public DataViewSchema InputSchema => selection.Source;

    public DataViewSchema OutputSchema => selection.Schema;

    public IEnumerable<DataViewSchema.Column> GetDependencies(IEnumerable<DataViewSchema.Column> dependingColumns) =>
        selection.Needed(dependingColumns.ActiveIn(OutputSchema, nameof(dependingColumns)));

    public DataViewRow GetRow(DataViewRow input, IEnumerable<DataViewSchema.Column> activeColumns) =>
        new SelectedRow(Guard.NotNull(input, nameof(input)), selection, activeColumns.ActiveIn(OutputSchema, nameof(activeColumns)));
}
