using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Transforms;

public sealed class ColumnSelectingTransformer : ITransformer
{
    internal const string Signature = "SelectColumns";

    private readonly string[] _keep;
    private readonly string[] _drop;
    private readonly bool _keepHidden;

    internal ColumnSelectingTransformer(IHostEnvironment environment, string[] keepColumns, string[] dropColumns, bool keepHidden)
    {
        _ = environment.Register(nameof(ColumnSelectingTransformer));
        Guard.State(keepColumns is { Length: > 0 } || dropColumns is { Length: > 0 }, "Neither keepColumns and dropColumns is set. Exactly one must be specified.");
        _keep = keepColumns ?? [];
        _drop = dropColumns ?? [];
        _keepHidden = keepHidden;
    }

    bool ITransformer.IsRowToRowMapper => true;

    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => Selected(Guard.NotNull(inputSchema, nameof(inputSchema))).Schema;

    public IDataView Transform(IDataView input) => new SelectionView(Guard.NotNull(input, nameof(input)), Selected(input.Schema));

    IRowToRowMapper ITransformer.GetRowToRowMapper(DataViewSchema inputSchema) => new SelectionMapper(Selected(Guard.NotNull(inputSchema, nameof(inputSchema))));

    void ICanSaveModel.Save(ModelSaveContext ctx)
    {
        Guard.NotNull(ctx, nameof(ctx));
        ctx.Begin(Signature);
        ctx.WriteTexts(_keep);
        ctx.WriteTexts(_drop);
        ctx.Writer.Write(_keepHidden);
    }

    internal static object Load(ModelLoadContext context) =>
        new ColumnSelectingTransformer(context.Environment, context.ReadTexts(), context.ReadTexts(), context.Reader.ReadBoolean());

    private ColumnSelection Selected(DataViewSchema schema)
    {
        foreach (string name in _keep.Concat(_drop))
        {
            _ = schema.Input(name);
        }

        IEnumerable<DataViewSchema.Column> chosen = _keep.Length > 0
            ? _keep.SelectMany(name => schema.Where(column => column.Name == name && (_keepHidden || !column.IsHidden)))
            : schema.Where(column => !_drop.Contains(column.Name) && (_keepHidden || !column.IsHidden));
        return new ColumnSelection(schema, [.. chosen.Select(column => column.Index)]);
    }
}
