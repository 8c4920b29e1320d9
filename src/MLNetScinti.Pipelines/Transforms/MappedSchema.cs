using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLNetScinti.Pipelines.Transforms;

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
