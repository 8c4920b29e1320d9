namespace Microsoft.ML.Data;

/// <summary>Computes new columns of a row from columns of a given schema. What a transformer makes for each schema it meets.</summary>
internal abstract class RowMapper(DataViewSchema inputSchema)
{
    private ColumnBindings _bindings;

    public DataViewSchema InputSchema { get; } = inputSchema;

    public ColumnBindings Bindings => _bindings ??= new ColumnBindings(InputSchema, CreateOutputs());

    protected abstract DataViewSchema.DetachedColumn[] CreateOutputs();

    /// <summary>Indices of the input columns that the active outputs are made of.</summary>
    public abstract IEnumerable<int> DependenciesOf(bool[] activeOutputs);

    /// <summary>A <c>ValueGetter</c> for each active output over one row or cursor; null for the others.</summary>
    public abstract Delegate[] CreateGetters(DataViewRow input, bool[] activeOutputs);

    /// <summary>As <see cref="CreateGetters(DataViewRow, bool[])"/>, with what has to be disposed when the row is.</summary>
    public virtual Delegate[] CreateGetters(DataViewRow input, bool[] activeOutputs, out IDisposable owned)
    {
        owned = null;
        return CreateGetters(input, activeOutputs);
    }

    public int OutputCount => Bindings.Schema.Count - InputSchema.Count;
}
