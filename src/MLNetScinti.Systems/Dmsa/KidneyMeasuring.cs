using Microsoft.ML;
using Microsoft.ML.Data;
using MLNetScinti.Imaging;
using MLNetScinti.Pipelines.Transforms;

namespace MLNetScinti.Systems.Dmsa;

/// <summary>The columns that a kidney is measured from; the defaults are those of a view of kidneys.</summary>
/// <param name="Image">Counts, one kidney alone, [sections, rows, columns].</param>
/// <param name="StudyMaximum">The highest count of the study.</param>
/// <param name="VoxelMillilitres">The volume of a voxel, in ml.</param>
/// <param name="SplitFunction">The kidney's part of both kidneys' counts.</param>
public sealed record KidneyMeasureColumns(
    string Image = "Image", string StudyMaximum = "StudyMaximum", string VoxelMillilitres = "VoxelMillilitres", string SplitFunction = "SplitFunction");

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

/// <summary>Adds a vector with each kidney's <see cref="KidneyMeasures"/>, in the order of <see cref="KidneyMeasures.Names"/>.</summary>
public sealed class KidneyMeasuringTransformer : RowTransformer
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
    protected override IReadOnlyList<string> InputColumns => [_columns.Image, _columns.StudyMaximum, _columns.VoxelMillilitres, _columns.SplitFunction];

    /// <summary>Measuring is fitted to nothing, so there is nothing to save: put the step in front of a loaded model anew.</summary>
    /// <exception cref="NotSupportedException">Always. Save the steps behind this one.</exception>
    protected override void Save(ModelSaveContext context) => throw new NotSupportedException(
        "Measured kidneys are not part of a saved model: save the steps behind MeasureKidneys, and measure again in front of the loaded model.");

    /// <inheritdoc/>
    protected override IReadOnlyList<DataViewSchema.DetachedColumn> OutputColumns(DataViewSchema input)
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

    /// <inheritdoc/>
    protected override IReadOnlyList<Delegate> MakeGetters(DataViewRow row)
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
