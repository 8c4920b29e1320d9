namespace Microsoft.ML.Data;

/// <summary>A row with the mapper's columns added to those of the row it is made from.</summary>
internal sealed class MappedRow : DataViewRow
{
    private readonly DataViewRow _input;
    private readonly ColumnBindings _bindings;
    private readonly bool[] _active;
    private readonly Delegate[] _getters;
    private readonly IDisposable _owned;

    public MappedRow(DataViewRow input, RowMapper mapper, bool[] active)
    {
        _input = input;
        _bindings = mapper.Bindings;
        _active = active;
        _getters = mapper.CreateGetters(input, ActiveOutputs(mapper, active), out _owned);
    }

    public override long Position => _input.Position;

    public override long Batch => _input.Batch;

    public override DataViewSchema Schema => _bindings.Schema;

    public override ValueGetter<DataViewRowId> GetIdGetter() => _input.GetIdGetter();

    public override bool IsColumnActive(DataViewSchema.Column column)
    {
        Guard.Argument(column.Index < _active.Length, nameof(column));
        return _active[column.Index];
    }

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
    {
        Guard.Argument(IsColumnActive(column), nameof(column), "requested column not active");
        (bool isSource, int index) = _bindings.OriginOf(column.Index);
        return isSource
            ? _input.GetGetter<TValue>(_bindings.Source[index])
            : _getters[index] as ValueGetter<TValue> ?? throw ViewExtensions.WrongGetter<TValue>(_bindings.Schema[column.Index]);
    }

    internal static bool[] ActiveOutputs(RowMapper mapper, bool[] active)
    {
        bool[] outputs = new bool[mapper.OutputCount];
        for (int i = 0; i < active.Length; i++)
        {
            (bool isSource, int index) = mapper.Bindings.OriginOf(i);
            if (active[i] && !isSource)
            {
                outputs[index] = true;
            }
        }

        return outputs;
    }

    /// <summary>The columns of the source that are needed for these columns of the result.</summary>
    internal static IEnumerable<DataViewSchema.Column> Needed(RowMapper mapper, bool[] active)
    {
        bool[] needed = new bool[mapper.InputSchema.Count];
        for (int i = 0; i < active.Length; i++)
        {
            (bool isSource, int index) = mapper.Bindings.OriginOf(i);
            if (active[i] && isSource)
            {
                needed[index] = true;
            }
        }

        foreach (int index in mapper.DependenciesOf(ActiveOutputs(mapper, active)))
        {
            needed[index] = true;
        }

        return mapper.InputSchema.Where(column => needed[column.Index]);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _owned?.Dispose();
            _input.Dispose();
        }
    }
}
