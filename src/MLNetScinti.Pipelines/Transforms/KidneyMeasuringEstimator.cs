using Microsoft.ML;
using MLNetScinti.Imaging;

namespace MLNetScinti.Pipelines.Transforms;

/// <summary>Measures each kidney by hand-made rules (<see cref="KidneyMeasures"/>). Nothing is fitted.</summary>
public sealed class KidneyMeasuringEstimator : IEstimator<KidneyMeasuringTransformer>
{
    private readonly TransformsCatalog _catalog;
    private readonly string _outputColumnName;
    private readonly KidneyMeasureColumns _columns;

    internal KidneyMeasuringEstimator(TransformsCatalog catalog, string outputColumnName, KidneyMeasureColumns columns)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentException.ThrowIfNullOrEmpty(outputColumnName);
        ArgumentNullException.ThrowIfNull(columns);
        _catalog = catalog;
        _outputColumnName = outputColumnName;
        _columns = columns;
    }

    /// <inheritdoc/>
    /// <exception cref="ColumnException">A column is missing or of another type.</exception>
    public KidneyMeasuringTransformer Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return new KidneyMeasuringTransformer(_outputColumnName, _columns, ImageColumns.ShapeOf(input.Schema, _columns.Image));
    }

    /// <inheritdoc/>
    // A shape's columns cannot be made outside ML.NET: a vector of Single, as the concatenation of numbers would be.
    public SchemaShape GetOutputSchema(SchemaShape inputSchema) =>
        _catalog.Concatenate(_outputColumnName, _columns.StudyMaximum, _columns.SplitFunction).GetOutputSchema(inputSchema);
}
