using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Transforms;

public sealed class KeyToValueMappingEstimator : TrivialEstimator<KeyToValueMappingTransformer>
{
    private readonly (string Output, string Input)[] _columns;

    internal KeyToValueMappingEstimator(IHostEnvironment environment, (string Output, string Input)[] columns)
        : base(environment.Register(nameof(KeyToValueMappingEstimator)), new KeyToValueMappingTransformer(environment, columns)) => _columns = columns;

    public override SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        Guard.NotNull(inputSchema, nameof(inputSchema));
        return inputSchema.With([.. _columns.Select(column =>
        {
            SchemaShape.Column input = inputSchema.Input(column.Input);
            return input.IsKey && input.Annotations.TryFindColumn(AnnotationKinds.KeyValues, out SchemaShape.Column values)
                ? new SchemaShape.Column(column.Output, input.Kind, values.ItemType, values.IsKey)
                : throw Guard.SchemaMismatch(nameof(inputSchema), "input", column.Input, "key type with key values", input.TypeText);
        })]);
    }
}
