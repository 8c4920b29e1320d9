using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Transforms;

public sealed class CustomMappingEstimator<TSrc, TDst> : TrivialEstimator<CustomMappingTransformer<TSrc, TDst>>
    where TSrc : class, new()
    where TDst : class, new()
{
    internal CustomMappingEstimator(
        IHostEnvironment environment,
        Action<TSrc, TDst> mapAction,
        string contractName,
        SchemaDefinition inputSchemaDefinition = null,
        SchemaDefinition outputSchemaDefinition = null)
        : base(
            environment.Register(nameof(CustomMappingEstimator<TSrc, TDst>)),
            new CustomMappingTransformer<TSrc, TDst>(environment, mapAction, contractName, inputSchemaDefinition, outputSchemaDefinition))
    {
    }

    public override SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        Guard.NotNull(inputSchema, nameof(inputSchema));
        foreach (MemberBinding member in Transformer.Inputs)
        {
            SchemaShape.Column column = inputSchema.Input(member.ColumnName);
            SchemaShape.Column expected = SchemaShape.Column.Of(member.ColumnName, member.ColumnType);
            bool fits = column.ItemType.RawType == expected.ItemType.RawType
                && column.Kind == SchemaShape.Column.VectorKind.Scalar == (expected.Kind == SchemaShape.Column.VectorKind.Scalar);
            if (!fits)
            {
                throw new InvalidOperationException(
                    $"Can't bind the IDataView column '{column.Name}' of type '{column.TypeText}' to field or property '{member.Member.Name}' of type '{member.MemberType}'.");
            }
        }

        return inputSchema.With(Transformer.Outputs.Select(member => SchemaShape.Column.Of(member.ColumnName, member.ColumnType, member.Annotations)));
    }
}
