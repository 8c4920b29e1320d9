using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLNetScinti.Pipelines.Transforms;

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
