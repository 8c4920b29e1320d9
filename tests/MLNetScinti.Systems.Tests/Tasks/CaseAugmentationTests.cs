using Microsoft.ML;
using Microsoft.ML.Data;
using MLNetScinti.Evaluation;
using MLNetScinti.Imaging;
using MLNetScinti.Pipelines;
using MLNetScinti.Pipelines.Training;
using MLNetScinti.Systems.Tests.Cases;
using Xunit;

namespace MLNetScinti.Systems.Tests.Tasks;

/// <summary>Whole cases changed at random: all images and the mask together, left and right with them.</summary>
[Collection("training")]
public sealed class CaseAugmentationTests
{
    private static readonly ImageShape s_shape = new(4, 6, 8);

    [Fact]
    public void AMirrorImageExchangesPairsOfImagesAndLabels()
    {
        MLContext ml = new(seed: 1);
        using CaseView cases = ml.Data.LoadCases(Sided());
        Case before = cases.Read().First();
        AugmentedCases augmented = Augmented(cases, new RandomMirror { LeftRight = true });
        List<(IReadOnlyList<float[]> Features, byte[] Labels)> epochs = [.. Enumerable.Range(1, 12).Select(epoch => augmented.Read(0, 1, epoch, 99, [s_shape, s_shape])).Select(read => (read.Features, ((MaskTarget)read.Truth).Labels.ToArray()))];

        var still = epochs.Where(epoch => epoch.Features[0].AsSpan().SequenceEqual(before.Images[0].Values.Span)).ToList();
        var turned = epochs.Except(still).ToList();
        Assert.InRange(still.Count, 2, 10);
        Assert.All(still, epoch => Assert.Equal(((MaskTarget)before.Target!).Labels.ToArray(), epoch.Labels));
        Assert.All(turned, epoch =>
        {
            // The image of the right one, mirrored along the columns, is that of the left one; and so are the labels.
            Assert.Equal(Mirrored(before.Images[1].Values.ToArray()), epoch.Features[0]);
            Assert.Equal(Mirrored(before.Images[0].Values.ToArray()), epoch.Features[1]);
            Assert.Equal(Mirrored(((MaskTarget)before.Target!).Labels.ToArray()).Select(label => (byte)(label == 1 ? 2 : label == 2 ? 1 : label)), epoch.Labels);
        });
    }

    [Fact]
    public void ImagesAndMaskMoveByTheSameMillimetresAndValuesChangeInTheirUnit()
    {
        MLContext ml = new(seed: 1);
        using CaseView cases = ml.Data.LoadCases(Sided());
        Case before = cases.Read().First();
        AugmentedCases augmented = Augmented(cases, new RandomAffine { Millimetres = new(2, 0, 0) }, new RandomIntensityShift { Least = 100, Most = 100, Image = "A" });
        (IReadOnlyList<float[]> features, Target truth) = augmented.Read(0, 1, 3, 99, [s_shape, s_shape]);

        // Voxels are 2 mm wide here: the image's shift of less than one voxel is what linear interpolation makes of it.
        double shift = Shift(before.Images[1].Values.ToArray(), features[1]);
        Assert.InRange(Math.Abs(shift), 0.01, 1);
        Assert.Equal(shift, Shift(before.Images[0].Values.ToArray(), [.. features[0].Select(value => value - 100)]), 1e-3);
        int moved = (int)Math.Round(shift, MidpointRounding.AwayFromZero);
        byte[] labels = ((MaskTarget)before.Target!).Labels.ToArray();
        Assert.Equal(labels.Select((_, at) => at % 8 - moved is >= 0 and < 8 ? labels[at - moved] : (byte)0), ((MaskTarget)truth).Labels.ToArray());
        // The same draws for the same case and epoch, others in another one.
        Assert.Equal(features[1], augmented.Read(0, 1, 3, 99, [s_shape, s_shape]).Features[1]);
        Assert.NotEqual(features[1], augmented.Read(0, 1, 4, 99, [s_shape, s_shape]).Features[1]);
        Assert.Equal("affine turn 0/0/0 degrees, move 2/0/0 mm, zoom 0, shear 0; shift of A 100 to 100", augmented.Description);
    }

    [Fact]
    public void ClassesOfAPairAreExchangedInTraining()
    {
        MLContext ml = new(seed: 1);
        double[] accuracies = [.. ((bool[])[true, false]).Select(paired =>
        {
            SyntheticCases source = SyntheticCases.Multiclass(48);
            using CaseView cases = ml.Data.LoadCases(new SyntheticCases(source.Task, paired ? source.Schema with { Pairs = [("left", "right")] } : source.Schema, 48, number => new Made([.. source.Read(number).Cases[0].Images.Select(image => image.Values.ToArray())], source.Read(number).Cases[0].Target!)));
            PatientSplit split = ml.Data.SplitByPatient(cases, train: 0.5, validation: 0.25);
            using FittedPipeline pipeline = split.Fit(ml.Transforms.NormalizeByMaximum("Front").Append(ml.Transforms.NormalizeByMaximum("Back")),
                ml.TrainNetwork(TrainedTasks.Options(TrainedTasks.Classifier(3, "Front", "Back"), cases.Task!, epochs: 12) with { CaseAugmentation = new SampleAugmentation(new RandomMirror { LeftRight = true }) }));
            return ((MulticlassEvaluation)pipeline.Evaluate(split.Test, split.Validation)).MicroAccuracy.Value;
        })];
        Assert.True(accuracies[0] > 0.9, $"{accuracies[0]}");
        // Told that a mirrored left one is still a left one, a network cannot tell them apart.
        Assert.True(accuracies[1] < accuracies[0], $"{accuracies[1]}");
    }

    [Fact]
    public void TheSameSeedGivesTheSameWeightsAtAnyNumberOfReaders()
    {
        MLContext ml = new(seed: 1);
        using CaseView cases = ml.Data.LoadCases(SyntheticCases.Mask(24));
        PatientSplit split = ml.Data.SplitByPatient(cases, train: 0.5, validation: 0.25);
        string[] hashes = [.. ((int[])[1, 2]).Select(readers =>
        {
            NetworkTrainerOptions options = TrainedTasks.Options(TrainedTasks.Segmenter(1, "Image", new ImageShape(16, 16)), cases.Task!, epochs: 2) with
            {
                CaseAugmentation = new SampleAugmentation(new RandomMirror { LeftRight = true, HeadFeet = true }, new RandomAffine { Degrees = new(10, 10, 10), Millimetres = new(1, 1, 1), Zoom = 0.1 }, new RandomGaussianNoise { Least = 0, Most = 2 }),
            };
            using FittedPipeline pipeline = split.Fit(ml.Transforms.NormalizeByMaximum("Image"), ml.TrainNetwork(options with { Training = options.Training with { ReaderThreads = readers } }));
            return pipeline.Network.Weights.Hash();
        })];
        Assert.Equal(hashes[0], hashes[1]);
    }

    [Fact]
    public void RowsFromElsewhereThanCasesAreRefusedBeforeTraining()
    {
        MLContext ml = new(seed: 1);
        using CaseView cases = ml.Data.LoadCases(SyntheticCases.Binary(16));
        PatientSplit split = ml.Data.SplitByPatient(ml.Data.TakeRows(cases, 16), train: 0.5, validation: 0.25);
        NetworkTrainerOptions options = TrainedTasks.Options(TrainedTasks.Classifier(1, "Image"), cases.Task!, epochs: 1) with { CaseAugmentation = new SampleAugmentation(new RandomMirror()) };
        Assert.Contains("LoadCases", Assert.Throws<ArgumentException>(() => split.Fit(ml.Transforms.NormalizeByMaximum("Image"), ml.TrainNetwork(options))).Message, StringComparison.Ordinal);
    }

    private static AugmentedCases Augmented(CaseView cases, params RandomTransform[] steps) =>
        new(cases, new EstimatorChain<ITransformer>().Fit(cases), new SampleAugmentation(steps), ["A", "B"], LearningTask.LabelColumn);

    /// <summary>An image of the left one and of the right one, and a mask of both, on voxels of 2 mm.</summary>
    private static PlacedCases Sided() => new();

    private static T[] Mirrored<T>(T[] values) => [.. Enumerable.Range(0, values.Length).Select(at => values[at - (at % 8) + 7 - (at % 8)])];

    /// <summary>How far the counts' middle went along the columns, voxels.</summary>
    private static double Shift(float[] before, float[] after)
    {
        static double Middle(float[] values) => values.Select((value, at) => (double)value * (at % 8)).Sum() / values.Sum(value => (double)value);
        return Middle(after) - Middle(before);
    }

    private sealed class PlacedCases : CaseSource
    {
        public override CaseSchema Schema { get; } = new(new CaseImageColumn("A", s_shape), new CaseImageColumn("B", s_shape)) { Pairs = [("left", "right"), ("A", "B")] };

        public override LearningTask Task { get; } = new SegmentationTask(s_shape, "left", "right");

        public override int Count => 2;

        public override StudyCases Read(int study)
        {
            // A blob of three columns in the middle, so that nothing leaves the image.
            float[] Blob(int height) => [.. Enumerable.Range(0, s_shape.Length).Select(at => at % 8 is >= 3 and <= 5 && at / 8 % 6 is 2 or 3 ? height + (at % 8) + (at / 48) : 0f)];
            byte[] labels = [.. Enumerable.Range(0, s_shape.Length).Select(at => (byte)((at / 8 % 6) == 3 && at % 8 == 3 ? 1 : (at / 8 % 6) == 3 && at % 8 == 5 ? 2 : 0))];
            ImageGeometry geometry = ImageGeometry.Axial(8, 6, 4, 2, 2);
            return new StudyCases([new Case { Id = $"P{study}", PatientId = $"P{study}", File = $"{study}.dcm", Images = [new CaseImage(s_shape, Blob(10), geometry), new CaseImage(s_shape, Blob(20), geometry)], Target = new MaskTarget(s_shape, labels) }], $"{study}");
        }
    }
}
