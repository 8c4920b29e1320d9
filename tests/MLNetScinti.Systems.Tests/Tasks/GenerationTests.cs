using Microsoft.ML;
using MLNetScinti.Evaluation;
using MLNetScinti.Evaluation.Generated;
using MLNetScinti.Imaging;
using MLNetScinti.Networks;
using MLNetScinti.Pipelines;
using MLNetScinti.Pipelines.Definitions;
using MLNetScinti.Pipelines.Runs;
using MLNetScinti.Systems.Tests.Cases;
using MLNetScinti.Systems.Tests.NewSystems;
using Xunit;

namespace MLNetScinti.Systems.Tests.Tasks;

/// <summary>Generated training images: as many as asked for, of training patients alone, marked everywhere, and the same ones from the same seed.</summary>
[Collection("training")]
public sealed class GenerationTests
{
    private const string Generated = "augmentation: { generated: { by-class: { high: 3, low: 1.5 }, epochs: 6, batch-size: 8, learning-rate: 0.001, filters: 4, noise: 8 } }\noutput:";

    [Fact]
    public void ARunTrainsOnGeneratedImagesAndSaysSoEverywhere()
    {
        using TemporaryFolder folder = new();
        string studies = folder.File("studies");
        ThreeClassSystemTests.Write(studies, first: 0, count: 48, labels: true);
        PipelineDefinition definition = Definition(folder, studies, "run");
        RunOutcome outcome = new PipelineRunner(definition, ThreeClassSystemTests.Settings, new SilentObserver()).Run();

        GeneratedImages images = outcome.Report.Generation!.Images;
        Assert.Equal(24, images.Real.Count);
        Assert.All(images.Kinds, kind => Assert.Equal((int)Math.Round(kind.Real * (kind.Kind == "high" ? 3 : 1.5), MidpointRounding.AwayFromZero) - kind.Real, kind.Made));
        Assert.Equal(["high", "low"], images.Kinds.Select(kind => kind.Kind));
        Assert.Equal(12, outcome.Report.Evaluation.Test.Cases.Count);
        Assert.Contains(outcome.Report.Data.Facts, fact => fact.Key == "Generated training images" && fact.Value.Contains("high beside", StringComparison.Ordinal));
        Assert.Contains($"and {images.Made.Count} generated images", outcome.Report.Model.TrainingData, StringComparison.Ordinal);
        Assert.Contains(outcome.Report.Model.Settings, setting => setting.Key == "Generated training images" && setting.Value.StartsWith("high 3, low 1.5; 6 epochs", StringComparison.Ordinal));
        string html = File.ReadAllText(outcome.HtmlFile);
        Assert.All(["Generated training images", "Power spectra", "the other 4 are generated", images.Sentences[0][..20]], words => Assert.Contains(words, html, StringComparison.Ordinal));
        Assert.Contains("\"generation\"", File.ReadAllText(outcome.MetricsFile), StringComparison.Ordinal);
        string[] rows = File.ReadAllLines(Path.Combine(outcome.Folder, "generated.csv"));
        Assert.Equal("Set,CaseId,Label,Origin,NearestDistance,NearestRatio,Near", rows[0]);
        Assert.Equal(1 + images.Made.Count, rows.Length);
        Assert.All(rows.Skip(1), row => Assert.Contains(",generated,", row, StringComparison.Ordinal));
        Assert.DoesNotContain("generated", File.ReadAllText(Path.Combine(outcome.Folder, "scores.csv")), StringComparison.Ordinal);
        using (ModelBundle bundle = ModelBundle.Load(outcome.Folder))
        {
            Assert.Contains(bundle.Card.Limits, limit => limit.StartsWith($"Trained on {images.Made.Count} generated images beside 24 cases", StringComparison.Ordinal));
        }

        Assert.Empty(Directory.GetFiles(outcome.Folder, "*.checkpoint"));

        // On one thread, and killed while the generator learns and again behind it, it is the same run.
        PipelineDefinition again = definition with { Output = folder.File("again") };
        foreach (int epochs in (int[])[3, 5])
        {
            using CancellationTokenSource stop = new();
            Assert.ThrowsAny<OperationCanceledException>(() => new PipelineRunner(again, ThreeClassSystemTests.Settings, new StoppingAfter(stop, epochs)).Run(stop.Token));
            Assert.Equal(epochs == 3, !File.Exists(Path.Combine(again.Output, "training.checkpoint")));
            Assert.Contains("augmentation.generated", Assert.Throws<RunKeyException>(() => new PipelineRunner(
                again with { Augmentation = again.Augmentation with { Generated = again.Augmentation.Generated! with { Epochs = 7 } } }, ThreeClassSystemTests.Settings, new SilentObserver()).Run(CancellationToken.None)).Message, StringComparison.Ordinal);
        }

        RunOutcome resumed = new PipelineRunner(again, ThreeClassSystemTests.Settings with { Threads = 1 }, new SilentObserver()).Run();
        foreach (string file in Directory.GetFiles(outcome.Folder).Select(file => Path.GetFileName(file)!).Where(file => file is not ("report.html" or "metrics.json")))
        {
            Assert.True(File.ReadAllBytes(Path.Combine(outcome.Folder, file)).AsSpan().SequenceEqual(File.ReadAllBytes(Path.Combine(resumed.Folder, file))), file);
        }

        // A run without them leaves no list of them.
        _ = new PipelineRunner(again with { Augmentation = again.Augmentation with { Generated = null } }, ThreeClassSystemTests.Settings, new SilentObserver()).Run();
        Assert.False(File.Exists(Path.Combine(again.Output, "generated.csv")));
    }

    [Fact]
    public void NobodyButTrainingPatientsIsLearntFrom()
    {
        MLContext ml = new(seed: 1);
        string[] made = [.. ((int[])[400, 700]).Select(first =>
        {
            using CaseView train = Cases(0), validation = Cases(first), test = Cases(first + 100);
            PatientSplit split = new(new TrainingSet(train, Patients(train)), new ValidationSet(validation, Patients(validation)), new TestSet(test, Patients(test)), SplitMembership.Of([]));
            using FittedPipeline pipeline = split.Fit(ml.Transforms.NormalizeByMaximum("Front").Append(ml.Transforms.NormalizeByMaximum("Back")),
                ml.TrainNetwork(TrainedTasks.Options(TrainedTasks.Classifier(3, "Front", "Back"), train.Task!, epochs: 1) with { Generation = new ImageGeneration(new Dictionary<string, double>(StringComparer.Ordinal) { ["left"] = 2 }, 1) { Epochs = 3, Networks = new AdversarialOptions { Filters = 4 } } }));
            Assert.NotEmpty(pipeline.Network.Generation!.Images.Made);
            return string.Join('\n', pipeline.Network.Generation.Images.Made.Select(one => $"{one.Image.Sum:R} {one.Image.Maximum:R} {one.Distance:R}"));
        })];
        Assert.Equal(made[0], made[1]);

        CaseView Cases(int first)
        {
            SyntheticCases source = SyntheticCases.Multiclass(first + 30);
            return ml.Data.LoadCases(new SyntheticCases(source.Task, source.Schema, 30, number => new Made([.. source.Read(first + number).Cases[0].Images.Select(image => image.Values.ToArray())], source.Read(first + number).Cases[0].Target!)) { Key = $"P{first}" });
        }

        static HashSet<string> Patients(CaseView view) => [.. view.Read(images: false).Select(one => one.PatientId)];
    }

    /// <summary>D_3 of dSPIC's paper: 334, 394, 472 and 80 of 334, 174, 252 and 8.</summary>
    [Theory]
    [InlineData("normal", 334, 334)]
    [InlineData("metastasis", 174, 394)]
    [InlineData("arthritis", 252, 472)]
    [InlineData("metastasis+arthritis", 8, 80)]
    public void TheShippedPipelineMakesAsManyAsThePaper(string kind, int cases, int rows)
    {
        PipelineDefinition definition = PipelineReader.ReadAll(Path.Combine(Testing.TestData.Repository, "pipelines", "dspic-augmentation.yaml"), ShippedSystems.All).Single(one => one.Name == "generated");
        LearningTask task = definition.System.Task;
        Assert.Equal(rows, cases + definition.Augmentation.Generated!.Make().CountFor(task, task.Parse(kind), cases));
    }

    [Theory]
    [InlineData("by-class: { hihg: 3 }", "Did you mean 'high'")]
    [InlineData("by-class: { high: 1 }", "nothing would be generated")]
    [InlineData("by-class: { high: 2 }, downsample: 3", "expected 1, 2, 4 or 8, found '3'")]
    [InlineData("by-class: { high: 2 }, downsample: 8", "of at least 8 that can be halved, found 32 x 32 of which 8 x 8 pixels become one")]
    [InlineData("by-class: { high: 2 }, epochs: 0", "epochs")]
    public void WhatCannotBeMadeIsRefused(string words, string sentence)
    {
        using TemporaryFolder folder = new();
        string yaml = ThreeClassSystemTests.Changed(ThreeClassSystemTests.Definition(folder, "studies", "run"), "output:", $"augmentation: {{ generated: {{ {words} }} }}\noutput:");
        Assert.Contains(sentence, Assert.Throws<DefinitionException>(() => PipelineReader.Read(yaml, [ThreeClassSystem.Entry])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TheyGoWithASplitOfPatientsAndWithoutMasks()
    {
        using TemporaryFolder folder = new();
        string yaml = ThreeClassSystemTests.Changed(ThreeClassSystemTests.Definition(folder, "studies", "run"), "test: 12 }", "test: 12, protocol: images-after-copies }");
        yaml = ThreeClassSystemTests.Changed(yaml, "output:", "augmentation: { copies: { by-class: { high: 2 }, flip: [horizontal] }, generated: { by-class: { high: 2 } } }\noutput:");
        Assert.Contains("images are generated of training patients: expected split.protocol: patients", Assert.Throws<DefinitionException>(() => PipelineReader.Read(yaml, [ThreeClassSystem.Entry])).Message, StringComparison.Ordinal);
        Assert.Contains("for cases with masks", Assert.Throws<ArgumentException>(() => new MLContext().TrainNetwork(
            TrainedTasks.Options(TrainedTasks.Segmenter(1, "Image", new ImageShape(16, 16)), SyntheticCases.Mask(4).Task, epochs: 1) with { Generation = new ImageGeneration(new Dictionary<string, double>(), 2) })).Message, StringComparison.Ordinal);
    }

    private static PipelineDefinition Definition(TemporaryFolder folder, string studies, string output) =>
        PipelineReader.Read(ThreeClassSystemTests.Changed(ThreeClassSystemTests.Definition(folder, studies, folder.File(output), epochs: 6), "output:", Generated), [ThreeClassSystem.Entry]);

    /// <summary>Stops after so many epochs, whatever is trained in them.</summary>
    private sealed class StoppingAfter(CancellationTokenSource stop, int epochs) : IRunObserver
    {
        private int _seen;

        public void Stage(string text)
        {
        }

        public void Note(string text)
        {
        }

        public void Progress(int done, int total, TimeSpan? left)
        {
        }

        public void Epoch(TrainingProgress progress)
        {
            if (progress.Finished is not null && ++_seen == epochs)
            {
                stop.Cancel();
            }
        }

        public void Trial(int number, IEvaluation evaluation, TimeSpan duration)
        {
        }

        public void LeftOut(LeftOutStudy study)
        {
        }
    }
}
