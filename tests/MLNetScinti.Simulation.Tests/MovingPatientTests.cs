using MLNetScinti.Imaging;
using Xunit;

namespace MLNetScinti.Simulation.Tests;

public sealed class MovingPatientTests
{
    [Theory]
    [InlineData(0, 0.5, 6)]
    [InlineData(0.62, 1, 6)]
    [InlineData(0.2, 0.33, 3)]
    public void OverAllViewsThePatientLiesDisplacedAsLongAsSaid(double from, double to, int cycles)
    {
        PatientMotion motion = new(new(1, 2, 3), from, to);
        double[] parts = [.. Enumerable.Range(0, 120).Select(view => MovingPatient.DisplacedPart(view, 120, motion, cycles))];
        Assert.Equal(to - from, parts.Average(), 1.0 / (60 * cycles));
        Assert.All(parts, part => Assert.InRange(part, 0, 1));
        // Two detectors face each other: opposite views are taken at the same time.
        Assert.Equal(parts[..60], parts[60..]);
        // A movement within a cycle falls between its views.
        Assert.InRange(parts.Distinct().Count(), 1, 3);
    }

    [Fact]
    public void ADisplacementMovesTheViewsAsTheObjectItselfWould()
    {
        const double pixel = 2;
        SpectAcquisition scan = new() { Bins = 64, Pixel = pixel, Views = 8, Collimator = null, Attenuation = 0 };
        ActivityMap here = new(64, 24, pixel, 0, 0);
        ActivityMap there = new(64, 24, pixel, 0, 0);
        for (int r = 0; r < 64; r++)
        {
            for (int c = 0; c < 64; c++)
            {
                // Smooth, so that the grid of the camera's planes matters little; 4 mm to the patient's left, 6 mm to the front,
                // 8 mm to the head.
                here.Line(r, c).Slice(8, 4).Fill((float)Math.Exp(-(Math.Pow(r - 31, 2) + Math.Pow(c - 36, 2)) / 18));
                there.Line(r, c).Slice(8 + 4, 4).Fill((float)Math.Exp(-(Math.Pow(r - 28, 2) + Math.Pow(c - 38, 2)) / 18));
            }
        }

        GammaCamera camera = new(scan);
        Projections still = camera.Expect(here, threads: 1);
        Projections moved = camera.Expect(there, threads: 1);
        Projections blended = MovingPatient.Blend(still, new PatientMotion(new(4, -6, 8), 0, 1), 6, scan);
        for (int view = 0; view < scan.Views; view++)
        {
            Assert.Equal(moved.TotalOf(view), blended.TotalOf(view), 0.01 * moved.TotalOf(view));
            Point3 expected = Middle(moved, view);
            Point3 found = Middle(blended, view);
            Assert.True((expected - found).Length < 0.05, $"view {view}: {found}, expected {expected}");
        }
    }

    [Fact]
    public void WhoDoesNotLeaveTheReferencePositionIsNotBlurred()
    {
        Projections views = new(4, 8, 5);
        CounterRandom random = new(1, 0, 0, "views");
        for (int i = 0; i < views.Counts.Length; i++)
        {
            views.Counts[i] = (float)random.NextDouble();
        }

        Projections same = MovingPatient.Blend(views, new PatientMotion(new(5, 5, 5), 0.4, 0.4), 6, new SpectAcquisition { Bins = 8, Views = 4 });
        for (int view = 0; view < 4; view++)
        {
            for (int bin = 0; bin < 8; bin++)
            {
                Assert.Equal(views.Line(view, bin).ToArray(), same.Line(view, bin).ToArray());
            }
        }
    }

    /// <summary>The middle of the counts: bin, section.</summary>
    private static Point3 Middle(Projections views, int view)
    {
        double total = 0, bins = 0, sections = 0;
        for (int bin = 0; bin < views.Bins; bin++)
        {
            for (int s = 0; s < views.Sections; s++)
            {
                double value = views.Line(view, bin)[s];
                total += value;
                bins += value * bin;
                sections += value * s;
            }
        }

        return new(bins / total, sections / total, 0);
    }
}
