using Microsoft.ML;
using Microsoft.ML.Data;
using MLNetScinti.Imaging;
using MLNetScinti.Networks;
using MLNetScinti.Pipelines.Serving;

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

/// <summary>
/// Applies an image operator to each row's image. Saved by ML.NET's <c>Model.Save</c> it becomes the operator's ONNX form in a
/// stock <c>OnnxTransformer</c>, which any ML.NET application loads.
/// </summary>
public sealed class ImageOperatorTransformer : RowTransformer, IFusableStage
{
    private readonly string _outputColumnName;
    private readonly string _inputColumnName;
    private readonly ImageShape _inputShape;

    internal ImageOperatorTransformer(string outputColumnName, string inputColumnName, IImageOperator operation, ImageShape inputShape)
    {
        _outputColumnName = outputColumnName;
        _inputColumnName = inputColumnName;
        Operation = operation;
        _inputShape = inputShape;
        OutputShape = operation.OutputShape(inputShape);
    }

    /// <summary>What is done to each image.</summary>
    public IImageOperator Operation { get; }

    /// <summary>The shape of the images that come out.</summary>
    public ImageShape OutputShape { get; }

    /// <inheritdoc/>
    protected override IReadOnlyList<string> InputColumns => [_inputColumnName];

    IReadOnlyList<FusedColumn> IFusableStage.Inputs => [new FusedColumn(_inputColumnName, _inputShape.ToArray())];

    IReadOnlyList<FusedColumn> IFusableStage.Outputs => [new FusedColumn(_outputColumnName, OutputShape.ToArray())];

    /// <summary>Saves the stock form. Called by <c>Model.Save</c>.</summary>
    protected override void Save(ModelSaveContext context) => StockForm.Save([this], context);

    /// <inheritdoc/>
    protected override IReadOnlyList<DataViewSchema.DetachedColumn> OutputColumns(DataViewSchema input)
    {
        ImageShape found = ImageColumns.ShapeOf(input, _inputColumnName);
        return found == _inputShape
            ? [ImageColumns.Column(_outputColumnName, OutputShape)]
            : throw new ColumnException($"The column '{_inputColumnName}' is expected to hold images of {_inputShape}, as when this was fitted; found {found}.");
    }

    /// <inheritdoc/>
    protected override IReadOnlyList<Delegate> MakeGetters(DataViewRow row)
    {
        ValueGetter<VBuffer<float>> input = row.GetGetter<VBuffer<float>>(row.Schema[_inputColumnName]);
        VBuffer<float> image = default, dense = default;
        void Get(ref VBuffer<float> output)
        {
            input(ref image);
            ReadOnlySpan<float> values = ImageColumns.Values(image, ref dense, _inputShape, _inputColumnName);
            VBufferEditor<float> editor = VBufferEditor.Create(ref output, OutputShape.Length);
            Operation.Apply(values, _inputShape, editor.Values);
            output = editor.Commit();
        }

        return [(ValueGetter<VBuffer<float>>)Get];
    }

    void IFusableStage.WriteNodes(OnnxGraphBuilder graph, IDictionary<string, string> values) =>
        values[_outputColumnName] = Operation.WriteNodes(graph, values[_inputColumnName], _inputShape);
}
