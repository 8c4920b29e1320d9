using FsCheck.Fluent;
using MLNetScinti.Dosimetry.Kernels;
using MLNetScinti.Dosimetry.Kinetics;
using MLNetScinti.Dosimetry.Maps;
using MLNetScinti.Dosimetry.SValues;
using MLNetScinti.Imaging;
using Xunit;

namespace MLNetScinti.Dosimetry.Tests.Maps;

public sealed class DoseMapTests
{
    private static readonly VoxelKernel s_kernel = KernelTable.Named("lu177-4.42mm-soft-tissue");
    private static readonly Nuclide s_lutetium = Nuclide.Lutetium177;

    [Fact]
    public void One_voxel_gives_the_kernel()
    {
        Volume activity = new(Grid(23, 23, 23, 4.42));
        activity[11, 11, 11] = 1;
        (DoseMap byKernel, DoseMap local) = DoseMap.Both(TimeIntegratedActivityMap.Known(s_lutetium, activity), s_kernel);
        foreach (((int s, int r, int c), double mgy) in new[] { ((11, 11, 11), 813.6), ((11, 11, 12), 12.204), ((10, 11, 12), .4284), ((10, 12, 10), .10152), ((11, 13, 11), .06768), ((11, 11, 17), 0.0) })
        {
            Assert.Equal(mgy, 1000 * byKernel.Gray[s, r, c], 1e-6 * Math.Max(mgy, 1));
        }

        Assert.Equal(3600 * .26386, 1000 * local.Gray[11, 11, 11], .02);
        Assert.Equal(0, local.Gray[11, 11, 12]);
        Assert.Contains(byKernel.Flags, flag => flag.Issue == DosimetryIssue.EnergyBalance);
        Assert.Contains("local deposition", local.Method.Name, StringComparison.Ordinal);
    }

    [Fact]
    public void Fourier_space_adds_up_to_what_a_sum_does() => Properties.Check(
        from columns in Gen.Choose(1, 80)
        from rows in Gen.Choose(1, 20)
        from sections in Gen.Choose(1, 70)
        from seed in Gen.Choose(0, 100000)
        select (new ImageShape(sections, rows, columns), seed),
        one =>
        {
            (ImageShape shape, int seed) = one;
            CounterRandom random = new((ulong)seed, 0, 0, "activity");
            float[] values = new float[shape.Length];
            for (int n = 0; n < 12; n++)
            {
                values[random.NextInt32(shape.Length)] = (float)random.NextDouble(0, 10);
            }

            double[] found = FourierConvolution.Apply(values, shape, s_kernel), wanted = Direct(values, shape, s_kernel);
            return found.Zip(wanted).All(pair => Math.Abs(pair.First - pair.Second) < 1e-12 * 10 * .226 * 12);
        },
        runs: 12);

    [Fact]
    public void A_kernel_with_three_different_edges_too()
    {
        VoxelKernel kernel = KernelTable.Named("lu177-2.21mm-soft-tissue").Resample(3, 4, 5);
        ImageShape shape = new(9, 14, 66);
        float[] values = new float[shape.Length];
        values[0] = 3;
        values[^1] = 2;
        values[(((4 * 14) + 7) * 66) + 60] = 1;
        Assert.All(FourierConvolution.Apply(values, shape, kernel).Zip(Direct(values, shape, kernel)), pair => Assert.Equal(pair.Second, pair.First, 1e-13));
    }

    [Fact]
    public void Nothing_comes_round_from_the_other_side()
    {
        Volume activity = new(Grid(20, 20, 20, 4.42));
        activity[0, 0, 0] = 1000;
        DoseMap dose = DoseMap.ByKernel(TimeIntegratedActivityMap.Known(s_lutetium, activity), s_kernel);
        for (int i = 6; i < 20; i++)
        {
            Assert.InRange(dose.Gray[i, 0, 0], 0, 1e-9);
            Assert.InRange(dose.Gray[19, i, 19], 0, 1e-9);
        }

        bool[] corner = new bool[8000], middle = new bool[8000];
        corner[0] = middle[(((10 * 20) + 10) * 20) + 10] = true;
        Assert.True(dose.IsNearBorder(corner));
        Assert.False(dose.IsNearBorder(middle));
    }

    [Fact]
    public void A_uniform_cube_gives_the_sum_of_the_kernel()
    {
        Volume activity = new(Grid(11, 11, 11, 4.42));
        activity.AsSpan().Fill(1 / 3600f);
        DoseMap dose = DoseMap.ByKernel(TimeIntegratedActivityMap.Known(s_lutetium, activity), s_kernel);
        Assert.Equal(.25274748, 1000 * dose.Gray[5, 5, 5], 1e-7);
    }

    [Theory]
    [InlineData(100, .9389, 1.018)]
    [InlineData(155, .9415, 1.017)]
    [InlineData(310, .9447, 1.014)]
    public void Uniform_spheres_of_the_published_kernel(double grams, double ratio, double centre)
    {
        (Volume activity, bool[] mask) = Sphere(grams, 4.42, 1.04);
        (DoseMap byKernel, DoseMap local) = DoseMap.Both(TimeIntegratedActivityMap.Known(s_lutetium, activity), s_kernel);
        double mean = byKernel.Histogram(mask).Mean;
        Assert.Equal(ratio, mean / local.Histogram(mask).Mean, 6e-5);
        Assert.Equal(centre, byKernel.Gray[activity.Shape.Sections / 2, activity.Shape.Rows / 2, activity.Shape.Columns / 2] / mean, 6e-4);
        // By the same method only.
        Assert.Equal(DosimetryIssue.DifferentMethods, Assert.Throws<DosimetryException>(() => byKernel.Histogram(mask).MeanDifferenceTo(local.Histogram(mask))).Issue);
    }

    [Theory]
    [InlineData(2.21, .6, "lu177-2.21mm-soft-tissue")]
    [InlineData(34.5, 2.21, "lu177-2.21mm-soft-tissue")]
    [InlineData(116, 4.42, "lu177-4.42mm-soft-tissue")]
    [InlineData(276, 4.42, "lu177-4.42mm-soft-tissue")]
    public void Spheres_of_a_balanced_kernel_are_those_of_the_table(double grams, double edge, string name)
    {
        // Small ones on finer voxels: the steps of a sphere of coarse voxels have half as much surface again, and lose half as many electrons again.
        // The electrons to their energy, and to it what the table has of photons; they go on beyond the table.
        VoxelKernel table = KernelTable.Named(name);
        double photons = table.EnergyBalance.AbsorbedKev - Electrons(table), reach = Math.Pow(grams * 6 / Math.PI, 1.0 / 3) * 10 + 5;
        VoxelKernel kernel = table.NormalizedTo(s_lutetium.ElectronKev + photons, "electrons of Lu-177 and the photons within the table").WithPhotonTail(reach);
        kernel = edge == table.Description.ColumnSpacing ? kernel
            : table.NormalizedTo(s_lutetium.ElectronKev + photons, "the same").Resample(edge, edge, edge).WithPhotonTail(reach);
        (Volume activity, bool[] mask) = Sphere(grams, edge, 1.04);
        DoseMap dose = DoseMap.ByKernel(TimeIntegratedActivityMap.Known(s_lutetium, activity), kernel);
        int voxels = mask.Count(inside => inside);
        double mass = voxels * kernel.VoxelMillilitres * 1.04, kev = dose.Histogram(mask).Mean * (mass / 1000) / 3.6e9 / voxels / Nuclide.JoulePerKev;
        Assert.Equal(1, kev / SphereSValues.Shipped(s_lutetium).AbsorbedKev(mass), .015);
    }

    [Fact]
    public void Twice_the_activity_is_twice_the_dose_and_doses_add() => Properties.Check(
        from seed in Gen.Choose(0, 100000) select seed,
        seed =>
        {
            Volume[] activities = [.. Enumerable.Range(0, 2).Select(n =>
            {
                CounterRandom random = new((ulong)seed, n, 0, "activity");
                Volume activity = new(Grid(12, 10, 14, 4.42));
                foreach (ref float value in activity.AsSpan())
                {
                    value = (float)random.NextDouble();
                }

                return activity;
            })];
            Volume sum = new(activities[0].Geometry, [.. activities[0].Voxels.Zip(activities[1].Voxels, (a, b) => a + (2 * b))]);
            float[][] doses = [.. activities.Append(sum).Select(one => DoseMap.ByKernel(TimeIntegratedActivityMap.Known(s_lutetium, one), s_kernel).Gray.Voxels)];
            return Enumerable.Range(0, sum.Voxels.Length).All(i => Math.Abs(doses[2][i] - doses[0][i] - (2 * doses[1][i])) < 1e-5 * doses[2][i]);
        },
        runs: 8);

    [Fact]
    public void A_kernel_of_other_voxels_or_another_nuclide_is_refused()
    {
        TimeIntegratedActivityMap map = TimeIntegratedActivityMap.Known(s_lutetium, new Volume(Grid(8, 8, 8, 4.8)));
        DosimetryException refused = Assert.Throws<DosimetryException>(() => DoseMap.ByKernel(map, s_kernel));
        Assert.Equal(DosimetryIssue.DifferentGrids, refused.Issue);
        Assert.Contains("resample", refused.Message, StringComparison.Ordinal);
        DoseMap.ByKernel(map, s_kernel.Resample(4.8, 4.8, 4.8));
        Assert.Equal(DosimetryIssue.MixedNuclides, Assert.Throws<DosimetryException>(
            () => DoseMap.ByKernel(TimeIntegratedActivityMap.Known(Nuclide.Named("Tb-161"), new Volume(Grid(8, 8, 8, 4.42))), s_kernel)).Issue);
    }

    [Fact]
    public void Densities_of_voxels_change_the_local_dose()
    {
        Volume activity = new(Grid(2, 1, 1, 4.42), [1, 1]), density = new(activity.Geometry, [1.04f, .52f]);
        DoseMap dose = DoseMap.ByLocalDeposition(TimeIntegratedActivityMap.Known(s_lutetium, activity), density);
        Assert.Equal(2, dose.Gray[0, 0, 1] / dose.Gray[0, 0, 0], 1e-6);
        Assert.Throws<DosimetryException>(() => DoseMap.ByLocalDeposition(TimeIntegratedActivityMap.Known(s_lutetium, activity), new Volume(activity.Geometry)));
    }

    [Fact]
    public void Every_voxel_has_its_own_fit()
    {
        double[] hours = [96, 4, 24], halfLives = [30, 50, 80, 400];
        ImageGeometry grid = Grid(6, 1, 1, 10);
        // Four falling voxels (the last slower than it decays), one that rises, one without activity; a voxel is one millilitre.
        ActivityImage[] images = [.. hours.Select(hour => new ActivityImage(hour, new Volume(grid,
            [.. halfLives.Select(halfLife => (float)(1e6 * Math.Pow(2, -hour / halfLife))), (float)(1e6 * hour * Math.Exp(-hour / 30)), 0])))];
        TimeIntegratedActivityMap map = TimeIntegratedActivityMap.Fit(s_lutetium, images, new LogLinear());
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal(1, map.MegabecquerelHours.Voxels[i] / (halfLives[i] / Math.Log(2)), 1e-5);
            Assert.Equal(1, map.Rates.Voxels[i] / (Math.Log(2) / halfLives[i]), 1e-5);
        }

        TimeActivityCurve slow = TimeActivityCurve.Of(s_lutetium, [4, 24, 96], [.. new double[] { 4, 24, 96 }.Select(hour => Math.Pow(2, -hour / 400))]);
        Assert.Equal(1, map.MegabecquerelHours.Voxels[3] / new LogLinear().Fit(slow).TimeIntegratedActivity, 1e-5);
        Assert.Equal((5, 1, 1), (map.Voxels, map.ClampedVoxels, map.TrapezoidVoxels));
        Assert.Equal(0, map.MegabecquerelHours.Voxels[5]);
        Assert.Contains(map.Flags, flag => flag.Issue == DosimetryIssue.VoxelsByTrapezoid);
        Assert.Equal(map.MegabecquerelHours.Voxels.Sum(value => (double)value), map.In([true, true, true, true, true, true]), 1e-4);
    }

    [Theory]
    [InlineData("mono")]
    [InlineData("bi-exponential")]
    [InlineData("uptake")]
    [InlineData("trapezoid")]
    public void Voxels_are_integrated_as_curves_are(string name)
    {
        TimeActivityMethod method = TimeActivityMethod.Named(name);
        double[] hours = [1, 4, 24, 96], activities = name == "uptake" ? [30, 80, 60, 20] : [112, 95, 62, 26];
        ImageGeometry grid = Grid(1, 1, 1, 10);
        TimeIntegratedActivityMap map = TimeIntegratedActivityMap.Fit(s_lutetium, [.. hours.Zip(activities, (hour, activity) => new ActivityImage(hour, new Volume(grid, [(float)(activity * 1e6)])))], method);
        Assert.Equal(1, map.MegabecquerelHours.Voxels[0] / method.Fit(TimeActivityCurve.Of(s_lutetium, hours, activities)).TimeIntegratedActivity, 1e-6);
    }

    [Fact]
    public void Images_that_do_not_go_together_are_refused()
    {
        Volume a = new(Grid(2, 2, 2, 5)), b = new(Grid(2, 2, 2, 5.5));
        Assert.Equal(DosimetryIssue.DifferentGrids, Assert.Throws<DosimetryException>(() => TimeIntegratedActivityMap.Fit(s_lutetium, [new(4, a), new(24, b)], new LogLinear())).Issue);
        Assert.Equal(DosimetryIssue.RepeatedTimePoint, Assert.Throws<DosimetryException>(() => TimeIntegratedActivityMap.Fit(s_lutetium, [new(4, a), new(4, a)], new LogLinear())).Issue);
        Assert.Equal(DosimetryIssue.TooFewPoints, Assert.Throws<DosimetryException>(() => TimeIntegratedActivityMap.Fit(s_lutetium, [new(4, a)], new LogLinear())).Issue);
        foreach (FitWeights weights in new[] { FitWeights.PointUncertainty, FitWeights.Given })
        {
            Assert.Contains("one curve", Assert.Throws<DosimetryException>(() => TimeIntegratedActivityMap.Fit(s_lutetium, [new(4, a), new(24, a)], new LogLinear(weights))).Message, StringComparison.Ordinal);
            Assert.Throws<DosimetryException>(() => TimeIntegratedActivityMap.Fit(s_lutetium, [new(4, a), new(24, a)], new LeastSquares(ExponentialShape.Mono, weights)));
        }

        Volume broken = new(a.Geometry, [1, 2, float.NaN, 1, 1, 1, 1, 1]);
        Assert.Equal(DosimetryIssue.ImpossibleValue, Assert.Throws<DosimetryException>(() => TimeIntegratedActivityMap.Fit(s_lutetium, [new(4, broken), new(24, a)], new LogLinear())).Issue);
    }

    // Energy of the sum without its photons: the shells' growth with the half width is theirs, and goes on to the middle.
    private static double Electrons(VoxelKernel kernel)
    {
        double slope = (kernel.Cube(5) - kernel.Cube(2)) / 3;
        return kernel.EnergyBalance.AbsorbedKev * (kernel.Cube(5) - (5.5 * slope)) / kernel.Cube(5);
    }

    private static (Volume Activity, bool[] Mask) Sphere(double grams, double edge, double density)
    {
        double radius = Math.Pow(grams / density * 1000 * 3 / (4 * Math.PI), 1.0 / 3) / edge;
        int half = (int)Math.Ceiling(radius) + 1, size = (2 * half) + 1;
        Volume activity = new(Grid(size, size, size, edge));
        bool[] mask = new bool[size * size * size];
        for (int i = 0; i < mask.Length; i++)
        {
            (int s, int rest) = Math.DivRem(i, size * size);
            (int r, int c) = Math.DivRem(rest, size);
            mask[i] = Math.Pow(s - half, 2) + Math.Pow(r - half, 2) + Math.Pow(c - half, 2) <= radius * radius;
            activity.Voxels[i] = mask[i] ? 1 : 0;
        }

        return (activity, mask);
    }

    private static double[] Direct(float[] values, ImageShape shape, VoxelKernel kernel)
    {
        double[] sum = new double[values.Length];
        for (int from = 0; from < values.Length; from++)
        {
            if (values[from] == 0)
            {
                continue;
            }

            (int s, int r, int c) = Place(from);
            for (int to = 0; to < values.Length; to++)
            {
                (int s2, int r2, int c2) = Place(to);
                sum[to] += values[from] * kernel[c2 - c, r2 - r, s2 - s];
            }
        }

        return sum;

        (int, int, int) Place(int at) => (at / shape.PlaneLength, at / shape.Columns % shape.Rows, at % shape.Columns);
    }

    private static ImageGeometry Grid(int columns, int rows, int sections, double edge) => ImageGeometry.Axial(columns, rows, sections, edge, edge);
}
