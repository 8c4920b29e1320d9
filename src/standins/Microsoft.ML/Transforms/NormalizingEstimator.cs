using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Transforms;

public sealed class NormalizingEstimator : IEstimator<NormalizingTransformer>
{
    private readonly IHostEnvironment _environment;
    private readonly (string Output, string Input)[] _columns;
    private readonly long _maximumExampleCount;
    private readonly bool _fixZero;

    internal NormalizingEstimator(IHostEnvironment environment, (string Output, string Input)[] columns, long maximumExampleCount, bool fixZero)
    {
        Guard.Argument(maximumExampleCount > 1, nameof(maximumExampleCount), "Must be greater than 1");
        _environment = environment;
        _columns = columns;
        _maximumExampleCount = maximumExampleCount;
        _fixZero = fixZero;
    }

    public NormalizingTransformer Fit(IDataView input)
    {
        DataViewSchema schema = Guard.NotNull(input, nameof(input)).Schema;
        DataViewSchema.Column[] inputs = [.. _columns.Select(column => schema.Input(column.Input, "input", "data"))];
        foreach (DataViewSchema.Column column in inputs)
        {
            CheckType(column.Type);
        }

        MinMaxLearner[] learners = new MinMaxLearner[inputs.Length];
        using (DataViewRowCursor cursor = input.GetRowCursor(inputs))
        {
            for (int i = 0; i < inputs.Length; i++)
            {
                learners[i] = MinMaxLearner.Create(cursor, inputs[i]);
            }

            for (long row = 0; row < _maximumExampleCount && cursor.MoveNext(); row++)
            {
                foreach (MinMaxLearner learner in learners)
                {
                    learner.Learn();
                }
            }
        }

        return new NormalizingTransformer(_environment, _columns, [.. learners.Select(learner => learner.Scale(_fixZero))]);
    }

    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        Guard.NotNull(inputSchema, nameof(inputSchema));
        return inputSchema.With([.. _columns.Select(column =>
        {
            SchemaShape.Column input = inputSchema.Input(column.Input);
            if (input.Kind == SchemaShape.Column.VectorKind.VariableVector)
            {
                throw Guard.SchemaMismatch(nameof(inputSchema), "input", input.Name, "fixed-size vector or scalar", input.TypeText);
            }

            if (!input.ItemType.Equals(NumberDataViewType.Single) && !input.ItemType.Equals(NumberDataViewType.Double))
            {
                throw Guard.SchemaMismatch(nameof(inputSchema), "input", input.Name, "vector or scalar of Single or Double", input.TypeText);
            }

            IEnumerable<SchemaShape.Column> annotations = input.Annotations.Where(annotation => annotation.Name == AnnotationKinds.SlotNames)
                .Append(new SchemaShape.Column(AnnotationKinds.IsNormalized, SchemaShape.Column.VectorKind.Scalar, BooleanDataViewType.Instance, false));
            return new SchemaShape.Column(column.Output, input.Kind, input.ItemType, false, new SchemaShape(annotations));
        })]);
    }

    internal static void CheckType(DataViewType type)
    {
        bool isNumber = type.ItemType().RawType is var raw && (raw == typeof(float) || raw == typeof(double));
        Guard.Argument(
            isNumber && type is not VectorDataViewType { IsKnownSize: false },
            "srcType",
            $"Wrong column type for input column. Expected: Single, Double, Vector of Single or Vector of Double. Got: {type}.");
    }

    internal static class Defaults
    {
        public const long MaximumExampleCount = 1000000000;
        public const bool EnsureZeroUntouched = true;
    }
}
