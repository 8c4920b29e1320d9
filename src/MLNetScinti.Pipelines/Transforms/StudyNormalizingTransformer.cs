using System.Numerics.Tensors;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLNetScinti.Imaging;
using MLNetScinti.Networks;
using MLNetScinti.Pipelines.Serving;

namespace MLNetScinti.Pipelines.Transforms;

/// <summary>
/// Divides each image by its study's maximum (Lin et al. 2023 divide the whole SPECT by its maximum before the kidneys are
/// taken apart, so that a weak kidney stays weak). A study without counts gives zeros.
/// </summary>
public sealed class StudyNormalizingTransformer : ITransformer, IFusableStage, IRowMapping
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
    public bool IsRowToRowMapper => true;

    IReadOnlyList<string> IRowMapping.Inputs => [_inputColumnName, _maximumColumnName];

    IReadOnlyList<FusedColumn> IFusableStage.Inputs => [new FusedColumn(_inputColumnName, _shape.ToArray()), new FusedColumn(_maximumColumnName, [])];

    IReadOnlyList<FusedColumn> IFusableStage.Outputs => [new FusedColumn(_outputColumnName, _shape.ToArray())];

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
        if (found != _shape)
        {
            throw new ColumnException($"The column '{_inputColumnName}' is expected to hold images of {_shape}, as when this was fitted; found {found}.");
        }

        return ImageColumns.DimensionsOf(input, _maximumColumnName).Length == 0
            ? [ImageColumns.Column(_outputColumnName, _shape)]
            : throw new ColumnException($"The column '{_maximumColumnName}' is expected to hold one Single a row, found {input[_maximumColumnName].Type}.");
    }

    IReadOnlyList<Delegate> IRowMapping.MakeGetters(DataViewRow row)
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
