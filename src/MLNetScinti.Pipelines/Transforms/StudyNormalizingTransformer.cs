using System.Numerics.Tensors;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLNetScinti.Imaging;
using MLNetScinti.Networks;
using MLNetScinti.Pipelines.Serving;

namespace MLNetScinti.Pipelines.Transforms;

/// <summary>Divides each case's image by the maximum of the study it comes from. Nothing is fitted.</summary>
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

/// <summary>
/// Divides each image by its study's maximum (the whole of a study is scaled before its parts are
/// taken apart, so that a weak part stays weak). A study without counts gives zeros.
/// </summary>
public sealed class StudyNormalizingTransformer : RowTransformer, IFusableStage
{
    private readonly string _outputColumnName;
    private readonly string _inputColumnName;
    private readonly string _maximumColumnName;
    private readonly ImageShape _shape;

    internal StudyNormalizingTransformer(string outputColumnName, string inputColumnName, string maximumColumnName, ImageShape shape)
    {
        _outputColumnName = outputColumnName;
        _inputColumnName = inputColumnName;
        _maximumColumnName = maximumColumnName;
        _shape = shape;
    }

    /// <inheritdoc/>
    protected override IReadOnlyList<string> InputColumns => [_inputColumnName, _maximumColumnName];

    IReadOnlyList<FusedColumn> IFusableStage.Inputs => [new FusedColumn(_inputColumnName, _shape.ToArray()), new FusedColumn(_maximumColumnName, [])];

    IReadOnlyList<FusedColumn> IFusableStage.Outputs => [new FusedColumn(_outputColumnName, _shape.ToArray())];

    /// <summary>Saves the stock form. Called by <c>Model.Save</c>.</summary>
    protected override void Save(ModelSaveContext context) => StockForm.Save([this], context);

    /// <inheritdoc/>
    protected override IReadOnlyList<DataViewSchema.DetachedColumn> OutputColumns(DataViewSchema input)
    {
        ImageShape found = ImageColumns.ShapeOf(input, _inputColumnName);
        if (found != _shape)
        {
            throw new ColumnException($"The column '{_inputColumnName}' is expected to hold images of {_shape}, as when this was fitted; found {found}.");
        }

        return ImageColumns.DimensionsOf(input, _maximumColumnName).Length == 0
            ? [ImageColumns.Column(_outputColumnName, _shape)]
            : throw new ColumnException($"The column '{_maximumColumnName}' is expected to hold one Single a row, found {input[_maximumColumnName].Type}.");
    }

    /// <inheritdoc/>
    protected override IReadOnlyList<Delegate> MakeGetters(DataViewRow row)
    {
        ValueGetter<VBuffer<float>> input = row.GetGetter<VBuffer<float>>(row.Schema[_inputColumnName]);
        ValueGetter<float> maximum = row.GetGetter<float>(row.Schema[_maximumColumnName]);
        VBuffer<float> image = default, dense = default;
        void Get(ref VBuffer<float> output)
        {
            input(ref image);
            float divisor = 0;
            maximum(ref divisor);
            ReadOnlySpan<float> values = ImageColumns.Values(image, ref dense, _shape, _inputColumnName);
            VBufferEditor<float> editor = VBufferEditor.Create(ref output, _shape.Length);
            if (divisor > 0)
            {
                TensorPrimitives.Divide(values, divisor, editor.Values);
            }
            else
            {
                editor.Values.Clear();
            }

            output = editor.Commit();
        }

        return [(ValueGetter<VBuffer<float>>)Get];
    }

    void IFusableStage.WriteNodes(OnnxGraphBuilder graph, IDictionary<string, string> values)
    {
        string zero = graph.Constant([0f], []);
        string shape = graph.Constant([-1L, .. Enumerable.Repeat(1L, _shape.Rank)], [_shape.Rank + 1]);
        string maximum = graph.Node("Reshape", [values[_maximumColumnName], shape]);
        string positive = graph.Node("Greater", [maximum, zero]);
        string divisor = graph.Node("Where", [positive, maximum, graph.Constant([1f], [])]);
        values[_outputColumnName] = graph.Node("Where", [positive, graph.Node("Div", [values[_inputColumnName], divisor]), zero]);
    }
}
