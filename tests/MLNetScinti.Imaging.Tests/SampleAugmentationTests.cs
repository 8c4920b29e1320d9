using Xunit;

namespace MLNetScinti.Imaging.Tests;

public sealed class SampleAugmentationTests
{
    private static readonly ImageGeometry s_geometry = ImageGeometry.Axial(24, 20, 18, 3, 4);

    private static readonly RandomTransform[] s_everything =
    [
        new RandomMirror { LeftRight = true, HeadFeet = true },
        new RandomAffine { Degrees = new(10, 20, 30), Millimetres = new(6, 5, 4), Zoom = 0.1, Shear = 0.05 },
        new RandomGaussianNoise { Least = 0.1, Most = 0.2 },
        new RandomGaussianBlur { Least = 1, Most = 4, Probability = 0.5 },
        new RandomEdgeEnhancement { Least = 0.2, Most = 0.5, Millimetres = 4, Image = "ct" },
        new RandomIntensityShift { Least = -1, Most = 1 },
        new RandomIntensityScale { Least = 0.8, Most = 1.2 },
        new RandomGamma { Least = 0.7, Most = 1.4 },
    ];

    [Fact]
    public void ImageAndMaskMoveTogether()
    {
        ImageSample sample = Body();
        RandomAffine affine = new() { Degrees = new(40, 40, 40), Millimetres = new(6, 6, 6), Zoom = 0.2, Shear = 0.1 };
        for (ulong number = 0; number < 12; number++)
        {
            AugmentedSample moved = new SampleAugmentation(affine).Apply(sample, 1, 0, number);
            byte[] labels = moved.Sample.Mask("organ").Labels;
            float[] values = moved.Sample.Image("spect").Values;
            int both = 0, either = 0;
            for (int i = 0; i < labels.Length; i++)
            {
                both += labels[i] > 0 && values[i] > 5 ? 1 : 0;
                either += labels[i] > 0 || values[i] > 5 ? 1 : 0;
            }

            Assert.NotEqual(sample.Mask("organ").Labels, labels);
            Assert.True(both > 0.8 * either, $"{both} of {either}: {moved.Provenance}");
        }
    }

    [Fact]
    public void AMirrorImageExchangesTheSides()
    {
        ImageSample sample = Body() with
        {
            Side = BodySide.Left,
            Facts = new Dictionary<string, double> { ["SplitLeft"] = 0.6, ["SplitRight"] = 0.4, ["Age"] = 40 },
            Pairs = [("SplitLeft", "SplitRight"), ("left", "right")],
        };
        sample = sample with
        {
            Images = [.. sample.Images, new SampleImage("left", Noise(3)), new SampleImage("right", Noise(4))],
        };
        Mirror mirror = new(leftRight: true, frontBack: false, headFeet: false);
        ImageSample mirrored = mirror.Apply(sample);

        Assert.Equal(BodySide.Right, mirrored.Side);
        Assert.Equal((0.4, 0.6, 40.0), (mirrored.Facts["SplitLeft"], mirrored.Facts["SplitRight"], mirrored.Facts["Age"]));
        Assert.Equal(new Flip(true, false).Apply(sample.Image("left").Values, s_geometry.Shape), mirrored.Image("right").Values);
        Assert.Equal(new Flip(true, false).Apply(sample.Image("spect").Values, s_geometry.Shape), mirrored.Image("spect").Values);
        // Organ 1 on the left is organ 2 on the right.
        int Count(ImageSample of, byte label) => of.Mask("organ").Labels.Count(each => each == label);
        Assert.Equal((Count(sample, 1), Count(sample, 2)), (Count(mirrored, 2), Count(mirrored, 1)));
        Assert.True(Count(sample, 1) != Count(sample, 2));

        ImageSample back = mirror.Apply(mirrored);
        Assert.Equal(sample.Image("spect").Values, back.Image("spect").Values);
        Assert.Equal(sample.Image("left").Values, back.Image("left").Values);
        Assert.Equal(sample.Mask("organ").Labels, back.Mask("organ").Labels);
        Assert.Equal(BodySide.Left, back.Side);
        Assert.Null(new Mirror(leftRight: false, frontBack: true, headFeet: false).Apply(Body()).Side);
        Assert.Equal(BodySide.Left, new Mirror(leftRight: false, frontBack: true, headFeet: true).Apply(sample).Side);
    }

    [Fact]
    public void ATurnAboutTheBodysAxisIsThatOfThePlane()
    {
        Volume volume = Noise(1);
        float[] expected = Affine.Compose(new Zoom(1.1), new Rotate(25), new Translate(2, -1)).Apply(volume.Voxels, volume.Shape);
        SpatialMap map = SpatialMap.Zoom(1.1, 1.1, 1).Then(SpatialMap.Rotate(new(0, 0, 25))).Then(SpatialMap.Translate(new(6, -3, 0)));
        float[] found = new SpatialTransform(map, mirrors: false).Apply(new() { Images = [new SampleImage("spect", volume)] }).Images[0].Values;
        Assert.True(ImageProperties.LargestDifference(expected, found) < 1e-4f);
    }

    [Fact]
    public void ViewsFromFrontAndBackTurnAsTheBodyDoes()
    {
        // Through the rows, a turn about the axis from front to back moves every line of the view alike.
        Volume volume = new(ImageGeometry.Axial(24, 6, 24, 3, 3), ImageProperties.Noise(new ImageShape(24, 6, 24), 9));
        float[] front = View(volume, fromBehind: false), back = View(volume, fromBehind: true);
        SpatialTransform turn = new(SpatialMap.Rotate(new(0, 33, 0)).Then(SpatialMap.Translate(new(4, 50, -7))), mirrors: false);
        ImageSample moved = turn.Apply(new()
        {
            Images =
            [
                SampleImage.Anterior("front", new PlanarImage(24, 24, 3, 3, front)),
                SampleImage.Posterior("back", new PlanarImage(24, 24, 3, 3, back)),
            ],
        });
        // The movement to the back cannot be seen in either view.
        SpatialTransform seen = new(SpatialMap.Rotate(new(0, 33, 0)).Then(SpatialMap.Translate(new(4, 0, -7))), mirrors: false);
        Volume turned = new(volume.Geometry, seen.Apply(new() { Images = [new SampleImage("volume", volume)] }).Images[0].Values);
        Assert.True(ImageProperties.LargestDifference(View(turned, fromBehind: false), moved.Image("front").Values) < 1e-3f);
        Assert.True(ImageProperties.LargestDifference(View(turned, fromBehind: true), moved.Image("back").Values) < 1e-3f);
    }

    [Fact]
    public void ImagesOnOtherGridsMoveWithTheFirst()
    {
        // The same ball on two grids, off the middle of the second one.
        ImageGeometry fine = ImageGeometry.Axial(40, 40, 30, 2, 2);
        fine = fine with { Origin = fine.Origin + new Point3(8, -6, 4) };
        ImageSample sample = new() { Images = [new("spect", Ball(s_geometry)), new("ct", Ball(fine))] };
        SpatialMap map = SpatialMap.Rotate(new(10, 20, 70)).Then(SpatialMap.Translate(new(3, 2, 1)));
        ImageSample moved = new SpatialTransform(map, mirrors: false).Apply(sample);
        Point3 expected = map.Move(new Point3(8, 4, 0));
        foreach (SampleImage image in moved.Images)
        {
            Point3 sum = default;
            double weight = 0;
            for (int i = 0; i < image.Values.Length; i++)
            {
                (int s, int r, int c) = (i / image.Shape.PlaneLength, i % image.Shape.PlaneLength / image.Shape.Columns, i % image.Shape.Columns);
                sum += image.Values[i] * image.Geometry.PositionOf(c, r, s);
                weight += image.Values[i];
            }

            Assert.True((((1 / weight) * sum) - expected).Length < 0.3, $"{image.Name}: {(1 / weight) * sum} instead of {expected}");
        }
    }

    [Fact]
    public void MovementsThatFollowEachOtherInterpolateOnce()
    {
        ImageSample sample = Body();
        SpatialTransform first = new(SpatialMap.Rotate(new(0, 0, 20)), mirrors: false), second = new(SpatialMap.Rotate(new(0, 0, -20)), mirrors: false);
        ImageSample same = SampleAugmentation.Replay(sample, [first, second]);
        Assert.True(ImageProperties.LargestDifference(sample.Image("spect").Values, same.Image("spect").Values) < 1e-4f);
        // With something in between, they cannot be one.
        ImageSample blurred = SampleAugmentation.Replay(sample, [first, new IntensityShift(0), second]);
        Assert.True(ImageProperties.LargestDifference(sample.Image("spect").Values, blurred.Image("spect").Values) > 0.1f);
    }

    [Fact]
    public void WhatWasAppliedGivesTheSameAgain()
    {
        SampleAugmentation augmentation = new(s_everything);
        ImageSample sample = Body();
        for (ulong number = 0; number < 6; number++)
        {
            AugmentedSample found = augmentation.Apply(sample, 7, 3, number), again = augmentation.Apply(sample, 7, 3, number);
            Assert.Equal(found.Provenance, again.Provenance);
            ImageSample replayed = SampleAugmentation.Replay(sample, found.Applied);
            foreach (string name in (string[])["spect", "ct"])
            {
                Assert.Equal(found.Sample.Image(name).Values, again.Sample.Image(name).Values);
                Assert.Equal(found.Sample.Image(name).Values, replayed.Image(name).Values);
            }

            Assert.Equal(found.Sample.Mask("organ").Labels, replayed.Mask("organ").Labels);
        }
    }

    [Fact]
    public void OperationsDrawForThemselves()
    {
        IReadOnlyList<ISampleTransform> all = new SampleAugmentation(s_everything).Draw(5, 1, 2);
        IReadOnlyList<ISampleTransform> some = new SampleAugmentation(s_everything[1], s_everything[^1] with { Probability = 0.999999 }).Draw(5, 1, 2);
        Assert.Equal(all[1].Name, some[0].Name);
        Assert.Equal(all[^1].Name, some[1].Name);
        Assert.Empty(new SampleAugmentation(s_everything.Select(step => step with { Probability = 0 })).Draw(5, 1, 2));
        string[] twice = [.. new SampleAugmentation(s_everything[1], s_everything[1]).Draw(5, 1, 2).Select(transform => transform.Name)];
        Assert.NotEqual(twice[0], twice[1]);
        int applied = Enumerable.Range(0, 400).Count(number => new SampleAugmentation(s_everything[1] with { Probability = 0.25 }).Draw(1, 0, (ulong)number).Count == 1);
        Assert.InRange(applied, 70, 130);
    }

    [Fact]
    public void IntensitiesLeaveTheMasksAlone()
    {
        ImageSample sample = Body();
        foreach (ISampleTransform transform in (ISampleTransform[])[new GaussianNoise(1, 3), new GaussianBlur(3), new EdgeEnhancement(0.5, 3), new IntensityShift(2), new IntensityScale(2), new GammaCorrection(2)])
        {
            ImageSample changed = transform.Apply(sample);
            Assert.Same(sample.Masks, changed.Masks);
            Assert.NotEqual(sample.Image("ct").Values, changed.Image("ct").Values);
        }

        Assert.Same(sample.Image("spect"), new IntensityShift(1, "ct").Apply(sample).Image("spect"));
        Assert.Equal(sample.Image("ct").Values.Select(value => value + 1), new IntensityShift(1, "ct").Apply(sample).Image("ct").Values);
        Assert.Contains("spect", Assert.Throws<KeyNotFoundException>(() => new IntensityShift(1, "pet").Apply(sample)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void IntensitiesAreWhatTheySay()
    {
        float[] values = [0, 1, 2, 4];
        ImageSample sample = new() { Images = [SampleImage.Anterior("view", new PlanarImage(4, 1, 1, 1, values))] };
        Assert.Equal([0, 2, 4, 8], new IntensityScale(2).Apply(sample).Images[0].Values);
        float[] squared = new GammaCorrection(2).Apply(sample).Images[0].Values;
        Assert.True(ImageProperties.LargestDifference([0, 0.25f, 1, 4], squared) < 1e-6f);
        float[] blurred = [.. values];
        GaussianFilter.Apply(blurred, new ImageShape(1, 4), 0, 0.8, 0.8);
        Assert.Equal(values.Zip(blurred, (value, smooth) => value + (0.5f * (value - smooth))), new EdgeEnhancement(0.5, 0.8).Apply(sample).Images[0].Values);

        ImageSample flat = new() { Images = [new("a", new Volume(s_geometry)), new("b", new Volume(s_geometry))] };
        ImageSample noisy = new GaussianNoise(2, 11).Apply(flat);
        float[] noise = noisy.Image("a").Values;
        Assert.Equal(0, noise.Average(), 0.05f);
        Assert.Equal(4, noise.Average(value => value * value), 0.1f);
        Assert.NotEqual(noise, noisy.Image("b").Values);
        Assert.All(new GammaCorrection(2).Apply(flat).Image("a").Values, value => Assert.Equal(0, value));
    }

    [Fact]
    public void ImpossibleNumbersAreNamed()
    {
        RandomTransform[] wrong =
        [
            new RandomMirror { Probability = 1.5 }, new RandomAffine { Zoom = 1 }, new RandomAffine { Degrees = new(0, 0, 200) }, new RandomAffine { Millimetres = new(double.NaN, 0, 0) },
            new RandomGaussianNoise { Least = -1, Most = 1 }, new RandomGamma { Least = 0, Most = 1 }, new RandomIntensityShift { Least = 2, Most = 1 },
            new RandomEdgeEnhancement { Least = 0, Most = 1, Millimetres = 0 },
        ];
        foreach (RandomTransform step in wrong)
        {
            Assert.Contains($"{step.Operation}: expected", Assert.Throws<ArgumentException>(() => new SampleAugmentation(step)).Message, StringComparison.Ordinal);
        }

        Assert.Throws<ArgumentException>(() => new SampleImage("view", s_geometry, new float[s_geometry.Shape.Length], isPlanar: true));
        Assert.Throws<ArgumentException>(() => new SampleMask("mask", s_geometry, new byte[3]));
    }

    [Fact]
    public void AnAugmentedSampleIsTheSameOnEveryProcessor()
    {
        List<string> found = [];
        for (ulong number = 0; number < 4; number++)
        {
            AugmentedSample augmented = new SampleAugmentation(s_everything).Apply(Body(), 3, 1, number);
            byte[] labels = augmented.Sample.Mask("organ").Labels;
            found.Add($"{ImageProperties.Hash(augmented.Sample.Image("spect").Values)} {ImageProperties.Hash(augmented.Sample.Image("ct").Values)} {ImageProperties.Hash(Array.ConvertAll(labels, label => (float)label))} {augmented.Provenance}");
        }

        Assert.Equal(File.ReadAllLines(Path.Combine("Recorded", "samples.txt")), found);
    }

    /// <summary>Two organs of different size, in an image, a finer image of something else, and a mask.</summary>
    private static ImageSample Body()
    {
        float[] values = new float[s_geometry.Shape.Length];
        byte[] labels = new byte[values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            (int s, int r, int c) = (i / s_geometry.Shape.PlaneLength, i % s_geometry.Shape.PlaneLength / s_geometry.Columns, i % s_geometry.Columns);
            Point3 at = s_geometry.PositionOf(c, r, s);
            labels[i] = (at - new Point3(12, 3, 0)).Length < 12 ? (byte)1 : (at - new Point3(-14, 0, 3)).Length < 9 ? (byte)2 : (byte)0;
            values[i] = labels[i] > 0 ? 10 : 0;
        }

        ImageGeometry fine = ImageGeometry.Axial(30, 30, 20, 2, 2);
        return new()
        {
            Images = [new SampleImage("spect", s_geometry, values), new SampleImage("ct", fine, ImageProperties.Noise(fine.Shape, 6))],
            Masks = [new SampleMask("organ", s_geometry, labels, sides: [(1, 2)])],
        };
    }

    private static Volume Noise(ulong seed) => new(s_geometry, ImageProperties.Noise(s_geometry.Shape, seed));

    private static Volume Ball(ImageGeometry geometry)
    {
        Volume volume = new(geometry);
        for (int i = 0; i < volume.Voxels.Length; i++)
        {
            (int s, int r, int c) = (i / geometry.Shape.PlaneLength, i % geometry.Shape.PlaneLength / geometry.Columns, i % geometry.Columns);
            double distance = (geometry.PositionOf(c, r, s) - new Point3(8, 4, 0)).Length;
            volume.Voxels[i] = (float)Math.Clamp(10 - distance, 0, 5);
        }

        return volume;
    }

    /// <summary>The sum through the rows; sections from head to feet downwards.</summary>
    private static float[] View(Volume volume, bool fromBehind)
    {
        (int sections, int columns) = (volume.Geometry.Sections, volume.Geometry.Columns);
        float[] view = new float[sections * columns];
        for (int s = 0; s < sections; s++)
        {
            for (int c = 0; c < columns; c++)
            {
                for (int r = 0; r < volume.Geometry.Rows; r++)
                {
                    view[((sections - 1 - s) * columns) + (fromBehind ? columns - 1 - c : c)] += volume[s, r, c];
                }
            }
        }

        return view;
    }
}
