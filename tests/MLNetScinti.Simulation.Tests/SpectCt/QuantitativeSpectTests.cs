using FsCheck;
using FsCheck.Fluent;
using MLNetScinti.Imaging;
using MLNetScinti.Simulation.SpectCt;
using Xunit;

namespace MLNetScinti.Simulation.Tests.SpectCt;

public sealed class QuantitativeSpectTests
{
    private static SpectAcquisition Camera(int bins, double pixel, int views) => SpectCtAcquisition.Full.Camera(SpectCtParameters.Published, 1) with { Bins = bins, Pixel = pixel, Views = views };

    [Fact]
    public void BackprojectionIsTheAdjointOfProjectionForAnyBodyAndGrid() =>
        Prop.ForAll(Gen.Choose(0, int.MaxValue - 1).ToArbitrary(), IsAdjoint).Check(Config.QuickThrowOnFailure.WithMaxTest(40));

    private static bool IsAdjoint(int seed)
    {
        CounterRandom random = new((ulong)seed, 0, 0, "adjoint");
        int size = 12 + random.NextInt32(14), sections = 1 + random.NextInt32(20), views = 3 + random.NextInt32(6);
        double pixel = random.NextDouble(3, 9);
        SpectAcquisition camera = Camera(size, pixel, views);
        ImageGeometry grid = ImageGeometry.Axial(size, size, sections, pixel, pixel);
        Volume mu = new(grid, [.. Enumerable.Range(0, grid.Shape.Length).Select(_ => (float)random.NextDouble(0, 0.02))]);
        TransmissionMap map = new(mu, 0.45 * size * pixel, 0.35 * size * pixel);
        AttenuatedProjector projector = new(camera, map);
        AttenuatedProjector.Lines lines = projector.NewLines();
        ActivityMap x = new(size, sections, pixel, 1, 1), back = new(size, sections, pixel, 1, 1);
        for (int r = 0; r < size; r++)
        {
            for (int c = 0; c < size; c++)
            {
                foreach (ref float value in x.Line(r, c))
                {
                    value = (float)random.NextDouble();
                }
            }
        }

        double forward = 0;
        for (int view = 0; view < views; view++)
        {
            projector.Forward(x.Voxels, view, lines);
            float[][] weights = [.. Enumerable.Range(0, size).Select(_ => Enumerable.Range(0, sections).Select(_ => (float)random.NextDouble()).ToArray())];
            for (int bin = 0; bin < size; bin++)
            {
                ReadOnlySpan<float> line = lines.Line(bin)[..sections];
                for (int s = 0; s < sections; s++)
                {
                    forward += (double)line[s] * weights[bin][s];
                }
            }

            lines.Clear();
            for (int bin = 0; bin < size; bin++)
            {
                weights[bin].CopyTo(lines.Line(bin));
            }

            lines.Added();
            projector.Back(view, lines, back.Voxels);
        }

        double backward = 0;
        for (int r = 0; r < size; r++)
        {
            for (int c = 0; c < size; c++)
            {
                ReadOnlySpan<float> a = x.Line(r, c), b = back.Line(r, c);
                for (int s = 0; s < sections; s++)
                {
                    backward += (double)a[s] * b[s];
                }
            }
        }

        return Math.Abs(backward - forward) <= 1e-4 * forward;
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    [InlineData(-7)]
    public void APointIsWeakenedByTheWaterBeforeItAndBlurredByItsDistance(int voxelsTowardsDetector)
    {
        const int size = 64;
        const double pixel = 4;
        SpectAcquisition camera = Camera(size, pixel, 4) with { Clearance = 20 };
        ImageGeometry grid = ImageGeometry.Axial(size, size, 64, pixel, pixel);
        Volume mu = new(grid);
        Array.Fill(mu.Voxels, (float)PhysicsConstants.WaterNarrowBeam208);
        // Body and detector: an ellipse 100 mm deep, all of water.
        TransmissionMap map = new(mu, 110, 100);
        AttenuatedProjector projector = new(camera, map);
        AttenuatedProjector.Lines lines = projector.NewLines();
        ActivityMap x = new(size, 64, pixel, 110, 100);
        int row = 32 + voxelsTowardsDetector;
        x.Line(row, 31)[32] = 1;
        x.Line(row, 32)[32] = 1;
        projector.Forward(x.Voxels, 0, lines);
        double sum = 0, square = 0;
        for (int bin = 0; bin < size; bin++)
        {
            foreach (float value in lines.Line(bin)[..64])
            {
                sum += value;
                square += value * Math.Pow((bin - 31.5) * pixel, 2);
            }
        }

        double y = x.PositionOf(row), depth = 100 - y;
        Assert.Equal(1, sum / (2 * Math.Exp(-PhysicsConstants.WaterNarrowBeam208 * depth)), 0.04);
        double wanted = camera.Collimator!.Fwhm(depth + 20);
        // The two voxels are two pixels wide themselves.
        Assert.Equal(wanted, Math.Sqrt((square / sum) - (pixel * pixel / 4)) / GaussianFilter.DeviationPerFwhm, 0.6);
    }

    [Fact]
    public void AUniformCylinderIsRecoveredWithAttenuationAndScatter()
    {
        const int size = 48, views = 40;
        const double pixel = 8;
        SpectAcquisition camera = Camera(size, pixel, views);
        ImageGeometry grid = ImageGeometry.Axial(size, size, 20, pixel, pixel);
        Volume mu = new(grid);
        ActivityMap activity = new(size, 20, pixel, 118, 118);
        for (int r = 0; r < size; r++)
        {
            for (int c = 0; c < size; c++)
            {
                double from = Math.Sqrt(Math.Pow(activity.PositionOf(r), 2) + Math.Pow(activity.PositionOf(c), 2));
                for (int s = 0; s < 20; s++)
                {
                    mu[s, r, c] = from < 110 ? (float)PhysicsConstants.WaterNarrowBeam208 : 0;
                    activity.Line(r, c)[s] = from < 110 && s is >= 3 and < 17 ? 1 : 0;
                }
            }
        }

        TransmissionMap map = new(mu, 118, 118);
        ExpectedViews expected = new QuantitativeCamera(camera).Expect(activity, map);
        Projections counts = new(views, size, 20);
        for (int i = 0; i < counts.Counts.Length; i++)
        {
            counts.Counts[i] = expected.Primary.Counts[i] + expected.Scatter.Counts[i];
        }

        double perVoxel = camera.Sensitivity * camera.SecondsPerView;
        double Mean(ActivityMap image) => Enumerable.Range(20, 8).SelectMany(r => Enumerable.Range(20, 8).Select(c => (double)image.Line(r, c)[10])).Average() / perVoxel;
        ActivityMap corrected = new CorrectedOrderedSubsets(camera, 8).Reconstruct(counts, expected.Scatter, map, 6), uncorrected = new CorrectedOrderedSubsets(camera, 8).Reconstruct(counts, null, map, 6);
        Assert.Equal(1, Mean(corrected), 0.02);
        // Some 30 % of all photons behind 10 cm of water are scattered.
        Assert.InRange(Mean(uncorrected), 1.15, 1.75);
    }

    [Fact]
    public void KidneysHoldTheirActivityWithinThreePerCent()
    {
        SpectCtCohort cohort = new(SpectCtCohortOptions.Hybrid with { Acquisition = SpectCtAcquisition.Quick with { CtMatrix = 128 }, Seed = 5, SecondCycles = 0, Parameters = SpectCtParameters.Published with { LiverTumours = 0 } });
        List<double> ratios = [];
        foreach (SpectCtPatient patient in cohort.Take(3))
        {
            SpectCtScan scan = cohort.Simulator.Simulate(patient).Single();
            ratios.AddRange([Recovery(scan, SpectCtTruth.Left), Recovery(scan, SpectCtTruth.Right)]);
        }

        Assert.InRange(ratios.Average(), 0.97, 1.03);
        Assert.All(ratios, ratio => Assert.InRange(ratio, 0.93, 1.07));
    }

    [Fact]
    public void ScatterThatNothingCorrectsWouldBeTooMuch()
    {
        SpectCtCohort cohort = new(SpectCtCohortOptions.Hybrid with { Acquisition = SpectCtAcquisition.Quick with { CtMatrix = 96, CtSection = 8 }, SecondCycles = 0 });
        SpectCtPatient patient = cohort[0];
        double Total(SpectCtParameters parameters) => (cohort.Simulator with { Parameters = parameters }).Simulate(patient).Single().Spect!.Voxels.Sum(value => (double)value);
        double right = Total(SpectCtParameters.Published), over = Total(SpectCtParameters.Published with { ScatterExcess = 0.17 });
        // Windows that see a sixth too much take some 7 % of the counts away.
        Assert.InRange(over / right, 0.85, 0.98);
    }

    /// <summary>Activity in the image against the true one, in the kidney and a margin that holds what the resolution spreads.</summary>
    private static double Recovery(SpectCtScan scan, byte label)
    {
        ImageGeometry grid = scan.Spect!.Geometry;
        int reach = (int)Math.Round(18 / grid.ColumnSpacing);
        double image = 0, truth = 0;
        for (int i = 0; i < scan.SpectMask.Length; i++)
        {
            (int s, int r, int c) = (i / (grid.Rows * grid.Columns), i / grid.Columns % grid.Rows, i % grid.Columns);
            bool near = false;
            for (int z = Math.Max(0, s - reach); z <= Math.Min(grid.Sections - 1, s + reach) && !near; z++)
            {
                for (int y = Math.Max(0, r - reach); y <= Math.Min(grid.Rows - 1, r + reach) && !near; y++)
                {
                    for (int x = Math.Max(0, c - reach); x <= Math.Min(grid.Columns - 1, c + reach) && !near; x++)
                    {
                        near = ((x - c) * (x - c)) + ((y - r) * (y - r)) + ((z - s) * (z - s)) <= reach * reach && scan.SpectMask[(((z * grid.Rows) + y) * grid.Columns) + x] == label;
                    }
                }
            }

            image += near ? scan.Spect.Voxels[i] : 0;
            truth += near ? scan.TrueConcentration!.Voxels[i] : 0;
        }

        return image / truth;
    }
}
