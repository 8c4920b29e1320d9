using MLNetScinti.Dicom;
using MLNetScinti.Evaluation;
using MLNetScinti.Imaging;
using MLNetScinti.Pipelines;
using MLNetScinti.Pipelines.Definitions;
using MLNetScinti.Pipelines.Runs;
using MLNetScinti.Systems.Tests.Cases;
using Xunit;

namespace MLNetScinti.Systems.Tests.NewSystems;

/// <summary>Masks by the ordinary commands' own code: from DICOM and NIfTI to a report, and to masks of new studies.</summary>
[Collection("training")]
public sealed class MaskSystemTests
{
    private static readonly ImageShape s_shape = new(16, 16);

    private static readonly ImageGeometry s_plane = new()
    {
        Columns = 16,
        Rows = 16,
        Sections = 1,
        ColumnSpacing = 4.8,
        RowSpacing = 4.8,
        SectionSpacing = 1,
        RowDirection = new(1, 0, 0),
        ColumnDirection = new(0, 0, -1),
        SectionDirection = new(0, 1, 0),
    };

    private static RunSettings Settings => new() { Command = "run masks.yaml", Threads = 2 };

    /// <summary>A flip of pixels alone would call a left organ a right one.</summary>
    [Fact]
    public void WhereAMaskHasSidesAPlainFlipIsRefused()
    {
        using TemporaryFolder folder = new();
        string file = Definition(folder, folder.File("studies"), "");
        File.WriteAllText(file, File.ReadAllText(file).Replace("whole-case: { mirror: { axes: [left-right] } }", "flip: [horizontal]", StringComparison.Ordinal));
        Assert.True(PipelineReader.Read(file, [MaskSystem.Entry]).Augmentation.FlipHorizontal);
        SystemEntry sides = MaskSystem.Entry with { Read = _ => new SidesSystem() };
        Assert.Contains("whole-case.mirror", Assert.Throws<DefinitionException>(() => PipelineReader.Read(file, [sides])).Message, StringComparison.Ordinal);
    }

    private sealed record SidesSystem : MaskSystem
    {
        public override LearningTask Task { get; } = new SegmentationTask(s_shape, "left", "right");
    }

    [Theory]
    [InlineData("")]
    [InlineData("inferer: { kind: sliding-window, window: [10, 8], batch: 2 }")]
    public void ItTrainsExportsEvaluatesReportsAndDrawsMasks(string inferer)
    {
        using TemporaryFolder folder = new();
        string studies = folder.File("studies"), others = folder.File("others");
        Write(studies, 0, 40, labels: true);
        Write(others, 500, 6, labels: false);
        // A mask of another image, one that is none, and one that is not there cost their studies and no more.
        File.WriteAllBytes(Path.Combine(studies, "masks", "001.nii.gz"), NiftiLabels.Encode(new byte[64], s_plane with { Columns = 8, Rows = 8 }, "other"));
        File.WriteAllText(Path.Combine(studies, "masks", "002.nii.gz"), "no mask");
        File.Delete(Path.Combine(studies, "masks", "003.nii.gz"));
        SilentObserver observer = new();
        PipelineDefinition definition = PipelineReader.Read(Definition(folder, studies, inferer), [MaskSystem.Entry]);
        RunOutcome outcome = new PipelineRunner(definition, Settings, observer).Run();

        SegmentationEvaluation evaluation = Assert.IsType<SegmentationEvaluation>(outcome.Report.Evaluation);
        Assert.Equal(8, evaluation.Test.Cases.Count);
        Assert.True(evaluation.MeanDice.Value > 0.75, $"Dice {evaluation.MeanDice.Value}");
        Assert.NotEmpty(evaluation.Stock);
        Assert.Equal(["001.dcm", "002.dcm", "003.dcm"], observer.Studies.Select(study => study.File).Order(StringComparer.Ordinal));
        Assert.All(observer.Studies, study => Assert.StartsWith($"its mask (labels.csv:{2 + int.Parse(study.File[..3], System.Globalization.CultureInfo.InvariantCulture)})", study.Sentence, StringComparison.Ordinal));
        Assert.True(outcome.FusedDifference < 1e-4);
        string html = File.ReadAllText(outcome.HtmlFile);
        Assert.Contains("Hausdorff", html, StringComparison.Ordinal);
        Assert.Contains("blob", html, StringComparison.Ordinal);
        Assert.Equal(inferer.Length > 0, html.Contains("windows of 10 x 8", StringComparison.Ordinal));
        string[] written = [.. Directory.GetFiles(outcome.Folder).Select(file => Path.GetFileName(file)!).Order(StringComparer.Ordinal)];
        Assert.Equal([".run.lock", "card.json", "metrics.json", "model.onnx", "model.zip", "report.html", "run-key.json", "split.json", "weights.safetensors"], written);

        using ModelBundle bundle = ModelBundle.Load(outcome.Folder);
        string masks = folder.File("drawn");
        ScoredFolderCase[] scored = [.. FolderScoring.Score(bundle, MaskSystem.Entry.Restore(bundle.Card.Settings), others, threads: 2, study => Assert.Fail(study.ToString()), masks)];
        double[] dice = [.. scored.Select((one, index) =>
        {
            using FileStream stream = File.OpenRead(Path.Combine(masks, one.Answers.Single(answer => answer.Column == "Mask").Value));
            NiftiLabels drawn = NiftiLabels.Decode(stream);
            Assert.Equal(one.Answers.Single(answer => answer.Column == "Voxels.blob").Value, $"{drawn.Labels.Count(label => label == 1)}");
            byte[] truth = Ball(500 + index);
            return 2.0 * drawn.Labels.Zip(truth).Count(pair => pair is { First: 1, Second: 1 }) / (drawn.Labels.Count(label => label == 1) + truth.Count(label => label == 1));
        })];
        Assert.True(dice.Length == 6 && dice.Average() > 0.7, string.Join(' ', dice));
        Assert.Equal(scored.Length, Directory.GetFiles(masks).Length);

        // The work list of masks: what was drawn, also over the image; no probability, no decision about anybody.
        MadeWorkList made = MadeWorkList.Of(bundle, MaskSystem.Entry.Restore(bundle.Card.Settings), others, folder.File("list"));
        Assert.All(made.List.Cases, one =>
        {
            ScoredFolderCase same = scored.Single(other => other.Case.Id == one.CaseId);
            int voxels = int.Parse(same.Answers.Single(answer => answer.Column == "Voxels.blob").Value, System.Globalization.CultureInfo.InvariantCulture);
            // Nobody says how large the system's voxels are.
            Assert.Equal($"drew blob {voxels} voxels", one.Decision);
            Assert.Empty(one.Volumes);
            Assert.Empty(one.Answers);
            Assert.NotNull(one.Pictures[0].Map);
            Assert.All(one.Pictures.Skip(1), panel => Assert.Null(panel.Map));
        });
        Assert.Contains("what the model drew", made.Page, StringComparison.Ordinal);
        Assert.DoesNotContain("Millilitres", made.Table[0], StringComparison.Ordinal);
        Assert.Throws<DefinitionException>(() => MadeWorkList.Of(bundle, MaskSystem.Entry.Restore(bundle.Card.Settings), others, folder.File("list"), ("blob", 0.1)));
        Assert.Contains("holds no explanation.onnx", Assert.Throws<MLNetScinti.Pipelines.Serving.NotAFusedModelException>(() => StudyExplaining.Write(bundle, MaskSystem.Entry.Restore(bundle.Card.Settings), [others], folder.File("explained"), new WorkListSettings(), _ => { })).Message, StringComparison.Ordinal);
    }

    /// <summary>Folds of a system that draws masks are one model in the end: its probabilities are the mean of theirs, its mask is cut from that mean, and the command's chain draws with it.</summary>
    [Fact]
    public void FoldsAreOneModelWhoseProbabilitiesAreTheMean()
    {
        using TemporaryFolder folder = new();
        string studies = folder.File("studies");
        Write(studies, 0, 24, labels: true);
        PipelineDefinition definition = PipelineReader.Read(Definition(folder, studies, ""), [MaskSystem.Entry]);
        TrainingsOutcome outcome = new RepeatedRun(definition, Settings, Repetition.Folds(3), new SilentObserver()).Run();
        using ModelBundle ensemble = ModelBundle.Load(outcome.ModelFolder);
        Assert.Equal(3, ensemble.Card.Members!.Count);
        SystemDefinition system = MaskSystem.Entry.Restore(ensemble.Card.Settings);
        DrawnFolderCase[] together = [.. FolderScoring.Draw(ensemble, system, studies, 2, _ => { })];
        List<DrawnFolderCase[]> each = [];
        for (int fold = 1; fold <= 3; fold++)
        {
            using ModelBundle member = ModelBundle.Load(Path.Combine(outcome.Folder, $"fold-{fold}"));
            each.Add([.. FolderScoring.Draw(member, system, studies, 2, _ => { })]);
        }

        Assert.Equal(24, together.Length);
        float threshold = (float)ensemble.Card.Thresholds[0].Value;
        foreach ((int number, DrawnFolderCase one) in together.Index())
        {
            Assert.All(each, member => Assert.Equal(one.Case.Id, member[number].Case.Id));
            for (int voxel = 0; voxel < one.Probabilities.Length; voxel++)
            {
                Assert.Equal(each.Average(member => member[number].Probabilities[voxel]), one.Probabilities[voxel], 1e-6f);
            }

            Assert.Equal(one.Probabilities.Select(p => p >= threshold ? (byte)1 : (byte)0), one.Labels);
        }
    }

    [Fact]
    public void WhatDecidesTheResultIsBoundByNameAndAResumedRunIsTheUninterruptedOne()
    {
        using TemporaryFolder folder = new();
        string studies = folder.File("studies");
        Write(studies, 0, 40, labels: true);
        const string sliding = "inferer: { kind: sliding-window, window: [10, 8] }";
        PipelineDefinition definition = PipelineReader.Read(Definition(folder, studies, sliding), [MaskSystem.Entry]);
        using (CancellationTokenSource stop = new())
        {
            Assert.ThrowsAny<OperationCanceledException>(() => new PipelineRunner(definition, Settings, new ThreeClassSystemTests.StoppingObserver(stop, after: 3)).Run(stop.Token));
        }

        foreach ((string inferer, string change, string name) in ((string, string, string)[])
        [
            ("", "", "another inferer"),
            (sliding.Replace("[10, 8]", "[8, 10]", StringComparison.Ordinal), "", "another inferer"),
            (sliding.Replace(" }", ", overlap: 0.25 }", StringComparison.Ordinal), "", "another inferer"),
            (sliding.Replace(" }", ", weights: constant }", StringComparison.Ordinal), "", "another inferer"),
            (sliding, "head-feet", "another augmentation.whole-case"),
            (sliding, "dice-cross-entropy", "another training.loss"),
        ])
        {
            string text = File.ReadAllText(Definition(folder, studies, inferer));
            text = change == "head-feet" ? text.Replace("[left-right]", "[left-right, head-feet]", StringComparison.Ordinal) : change.Length > 0 ? text.Replace("epochs:", $"loss: {change}, epochs:", StringComparison.Ordinal) : text;
            File.WriteAllText(folder.File("other.yaml"), text);
            PipelineDefinition other = PipelineReader.Read(folder.File("other.yaml"), [MaskSystem.Entry]);
            Assert.Contains(name, Assert.Throws<RunKeyException>(() => new PipelineRunner(other, Settings, new SilentObserver()).Run()).Message, StringComparison.Ordinal);
        }

        // Another mask is another case.
        string mask = Path.Combine(studies, "masks", "000.nii.gz");
        byte[] kept = File.ReadAllBytes(mask);
        File.WriteAllBytes(mask, NiftiLabels.Encode(Ball(1), s_plane, "other"));
        Assert.Contains("other cases", Assert.Throws<RunKeyException>(() => new PipelineRunner(definition, Settings, new SilentObserver()).Run()).Message, StringComparison.Ordinal);
        File.WriteAllBytes(mask, kept);

        RunOutcome resumed = new PipelineRunner(definition, Settings, new SilentObserver()).Run();
        RunOutcome straight = new PipelineRunner(definition with { Output = folder.File("straight") }, Settings, new SilentObserver()).Run();
        Assert.All((string[])["model.onnx", "weights.safetensors", "card.json"], file => Assert.Equal(File.ReadAllBytes(Path.Combine(straight.Folder, file)), File.ReadAllBytes(Path.Combine(resumed.Folder, file))));
    }

    [Theory]
    [InlineData("inferer: { kind: sliding-window, window: [10, 8, 3] }", "inferer.window: expected a number from 1 to 4096, or a list of 2, found a list of 3")]
    [InlineData("inferer: { kind: sliding-window, window: 7.5 }", "inferer.window: expected whole numbers, found 7.5 x 7.5")]
    [InlineData("inferer: { kind: sliding-window, window: 8, overlap: 1 }", "inferer.overlap: expected a number from 0 to 0.95, found '1'")]
    [InlineData("inferer: { kind: sliding-window }", "inferer.window: expected a number from 1 to 4096, or a list of 2, found nothing")]
    public void WhatDoesNotSlideIsRefusedWithItsPlace(string inferer, string expected)
    {
        using TemporaryFolder folder = new();
        string message = Assert.Throws<DefinitionException>(() => PipelineReader.Read(Definition(folder, "studies", inferer), [MaskSystem.Entry])).Message;
        Assert.Contains(expected, message, StringComparison.Ordinal);
    }

    [Fact]
    public void ANetworkThatTakesWholeImagesOnlyAndAFigureThatMasksDoNotHaveAreRefused()
    {
        using TemporaryFolder folder = new();
        string text = File.ReadAllText(Definition(folder, "studies", "inferer: { kind: sliding-window, window: 8 }"));
        string Refused(string from, string to)
        {
            Assert.Contains(from, text, StringComparison.Ordinal);
            File.WriteAllText(folder.File("other.yaml"), text.Replace(from, to, StringComparison.Ordinal));
            return Assert.Throws<DefinitionException>(() => PipelineReader.Read(folder.File("other.yaml"), [MaskSystem.Entry])).Message;
        }

        Assert.Contains("inferer.window: the network whole-only of outline takes and gives 16 x 16 where windows of 8 x 8 are asked for", Refused("two-layers", "whole-only"), StringComparison.Ordinal);
        Assert.Contains("training.validation: a segmentation has the validation figures loss, dice, accuracy, found 'auc'", Refused("validation: dice", "validation: auc"), StringComparison.Ordinal);
        Assert.Contains("training.loss: expected one of default, dice, dice-cross-entropy", Refused("validation: dice", "loss: mean"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("../mask.nii")]
    [InlineData("/mask.nii")]
    public void ALabelThatIsNoFileOfTheFolderIsRefusedWithItsLine(string label)
    {
        using TemporaryFolder folder = new();
        File.WriteAllText(folder.File("labels.csv"), $"File,Label\na.dcm,masks/a.nii\nb.dcm,{label}\n");
        string message = Assert.Throws<LabelsTableException>(() => LabelsTable.Read(folder.File("labels.csv"), new LabelsLayout(new SegmentationTask(s_shape, "blob")))).Message;
        Assert.StartsWith("labels.csv:3: Label: expected the file of a mask", message, StringComparison.Ordinal);
    }

    private static string Definition(TemporaryFolder folder, string studies, string inferer)
    {
        string file = folder.File("masks.yaml");
        File.WriteAllText(file, $$"""
            name: masks
            description: Where is the blob?
            seed: 3
            system: outline
            data: { folder: {{studies}} }
            split: { train: 18, validation: 8, test: 8 }
            network: { architecture: two-layers }
            training: { epochs: 16, batch-size: 6, learning-rate: 0.01, validation: dice, device: cpu, lanes: 1 }
            augmentation: { whole-case: { mirror: { axes: [left-right] } } }
            {{inferer}}
            output: {{folder.File("run")}}

            """);
        return file;
    }

    private static void Write(string folder, int first, int count, bool labels)
    {
        Directory.CreateDirectory(Path.Combine(folder, labels ? "masks" : ""));
        List<string> table = ["File,Label"];
        for (int patient = first; patient < first + count; patient++)
        {
            (int row, int column) = Place(patient);
            PlanarImage view = new(16, 16, 4.8, 4.8, Pattern.Blobs(s_shape, patient, "mask", (0, row, column, 200)));
            NuclearMedicineWriter.WriteStatic(Path.Combine(folder, $"{patient:000}.dcm"), view, view, new NuclearMedicineStudy { PatientId = $"patient {patient}", UidSeed = "masks" });
            if (labels)
            {
                File.WriteAllBytes(Path.Combine(folder, "masks", $"{patient:000}.nii.gz"), NiftiLabels.Encode(Ball(patient), s_plane, "truth"));
                table.Add($"{patient:000}.dcm,masks/{patient:000}.nii.gz");
            }
        }

        if (labels)
        {
            File.WriteAllLines(Path.Combine(folder, "labels.csv"), table);
        }
    }

    private static (int Row, int Column) Place(int patient) => (4 + (patient % 8), 4 + (patient * 3 % 8));

    private static byte[] Ball(int patient)
    {
        (int row, int column) = Place(patient);
        return [.. Enumerable.Range(0, s_shape.Length).Select(at => (byte)((((at / 16) - row) * ((at / 16) - row)) + (((at % 16) - column) * ((at % 16) - column)) <= 6 ? 1 : 0))];
    }
}
