using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Transforms;

public sealed class ColumnCopyingTransformer : OneToOneTransformerBase
{
    internal const string Signature = "CopyTransform";

    private readonly (string Output, string Input)[] _columns;

    internal ColumnCopyingTransformer(IHostEnvironment environment, (string Output, string Input)[] columns)
        : base(environment.Register(nameof(ColumnCopyingTransformer))) => _columns = columns;

    internal static object Load(ModelLoadContext context) => new ColumnCopyingTransformer(context.Environment, context.ReadPairs());

    private protected override RowMapper MakeMapper(DataViewSchema schema) => new Mapper(schema, _columns);

    private protected override void SaveModel(ModelSaveContext ctx)
    {
        ctx.Begin(Signature);
        ctx.WritePairs(_columns);
    }

    private sealed class Mapper(DataViewSchema schema, (string Output, string Input)[] columns) : OneToOneMapper(schema, columns)
    {
        protected override DataViewSchema.DetachedColumn Output(string name, DataViewSchema.Column input, int index) => new(name, input.Type, input.Annotations);

        protected override Delegate CreateGetter(DataViewRow row, DataViewSchema.Column input, int index) => row.GetterOf(input);
    }
}
