using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.OnnxRuntime;
using MLNetScinti.Networks;
using MLNetScinti.Pipelines.Data;
using MLNetScinti.Pipelines.Definitions;
using MLNetScinti.Pipelines.Runs;
using MLNetScinti.Pipelines.Serving;
using MLNetScinti.Pipelines.Training;
using MLNetScinti.Pipelines.Tests.Transforms;
using MLNetScinti.Pipelines.Transforms;
using MLNetScinti.Testing;
using Xunit;

namespace MLNetScinti.Pipelines.Tests.Training;

[Collection("trained network")]
public sealed class TrainedNetworkTests(TrainedNetwork trained) : IDisposable
{
    private const double Tolerance = 1e-4;
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void TheThresholdIsFittedOnTheValidationPatients()
    {
        ConvolutionalNetworkTransformer network = trained.Network;
        Assert.Equal(trained.Split.Validation.Patients.Order(StringComparer.Ordinal), network.Validation.PatientIds.Order(StringComparer.Ordinal));
        Assert.Equal((8, 4), (network.Threshold.FittedOnCases, network.Threshold.FittedOnPatients));
        Assert.Equal((8, 2, 0), (network.TrainingCases, network.Training.History.Count, network.Training.ResumedEpochs));
        // A threshold is one of the probabilities that it was fitted on.
        Assert.Contains(network.Threshold.Value, network.Validation.Cases.Select(scored => scored.Probability));
    }

    [Fact]
    public void ThePredictedLabelIsTheProbabilityAtTheThreshold()
    {
        List<Scored> rows = [.. Scored.Read(trained.Chain.Transform(trained.Split.Test)), .. Scored.Read(trained.Chain.Transform(trained.Split.Validation))];
        Assert.Equal(16, rows.Count);
        Assert.All(rows, row =>
        {
            Assert.Equal(row.Probability >= trained.Network.Threshold.Value, row.PredictedLabel);
            Assert.Equal(1 / (1 + Math.Exp(-row.Score)), row.Probability, 1e-6);
        });
        // The validation case that gave the threshold has it exactly, so the decision of the served numbers is tested at its edge.
        Assert.Contains(rows, row => row.Probability == trained.Network.Threshold.Value && row.PredictedLabel);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void TheFusedModelAnswersAsThePipelineDoes(int batch)
    {
        List<Scored> rows = Scored.Read(trained.Chain.Transform(trained.Split.Test));
        Assert.Equal(["Image", "StudyMaximum"], trained.Fused.InputColumns);
        using InferenceSession session = new(trained.Fused.Bytes.ToArray());
        foreach (Scored[] chunk in rows.Chunk(batch))
        {
            float[] images = [.. chunk.SelectMany(row => row.Image.ToArray())], maxima = [.. chunk.Select(row => row.StudyMaximum)];
            using OrtValue image = OrtValue.CreateTensorValueFromMemory(images, [chunk.Length, 32, 32, 32]);
            using OrtValue maximum = OrtValue.CreateTensorValueFromMemory(maxima, [chunk.Length, 1]);
            using RunOptions options = new();
            using IDisposableReadOnlyCollection<OrtValue> outputs = session.Run(options, ["Image", "StudyMaximum"], [image, maximum], ["Score", "Probability", "PredictedLabel"]);
            float[] scores = outputs[0].GetTensorDataAsSpan<float>().ToArray(), probabilities = outputs[1].GetTensorDataAsSpan<float>().ToArray();
            bool[] predicted = outputs[2].GetTensorDataAsSpan<bool>().ToArray();
            for (int i = 0; i < chunk.Length; i++)
            {
                Assert.Equal(chunk[i].Score, scores[i], Tolerance);
                Assert.Equal(chunk[i].Probability, probabilities[i], Tolerance);
                if (Math.Abs(chunk[i].Probability - trained.Network.Threshold.Value) > Tolerance)
                {
                    Assert.Equal(chunk[i].PredictedLabel, predicted[i]);
                }
            }
        }
    }

    [Fact]
    public void TheFusedModelIsReadBackFromItsFile()
    {
        string file = _folder.File("model.onnx");
        trained.Fused.WriteOnnx(file);
        FusedModel read = FusedModel.Load(file);
        Assert.Equal(["model.onnx"], Directory.GetFiles(_folder.Path).Select(Path.GetFileName));
        Assert.Equal(trained.Fused.Bytes.ToArray(), read.Bytes.ToArray());
        Assert.Equal(trained.Fused.InputColumns, read.InputColumns);
        Assert.Equal(["Score", "Probability", "PredictedLabel"], read.OutputColumns);

        Scored row = Scored.Read(trained.Chain.Transform(trained.Split.Test))[0];
        using FusedScorer scorer = new(read);
        Assert.Empty(scorer.Score([]));
        Assert.Equal(row.Probability, Assert.Single(scorer.Score([[row.Image, new[] { row.StudyMaximum }]])).Probability, Tolerance);
        Assert.Contains("Image takes 32768 values", Assert.Throws<ArgumentException>(() => scorer.Score([[row.Image[1..], new[] { 1f }]])).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void BatchesAnswerAsOneCaseAfterTheOther(int threads)
    {
        List<Scored> rows = [.. Scored.Read(trained.Chain.Transform(trained.Split.Test)), .. Scored.Read(trained.Chain.Transform(trained.Split.Validation))];
        IReadOnlyList<ReadOnlyMemory<float>>[] cases = [.. rows.Select(row => (IReadOnlyList<ReadOnlyMemory<float>>)[row.Image, new[] { row.StudyMaximum }])];
        using FusedScorer single = new(trained.Fused), several = new(trained.Fused, threads);
        IReadOnlyList<(float Score, float Probability, bool PredictedLabel)> together = several.Score(cases);
        Assert.True(cases.Length > 8 && together.Count == cases.Length);
        Assert.All(cases.Index(), one =>
        {
            (float score, float probability, bool abnormal) = Assert.Single(single.Score([one.Item]));
            Assert.Equal(probability, together[one.Index].Probability, 1e-6f);
            Assert.Equal(score, together[one.Index].Score, 1e-5f);
            Assert.Equal(abnormal, together[one.Index].PredictedLabel);
            Assert.Equal(probability, Assert.Single(several.Score([one.Item])).Probability, 1e-6f);
        });
    }

    [Fact]
    public void AnotherFileIsNoFusedModel()
    {
        Assert.Throws<FileNotFoundException>(() => FusedModel.Load(_folder.File("nowhere.onnx")));
        Assert.Contains("text.onnx", Assert.Throws<NotAFusedModelException>(() => FusedModel.Load(_folder.Write("text.onnx", "no model"))).Message, StringComparison.Ordinal);
        File.WriteAllBytes(_folder.File("plain.onnx"), trained.Network.Network.ToOnnx(trained.Network.Weights));
        Assert.Contains("expected a model with the outputs", Assert.Throws<NotAFusedModelException>(() => FusedModel.Load(_folder.File("plain.onnx"))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void StockMLNetLoadsTheModelInAProcessWithoutThisProduct(bool fused)
    {
        string model = _folder.File("model.zip"), input = _folder.File("input.bin");
        if (fused)
        {
            trained.Fused.SaveStock(trained.Ml, model);
        }
        else
        {
            trained.Ml.Model.Save(trained.Chain, trained.Kidneys.Schema, model);
        }

        List<Scored> rows = Scored.Read(trained.Chain.Transform(trained.Split.Test));
        using (BinaryWriter writer = new(File.Create(input)))
        {
            writer.Write(2);
            writer.Write("Image");
            foreach (int number in (int[])[3, 32, 32, 32])
            {
                writer.Write(number);
            }

            writer.Write("StudyMaximum");
            writer.Write(0);
            writer.Write(rows.Count);
            foreach (Scored row in rows)
            {
                writer.Write(System.Runtime.InteropServices.MemoryMarshal.AsBytes(row.Image.Span));
                writer.Write(row.StudyMaximum);
            }
        }

        // Its own folder, not this one's: nothing of the product lies there.
        string configuration = Path.GetFileName(Path.GetDirectoryName(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar)))!;
        string folder = Path.Combine(TestData.Repository, "tests", "StockLoader", "bin", configuration, Path.GetFileName(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar)));
        Assert.Empty(Directory.GetFiles(folder, "MLNetScinti*.dll"));
        (int code, string output, string error) = Peer.Run(Environment.ProcessPath is { } host && Path.GetFileNameWithoutExtension(host) == "dotnet" ? host : "dotnet",
            Path.Combine(folder, "StockLoader.dll"), model, input);

        Assert.True(code == 0, error);
        float[] probabilities = [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => float.Parse(line, CultureInfo.InvariantCulture))];
        Assert.Equal(rows.Count, probabilities.Length);
        Assert.All(rows.Zip(probabilities), pair => Assert.Equal(pair.First.Probability, pair.Second, Tolerance));
    }

    [PeerFact("python:onnx")]
    public void TheFusedModelPassesTheOnnxChecker()
    {
        trained.Fused.WriteOnnx(_folder.File("model.onnx"));
        (int code, _, string error) = Peer.Run(Peer.Python, "-c", "import onnx, sys; onnx.checker.check_model(onnx.load(sys.argv[1]), full_check=True)", _folder.File("model.onnx"));
        Assert.True(code == 0, error);
    }

    [Fact]
    public void TheFusedModelNamesItsThresholdAndNoPatient()
    {
        using InferenceSession session = new(trained.Fused.Bytes.ToArray());
        Assert.Equal(trained.Network.Threshold.Value.ToString("R", CultureInfo.InvariantCulture), session.ModelMetadata.CustomMetadataMap["scinti.threshold"]);
        string content = System.Text.Encoding.Latin1.GetString(trained.Fused.Bytes.Span);
        Assert.DoesNotContain("SIM-", content, StringComparison.Ordinal);
        Assert.All(trained.Split.Train.Patients, patient => Assert.DoesNotContain(patient, content, StringComparison.Ordinal));
    }

    [Fact]
    public void TheSameSeedGivesTheSameWeightsAndAnotherOthers()
    {
        using ConvolutionalNetworkTransformer again = trained.Fit(seed: 3).LastTransformer;
        using ConvolutionalNetworkTransformer other = trained.Fit(seed: 4).LastTransformer;
        Assert.Equal(trained.Network.Training.FinalWeights.Hash(), again.Training.FinalWeights.Hash());
        Assert.Equal(trained.Fused.Bytes.ToArray(), again.Fuse().Bytes.ToArray());
        Assert.NotEqual(trained.Network.Training.FinalWeights.Hash(), other.Training.FinalWeights.Hash());
    }

    [Fact]
    public void OnlyTheTrainingSetOfASplitIsTrainedOn()
    {
        foreach (IDataView wrong in (IDataView[])[trained.Kidneys, trained.Split.Test, trained.Split.Validation])
        {
            string message = Assert.Throws<PatientSplitException>(() =>
                NetworkCatalog.Preprocessing(trained.Ml, new NetworkDefinition("dmsa-2.5d", 0.1), SmallCohort.Kidneys.Size).Append(trained.Trainer(3)).Fit(wrong)).Message;
            Assert.Contains(wrong.GetType().Name, message, StringComparison.Ordinal);
            Assert.Contains("SplitByPatient", message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void ATrainingSetWithOneClassOnlyIsRefused()
    {
        trained.Cohort.CopyTo(_folder.Path);
        File.WriteAllText(_folder.File("labels.csv"), File.ReadAllText(_folder.File("labels.csv")).Replace(",abnormal,", ",normal,", StringComparison.Ordinal));
        PatientSplit split = trained.Ml.Data.SplitByPatient(trained.Ml.Data.LoadKidneysFromDicom(_folder.Path, kidneys: SmallCohort.Kidneys, options: SmallCohort.Load));
        Assert.Contains("none of them is abnormal", Assert.Throws<PatientSplitException>(() =>
            NetworkCatalog.Preprocessing(trained.Ml, new NetworkDefinition("dmsa-2.5d", 0.1), SmallCohort.Kidneys.Size).Append(trained.Trainer(3)).Fit(split.Train)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ImagesOfAnotherShapeThanTheNetworksAreRefused()
    {
        KidneyDataView smaller = trained.Ml.Data.LoadKidneysFromDicom(trained.Cohort.Folder, kidneys: SmallCohort.Kidneys with { Size = 16 }, options: SmallCohort.Load);
        PatientSplit split = trained.Ml.Data.SplitByPatient(smaller);
        string message = Assert.Throws<ColumnException>(() =>
            NetworkCatalog.Preprocessing(trained.Ml, new NetworkDefinition("dmsa-2.5d", 0.1), SmallCohort.Kidneys.Size).Append(trained.Trainer(3)).Fit(split.Train)).Message;
        Assert.Equal("The network's input MipTransverse takes images of 32 x 32; the column 'MipTransverse' holds 16 x 16.", message);
    }

    [Fact]
    public void AColumnTooManyOrTooFewIsRefusedAtOnce()
    {
        NetworkGraph graph = NetworkCatalog.Create(new NetworkDefinition("dmsa-2.5d", 0.1), SmallCohort.Kidneys.Size);
        Assert.Contains("takes 3 inputs", Assert.Throws<ArgumentException>(() =>
            trained.Ml.BinaryClassification.Trainers.ConvolutionalNetwork(new ConvolutionalNetworkOptions { Network = graph, Features = ["Mip"] })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TheEstimatorsShapeHasTheColumnsOfABinaryClassifier()
    {
        SchemaShape shape = NetworkCatalog.Preprocessing(trained.Ml, new NetworkDefinition("dmsa-2.5d", 0.1), SmallCohort.Kidneys.Size).Append(trained.Trainer(3)).GetOutputSchema(ShapeProbe.ShapeOf(trained.Split.Train));
        foreach ((string name, DataViewType type) in new (string, DataViewType)[] { ("Score", NumberDataViewType.Single), ("Probability", NumberDataViewType.Single), ("PredictedLabel", BooleanDataViewType.Instance) })
        {
            SchemaShape.Column column = Assert.Single(shape, column => column.Name == name);
            Assert.Equal((SchemaShape.Column.VectorKind.Scalar, type), (column.Kind, column.ItemType));
        }
    }

    [Fact]
    public void MLNetEvaluatesTheScoredTestSet()
    {
        IDataView scored = trained.Chain.Transform(trained.Split.Test);
        CalibratedBinaryClassificationMetrics metrics = trained.Ml.BinaryClassification.Evaluate(scored);
        List<Scored> rows = Scored.Read(scored);
        bool[] labels = [.. scored.GetColumn<bool>("Label")];
        // ML.NET decides at a score of 0, whatever the threshold of the predicted label is; the report says both.
        Assert.Equal(rows.Zip(labels).Count(pair => pair.First.Score > 0 == pair.Second) / 8.0, metrics.Accuracy, 1e-9);
        double auc = rows.Zip(labels).Where(p => p.Second).SelectMany(p => rows.Zip(labels).Where(n => !n.Second).Select(n => p.First.Score > n.First.Score ? 1 : p.First.Score == n.First.Score ? 0.5 : 0)).Average();
        Assert.Equal(auc, metrics.AreaUnderRocCurve, 1e-9);
    }

    [Fact]
    public void TrainingCanBeStopped()
    {
        using CancellationTokenSource stop = new();
        stop.Cancel();
        ConvolutionalNetworkTrainer trainer = trained.Ml.BinaryClassification.Trainers.ConvolutionalNetwork(new ConvolutionalNetworkOptions
        {
            Network = NetworkCatalog.Create(new NetworkDefinition("dmsa-2.5d", 0.1), SmallCohort.Kidneys.Size),
            Training = new TrainingOptions { Device = TrainingDevice.Cpu },
            CancellationToken = stop.Token,
        });
        Assert.ThrowsAny<OperationCanceledException>(() => NetworkCatalog.Preprocessing(trained.Ml, new NetworkDefinition("dmsa-2.5d", 0.1), SmallCohort.Kidneys.Size).Append(trainer).Fit(trained.Split.Train));
    }
}
