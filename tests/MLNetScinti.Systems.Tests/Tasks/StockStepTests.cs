using Microsoft.ML;
using Microsoft.ML.Data;
using MLNetScinti.Pipelines;
using MLNetScinti.Pipelines.Serving;
using MLNetScinti.Pipelines.Transforms;
using MLNetScinti.Systems.Tests.Cases;
using Xunit;

namespace MLNetScinti.Systems.Tests.Tasks;

/// <summary>Any step of ML.NET may stand in the chain before a network.</summary>
[Collection("training")]
public sealed class StockStepTests
{
    [Fact]
    public void CopiesACacheAndSideColumnsBecomePartOfTheFile()
    {
        using Chain chain = new();
        MLContext ml = chain.Ml;
        using FittedPipeline pipeline = chain.Fit("Scaled",
            ml.Transforms.NormalizeByMaximum("Normal", "Image").Append(ml.Transforms.CopyColumns("Scaled", "Normal")).AppendCacheCheckpoint(ml)
                .Append(ml.Transforms.CopyColumns("Other", "Normal")).Append(ml.Transforms.Concatenate("Side", "Other", "Normal")));

        Assert.Null(pipeline.Fusion.NotFused);
        Assert.Equal(["Image"], pipeline.Fuse().InputColumns);
        chain.MustServe(pipeline, chain.Split.Test);
    }

    [Fact]
    public void SelectedAndDroppedColumnsDoNotStandInTheWay()
    {
        using Chain chain = new();
        MLContext ml = chain.Ml;
        using FittedPipeline pipeline = chain.Fit("Scaled",
            ml.Transforms.CopyColumns("Scaled", "Image").Append(ml.Transforms.NormalizeByMaximum("Scaled")).Append(ml.Transforms.DropColumns("Image", CaseSchema.File))
                .Append(ml.Transforms.SelectColumns("Scaled", LearningTask.LabelColumn, CaseSchema.CaseId, CaseSchema.PatientId)));

        Assert.Null(pipeline.Fusion.NotFused);
        Assert.Equal(["Image"], pipeline.Fuse().InputColumns);
        chain.MustServe(pipeline, chain.Split.Test);
    }

    [Theory]
    [InlineData(LearningTask.LabelColumn)]
    [InlineData(CaseSchema.PatientId)]
    [InlineData("Image")]
    public void ColumnsThatTheTrainingNeedsAndAChainDropsAreNamedBeforeIt(string column)
    {
        using Chain chain = new();
        string message = Assert.Throws<ColumnException>(() => chain.Fit("Image", chain.Ml.Transforms.DropColumns(column))).Message;
        Assert.Contains($"'{column}'", message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
        Assert.DoesNotContain(chain.Log, line => line.Contains("epoch 1", StringComparison.Ordinal));
    }

    [Fact]
    public void AColumnThatIsNoImageAnyMoreIsRefusedByNameBeforeTheTraining()
    {
        using Chain chain = new();
        string message = Assert.Throws<ColumnException>(() => chain.Fit("Side", chain.Ml.Transforms.Concatenate("Side", "Image", "Image"))).Message;
        Assert.Contains("'Side'", message, StringComparison.Ordinal);
        Assert.DoesNotContain(chain.Log, line => line.Contains("epoch 1", StringComparison.Ordinal));
    }

    [Fact]
    public void AViewOfAViewOfCasesIsSplitAndTrainedOnAlike()
    {
        using Chain chain = new();
        MLContext ml = chain.Ml;
        IDataView derived = ml.Data.FilterByCustomPredicate<Labelled>(ml.Data.Cache(chain.Cases), row => row.CaseId.Length == 0);
        PatientSplit split = ml.Data.SplitByPatient(derived, train: 0.5, validation: 0.25);
        Assert.Equal(chain.Split.Membership.ToJson(), split.Membership.ToJson());
        using FittedPipeline one = chain.Fit("Image", ml.Transforms.NormalizeByMaximum("Image"));
        using FittedPipeline other = split.Fit(ml.Transforms.NormalizeByMaximum("Image"), ml.TrainNetwork(TrainedTasks.Options(TrainedTasks.Classifier(1, "Image"), chain.Cases.Task!, epochs: 3)));
        Assert.Equal(one.Network.Weights.Hash(), other.Network.Weights.Hash());
    }

    [Fact]
    public void FeaturesThatDoNotFitIntoMemoryTrainTheSameWeights()
    {
        using Chain chain = new();
        NetworkTrainerOptions options = TrainedTasks.Options(TrainedTasks.Classifier(1, "Image"), chain.Cases.Task!, epochs: 2);
        using FittedPipeline memory = chain.Split.Fit(chain.Ml.TrainNetwork(options)), disk = chain.Split.Fit(chain.Ml.TrainNetwork(options with { MemoryBudget = 3000 }));
        Assert.Equal(memory.Network.Weights.Hash(), disk.Network.Weights.Hash());
    }

    [Fact]
    public void APredictionEngineAnswersOneCaseAsTheViewDoes()
    {
        using Chain chain = new();
        using FittedPipeline pipeline = chain.Fit("Scaled", chain.Ml.Transforms.NormalizeByMaximum("Scaled", "Image"));
        using PredictionEngine<OneImage, OneAnswer> engine = chain.Ml.Model.CreatePredictionEngine<OneImage, OneAnswer>(pipeline);
        float[][] scores = AnswerColumns.Read(pipeline.Transform(chain.Split.Test), "Score"), called = AnswerColumns.Read(pipeline.Transform(chain.Split.Test), "PredictedLabel");
        Case[] cases = [.. chain.Split.Test.Cases!.Read()];
        for (int i = 0; i < cases.Length; i++)
        {
            OneAnswer answer = engine.Predict(new OneImage { Image = cases[i].Images[0].Values.ToArray() });
            Assert.Equal(scores[i][0], answer.Score, 1e-5f);
            Assert.Equal(called[i][0] > 0, answer.PredictedLabel);
        }
    }

    [Fact]
    public void ACustomMappingIsNamedBeforeTheTrainingBegins()
    {
        using Chain chain = new();
        MLContext ml = chain.Ml;
        IEstimator<ITransformer> steps = ml.Transforms.NormalizeByMaximum("Normal", "Image")
            .Append(ml.Transforms.CustomMapping<Before, After>((before, after) => after.Doubled = new VBuffer<float>(before.Normal.Length, [.. before.Normal.DenseValues().Select(value => 2 * value)]), "doubling"))
            .Append(ml.Transforms.CopyColumns("Scaled", "Doubled"));
        using FittedPipeline pipeline = chain.Fit("Scaled", steps);

        string sentence = Assert.IsType<string>(pipeline.Fusion.NotFused);
        Assert.Contains("CustomMapping", sentence, StringComparison.Ordinal);
        Assert.Contains("Doubled", sentence, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', sentence);
        int said = chain.Log.FindIndex(line => line.Contains(sentence, StringComparison.Ordinal)), first = chain.Log.FindIndex(line => line.Contains("epoch 1 of 3", StringComparison.Ordinal));
        Assert.InRange(said, 0, first - 1);

        // The file begins behind it: it reads what the mapping made.
        Assert.Equal(["Doubled"], pipeline.Fuse().InputColumns);
        IDataView mapped = steps.Fit(chain.Split.Train).Transform(chain.Split.Test);
        chain.MustServe(pipeline, mapped);
    }

    [Theory]
    [InlineData("minimum and maximum")]
    [InlineData("minimum and maximum, in place")]
    [InlineData("mean and variance")]
    [InlineData("robust")]
    [InlineData("our own, in place")]
    public void StockNormalizersBecomePartOfTheFile(string which)
    {
        using Chain chain = new();
        TransformsCatalog transforms = chain.Ml.Transforms;
        string output = which.EndsWith("in place", StringComparison.Ordinal) ? "Image" : "Scaled";
        using FittedPipeline pipeline = chain.Fit(output, which switch
        {
            "mean and variance" => transforms.NormalizeMeanVariance(output, "Image"),
            "robust" => transforms.NormalizeRobustScaling(output, "Image"),
            "our own, in place" => transforms.NormalizeByMaximum(output),
            _ => transforms.NormalizeMinMax(output, "Image"),
        });
        Assert.Null(pipeline.Fusion.NotFused);
        Assert.Equal(["Image"], pipeline.Fuse().InputColumns);
        chain.MustServe(pipeline, chain.Split.Test);
    }

    [Fact]
    public void AStepThatReplacesAColumnIsNotPassedOver()
    {
        using Chain chain = new();
        MLContext ml = chain.Ml;
        using FittedPipeline pipeline = chain.Fit("Image", ml.Transforms.NormalizeByMaximum("Image")
            .Append(ml.Transforms.CustomMapping<Replaced, Replaced>((before, after) => after.Image = new VBuffer<float>(before.Image.Length, [.. before.Image.DenseValues().Select(value => 3 * value)]), "tripling")));
        Assert.Contains("makes Image and has no ONNX form", Assert.IsType<string>(pipeline.Fusion.NotFused), StringComparison.Ordinal);
        // The file reads a column of that name, and cases have one: not the same.
        using TemporaryFolder folder = new();
        using ModelBundle bundle = ModelBundle.Write(folder.Path, new BundleCard { Name = "chain" }, pipeline, ml);
        using ModelBundle loaded = ModelBundle.Load(folder.Path);
        Case raw = chain.Cases.Read().First();
        foreach (FusedModel model in (FusedModel[])[pipeline.Fuse(), bundle.Model, loaded.Model])
        {
            Assert.Contains("makes Image and has no ONNX form", Assert.Throws<NotAFusedModelException>(() => model.ValuesOf(raw, chain.Cases.Cases)).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void WhoMustHaveAllOfItInTheFileIsRefusedBeforeTheTraining()
    {
        using Chain chain = new();
        IEstimator<ITransformer> steps = chain.Ml.Transforms.CustomMapping<Replaced, Replaced>((before, after) => after.Image = before.Image, "nothing");
        NetworkTrainer trainer = chain.Ml.TrainNetwork(TrainedTasks.Options(TrainedTasks.Classifier(1, "Image"), chain.Cases.Task!, epochs: 3) with { MustFuse = true });
        Assert.Contains("Nothing was trained", Assert.Throws<NotAFusedModelException>(() => chain.Split.Fit(steps, trainer)).Message, StringComparison.Ordinal);
        Assert.DoesNotContain(chain.Log, line => line.Contains("epoch 1", StringComparison.Ordinal));
    }

    [Fact]
    public void SeveralColumnsOfANormalizerKeepTheirNumbers()
    {
        using Chain chain = new();
        MLContext ml = chain.Ml;
        using FittedPipeline pipeline = chain.Fit("Third", ml.Transforms.NormalizeByMaximum("Normal", "Image").Append(ml.Transforms.NormalizeMinMax([
            new InputOutputColumnPair("First", "Image"), new InputOutputColumnPair("Second", "Normal"), new InputOutputColumnPair("Third", "Image"),
        ])));
        Assert.Null(pipeline.Fusion.NotFused);
        chain.MustServe(pipeline, chain.Split.Test);

        // One of them hides the column that it reads: nothing says any more which numbers are whose.
        using FittedPipeline mixed = chain.Fit("Scaled", ml.Transforms.NormalizeMinMax([new InputOutputColumnPair("Scaled", "Image"), new InputOutputColumnPair("Image", "Image")]));
        Assert.Contains("NormalizingTransformer makes Scaled", Assert.IsType<string>(mixed.Fusion.NotFused), StringComparison.Ordinal);
    }

    [Fact]
    public void ANormalizerThatMapsByItsBinsIsNamedBeforeTheTrainingBegins()
    {
        using Chain chain = new();
        using FittedPipeline pipeline = chain.Fit("Scaled", chain.Ml.Transforms.NormalizeBinning("Scaled", "Image", maximumBinCount: 8));
        Assert.Contains("NormalizingTransformer makes Scaled", Assert.IsType<string>(pipeline.Fusion.NotFused), StringComparison.Ordinal);
        Assert.Equal(["Scaled"], pipeline.Fuse().InputColumns);
    }

    [Fact]
    public void TheLogHearsOfEachEpoch()
    {
        using Chain chain = new();
        using FittedPipeline pipeline = chain.Fit("Image", chain.Ml.Transforms.NormalizeByMaximum("Image"));
        Assert.Equal([1, 2, 3], Enumerable.Range(1, 3).Where(epoch => chain.Log.Exists(line => line.Contains($"epoch {epoch} of 3", StringComparison.Ordinal))));
        Assert.Equal(3, pipeline.Network.Training.History.Count);
    }

    [Fact]
    public void ANetworkIsTrainedOnColumnsAsTheyAre()
    {
        using Chain chain = new();
        using FittedPipeline pipeline = chain.Split.Fit(chain.Ml.BinaryClassification.Trainers.ConvolutionalNetwork(TrainedTasks.Options(TrainedTasks.Classifier(1, "Image"), chain.Cases.Task!, epochs: 2)));
        Assert.Equal(["Image"], pipeline.Fuse().InputColumns);
        Assert.Contains(chain.Log, line => line.Contains("epoch 2 of 2", StringComparison.Ordinal));
        Assert.NotNull(pipeline.Evaluate(chain.Split.Test, chain.Split.Validation));
    }

    public sealed class Labelled
    {
        public string CaseId { get; set; } = "";
    }

    public sealed class OneImage
    {
        [VectorType(16, 16)]
        public float[] Image { get; set; } = [];
    }

    public sealed class OneAnswer
    {
        public float Score { get; set; }

        public bool PredictedLabel { get; set; }
    }

    public sealed class Before
    {
        [VectorType(16, 16)]
        public VBuffer<float> Normal { get; set; }
    }

    public sealed class Replaced
    {
        [VectorType(16, 16)]
        public VBuffer<float> Image { get; set; }
    }

    public sealed class After
    {
        [VectorType(16, 16)]
        public VBuffer<float> Doubled { get; set; }
    }

    /// <summary>Cases, their split and a context whose log is kept.</summary>
    private sealed class Chain : IDisposable
    {
        public Chain()
        {
            Ml.Log += (_, said) =>
            {
                lock (Log)
                {
                    Log.Add(said.Message);
                }
            };
            Cases = Ml.Data.LoadCases(SyntheticCases.Binary(24));
            Split = Ml.Data.SplitByPatient(Cases, train: 0.5, validation: 0.25);
        }

        public MLContext Ml { get; } = new(seed: 1);

        public List<string> Log { get; } = [];

        public CaseView Cases { get; }

        public PatientSplit Split { get; }

        public FittedPipeline Fit(string feature, IEstimator<ITransformer> steps) => Split.Fit(steps, Ml.TrainNetwork(TrainedTasks.Options(TrainedTasks.Classifier(1, feature), Cases.Task!, epochs: 3)));

        /// <summary>What is kept of the pipeline answers as the pipeline does.</summary>
        public void MustServe(FittedPipeline pipeline, IDataView rows)
        {
            Assert.NotNull(pipeline.Evaluate(Split.Test, Split.Validation));
            using TemporaryFolder folder = new();
            using ModelBundle bundle = ModelBundle.Write(folder.Path, new BundleCard { Name = "chain" }, pipeline, Ml);
            using BundleTransformer ours = bundle.ToTransformer();
            IDataView fitted = pipeline.Transform(Split.Test);
            Assert.InRange(AnswerColumns.Difference(fitted, ours.Transform(rows), bundle.Card.Outputs), 0, 1e-5);
            ITransformer stock = bundle.LoadStock(new MLContext());
            using (stock as IDisposable)
            {
                Assert.InRange(AnswerColumns.Difference(fitted, stock.Transform(rows), bundle.Card.Outputs), 0, 1e-5);
            }
        }

        public void Dispose() => Cases.Dispose();
    }
}
