using MLNetScinti.Imaging;
using Xunit;

namespace MLNetScinti.Simulation.Tests;

public sealed class ReconstructionTests
{
    [Theory]
    [InlineData(16, 5)]
    [InlineData(33, 12)]
    public void BackprojectionIsTheAdjointOfProjection(int size, int views)
    {
        SpectAcquisition acquisition = new() { Bins = size, Views = views };
        StripProjector projector = new(size, [.. Enumerable.Range(0, views).Select(acquisition.AngleOf)]);
        CounterRandom random = new(1, 0, 0, "adjoint");
        float[] image = Draw(projector.PixelsInUse.Count * StripProjector.Block, ref random);
        float[] views1 = Draw(views * size * StripProjector.Block, ref random);
        float[] projected = new float[views1.Length];
        float[] back = new float[image.Length];
        projector.Forward(image, projected);
        projector.Back(views1, back);
        double left = projected.Zip(views1, (a, b) => (double)a * b).Sum();
        double right = image.Zip(back, (a, b) => (double)a * b).Sum();
        Assert.Equal(1, left / right, 1e-5);
    }

    [Fact]
    public void EveryViewSeesAllCounts()
    {
        StripProjector projector = new(20, [0, 0.3, 1.2, 2.5]);
        CounterRandom random = new(2, 0, 0, "counts");
        float[] image = Draw(projector.PixelsInUse.Count * StripProjector.Block, ref random);
        float[] views = new float[4 * 20 * StripProjector.Block];
        projector.Forward(image, views);
        double total = image.Sum(value => (double)value);
        for (int view = 0; view < 4; view++)
        {
            Assert.Equal(1, views.Skip(view * 20 * StripProjector.Block).Take(20 * StripProjector.Block).Sum(value => (double)value) / total, 1e-5);
        }
    }

    [Fact]
    public void ADiscIsReconstructedFromItsAnalyticProjections()
    {
        // A disc of radius 18 off the middle, twice as hot in every second section: its projection is a chord.
        const int size = 64, views = 64, sections = 5;
        const double radius = 18, offX = 7, offY = -4;
        SpectAcquisition acquisition = new() { Bins = size, Views = views };
        Projections counts = new(views, size, sections);
        for (int view = 0; view < views; view++)
        {
            (double sine, double cosine) = Math.SinCos(acquisition.AngleOf(view));
            double centre = (offX * cosine) - (offY * sine);
            for (int bin = 0; bin < size; bin++)
            {
                double chord = 0;
                for (int part = 0; part < 8; part++)
                {
                    double u = bin - 31.5 + ((part - 3.5) / 8) - centre;
                    chord += u * u < radius * radius ? 2 * Math.Sqrt((radius * radius) - (u * u)) / 8 : 0;
                }

                for (int s = 0; s < sections; s++)
                {
                    counts.Line(view, bin)[s] = (float)(chord * (s % 2 == 0 ? 10 : 20));
                }
            }
        }

        float[] image = OrderedSubsets.For(size, views, 8).Reconstruct(counts, 1, 3, iterations: 6, threads: 1);
        for (int s = 0; s < 3; s++)
        {
            double truth = s % 2 == 0 ? 20 : 10;
            double inside = 0, outside = 0;
            int n = 0;
            for (int i = 0; i < size * size; i++)
            {
                double x = (i % size) - 31.5 - offX;
                double y = (i / size) - 31.5 - offY;
                double distance = Math.Sqrt((x * x) + (y * y));
                float value = image[(s * size * size) + i];
                if (distance < radius - 3)
                {
                    inside += value;
                    n++;
                    Assert.InRange(value, 0.75 * truth, 1.25 * truth);
                }
                else if (distance > radius + 3)
                {
                    outside = Math.Max(outside, value);
                }
            }

            Assert.Equal(truth, inside / n, 0.02 * truth);
            Assert.True(outside < 0.25 * truth, $"{outside}");
        }
    }

    [Fact]
    public void TheResultDoesNotDependOnTheNumberOfThreads()
    {
        Projections counts = new(24, 32, 40);
        CounterRandom random = new(3, 0, 0, "views");
        for (int i = 0; i < counts.Counts.Length; i++)
        {
            counts.Counts[i] = random.NextPoisson(3);
        }

        OrderedSubsets reconstruction = OrderedSubsets.For(32, 24, 8);
        Assert.Equal(reconstruction.Reconstruct(counts, 0, 40, 2, threads: 1), reconstruction.Reconstruct(counts, 0, 40, 2, threads: 3));
        Assert.Throws<ArgumentException>(() => reconstruction.Reconstruct(counts, 10, 31, 2));
        Assert.Throws<ArgumentException>(() => OrderedSubsets.For(32, 25, 8));
    }

    private static float[] Draw(int count, ref CounterRandom random)
    {
        float[] values = new float[count];
        for (int i = 0; i < count; i++)
        {
            values[i] = (float)random.NextDouble();
        }

        return values;
    }
}
