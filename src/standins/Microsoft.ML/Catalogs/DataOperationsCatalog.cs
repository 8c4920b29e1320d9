using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms;

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
        return new EnumerableView<TRow>(Environment, data, SchemaDefinition.Of(typeof(TRow), schema));
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

    public IDataView FilterRowsByColumn(IDataView input, string columnName, double lowerBound = double.NegativeInfinity, double upperBound = double.PositiveInfinity)
    {
        Guard.NotNull(input, nameof(input));
        Guard.NotEmpty(columnName, nameof(columnName));
        Guard.Argument(lowerBound < upperBound, nameof(upperBound), "Must be less than lowerBound");
        DataViewSchema.Column column = input.Schema[columnName];
        if (column.Type is not NumberDataViewType)
        {
            throw Guard.SchemaMismatch(nameof(columnName), "filter", columnName, "number", column.Type.ToString());
        }

        return new FilterView(Environment, input, new RangeFilter(column, lowerBound, upperBound));
    }

    public IDataView FilterRowsByKeyColumnFraction(IDataView input, string columnName, double lowerBound = 0, double upperBound = 1)
    {
        Guard.NotNull(input, nameof(input));
        Guard.NotEmpty(columnName, nameof(columnName));
        Guard.Argument(lowerBound is >= 0 and <= 1, nameof(lowerBound), "Must be in [0, 1]");
        Guard.Argument(upperBound is > 0 and <= 2, nameof(upperBound), "Must be in (0, 2]");
        Guard.Argument(lowerBound <= upperBound, nameof(upperBound), "Must be no less than lowerBound");
        DataViewSchema.Column column = input.Schema[columnName];
        if (column.Type is not KeyDataViewType)
        {
            throw Guard.SchemaMismatch(nameof(columnName), "filter", columnName, "key", column.Type.ToString());
        }

        return new FilterView(Environment, input, new RangeFilter(column, lowerBound, upperBound));
    }

    public IDataView TakeRows(IDataView input, long count)
    {
        Guard.NotNull(input, nameof(input));
        Guard.Argument(count > 0, nameof(count), "Must be greater than zero.");
        return new SkipTakeView(Environment, input, 0, count);
    }

    public IDataView SkipRows(IDataView input, long count)
    {
        Guard.NotNull(input, nameof(input));
        Guard.Argument(count > 0, nameof(count), "Must be greater than zero.");
        return new SkipTakeView(Environment, input, count, long.MaxValue);
    }
}
