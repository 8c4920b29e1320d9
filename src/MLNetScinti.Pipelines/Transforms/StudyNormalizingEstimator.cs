using Microsoft.ML;

namespace MLNetScinti.Pipelines.Transforms;

/// <summary>Divides each kidney's image by the maximum of the study it comes from. Nothing is fitted.</summary>
public sealed class StudyNormalizingEstimator : IEstimator<StudyNormalizingTransformer>
{
    private readonly TransformsCatalog _catalog;
    private readonly string _outputColumnName;
    private readonly string _inputColumnName;
    private readonly string _maximumColumnName;

    internal StudyNormalizingEstimator(TransformsCatalog catalog, string outputColumnName, string? inputColumnName, string maximumColumnName)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentException.ThrowIfNullOrEmpty(outputColumnName);
        ArgumentException.ThrowIfNullOrEmpty(maximumColumnName);
        _catalog = catalog;
        _outputColumnName = outputColumnName;
        _inputColumnName = inputColumnName ?? outputColumnName;
        _maximumColumnName = maximumColumnName;
    }

    /// <inheritdoc/>
    /// <exception cref="ColumnException">A column is missing or of another type.</exception>
    public StudyNormalizingTransformer Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return new StudyNormalizingTransformer(_outputColumnName, _inputColumnName, _maximumColumnName, ImageColumns.ShapeOf(input.Schema, _inputColumnName));
    }

    /// <inheritdoc/>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema) =>
        _catalog.CopyColumns(_outputColumnName, _inputColumnName).GetOutputSchema(inputSchema);
}
