using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.OnnxRuntime;
using MLNetScinti.Evaluation;
using MLNetScinti.Networks;
using MLNetScinti.Pipelines.Serving;
using MLNetScinti.Pipelines.Transforms;
using MLNetScinti.Testing;
using Xunit;

namespace MLNetScinti.Pipelines.Tests.Training;

[Collection("trained network")]
public sealed class TrainedNetworkTests(TrainedNetwork trained) : IDisposable
{
    private const double Tolerance = 1e-4;
    private readonly TemporaryFolder _folder = new();

    private DecisionThreshold Threshold => trained.Network.Decision.Thresholds[0];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void TheThresholdIsFittedOnTheValidationPatients()
    {
        NetworkTransformer network = trained.Network;
        Assert.Equal((8, 4), (Threshold.FittedOnCases, Threshold.FittedOnPatients));
        Assert.Equal((8, 2, 0), (network.TrainingTargets.Count, network.Training.History.Count, network.Training.ResumedEpochs));
        // A threshold is one of the probabilities that it was fitted on.
        Assert.Contains(Threshold.Value, Scored.Read(trained.Chain.Transform(trained.Split.Validation)).Select(scored => scored.Probability));
    }

    [Fact]
    public void WhomAModelWasFittedOnTestsNothingThatIsTrainedFromIt()
    {
        SplitMembership earlier = trained.Split.Membership with { Patients = [.. trained.Split.Membership.Patients, new SplitPatient("P-0123456789AB", SplitSide.Train)] };
        NetworkTrainerOptions options = trained.Trainer(3).Options;
        NetworkTrainer from = trained.Ml.BinaryClassification.Trainers.ConvolutionalNetwork(options with
        {
            Training = options.Training with { Start = new ModelStart(trained.Network.Weights, earlier, "earlier") },
        });
        PatientSplit other = Enumerable.Range(2, 40)
            .Select(seed => trained.Ml.Data.SplitByPatient(trained.Kidneys, new PatientSplitOptions { TrainPatients = 4, ValidationPatients = 4, TestPatients = 4, Balanced = true, Seed = (ulong)seed }))
            .First(split => split.Test.Patients.Overlaps(trained.Split.Train.Patients));
        Assert.Contains("earlier, which the training starts from", Assert.Throws<PatientSplitException>(() => other.Fit(trained.Preprocessing, from)).Message, StringComparison.Ordinal);
        using FittedPipeline again = trained.Split.Fit(trained.Preprocessing, from);
        Assert.Contains(new SplitPatient("P-0123456789AB", SplitSide.Train), again.Membership.Patients);
    }

    [Fact]
    public void ThePredictedLabelIsTheProbabilityAtTheThreshold()
    {
        List<Scored> rows = [.. Scored.Read(trained.Chain.Transform(trained.Split.Test)), .. Scored.Read(trained.Chain.Transform(trained.Split.Validation))];
        Assert.Equal(16, rows.Count);
        Assert.All(rows, row =>
        {
            Assert.Equal(row.Probability >= Threshold.Value, row.PredictedLabel);
            Assert.Equal(1 / (1 + Math.Exp(-row.Score)), row.Probability, 1e-6);
        });
        // The validation case that gave the threshold has it exactly, so the decision of the served numbers is tested at its edge.
        Assert.Contains(rows, row => row.Probability == Threshold.Value && row.PredictedLabel);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void TheFusedModelAnswersAsThePipelineDoes(int batch)
    {
        List<Scored> rows = Scored.Read(trained.Chain.Transform(trained.Split.Test));
        Assert.Equal(["Image", "StudyMaximum"], trained.Fused.InputColumns);
        using InferenceSession session = new(Saved());
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
                if (Math.Abs(chunk[i].Probability - Threshold.Value) > Tolerance)
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
        trained.Fused.Save(file);
        FusedModel read = FusedModel.Load(file);
        Assert.Equal(["model.onnx"], Directory.GetFiles(_folder.Path).Select(Path.GetFileName));
        Assert.Equal(trained.Fused.InputColumns, read.InputColumns);
        Assert.Equal(SmallCohort.System.Task, read.Task);
        Assert.Equal(["Score", "Probability", "PredictedLabel"], read.OutputColumns);

        Scored row = Scored.Read(trained.Chain.Transform(trained.Split.Test))[0];
        using OnnxScorer scorer = new(read);
        Assert.Empty(scorer.Score([]));
        Assert.Equal(row.Probability, Assert.Single(scorer.Score([[row.Image, new[] { row.StudyMaximum }]]))[1][0], Tolerance);
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
        using OnnxScorer single = new(trained.Fused), several = new(trained.Fused, threads);
        IReadOnlyList<IReadOnlyList<float[]>> together = several.Score(cases);
        Assert.True(cases.Length > 8 && together.Count == cases.Length);
        Assert.All(cases.Index(), one =>
        {
            IReadOnlyList<float[]> alone = Assert.Single(single.Score([one.Item])), among = together[one.Index];
            Assert.Equal(alone[1][0], among[1][0], 1e-6f);
            Assert.Equal(alone[0][0], among[0][0], 1e-5f);
            Assert.Equal(alone[2], among[2]);
            Assert.Equal(alone[1][0], Assert.Single(several.Score([one.Item]))[1][0], 1e-6f);
        });
    }

    [Fact]
    public void AnotherFileIsNoFusedModel()
    {
        Assert.Throws<FileNotFoundException>(() => FusedModel.Load(_folder.File("nowhere.onnx")));
        Assert.Contains("text.onnx", Assert.Throws<NotAFusedModelException>(() => FusedModel.Load(_folder.Write("text.onnx", "no model"))).Message, StringComparison.Ordinal);
        File.WriteAllBytes(_folder.File("plain.onnx"), trained.Network.Network.ToOnnx(trained.Network.Weights));
        Assert.Contains("expected a model that says which task it answers", Assert.Throws<NotAFusedModelException>(() => FusedModel.Load(_folder.File("plain.onnx"))).Message, StringComparison.Ordinal);
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
        trained.Fused.Save(_folder.File("model.onnx"));
        (int code, _, string error) = Peer.Run(Peer.Python, "-c", "import onnx, sys; onnx.checker.check_model(onnx.load(sys.argv[1]), full_check=True)", _folder.File("model.onnx"));
        Assert.True(code == 0, error);
    }

    [Fact]
    public void TheFusedModelNamesItsThresholdAndNoPatient()
    {
        using InferenceSession session = new(Saved());
        Assert.Equal(Threshold.Value.ToString("R", CultureInfo.InvariantCulture), session.ModelMetadata.CustomMetadataMap["scinti.thresholds"]);
        string content = System.Text.Encoding.Latin1.GetString(Saved());
        Assert.DoesNotContain("SIM-", content, StringComparison.Ordinal);
        Assert.All(trained.Split.Train.Patients, patient => Assert.DoesNotContain(patient, content, StringComparison.Ordinal));
    }

    [Fact]
    public void TheSameSeedGivesTheSameWeightsAndAnotherOthers()
    {
        using FittedPipeline again = trained.Fit(seed: 3), other = trained.Fit(seed: 4);
        Assert.Equal(trained.Network.Training.FinalWeights.Hash(), again.Network.Training.FinalWeights.Hash());
        Assert.Equal(Saved(), Saved(again.Fuse()));
        Assert.NotEqual(trained.Network.Training.FinalWeights.Hash(), other.Network.Training.FinalWeights.Hash());
    }

    [Fact]
    public void ATrainingSetWithOneClassOnlyIsRefused()
    {
        trained.Cohort.CopyTo(_folder.Path);
        File.WriteAllText(_folder.File("labels.csv"), File.ReadAllText(_folder.File("labels.csv")).Replace(",abnormal,", ",normal,", StringComparison.Ordinal));
        using CaseView kidneys = SmallCohort.Load(_folder.Path);
        PatientSplit split = trained.Ml.Data.SplitByPatient(kidneys);
        Assert.Contains("none of them is abnormal", Assert.Throws<PatientSplitException>(() => split.Fit(trained.Preprocessing, trained.Trainer(3))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ImagesOfAnotherShapeThanTheNetworksAreRefused()
    {
        using CaseView smaller = SmallCohort.Load(trained.Cohort.Folder, system: SmallCohort.System with { Size = 16 });
        PatientSplit split = trained.Ml.Data.SplitByPatient(smaller);
        string message = Assert.Throws<ColumnException>(() => split.Fit(trained.Preprocessing, trained.Trainer(3))).Message;
        Assert.Equal("The network's input MipTransverse takes images of 32 x 32; the column 'MipTransverse' holds 16 x 16.", message);
    }

    [Fact]
    public void AColumnTooManyOrTooFewIsRefusedAtOnce()
    {
        NetworkGraph graph = SmallCohort.System.Network(TrainedNetwork.Definition);
        Assert.Contains("takes 3 inputs", Assert.Throws<ArgumentException>(() =>
            trained.Ml.BinaryClassification.Trainers.ConvolutionalNetwork(new NetworkTrainerOptions { Network = graph, Task = SmallCohort.System.Task, FeatureColumnNames = ["Mip"] })).Message, StringComparison.Ordinal);
    }

    /// <summary>Judging a model on a patient that it was trained on is refused, and so are the patient's images under another name.</summary>
    [Fact]
    public void NoModelIsJudgedOnPatientsThatItKnows()
    {
        Assert.Contains("was trained on", Assert.Throws<PatientSplitException>(() => trained.Chain.Membership.MustNotKnow(trained.Split.Train, "it")).Message, StringComparison.Ordinal);
        Assert.Contains("was validated on", Assert.Throws<PatientSplitException>(() => trained.Chain.Membership.MustNotKnow(trained.Split.Validation, "it")).Message, StringComparison.Ordinal);
        trained.Chain.Membership.MustNotKnow(trained.Split.Test, "it");
        using CaseView stranger = new(new FolderCases(trained.Cohort.Folder, SmallCohort.System, new FolderOptions { PseudonymKey = new MLNetScinti.Dicom.PseudonymKey(MLNetScinti.Testing.TestSecret.Of("somebody else")) }));
        Assert.Contains("(by the images) was ", Assert.Throws<PatientSplitException>(() => trained.Chain.Membership.MustNotKnow(stranger, "it")).Message, StringComparison.Ordinal);
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
        Assert.ThrowsAny<OperationCanceledException>(() => trained.Split.Fit(trained.Preprocessing, trained.Trainer(3, stop.Token)));
    }

    private byte[] Saved(FusedModel? model = null)
    {
        string file = _folder.File($"{Guid.NewGuid():N}.onnx");
        (model ?? trained.Fused).Save(file);
        byte[] content = File.ReadAllBytes(file);
        File.Delete(file);
        return content;
    }
}
