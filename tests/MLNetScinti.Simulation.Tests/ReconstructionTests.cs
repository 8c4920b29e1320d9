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
    public void TheIterationsAreThoseOfTheTextbook()
    {
        // An object in the middle, whose views end where it does; the reference does every pixel, in double precision, one section at a time.
        const int size = 32, views = 24, subsets = 4, iterations = 3;
        SpectAcquisition acquisition = new() { Bins = size, Views = views };
        Projections counts = new(views, size, 2);
        CounterRandom random = new(9, 0, 0, "textbook");
        for (int view = 0; view < views; view++)
        {
            for (int bin = 8; bin < 25; bin++)
            {
                counts.Line(view, bin)[0] = random.NextPoisson(40);
                counts.Line(view, bin)[1] = random.NextPoisson(5);
            }
        }

        float[] image = OrderedSubsets.For(size, views, subsets).Reconstruct(counts, 0, 2, iterations, threads: 1);
        double middle = (size - 1) / 2.0;
        int[] pixels = [.. Enumerable.Range(0, size * size).Where(p => Math.Pow((p % size) - middle, 2) + Math.Pow((p / size) - middle, 2) <= middle * middle)];
        for (int section = 0; section < 2; section++)
        {
            double[] reference = new double[size * size];
            foreach (int p in pixels)
            {
                reference[p] = 1;
            }

            for (int step = 0; step < iterations * subsets; step++)
            {
                int subset = new[] { 0, 2, 1, 3 }[step % subsets];
                double[] factor = new double[size * size];
                for (int view = subset; view < views; view += subsets)
                {
                    double[] estimate = new double[size];
                    (int Low, double Part) Hit(int p)
                    {
                        double angle = acquisition.AngleOf(view);
                        double bin = (((p % size) - middle) * Math.Cos(angle)) - (((p / size) - middle) * Math.Sin(angle)) + middle;
                        int low = Math.Clamp((int)bin, 0, size - 2);
                        return (low, bin - low);
                    }

                    foreach (int p in pixels)
                    {
                        (int low, double part) = Hit(p);
                        estimate[low] += reference[p] * (1 - part);
                        estimate[low + 1] += reference[p] * part;
                    }

                    foreach (int p in pixels)
                    {
                        (int low, double part) = Hit(p);
                        factor[p] += ((1 - part) * counts.Line(view, low)[section] / Math.Max(1e-6, estimate[low]))
                            + (part * counts.Line(view, low + 1)[section] / Math.Max(1e-6, estimate[low + 1]));
                    }
                }

                foreach (int p in pixels)
                {
                    reference[p] *= factor[p] / (views / subsets);
                }
            }

            // What the support leaves out is little, and the rest is the same to a few hundredths of the largest value.
            double largest = reference.Max();
            ReadOnlySpan<float> found = image.AsSpan(section * size * size, size * size);
            for (int p = 0; p < size * size; p++)
            {
                Assert.Equal(reference[p], found[p], 0.03 * largest);
            }

            Assert.Equal(reference.Sum(), found.ToArray().Sum(value => (double)value), 0.005 * reference.Sum());
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
