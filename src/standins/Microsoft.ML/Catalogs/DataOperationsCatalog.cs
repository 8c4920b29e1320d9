using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML;

public sealed partial class DataOperationsCatalog
{
    internal DataOperationsCatalog(IHostEnvironment environment) => Environment = environment;

    internal IHostEnvironment Environment { get; }

    public IDataView LoadFromEnumerable<TRow>(IEnumerable<TRow> data, SchemaDefinition schemaDefinition = null)
        where TRow : class =>
        new EnumerableView<TRow>(Environment, Guard.NotNull(data, nameof(data)), schemaDefinition);

    /// <summary>The sizes of vectors and the annotations come from the schema.</summary>
    public IDataView LoadFromEnumerable<TRow>(IEnumerable<TRow> data, DataViewSchema schema)
        where TRow : class
    {
        Guard.NotNull(data, nameof(data));
        Guard.NotNull(schema, nameof(schema));
        SchemaDefinition definition = SchemaDefinition.Create(typeof(TRow), SchemaDefinition.Direction.Read);
        foreach (SchemaDefinition.Column column in definition)
        {
            if (schema.GetColumnOrNull(column.ColumnName) is { } given)
            {
                column.ColumnType = given.Type;
                column.Copied = given.Annotations;
            }
        }

        return new EnumerableView<TRow>(Environment, data, definition);
    }

    public IEnumerable<TRow> CreateEnumerable<TRow>(IDataView data, bool reuseRowObject, bool ignoreMissingColumns = false, SchemaDefinition schemaDefinition = null)
        where TRow : class, new()
    {
        Guard.NotNull(data, nameof(data));
        return new RowEnumerable<TRow>(data, reuseRowObject, ignoreMissingColumns, schemaDefinition);
    }

    public IDataView Cache(IDataView input, params string[] columnsToPrefetch)
    {
        Guard.NotNull(input, nameof(input));
        int[] prefetch = [.. (columnsToPrefetch ?? []).Select(name => input.Schema.Input(name, "prefetch", nameof(columnsToPrefetch)).Index)];
        return new CacheDataView(Environment, input, prefetch);
    }
}
