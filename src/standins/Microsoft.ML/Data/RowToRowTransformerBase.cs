using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

public abstract class RowToRowTransformerBase : ITransformer
{
    private protected RowToRowTransformerBase(IHost host) => Host = Guard.NotNull(host, nameof(host));

    private protected IHost Host { get; }

    bool ITransformer.IsRowToRowMapper => true;

    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema) =>
        MakeMapper(Guard.NotNull(inputSchema, nameof(inputSchema))).Bindings.Schema;

    public IDataView Transform(IDataView input) =>
        new MapperView(Guard.NotNull(input, nameof(input)), MakeMapper(input.Schema));

    IRowToRowMapper ITransformer.GetRowToRowMapper(DataViewSchema inputSchema) =>
        new RowToRowMapper(MakeMapper(Guard.NotNull(inputSchema, nameof(inputSchema))));

    void ICanSaveModel.Save(ModelSaveContext ctx) => SaveModel(Guard.NotNull(ctx, nameof(ctx)));

    private protected abstract RowMapper MakeMapper(DataViewSchema schema);

    private protected abstract void SaveModel(ModelSaveContext ctx);
}
