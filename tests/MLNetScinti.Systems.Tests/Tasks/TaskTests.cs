using System.Text.Json;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLNetScinti.Evaluation;
using MLNetScinti.Evaluation.Html;
using MLNetScinti.Evaluation.Reporting;
using MLNetScinti.Imaging;
using MLNetScinti.Pipelines;
using MLNetScinti.Pipelines.Transforms;
using MLNetScinti.Systems.Tests.Cases;
using Xunit;

namespace MLNetScinti.Systems.Tests.Tasks;

/// <summary>Each task from its cases to its figures.</summary>
[Collection("training")]
public sealed class TaskTests(TrainedTasks tasks)
{
    [Theory]
    [MemberData(nameof(TrainedTasks.Names), MemberType = typeof(TrainedTasks))]
    public void ItLearnsWhatIsThereToLearn(string name)
    {
        TrainedTask trained = tasks[name];
        IEvaluation evaluation = trained.Pipeline.Evaluate(trained.Split.Test, trained.Split.Validation, new EvaluationOptions { Model = name });

        Assert.Equal(trained.Cases.Task!.Name, evaluation.Task);
        Assert.Equal(trained.Split.Test.Patients.Count, evaluation.Test.Cases.Count);
        Assert.Equal(trained.Split.Validation.Patients.Count, evaluation.Validation!.Cases.Count);
        Assert.NotEmpty(evaluation.Stock);
        double figure = evaluation switch
        {
            BinaryEvaluation binary => binary.AreaUnderRoc.Value,
            MulticlassEvaluation classes => classes.MicroAccuracy.Value,
            MultiLabelEvaluation labels => labels.MacroF1.Value,
            SegmentationEvaluation masks => masks.MeanDice.Value,
            _ => 0,
        };
        Assert.True(figure > 0.75, $"{name}: {figure}");

        EvaluationReport report = new() { Title = $"The task {name}", Evaluation = evaluation, Data = new DataCard(), Model = new ModelCard { Name = name }, Run = new RunRecord { Command = "test", Seed = 1 } };
        string html = trained.Folder.File("report.html"), json = trained.Folder.File("metrics.json");
        HtmlReport.Write(report, html);
        MetricsJson.Write(report, json);
        Assert.All(trained.Cases.Task!.Classes, word => Assert.True(name == "binary" || File.ReadAllText(html).Contains(word, StringComparison.Ordinal), word));
        using JsonDocument read = JsonDocument.Parse(File.ReadAllBytes(json));
        Assert.Equal(JsonValueKind.Object, read.RootElement.ValueKind);
    }

    [Theory]
    [MemberData(nameof(TrainedTasks.Names), MemberType = typeof(TrainedTasks))]
    public void TheDecisionIsThatOfTheTask(string name)
    {
        TrainedTask trained = tasks[name];
        int thresholds = trained.Pipeline.Network.Decision.Thresholds.Count;
        Assert.Equal(name switch { "binary" or "mask" or "windows" => 1, "multilabel" => 3, _ => 0 }, thresholds);
        Assert.Equal(thresholds, trained.Bundle.Card.Thresholds.Count);
        Assert.Equal(trained.Split.Train.Patients.Count, trained.Pipeline.Network.TrainingTargets.Count);
    }

    [Fact]
    public void StockEvaluatorsReadTheAnswersAsTheyStand()
    {
        TrainedTask binary = tasks["binary"], classes = tasks["multiclass"];
        BinaryClassificationMetrics two = binary.Ml.BinaryClassification.Evaluate(binary.Pipeline.Transform(binary.Split.Test));
        MulticlassClassificationMetrics several = classes.Ml.MulticlassClassification.Evaluate(classes.Pipeline.Transform(classes.Split.Test));

        BinaryEvaluation ours = (BinaryEvaluation)binary.Pipeline.Evaluate(binary.Split.Test, binary.Split.Validation);
        MulticlassEvaluation ourClasses = (MulticlassEvaluation)classes.Pipeline.Evaluate(classes.Split.Test, classes.Split.Validation);
        Assert.Equal(ours.AreaUnderRoc.Value, two.AreaUnderRocCurve, 1e-9);
        Assert.Equal(ourClasses.MicroAccuracy.Value, several.MicroAccuracy, 1e-9);
        Assert.Equal(["left", "middle", "right"], ClassNames(classes.Pipeline.Transform(classes.Split.Test).Schema["PredictedLabel"]));
    }

    [Fact]
    public void AMaskMovesWithItsImage()
    {
        // The blob is in one corner: a mask that stayed there while the image is mirrored would teach that blobs are no blobs.
        MLContext ml = new(seed: 1);
        using CaseView cases = ml.Data.LoadCases(SyntheticCases.Corner(32));
        PatientSplit split = ml.Data.SplitByPatient(cases, train: 0.5, validation: 0.25);
        NetworkTrainerOptions options = TrainedTasks.Options(TrainedTasks.Segmenter(1, "Image", new ImageShape(16, 16)), cases.Task!, epochs: 20) with
        {
            Augmentation = new Augmentation(new RandomFlip(horizontal: true, vertical: true), new RandomTranslate(2)),
        };
        using FittedPipeline pipeline = split.Fit(ml.Transforms.NormalizeByMaximum("Image"), ml.TrainNetwork(options));
        Assert.InRange(pipeline.Network.Training.History[^1].TrainingLoss, 0, 0.3);
        Assert.True(((SegmentationEvaluation)pipeline.Evaluate(split.Test, split.Validation)).MeanDice.Value > 0.8);
    }

    [Fact]
    public void AnAnswerForAWholeCaseIsNotPutTogetherFromWindows()
    {
        TrainedTask trained = tasks["binary"];
        NetworkTrainerOptions options = TrainedTasks.Options(TrainedTasks.Classifier(1, "Image"), trained.Cases.Task!, 1);
        string message = Assert.Throws<ArgumentException>(() => trained.Ml.TrainNetwork(options with { Training = options.Training with { Inferer = new MLNetScinti.Networks.SlidingWindow([8, 8]) } })).Message;
        Assert.Contains("windows of 8 x 8", message, StringComparison.Ordinal);
    }

    [Fact]
    public void ATestPatientThatWasTrainedOnIsRefused()
    {
        TrainedTask trained = tasks["multilabel"];
        PatientSplit other = trained.Ml.Data.SplitByPatient(trained.Cases, train: 0.5, validation: 0.25, seed: 9);
        string message = Assert.Throws<PatientSplitException>(() => trained.Pipeline.Evaluate(other.Test, trained.Split.Validation)).Message;
        Assert.DoesNotContain('\n', message);
        Assert.Contains(trained.Split.Train.Patients.Concat(trained.Split.Validation.Patients), id => message.Contains(id, StringComparison.Ordinal));
    }

    [Fact]
    public void ANetworkOfAnotherOutputIsRefusedByItsShape()
    {
        TrainedTask trained = tasks["mask"];
        ArgumentException problem = Assert.Throws<ArgumentException>(() => trained.Ml.TrainNetwork(TrainedTasks.Options(TrainedTasks.Classifier(1, "Image"), trained.Cases.Task!, 1)));
        Assert.Contains("1 x 16 x 16", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TheTargetColumnsAreReadBackAsTheyWereWritten()
    {
        foreach (SyntheticCases source in (SyntheticCases[])[SyntheticCases.Binary(4), SyntheticCases.Multiclass(4), SyntheticCases.MultiLabel(8), SyntheticCases.Mask(4)])
        {
            using CaseView view = new(source);
            string[] truth = [.. view.Read().Select(one => one.Target is FindingsTarget findings ? string.Join(',', findings.Present.Select(present => present ? 1 : 0))
                : one.Target is MaskTarget mask ? string.Join(',', mask.Labels.ToArray()) : one.Target!.Pattern)];
            Assert.Equal(truth, AnswerColumns.Read(view, LearningTask.LabelColumn).Select(values => string.Join(',', values)));
        }
    }

    [Fact]
    public void AColumnOfAnotherShapeIsRefusedByName()
    {
        TrainedTask trained = tasks["binary"];
        using CaseView other = new(SyntheticCases.Labels(2));
        using BundleTransformer model = trained.Bundle.ToTransformer();
        Assert.Contains("'Image'", Assert.Throws<ColumnException>(() => model.GetOutputSchema(other.Schema)).Message, StringComparison.Ordinal);
    }

    private static string[] ClassNames(DataViewSchema.Column column)
    {
        VBuffer<ReadOnlyMemory<char>> names = default;
        column.GetKeyValues(ref names);
        return [.. names.DenseValues().Select(name => name.ToString())];
    }
}
