using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLNetScinti.Pipelines.Transforms;

/// <summary>A cursor over another one, with a mapping's columns added.</summary>
internal sealed class MappedCursor(MappedSchema schema, DataViewRowCursor input, IEnumerable<DataViewSchema.Column> activeColumns) : DataViewRowCursor
{
    private readonly HashSet<int> _active = [.. activeColumns.Select(column => column.Index)];
    private IReadOnlyList<Delegate>? _getters;

    public override DataViewSchema Schema => schema.OutputSchema;

    public override long Position => input.Position;

    public override long Batch => input.Batch;

    public override ValueGetter<DataViewRowId> GetIdGetter() => input.GetIdGetter();

    public override bool IsColumnActive(DataViewSchema.Column column) => _active.Contains(column.Index);

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) =>
        Getter<TValue>(schema, input, IsColumnActive(column), column, ref _getters);

    public override bool MoveNext() => input.MoveNext();

    internal static ValueGetter<TValue> Getter<TValue>(
        MappedSchema schema, DataViewRow input, bool isActive, DataViewSchema.Column column, ref IReadOnlyList<Delegate>? getters)
    {
        if (!isActive)
        {
            throw new InvalidOperationException($"The column '{column.Name}' was not asked for when this cursor was made.");
        }

        if (!schema.IsAdded(column))
        {
            return input.GetGetter<TValue>(schema.InputSchema[column.Index]);
        }

        getters ??= schema.MakeGetters(input);
        return getters[column.Index - schema.InputSchema.Count] as ValueGetter<TValue>
            ?? throw new InvalidOperationException($"The column '{column.Name}' holds {column.Type}, not {typeof(TValue)}.");
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            input.Dispose();
        }

        base.Dispose(disposing);
    }
}
