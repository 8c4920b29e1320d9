using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Transforms;

public sealed class ColumnConcatenatingEstimator : IEstimator<ColumnConcatenatingTransformer>
{
    private readonly IHostEnvironment _environment;
    private readonly string _output;
    private readonly string[] _inputs;

    internal ColumnConcatenatingEstimator(IHostEnvironment environment, string outputColumnName, string[] inputColumnNames)
    {
        _environment = environment;
        _output = Guard.NotEmpty(outputColumnName, nameof(outputColumnName));
        Guard.NotNull(inputColumnNames, nameof(inputColumnNames));
        Guard.Argument(inputColumnNames.Length > 0, nameof(inputColumnNames), "Input columns not specified");
        Guard.Argument(!inputColumnNames.Any(string.IsNullOrEmpty), nameof(inputColumnNames), "Can not specify empty input column names.");
        _inputs = inputColumnNames;
    }

    public ColumnConcatenatingTransformer Fit(IDataView input)
    {
        ColumnConcatenatingTransformer transformer = new(_environment, _output, _inputs);
        _ = transformer.GetOutputSchema(Guard.NotNull(input, nameof(input)).Schema);
        return transformer;
    }

    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        Guard.NotNull(inputSchema, nameof(inputSchema));
        SchemaShape.Column[] inputs = [.. _inputs.Select(inputSchema.Input)];
        foreach (SchemaShape.Column input in inputs)
        {
            if (!input.ItemType.Equals(inputs[0].ItemType) || input.IsKey != inputs[0].IsKey)
            {
                throw Guard.SchemaMismatch(nameof(inputSchema), "input", input.Name, inputs[0].ItemType.ToString(), input.TypeText);
            }
        }

        bool variable = inputs.Any(input => input.Kind == SchemaShape.Column.VectorKind.VariableVector);
        SchemaShape.Column.VectorKind kind = variable ? SchemaShape.Column.VectorKind.VariableVector : SchemaShape.Column.VectorKind.Vector;
        List<SchemaShape.Column> annotations = [];
        if (!variable && inputs.Any(input => input.Kind == SchemaShape.Column.VectorKind.Scalar || input.Annotations.TryFindColumn(AnnotationKinds.SlotNames, out _)))
        {
            annotations.Add(new SchemaShape.Column(AnnotationKinds.SlotNames, SchemaShape.Column.VectorKind.Vector, TextDataViewType.Instance, false));
        }

        if (inputs.All(input => input.Annotations.TryFindColumn(AnnotationKinds.IsNormalized, out _)))
        {
            annotations.Add(new SchemaShape.Column(AnnotationKinds.IsNormalized, SchemaShape.Column.VectorKind.Scalar, BooleanDataViewType.Instance, false));
        }

        return inputSchema.With([new SchemaShape.Column(_output, kind, inputs[0].ItemType, false, new SchemaShape(annotations))]);
    }
}
