using Microsoft.ML.Data;

namespace Microsoft.ML.Transforms;

/// <summary>Each new column is made of one column.</summary>
internal abstract class OneToOneMapper : RowMapper
{
    private readonly (string Output, string Input)[] _columns;
    private readonly DataViewSchema.Column[] _inputs;

    protected OneToOneMapper(DataViewSchema schema, (string Output, string Input)[] columns)
        : base(schema)
    {
        _columns = columns;
        _inputs = [.. columns.Select(column => schema.Input(column.Input))];
    }

    public override IEnumerable<int> DependenciesOf(bool[] activeOutputs) => _inputs.Where((_, i) => activeOutputs[i]).Select(column => column.Index);

    public override Delegate[] CreateGetters(DataViewRow input, bool[] activeOutputs) =>
        [.. _inputs.Select((column, i) => activeOutputs[i] ? CreateGetter(input, column, i) : null)];

    protected override DataViewSchema.DetachedColumn[] CreateOutputs() => [.. _inputs.Select((column, i) => Output(_columns[i].Output, column, i))];

    protected abstract DataViewSchema.DetachedColumn Output(string name, DataViewSchema.Column input, int index);

    protected abstract Delegate CreateGetter(DataViewRow row, DataViewSchema.Column input, int index);
}
