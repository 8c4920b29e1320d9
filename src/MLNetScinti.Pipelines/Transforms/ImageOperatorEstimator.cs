using Microsoft.ML;
using MLNetScinti.Imaging;

namespace MLNetScinti.Pipelines.Transforms;

/// <summary>Applies an image operator to a column of images. Nothing is fitted.</summary>
public sealed class ImageOperatorEstimator : IEstimator<ImageOperatorTransformer>
{
    private readonly TransformsCatalog _catalog;
    private readonly string _outputColumnName;
    private readonly string _inputColumnName;
    private readonly IImageOperator _operation;

    internal ImageOperatorEstimator(TransformsCatalog catalog, string outputColumnName, string? inputColumnName, IImageOperator operation)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentException.ThrowIfNullOrEmpty(outputColumnName);
        ArgumentNullException.ThrowIfNull(operation);
        _catalog = catalog;
        _outputColumnName = outputColumnName;
        _inputColumnName = inputColumnName ?? outputColumnName;
        _operation = operation;
    }

    /// <inheritdoc/>
    /// <exception cref="ColumnException">The input column is missing, or holds no images that the operator takes.</exception>
    public ImageOperatorTransformer Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return new ImageOperatorTransformer(_outputColumnName, _inputColumnName, _operation, ImageColumns.ShapeOf(input.Schema, _inputColumnName));
    }

    /// <inheritdoc/>
    // A shape's columns cannot be made outside ML.NET: the result is of the input's kind, as a copy of it would be.
    public SchemaShape GetOutputSchema(SchemaShape inputSchema) =>
        _catalog.CopyColumns(_outputColumnName, _inputColumnName).GetOutputSchema(inputSchema);
}
