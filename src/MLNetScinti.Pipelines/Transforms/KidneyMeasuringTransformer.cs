using Microsoft.ML;
using Microsoft.ML.Data;
using MLNetScinti.Imaging;

namespace MLNetScinti.Pipelines.Transforms;

/// <summary>Adds a vector with each kidney's <see cref="KidneyMeasures"/>, in the order of <see cref="KidneyMeasures.Names"/>.</summary>
public sealed class KidneyMeasuringTransformer : ITransformer, IRowMapping
{
    private readonly string _outputColumnName;
    private readonly KidneyMeasureColumns _columns;
    private readonly ImageShape _shape;

    internal KidneyMeasuringTransformer(string outputColumnName, KidneyMeasureColumns columns, ImageShape shape)
    {
        _outputColumnName = outputColumnName;
        _columns = columns;
        _shape = shape;
    }

    /// <inheritdoc/>
    public bool IsRowToRowMapper => true;

    IReadOnlyList<string> IRowMapping.Inputs => [_columns.Image, _columns.StudyMaximum, _columns.VoxelMillilitres, _columns.SplitFunction];

    /// <inheritdoc/>
    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => new MappedSchema(this, inputSchema).OutputSchema;

    /// <inheritdoc/>
    public IRowToRowMapper GetRowToRowMapper(DataViewSchema inputSchema) => new MappedSchema(this, inputSchema);

    /// <inheritdoc/>
    public IDataView Transform(IDataView input) => new MappedDataView(input, this, new MappedSchema(this, input.Schema));

    /// <summary>Measuring is fitted to nothing, so there is nothing to save: put the step in front of a loaded model anew.</summary>
    /// <exception cref="NotSupportedException">Always. Save the steps behind this one.</exception>
    void ICanSaveModel.Save(ModelSaveContext ctx) => throw new NotSupportedException(
        "Measured kidneys are not part of a saved model: save the steps behind MeasureKidneys, and measure again in front of the loaded model.");

    IReadOnlyList<DataViewSchema.DetachedColumn> IRowMapping.OutputsFor(DataViewSchema input)
    {
        ImageShape found = ImageColumns.ShapeOf(input, _columns.Image);
        if (found != _shape)
        {
            throw new ColumnException($"The column '{_columns.Image}' is expected to hold images of {_shape}, as when this was fitted; found {found}.");
        }

        foreach (string column in (string[])[_columns.StudyMaximum, _columns.VoxelMillilitres, _columns.SplitFunction])
        {
            if (ImageColumns.DimensionsOf(input, column).Length > 0)
            {
                throw new ColumnException($"The column '{column}' is expected to hold one Single a row, found {input[column].Type}.");
            }
        }

        return [new DataViewSchema.DetachedColumn(_outputColumnName, new VectorDataViewType(NumberDataViewType.Single, KidneyMeasures.Names.Count))];
    }

    IReadOnlyList<Delegate> IRowMapping.MakeGetters(DataViewRow row)
    {
        ValueGetter<VBuffer<float>> input = row.GetGetter<VBuffer<float>>(row.Schema[_columns.Image]);
        ValueGetter<float> maximum = row.GetGetter<float>(row.Schema[_columns.StudyMaximum]);
        ValueGetter<float> voxel = row.GetGetter<float>(row.Schema[_columns.VoxelMillilitres]);
        ValueGetter<float> split = row.GetGetter<float>(row.Schema[_columns.SplitFunction]);
        VBuffer<float> image = default, dense = default;
        void Get(ref VBuffer<float> output)
        {
            input(ref image);
            float highest = 0, millilitres = 0, part = 0;
            maximum(ref highest);
            voxel(ref millilitres);
            split(ref part);
            float[] measures = KidneyMeasures.Of(ImageColumns.Values(image, ref dense, _shape, _columns.Image), _shape, millilitres, highest, part).ToArray();
            VBufferEditor<float> editor = VBufferEditor.Create(ref output, measures.Length);
            measures.CopyTo(editor.Values);
            output = editor.Commit();
        }

        return [(ValueGetter<VBuffer<float>>)Get];
    }
}
