using Microsoft.ML;
using Microsoft.ML.Data;
using MLNetScinti.Imaging;

namespace MLNetScinti.Pipelines.Transforms;

/// <summary>
/// What a row-to-row transformer does, apart from ML.NET's plumbing: which columns it reads, which it adds, and how.
/// </summary>
internal interface IRowMapping
{
    /// <summary>The names of the columns that are read.</summary>
    IReadOnlyList<string> Inputs { get; }

    /// <summary>The columns that are added to a schema. Throws where an input is missing or of another type.</summary>
    IReadOnlyList<DataViewSchema.DetachedColumn> OutputsFor(DataViewSchema input);

    /// <summary>Makes the getters (each a <see cref="ValueGetter{TValue}"/>) of the added columns over a row, in their order.</summary>
    IReadOnlyList<Delegate> MakeGetters(DataViewRow row);
}

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
        return BatchedCursor.Over(schema, schema.Mapping, source.GetRowCursor(schema.GetDependencies(active), rand), active);
    }

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null)
    {
        DataViewSchema.Column[] active = [.. columnsNeeded];
        return [.. source.GetRowCursorSet(schema.GetDependencies(active), n, rand).Select(cursor => BatchedCursor.Over(schema, schema.Mapping, cursor, active))];
    }
}

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

/// <summary>A schema with a mapping's columns behind it, and the way back to the input's columns.</summary>
internal sealed class MappedSchema : IRowToRowMapper
{
    private readonly IRowMapping _mapping;

    public MappedSchema(IRowMapping mapping, DataViewSchema input)
    {
        _mapping = mapping;
        InputSchema = input;
        DataViewSchema.Builder builder = new();
        builder.AddColumns(input);
        foreach (DataViewSchema.DetachedColumn column in mapping.OutputsFor(input))
        {
            builder.AddColumn(column.Name, column.Type, column.Annotations);
        }

        OutputSchema = builder.ToSchema();
    }

    public IRowMapping Mapping => _mapping;

    public DataViewSchema InputSchema { get; }

    public DataViewSchema OutputSchema { get; }

    public bool IsAdded(DataViewSchema.Column column) => column.Index >= InputSchema.Count;

    /// <summary>The input's columns that are needed for some of the output's.</summary>
    public IEnumerable<DataViewSchema.Column> GetDependencies(IEnumerable<DataViewSchema.Column> dependingColumns)
    {
        HashSet<int> needed = [];
        foreach (DataViewSchema.Column column in dependingColumns)
        {
            if (IsAdded(column))
            {
                needed.UnionWith(_mapping.Inputs.Select(name => InputSchema[name].Index));
            }
            else
            {
                needed.Add(column.Index);
            }
        }

        return needed.Order().Select(index => InputSchema[index]);
    }

    public DataViewRow GetRow(DataViewRow input, IEnumerable<DataViewSchema.Column> activeColumns) =>
        new MappedRow(this, input, activeColumns);

    /// <summary>The getters of the added columns, made when the first of them is asked for.</summary>
    public IReadOnlyList<Delegate> MakeGetters(DataViewRow row) => _mapping.MakeGetters(row);

    private sealed class MappedRow : DataViewRow
    {
        private readonly MappedSchema _schema;
        private readonly DataViewRow _input;
        private readonly HashSet<int> _active;
        private IReadOnlyList<Delegate>? _getters;

        public MappedRow(MappedSchema schema, DataViewRow input, IEnumerable<DataViewSchema.Column> activeColumns)
        {
            _schema = schema;
            _input = input;
            _active = [.. activeColumns.Select(column => column.Index)];
        }

        public override DataViewSchema Schema => _schema.OutputSchema;

        public override long Position => _input.Position;

        public override long Batch => _input.Batch;

        public override ValueGetter<DataViewRowId> GetIdGetter() => _input.GetIdGetter();

        public override bool IsColumnActive(DataViewSchema.Column column) => _active.Contains(column.Index);

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) =>
            MappedCursor.Getter<TValue>(_schema, _input, IsColumnActive(column), column, ref _getters);

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                _input.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}

/// <summary>
/// A transformer that adds columns to each row by itself: what it reads, what it adds and how is said here, ML.NET's plumbing is
/// common. A system derives its own steps from it.
/// </summary>
public abstract class RowTransformer : ITransformer, IRowMapping
{
    /// <inheritdoc/>
    public bool IsRowToRowMapper => true;

    IReadOnlyList<string> IRowMapping.Inputs => InputColumns;

    /// <summary>The names of the columns that are read.</summary>
    protected abstract IReadOnlyList<string> InputColumns { get; }

    /// <inheritdoc/>
    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => new MappedSchema(this, inputSchema).OutputSchema;

    /// <inheritdoc/>
    public IRowToRowMapper GetRowToRowMapper(DataViewSchema inputSchema) => new MappedSchema(this, inputSchema);

    /// <inheritdoc/>
    public IDataView Transform(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return new MappedDataView(input, this, new MappedSchema(this, input.Schema));
    }

    void ICanSaveModel.Save(ModelSaveContext ctx) => Save(ctx);

    IReadOnlyList<DataViewSchema.DetachedColumn> IRowMapping.OutputsFor(DataViewSchema input) => OutputColumns(input);

    IReadOnlyList<Delegate> IRowMapping.MakeGetters(DataViewRow row) => MakeGetters(row);

    /// <summary>The columns that are added to a schema.</summary>
    /// <exception cref="ColumnException">An input is missing or of another type.</exception>
    protected abstract IReadOnlyList<DataViewSchema.DetachedColumn> OutputColumns(DataViewSchema input);

    /// <summary>Makes the getters (each a <see cref="ValueGetter{TValue}"/>) of the added columns over a row, in their order.</summary>
    protected abstract IReadOnlyList<Delegate> MakeGetters(DataViewRow row);

    /// <summary>Saves what the step becomes as a stock part of ML.NET. Called by <c>Model.Save</c>.</summary>
    protected abstract void Save(ModelSaveContext context);
}
