using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Transforms;

public sealed class TypeConvertingEstimator : TrivialEstimator<TypeConvertingTransformer>
{
    private readonly (string Output, string Input)[] _columns;
    private readonly PrimitiveDataViewType _target;

    internal TypeConvertingEstimator(IHostEnvironment environment, (string Output, string Input)[] columns, DataKind outputKind)
        : base(environment.Register(nameof(TypeConvertingEstimator)), new TypeConvertingTransformer(environment, columns, outputKind))
    {
        _columns = columns;
        _target = TypeTable.Of(outputKind);
    }

    public override SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        Guard.NotNull(inputSchema, nameof(inputSchema));
        return inputSchema.With([.. _columns.Select(column =>
        {
            SchemaShape.Column input = inputSchema.Input(column.Input);
            bool staysKey = input.IsKey && KeyDataViewType.IsValidDataType(_target.RawType);
            SchemaShape annotations = input.ItemType is BooleanDataViewType && _target is NumberDataViewType
                ? new SchemaShape([new SchemaShape.Column(AnnotationKinds.IsNormalized, SchemaShape.Column.VectorKind.Scalar, BooleanDataViewType.Instance, false)])
                : new SchemaShape(input.Annotations.Where(annotation => annotation.Name is AnnotationKinds.SlotNames || (staysKey && annotation.Name is AnnotationKinds.KeyValues)));
            return new SchemaShape.Column(column.Output, input.Kind, _target, staysKey, annotations);
        })]);
    }
}
