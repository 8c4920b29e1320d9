using MLNetScinti.Dicom.Segmentations;
using MLNetScinti.Dicom.StructureSets;
using MLNetScinti.Evaluation;
using MLNetScinti.Imaging;
using MLNetScinti.Pipelines;
using MLNetScinti.Pipelines.Definitions;
using MLNetScinti.Pipelines.Runs;
using MLNetScinti.Pipelines.Structures;
using MLNetScinti.Systems.Tests.Cases;
using MLNetScinti.Testing;
using Xunit;

namespace MLNetScinti.Systems.Tests.SpectCtKidney;

/// <summary>Both kidney systems by the ordinary commands' own code, on the cohorts of their smoke presets: from simulated DICOM to a report and to masks of new studies.</summary>
[Collection("training")]
public sealed class KidneyRunsTests
{
    [Theory]
    [InlineData("spect-ct-kidney", new[] { "kidney" }, new[] { "Volume", "Activity concentration", "Volume by side" })]
    [InlineData("kidney-dose", new[] { "left kidney", "right kidney" }, new[] { "Volume" })]
    public void TheSmokePresetTrainsExportsEvaluatesReportsAndScores(string name, string[] labels, string[] quantities)
    {
        using TemporaryFolder folder = new();
        string data = folder.File("data");
        PipelineDefinition read = PipelineReader.Read(Path.Combine(TestData.Repository, "pipelines", $"{name}.yaml"), ShippedSystems.All, "smoke");
        PipelineDefinition definition = read with { Data = read.Data with { Folder = data }, Output = folder.File("run") };
        SilentObserver observer = new();
        RunOutcome outcome = new PipelineRunner(definition, new RunSettings { Command = $"run {name}.yaml", Threads = 2 }, observer).Run();

        Assert.Empty(observer.Studies);
        SegmentationEvaluation evaluation = Assert.IsType<SegmentationEvaluation>(outcome.Report.Evaluation);
        Assert.Equal(labels, evaluation.Names);
        Assert.True(evaluation.Test.Count >= 2);
        // Of simulated SPECT/CT it is known what a mask of the CT alone cannot pass; of CT alone there is nothing to pass.
        Assert.Equal(name == "spect-ct-kidney", evaluation.Ceiling is { Overall.Value: > 0.3 and <= 1 });
        // Masks on the network's grid hold the kidneys of the simulation: adults' are some 100 to 250 ml a side.
        Assert.All(evaluation.Test.Cases, one => Assert.InRange(one.Labels.Sum(label => label.TrueVolume), 120, 700));
        Assert.True(outcome.FusedDifference < 1e-4);
        Assert.Equal(quantities, ((PairedAgreement[])[evaluation.Volumes!, .. outcome.Report.Agreements]).Select(one => one.Quantity));
        Assert.NotEmpty(outcome.Report.Pictures);
        string html = File.ReadAllText(outcome.HtmlFile);
        Assert.Contains("What is measured in the masks", html, StringComparison.Ordinal);
        Assert.Contains("Transverse, coronal and sagittal plane", html, StringComparison.Ordinal);
        Assert.Contains("Against the paper", html, StringComparison.Ordinal);
        if (quantities.Contains("Activity concentration"))
        {
            // What the simulation put into the kidneys: some 1 to 20 MBq in 100 ml a day after the injection, on both sides.
            PairedAgreement activity = outcome.Report.Agreements.Single(one => one.Quantity == "Activity concentration");
            Assert.Equal(["left kidney", "right kidney"], activity.Parts.Select(part => part.Part));
            Assert.All(activity.Parts.SelectMany(part => part.Pairs), pair => Assert.InRange(pair.Reference, 1e4, 1e7));
        }

        // New studies come without a table and without masks.
        Directory.Delete(Path.Combine(data, "masks"), recursive: true);
        using ModelBundle bundle = ModelBundle.Load(outcome.Folder);
        string masks = folder.File("masks");
        ScoredFolderCase[] scored = [.. FolderScoring.Score(bundle, ShippedSystems.Of(bundle.Card), data, threads: 2, study => Assert.Fail(study.ToString()), masks)];
        Assert.True(scored.Length >= 6);
        using FileStream stream = File.OpenRead(Path.Combine(masks, scored[0].Answers.Single(answer => answer.Column == "Mask").Value));
        NiftiLabels drawn = NiftiLabels.Decode(stream);
        Assert.NotNull(drawn.Geometry);
        Assert.Equal(((SegmentationTask)definition.System.Task).Shape, drawn.Shape);
        ObjectsHoldWhatIsDrawn(bundle, data, folder.File("objects"), scored.Length);
    }

    /// <summary>Structure set and segmentation of a study hold the same voxels of the CT, and a structure at the image's edge has no volume.</summary>
    private static void ObjectsHoldWhatIsDrawn(ModelBundle bundle, string data, string output, int studies)
    {
        SegmentationSettings settings = new() { Output = output, StructureSet = true, Segmentation = true, Report = true, LeastMillilitres = 1 };
        SegmentedStudy[] segmented = [.. StudySegmentation.Write(bundle, ShippedSystems.Of(bundle.Card), data, settings, study => Assert.Fail(study.ToString()))];
        Assert.Equal(studies, segmented.Length);
        foreach (SegmentedStudy study in segmented)
        {
            Assert.Equal(["left kidney", "right kidney"], study.Structures.Select(structure => structure.Name));
            Assert.All(study.Structures, structure => Assert.Equal(structure.Millilitres is null, structure.Notes.Any(note => note.Contains("truncated", StringComparison.Ordinal) || note.Contains("nothing was found", StringComparison.Ordinal))));
            if (study.Files.SingleOrDefault(file => file.EndsWith("-seg.dcm", StringComparison.Ordinal)) is not { } file)
            {
                continue;
            }

            Segmentation segmentation = SegmentationReader.Read(file);
            StructureSet set = StructureSetReader.Read(study.Files.Single(one => one.EndsWith("-rtstruct.dcm", StringComparison.Ordinal)));
            foreach (Segment segment in segmentation.Segments)
            {
                RegionVoxels voxels = RegionVoxels.Of(set.Regions.Single(region => region.Name == segment.Name), segmentation.Geometry);
                Assert.Equal(segment.Mask, voxels.Mask);
                Assert.NotNull(segment.Side);
                if (study.Structures.Single(structure => structure.Name == segment.Name).Millilitres is { } millilitres)
                {
                    Assert.Equal(segment.Mask.Count(inside => inside) * segmentation.Geometry.VoxelVolume / 1000, millilitres, 1e-6);
                }
            }
        }

        Assert.Contains(segmented, study => study.Files.Any(file => file.EndsWith("-seg.dcm", StringComparison.Ordinal)));
    }

    /// <summary>What does not fit is refused with the key, and what the system cannot do with a sentence.</summary>
    [Theory]
    [InlineData("kidney-dose", "\noutput:", "\ninferer: { kind: sliding-window, window: 64 }\noutput:", "which side of the body")]
    [InlineData("kidney-dose", "width: 1", "width: 1\n  downsample: 2", "kidney-ct.size")]
    [InlineData("spect-ct-kidney", "images: spect-ct ", "images: ct ", "hybrid takes SPECT and CT")]
    [InlineData("spect-ct-kidney", "loss: dice-squared", "loss: dice-cubed", "dice-product-as-printed")]
    [InlineData("spect-ct-kidney", "\noutput:", "\ninferer: { kind: sliding-window, window: 16, overlap: 0.95 }\noutput:", "expected 2,000 times at most")]
    public void WhatDoesNotFitIsRefused(string name, string from, string to, string expected)
    {
        using TemporaryFolder folder = new();
        string text = File.ReadAllText(Path.Combine(TestData.Repository, "pipelines", $"{name}.yaml"));
        Assert.Contains(from, text, StringComparison.Ordinal);
        File.WriteAllText(folder.File("other.yaml"), text.Replace(from, to, StringComparison.Ordinal));
        Assert.Contains(expected, Assert.Throws<DefinitionException>(() => PipelineReader.Read(folder.File("other.yaml"), ShippedSystems.All)).Message, StringComparison.Ordinal);
    }
}
