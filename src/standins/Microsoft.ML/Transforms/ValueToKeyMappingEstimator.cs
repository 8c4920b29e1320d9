using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Transforms;

public sealed class ValueToKeyMappingEstimator : IEstimator<ValueToKeyMappingTransformer>
{
    private readonly IHostEnvironment _environment;
    private readonly (string Output, string Input)[] _columns;
    private readonly int _maximumNumberOfKeys;
    private readonly KeyOrdinality _ordinality;
    private readonly bool _asText;
    private readonly IDataView _keyData;

    internal ValueToKeyMappingEstimator(
        IHostEnvironment environment,
        (string Output, string Input)[] columns,
        int maximumNumberOfKeys,
        KeyOrdinality ordinality,
        bool asText,
        IDataView keyData)
    {
        _environment = environment;
        _columns = columns;
        Guard.Argument(maximumNumberOfKeys > 0, nameof(maximumNumberOfKeys), "Must be positive");
        _maximumNumberOfKeys = maximumNumberOfKeys;
        _ordinality = ordinality;
        _asText = asText;
        if (keyData is not null)
        {
            int visible = keyData.Schema.Count(column => !column.IsHidden);
            Guard.Argument(visible == 1, nameof(keyData), $"If specified, this data view should contain only a single column containing the terms to map, but this had {visible} columns.");
        }

        _keyData = keyData;
    }

    public enum KeyOrdinality : byte
    {
        ByOccurrence = 0,
        ByValue = 1,
    }

    public ValueToKeyMappingTransformer Fit(IDataView input)
    {
        Guard.NotNull(input, nameof(input));
        DataViewSchema.Column[] inputs = [.. _columns.Select(column => input.Schema.Input(column.Input))];
        TermMap[] maps = [.. inputs.Select(column => TermMap.Create(column))];
        if (_keyData is not null)
        {
            DataViewSchema.Column terms = _keyData.Schema.First(column => !column.IsHidden);
            foreach (DataViewSchema.Column column in inputs)
            {
                Guard.Argument(
                    terms.Type.ItemType().Equals(column.Type.ItemType()),
                    "keyData",
                    $"Input data's column must be of type '{column.Type.ItemType()}' but was '{terms.Type.ItemType()}'");
            }

            foreach (TermMap map in maps)
            {
                map.Learn(_keyData, [terms], [map], int.MaxValue);
            }
        }
        else
        {
            maps[0].Learn(input, inputs, maps, _maximumNumberOfKeys);
        }

        if (_ordinality == KeyOrdinality.ByValue)
        {
            foreach (TermMap map in maps)
            {
                map.Sort();
            }
        }

        ValueToKeyMappingTransformer transformer = new(_environment, _columns, maps, _asText);
        _ = transformer.GetOutputSchema(input.Schema);
        return transformer;
    }

    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        Guard.NotNull(inputSchema, nameof(inputSchema));
        return inputSchema.With([.. _columns.Select(column =>
        {
            SchemaShape.Column input = inputSchema.Input(column.Input);
            DataViewType terms = _asText ? TextDataViewType.Instance : input.ItemType;
            SchemaShape annotations = new([new SchemaShape.Column(AnnotationKinds.KeyValues, SchemaShape.Column.VectorKind.Vector, terms, false)]);
            return new SchemaShape.Column(column.Output, input.Kind, NumberDataViewType.UInt32, true, annotations);
        })]);
    }

    internal static class Defaults
    {
        public const int MaximumNumberOfKeys = 1000000;
        public const bool AddKeyValueAnnotationsAsText = false;
        public const KeyOrdinality Ordinality = KeyOrdinality.ByOccurrence;
    }
}
