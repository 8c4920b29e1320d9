using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Transforms;

public sealed class ColumnSelectingEstimator : TrivialEstimator<ColumnSelectingTransformer>
{
    private readonly string[] _keep;
    private readonly string[] _drop;

    internal ColumnSelectingEstimator(IHostEnvironment environment, string[] keepColumns, string[] dropColumns, bool keepHidden)
        : base(environment.Register(nameof(ColumnSelectingEstimator)), new ColumnSelectingTransformer(environment, keepColumns, dropColumns, keepHidden))
    {
        _keep = keepColumns;
        _drop = dropColumns;
    }

    public override SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        Guard.NotNull(inputSchema, nameof(inputSchema));
        if (_keep is { Length: > 0 })
        {
            return new SchemaShape([.. _keep.Select(inputSchema.Input)]);
        }

        foreach (string name in _drop)
        {
            _ = inputSchema.Input(name);
        }

        return new SchemaShape(inputSchema.Where(column => !_drop.Contains(column.Name)));
    }
}
