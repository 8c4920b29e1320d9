using System.Reflection;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Transforms;

public sealed class CustomMappingTransformer<TSrc, TDst> : ITransformer
    where TSrc : class, new()
    where TDst : class, new()
{
    private readonly Action<TSrc, TDst> _mapAction;
    private readonly string _contractName;
    private readonly string _contractAssembly;
    private readonly SchemaDefinition _inputDefinition;

    internal CustomMappingTransformer(
        IHostEnvironment environment,
        Action<TSrc, TDst> mapAction,
        string contractName,
        SchemaDefinition inputSchemaDefinition = null,
        SchemaDefinition outputSchemaDefinition = null)
    {
        _ = environment.Register(nameof(CustomMappingTransformer<TSrc, TDst>));
        _mapAction = Guard.NotNull(mapAction, nameof(mapAction));
        _contractName = contractName;
        _contractAssembly = mapAction.Method.DeclaringType?.Assembly.FullName;
        _inputDefinition = inputSchemaDefinition;
        Inputs = MemberBinding.Of(typeof(TSrc), SchemaDefinition.Direction.Write, inputSchemaDefinition);
        Outputs = MemberBinding.Of(typeof(TDst), SchemaDefinition.Direction.Read, outputSchemaDefinition);
    }

    bool ITransformer.IsRowToRowMapper => true;

    internal MemberBinding[] Inputs { get; }

    internal MemberBinding[] Outputs { get; }

    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => new Mapper(this, Guard.NotNull(inputSchema, nameof(inputSchema))).Bindings.Schema;

    public IDataView Transform(IDataView input) => new MapperView(Guard.NotNull(input, nameof(input)), new Mapper(this, input.Schema));

    IRowToRowMapper ITransformer.GetRowToRowMapper(DataViewSchema inputSchema) =>
        new RowToRowMapper(new Mapper(this, Guard.NotNull(inputSchema, nameof(inputSchema))));

    void ICanSaveModel.Save(ModelSaveContext ctx)
    {
        Guard.NotNull(ctx, nameof(ctx));
        Guard.State(_contractName is not null, "Empty contract name for a transform: the transform cannot be saved");
        ctx.Begin(CustomMappingFormat.Signature);
        ctx.Writer.Write(_contractName);
        ctx.Writer.Write(_contractAssembly ?? "");
    }

    private sealed class Mapper : RowMapper
    {
        private readonly CustomMappingTransformer<TSrc, TDst> _parent;
        private readonly RowWriter<TSrc> _source;

        public Mapper(CustomMappingTransformer<TSrc, TDst> parent, DataViewSchema schema)
            : base(schema)
        {
            _parent = parent;
            _source = new RowWriter<TSrc>(schema, ignoreMissingColumns: false, parent._inputDefinition);
        }

        public override IEnumerable<int> DependenciesOf(bool[] activeOutputs) =>
            activeOutputs.Contains(true) ? _source.Columns.Select(column => column.Index) : [];

        public override Delegate[] CreateGetters(DataViewRow input, bool[] activeOutputs)
        {
            if (!activeOutputs.Contains(true))
            {
                return new Delegate[activeOutputs.Length];
            }

            // One pair of objects for all rows, and the mapping runs once a row however many outputs are read.
            TSrc source = new();
            TDst result = new();
            Action<TSrc> read = _source.Over(input);
            long last = -1;
            TDst Current()
            {
                if (input.Position != last)
                {
                    read(source);
                    _parent._mapAction(source, result);
                    last = input.Position;
                }

                return result;
            }

            return [.. _parent.Outputs.Select((member, i) => activeOutputs[i] ? member.CreateReader(Current) : null)];
        }

        protected override DataViewSchema.DetachedColumn[] CreateOutputs() => [.. _parent.Outputs.Select(member => member.Column)];
    }
}
