using Microsoft.ML;
using Microsoft.ML.Data;
using MLNetScinti.Imaging;
using MLNetScinti.Pipelines.Transforms;
using Xunit;

namespace MLNetScinti.Pipelines.Tests.Transforms;

public sealed class ImageTransformTests
{
    private static readonly MLContext s_ml = new(seed: 1);
    private static readonly ImageShape s_shape = new(ImageRow.Sections, ImageRow.Rows, ImageRow.Columns);
    private static readonly ImageRow[] s_rows = ImageRow.Random(5, seed: 2);

    public static TheoryData<string> Operators => [.. Pairs.Keys];

    private static Dictionary<string, (IEstimator<ITransformer> Estimator, IImageOperator Operator)> Pairs { get; } = new(StringComparer.Ordinal)
    {
        ["maximum"] = (s_ml.Transforms.NormalizeByMaximum("Out", "Image"), new NormalizeByMaximum()),
        ["window"] = (s_ml.Transforms.NormalizeByWindow("Out", 1, 4, "Image"), new NormalizeByWindow(1, 4)),
        ["min-max"] = (s_ml.Transforms.NormalizeImageMinMax("Out", "Image"), new NormalizeMinMax()),
        ["pad"] = (s_ml.Transforms.PadSections("Out", 9, "Image"), new PadSections(9)),
        ["transverse"] = (s_ml.Transforms.MaximumIntensityProjection("Out", "Image", ProjectionAxis.Transverse), new MaximumIntensityProjection(ProjectionAxis.Transverse)),
        ["sagittal"] = (s_ml.Transforms.MaximumIntensityProjection("Out", "Image", ProjectionAxis.Sagittal), new MaximumIntensityProjection(ProjectionAxis.Sagittal)),
        ["coronal"] = (s_ml.Transforms.MaximumIntensityProjection("Out", "Image", ProjectionAxis.Coronal), new MaximumIntensityProjection(ProjectionAxis.Coronal)),
        ["any"] = (s_ml.Transforms.ApplyImageOperator("Out", new NormalizeByMaximum(), "Image"), new NormalizeByMaximum()),
    };

    [Theory]
    [MemberData(nameof(Operators))]
    public void AnEstimatorGivesWhatItsOperatorGives(string name)
    {
        (IEstimator<ITransformer> estimator, IImageOperator operation) = Pairs[name];
        IDataView view = s_ml.Data.LoadFromEnumerable(s_rows);
        IDataView output = estimator.Fit(view).Transform(view);

        Assert.Equal(new VectorDataViewType(NumberDataViewType.Single, operation.OutputShape(s_shape).ToArray()), output.Schema["Out"].Type);
        Assert.Equal(s_rows.Select(row => operation.Apply(row.Image, s_shape)), output.GetColumn<float[]>(output.Schema["Out"]));
        // The other columns are still there.
        Assert.Equal(s_rows.Select(row => row.Name), output.GetColumn<string>(output.Schema["Name"]));
        Assert.Equal(s_rows.Select(row => row.Image), output.GetColumn<float[]>(output.Schema["Image"]));
    }

    [Theory]
    [MemberData(nameof(Operators))]
    public void AShapePromisesAVectorOfSingle(string name)
    {
        SchemaShape shape = Pairs[name].Estimator.GetOutputSchema(ShapeProbe.ShapeOf(s_ml.Data.LoadFromEnumerable(s_rows)));
        SchemaShape.Column column = Assert.Single(shape, column => column.Name == "Out");
        Assert.Equal((SchemaShape.Column.VectorKind.Vector, NumberDataViewType.Single), (column.Kind, column.ItemType));
    }

    [Fact]
    public void AChainDoesOneStepAfterTheOther()
    {
        IDataView view = s_ml.Data.LoadFromEnumerable(s_rows);
        EstimatorChain<ImageOperatorTransformer> chain = s_ml.Transforms.NormalizeByStudyMaximum("Image")
            .Append(s_ml.Transforms.MaximumIntensityProjection("Out", "Image", ProjectionAxis.Coronal))
            .Append(s_ml.Transforms.NormalizeByMaximum("Out"));
        IDataView output = chain.Fit(view).Transform(view);

        MaximumIntensityProjection project = new(ProjectionAxis.Coronal);
        Assert.Equal(
            s_rows.Select(row => new NormalizeByMaximum().Apply(project.Apply([.. row.Image.Select(value => value / row.StudyMaximum)], s_shape), project.OutputShape(s_shape))),
            output.GetColumn<float[]>(output.Schema["Out"]));
    }

    [Fact]
    public void DividingByTheStudysMaximumLeavesAStudyWithoutCountsEmpty()
    {
        ImageRow[] rows = ImageRow.Random(2, seed: 3);
        rows[0].StudyMaximum = 0;
        rows[1].StudyMaximum = 4;
        IDataView view = s_ml.Data.LoadFromEnumerable(rows);
        float[][] output = [.. s_ml.Transforms.NormalizeByStudyMaximum("Out", "Image").Fit(view).Transform(view).GetColumn<float[]>("Out")];
        Assert.All(output[0], value => Assert.Equal(0, value));
        Assert.Equal(rows[1].Image.Select(value => value / 4), output[1]);
    }

    [Fact]
    public void APredictionEngineGivesTheSame()
    {
        IDataView view = s_ml.Data.LoadFromEnumerable(s_rows);
        ITransformer model = s_ml.Transforms.NormalizeByStudyMaximum("Normalized", "Image")
            .Append(s_ml.Transforms.MaximumIntensityProjection("Out", "Normalized", ProjectionAxis.Sagittal)).Fit(view);
        using PredictionEngine<ImageRow, ImageAnswer> engine = s_ml.Model.CreatePredictionEngine<ImageRow, ImageAnswer>(model);
        IDataView output = model.Transform(view);
        Assert.Equal(output.GetColumn<float[]>(output.Schema["Out"]), s_rows.Select(row => engine.Predict(row).Out));
    }

    [Fact]
    public void ASavedChainIsLoadedAndGivesTheSame()
    {
        IDataView view = s_ml.Data.LoadFromEnumerable(s_rows);
        ITransformer model = s_ml.Transforms.NormalizeByStudyMaximum("Image")
            .Append(s_ml.Transforms.PadSections("Image", 8))
            .Append(s_ml.Transforms.MaximumIntensityProjection("Out", "Image", ProjectionAxis.Coronal)).Fit(view);
        using MemoryStream saved = new();
        s_ml.Model.Save(model, view.Schema, saved);
        saved.Position = 0;
        ITransformer loaded = new MLContext().Model.Load(saved, out _);
        IDataView before = model.Transform(view), after = loaded.Transform(view);
        Assert.All(
            before.GetColumn<float[]>(before.Schema["Out"]).Zip(after.GetColumn<float[]>(after.Schema["Out"])),
            pair => Assert.All(pair.First.Zip(pair.Second), value => Assert.Equal(value.First, value.Second, 1e-5f)));
    }

    [Fact]
    public void ErrorsNameTheColumnAndWhatWasExpectedAndFound()
    {
        IDataView view = s_ml.Data.LoadFromEnumerable(s_rows);
        string Message(IEstimator<ITransformer> estimator) => Assert.Throws<ColumnException>(() => estimator.Fit(view).Transform(view)).Message;

        Assert.Equal("There is no column 'Picture'; there are Image, StudyMaximum, Label, Name.", Message(s_ml.Transforms.NormalizeByMaximum("Out", "Picture")));
        Assert.Equal("The column 'Name' is expected to hold Single numbers of a fixed shape, found String.", Message(s_ml.Transforms.NormalizeByMaximum("Out", "Name")));
        Assert.Equal("The column 'StudyMaximum' is expected to hold images of two or three dimensions, found Single.", Message(s_ml.Transforms.NormalizeByMaximum("Out", "StudyMaximum")));
        Assert.Equal("There is no column 'Max'; there are Image, StudyMaximum, Label, Name.", Message(s_ml.Transforms.NormalizeByStudyMaximum("Out", "Image", "Max")));
        Assert.Equal("The column 'Image' is expected to hold one Single a row, found Vector<Single, 4, 5, 6>.", Message(s_ml.Transforms.NormalizeByStudyMaximum("Out", "Image", "Image")));
    }

    [Fact]
    public void AViewOfAnotherShapeThanTheFittedOneIsRefused()
    {
        IDataView view = s_ml.Data.LoadFromEnumerable(s_rows);
        IDataView padded = s_ml.Transforms.PadSections("Image", 6).Fit(view).Transform(view);
        ITransformer model = s_ml.Transforms.NormalizeByMaximum("Out", "Image").Fit(view);
        Assert.Equal("The column 'Image' is expected to hold images of 4 x 5 x 6, as when this was fitted; found 6 x 5 x 6.",
            Assert.Throws<ColumnException>(() => model.Transform(padded)).Message);
    }

    [Fact]
    public void ARowThatIsShorterThanItsTypeSaysIsRefused()
    {
        ImageRow[] rows = ImageRow.Random(1, seed: 4);
        IDataView view = s_ml.Data.LoadFromEnumerable(rows);
        IDataView output = s_ml.Transforms.NormalizeByMaximum("Out", "Image").Fit(view).Transform(view);
        rows[0].Image = rows[0].Image[..7];
        Exception problem = Assert.ThrowsAny<Exception>(() => output.GetColumn<float[]>(output.Schema["Out"]).ToArray());
        Assert.Contains("7", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AColumnThatIsNotAskedForIsNotComputed()
    {
        IDataView view = s_ml.Data.LoadFromEnumerable(s_rows);
        IDataView output = s_ml.Transforms.NormalizeByMaximum("Out", "Image").Fit(view).Transform(view);
        using DataViewRowCursor cursor = output.GetRowCursor([output.Schema["Name"]]);
        Assert.False(cursor.IsColumnActive(output.Schema["Out"]));
        Assert.Throws<InvalidOperationException>(() => cursor.GetGetter<VBuffer<float>>(output.Schema["Out"]));
    }
}
