using Microsoft.ML;
using Microsoft.ML.Data;
using MLNetScinti.Imaging;
using MLNetScinti.Networks;
using MLNetScinti.Pipelines.Serving;

namespace MLNetScinti.Pipelines.Transforms;

/// <summary>
/// Applies an image operator to each row's image. Saved by ML.NET's <c>Model.Save</c> it becomes the operator's ONNX form in a
/// stock <c>OnnxTransformer</c>, which any ML.NET application loads.
/// </summary>
public sealed class ImageOperatorTransformer : ITransformer, IFusableStage, IRowMapping
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
    public bool IsRowToRowMapper => true;

    IReadOnlyList<string> IRowMapping.Inputs => [_inputColumnName];

    IReadOnlyList<FusedColumn> IFusableStage.Inputs => [new FusedColumn(_inputColumnName, _inputShape.ToArray())];

    IReadOnlyList<FusedColumn> IFusableStage.Outputs => [new FusedColumn(_outputColumnName, OutputShape.ToArray())];

    /// <inheritdoc/>
    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => new MappedSchema(this, inputSchema).OutputSchema;

    /// <inheritdoc/>
    public IRowToRowMapper GetRowToRowMapper(DataViewSchema inputSchema) => new MappedSchema(this, inputSchema);

    /// <inheritdoc/>
    public IDataView Transform(IDataView input) => new MappedDataView(input, this, new MappedSchema(this, input.Schema));

    /// <summary>Saves the stock form. Called by <c>Model.Save</c>.</summary>
    void ICanSaveModel.Save(ModelSaveContext ctx) => FusedModel.SaveStages([this], ctx);

    IReadOnlyList<DataViewSchema.DetachedColumn> IRowMapping.OutputsFor(DataViewSchema input)
    {
        ImageShape found = ImageColumns.ShapeOf(input, _inputColumnName);
        return found == _inputShape
            ? [ImageColumns.Column(_outputColumnName, OutputShape)]
            : throw new ColumnException($"The column '{_inputColumnName}' is expected to hold images of {_inputShape}, as when this was fitted; found {found}.");
    }

    IReadOnlyList<Delegate> IRowMapping.MakeGetters(DataViewRow row)
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
