using Microsoft.ML;
using MLNetScinti.Evaluation;
using MLNetScinti.Evaluation.Reporting;
using MLNetScinti.Imaging;
using MLNetScinti.Networks;
using MLNetScinti.Pipelines.Definitions;
using MLNetScinti.Pipelines.Explanations;
using MLNetScinti.Pipelines.Serving;
using MLNetScinti.Pipelines.Tests.Training;
using MLNetScinti.Simulation;
using MLNetScinti.Systems;
using MLNetScinti.Systems.Dmsa;
using MLNetScinti.Systems.Dmsa.Explanation;
using MLNetScinti.Testing;
using Xunit;

namespace MLNetScinti.Pipelines.Tests.Explanations;

/// <summary>Explanations of a small network on a small simulated cohort, read back from DICOM.</summary>
[Collection("trained network")]
public sealed class TestExplanationTests(TrainedNetwork trained) : IDisposable
{
    private static readonly EvaluationOptions s_options = new() { BootstrapReplicates = 0, Words = SmallCohort.System.Words.Task, Groupings = SmallCohort.System.Groupings };
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>The truth is drawn from the phantom, the image went through camera, reconstruction, file and separation: they must meet.</summary>
    [Fact]
    public void TheTruthLiesWhereTheImageHasTheKidney()
    {
        DefectTruth truth = DefectTruth.Of(trained.Cohort.Cohort);
        double intact = 0, defect = 0, outside = 0;
        int kidneys = 0, defects = 0;
        foreach (Case kidney in trained.Kidneys.Read())
        {
            float[] image = kidney.Images[0].Values.ToArray();
            byte[] labels = truth.LabelsOf(kidney)!;
            Assert.Equal(image.Length, labels.Length);
            bool abnormal = labels.Any(label => label >= KidneyTruth.FirstDefect);
            Assert.Equal(kidney.Target is ClassTarget { Index: 1 }, abnormal);
            double Mean(Func<byte, bool> wanted) => labels.Zip(image).Where(pair => wanted(pair.First)).Average(pair => pair.Second);
            double tissue = Mean(label => label == KidneyTruth.Intact);
            (kidneys, intact, outside) = (kidneys + 1, intact + 1, outside + (Mean(label => label == 0) / tissue));
            (defects, defect) = abnormal ? (defects + 1, defect + (Mean(label => label >= KidneyTruth.FirstDefect) / tissue)) : (defects, defect);

            // The middle of the masks and of the counts, in voxels of 3.5 mm.
            (double s, double r, double c) = Middle(kidney, labels.Select(label => label > 0 ? 1.0 : 0));
            (double si, double ri, double ci) = Middle(kidney, image.Select(value => (double)value * value));
            Assert.InRange(Math.Sqrt(((s - si) * (s - si)) + ((r - ri) * (r - ri)) + ((c - ci) * (c - ci))), 0, 3.5);
        }

        Assert.Equal(24, kidneys);
        Assert.InRange(outside / kidneys, 0, 0.15);
        Assert.InRange(defect / defects, 0.2, 0.85);
    }

    [Fact]
    public void TheExplainingModelAnswersAsTheFusedModelDoes()
    {
        ExplainingModel model = trained.Chain.Explain();
        Assert.Equal(trained.Fused.InputColumns, model.InputColumns);
        Assert.Equal(["MipTransverse", "MipSagittal", "MipCoronal"], model.Maps.Select(map => map.Input));
        using ExplainingScorer explainer = new(model);
        using OnnxScorer scorer = new(trained.Fused);
        IReadOnlyList<ReadOnlyMemory<float>>[] cases = [.. trained.Split.Test.Cases!.Read().Select(one => trained.Fused.ValuesOf(one, trained.Kidneys.Cases))];
        IReadOnlyList<ExplainedScore> together = explainer.Explain(cases);
        Assert.Equal(scorer.Score(cases).Select(answer => answer[0][0]), together.Select(answer => answer.Score));
        Assert.All(together.Zip(cases), pair =>
        {
            ExplainedScore alone = explainer.Explain([pair.Second])[0];
            Assert.All(alone.Maps.Zip(pair.First.Maps), maps => Assert.All(maps.First.Zip(maps.Second), values => Assert.Equal(values.First, values.Second, 1e-5f)));
            Assert.All(alone.Maps, map => Assert.Equal(16, map.Length));
            Assert.All(alone.Maps.SelectMany(map => map), value => Assert.True(value >= 0));
        });
        Assert.Contains(together.SelectMany(one => one.Maps).SelectMany(map => map), value => value > 0);
        Assert.Empty(explainer.Explain([]));
        model.Save(_folder.File("explained.onnx"));
        string content = System.Text.Encoding.Latin1.GetString(File.ReadAllBytes(_folder.File("explained.onnx")));
        Assert.DoesNotContain("SIM-", content, StringComparison.Ordinal);
    }

    [PeerFact("python:onnx")]
    public void TheExplainingModelPassesTheOnnxChecker()
    {
        trained.Chain.Explain().Save(_folder.File("explanation.onnx"));
        (int code, _, string error) = Peer.Run(Peer.Python, "-c", "import onnx, sys; onnx.checker.check_model(onnx.load(sys.argv[1]), full_check=True)", _folder.File("explanation.onnx"));
        Assert.True(code == 0, error);
    }

    [Fact]
    public void EveryAbnormalTestKidneyIsPointedAtAndTheSameAtAnyNumberOfThreads()
    {
        TestScores test = Test();
        ExplanationSection one = Explain(test, DefectTruth.Of(trained.Cohort.Cohort), threads: 1), three = Explain(test, DefectTruth.Of(trained.Cohort.Cohort), threads: 3);
        Assert.Equal(
            ["Class activation, the hottest of 3 views", "Class activation, the hottest of 3 views: in the defect itself", "Class activation, transverse view", "Class activation, sagittal view", "Class activation, coronal view", "Occlusion, in the volume"],
            one.Agreements.Select(agreement => agreement.Name));
        string[] abnormal = [.. test.Cases.Where(scored => scored.Label).Select(scored => scored.CaseId)];
        Assert.Equal(4, abnormal.Length);
        Assert.All(one.Agreements.Take(5), agreement => Assert.Equal(abnormal, agreement.Cases.Select(found => found.CaseId)));
        Assert.All(one.Agreements.SelectMany(agreement => agreement.Cases), found =>
        {
            Assert.InRange(found.Chance, 0.001, 1);
            Assert.True(!found.Hit || found.Distance <= 10);
        });
        Assert.All(one.Agreements[0].Cases.Zip(one.Agreements[1].Cases), pair =>
        {
            Assert.Equal(pair.First.Distance, pair.Second.Distance);
            Assert.True(pair.Second.Chance < pair.First.Chance);
            Assert.Equal(pair.Second.Distance == 0, pair.Second.Hit);
        });
        Assert.Equal(one.Agreements.SelectMany(agreement => agreement.Cases), three.Agreements.SelectMany(agreement => agreement.Cases));
        Assert.Equal(one.Cases.SelectMany(shown => shown.Findings), three.Cases.SelectMany(shown => shown.Findings));
        Assert.Equal(
            one.Cases.SelectMany(shown => shown.Pictures).SelectMany(picture => picture.Png.ToArray()),
            three.Cases.SelectMany(shown => shown.Pictures).SelectMany(picture => picture.Png.ToArray()));
    }

    [Fact]
    public void TheWronglyCalledComeFirstEachWithItsPicturesInWords()
    {
        TestScores test = Test();
        ExplanationSection section = Explain(test, DefectTruth.Of(trained.Cohort.Cohort), threads: 2);
        bool[] wrong = [.. section.Cases.Select(shown => shown.Truth != shown.Called)];
        Assert.Equal(wrong.OrderDescending(), wrong);
        Assert.Equal(test.Cases.Count(one => one.Label != trained.Network.Decision.Thresholds[0].IsPositive(one.Probability)), wrong.Count(one => one));
        Assert.All(section.Cases, shown =>
        {
            Assert.Equal(["Class activation: transverse, sagittal, coronal", "Occlusion: transverse, sagittal, coronal"], shown.Pictures.Select(picture => picture.Caption));
            Assert.All(shown.Pictures, picture => Assert.Contains(shown.CaseId, picture.AlternativeText, StringComparison.Ordinal));
            Assert.All(shown.Pictures, picture => Assert.InRange(picture.Png.Length, 500, 100_000));
            Assert.Equal(shown.Truth == "normal", shown.Findings.Any(finding => finding.StartsWith("There is no defect", StringComparison.Ordinal)));
        });
    }

    /// <summary>One view, and a volume of larger voxels than the image.</summary>
    [Theory]
    [InlineData("dmsa-2d-coronal", 1, "coronal view", "coronal")]
    [InlineData("dmsa-3d", 2, "in the volume", "transverse, sagittal, coronal")]
    public void NetworksOfOneInputAreExplainedOverTheirOwnViews(string architecture, int downsample, string where, string views)
    {
        PipelineDefinition definition = Definition(architecture, downsample);
        DmsaSystem system = SmallCohort.System;
        using FittedPipeline pipeline = trained.Split.Fit(system.Preprocessing(trained.Ml, definition.Network), trained.Ml.TrainNetwork(new NetworkTrainerOptions
        {
            Network = system.Network(definition.Network),
            Task = system.Task,
            Training = new TrainingOptions { Seed = 1, Epochs = 1, Optimizer = new OptimizerOptions { LearningRate = 1e-3 }, Selection = Selection.Accuracy, Device = TrainingDevice.Cpu },
        }));
        ExplanationSection section = Explain(definition, pipeline, Test(pipeline), DefectTruth.Of(trained.Cohort.Cohort), threads: 2);
        Assert.Equal([$"Class activation, {where}", $"Class activation, {where}: in the defect itself", "Occlusion, in the volume"], section.Agreements.Select(agreement => agreement.Name));
        Assert.Equal(4, section.Agreements[0].Cases.Count);
        Assert.All(section.Cases, shown => Assert.Equal($"Class activation: {views}", shown.Pictures[0].Caption));
        Assert.Contains($"stands for {8 * downsample} voxels", section.Methods[0], StringComparison.Ordinal);
    }

    [Fact]
    public void WithoutATruthNothingIsSaidOfAgreementAndWhy()
    {
        ExplanationSection section = Explain(Test(), DefectTruth.Of((SimulationDefinition?)null), threads: 1);
        ExplanationAgreement agreement = Assert.Single(section.Agreements);
        Assert.Contains("real ones", agreement.HitRate.UndefinedReason, StringComparison.Ordinal);
        Assert.NotEmpty(section.Cases);
        Assert.DoesNotContain(section.Cases.SelectMany(shown => shown.Findings), finding => finding.Contains("true defect", StringComparison.Ordinal) || finding.Contains("no defect", StringComparison.Ordinal));
    }

    private ExplanationSection Explain(TestScores test, DefectTruth truth, int threads) => Explain(Definition("dmsa-2.5d", 1), trained.Chain, test, truth, threads);

    private ExplanationSection Explain(PipelineDefinition definition, FittedPipeline pipeline, TestScores test, DefectTruth truth, int threads)
    {
        ExplanationRequest request = new(definition, pipeline.Network, pipeline.Explain(), pipeline.Fuse(), trained.Split.Test.Cases!, test, s_options, threads);
        return new TestExplanation(SmallCohort.System, request, truth).Of(CancellationToken.None);
    }

    private PipelineDefinition Definition(string architecture, int downsample)
    {
        File.WriteAllText(
            _folder.File("small.yaml"),
            $"name: small\nseed: 3\ndata: {{ folder: studies }}\nkidneys: {{ size: 32 }}\nsplit: {{ train: 4, validation: 4, test: 4 }}\nnetwork: {{ architecture: {architecture}, width: 0.1, downsample: {downsample} }}\ntraining: {{ epochs: 2 }}\n");
        return PipelineReader.Read(_folder.File("small.yaml"), ShippedSystems.All);
    }

    private TestScores Test() => Test(trained.Chain);

    private TestScores Test(FittedPipeline pipeline) => ((BinaryEvaluation)pipeline.Evaluate(trained.Split.Test, trained.Split.Validation, s_options)).Test;

    private static (double Section, double Row, double Column) Middle(Case kidney, IEnumerable<double> weights)
    {
        ImageShape shape = kidney.Images[0].Shape;
        double sum = 0, s = 0, r = 0, c = 0;
        foreach ((int i, double weight) in weights.Index())
        {
            sum += weight;
            s += weight * (i / shape.PlaneLength);
            r += weight * (i % shape.PlaneLength / shape.Columns);
            c += weight * (i % shape.Columns);
        }

        return (s / sum, r / sum, c / sum);
    }
}
