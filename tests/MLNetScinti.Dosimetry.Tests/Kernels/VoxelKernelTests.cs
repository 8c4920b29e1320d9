using FsCheck.Fluent;
using MLNetScinti.Dosimetry.Kernels;
using MLNetScinti.Dosimetry.SValues;
using Xunit;

namespace MLNetScinti.Dosimetry.Tests.Kernels;

public sealed class VoxelKernelTests
{
    private static readonly VoxelKernel s_fine = KernelTable.Named("lu177-2.21mm-soft-tissue");
    private static readonly VoxelKernel s_coarse = KernelTable.Named("lu177-4.42mm-soft-tissue");

    public static TheoryData<int, int, int, double, double, double> Rebinned => new()
    {
        { 0, 0, 0, 2.2659e-1, 2.26e-1, .9974 },
        { 0, 0, 1, 3.3876e-3, 3.39e-3, 1.0007 },
        { 0, 1, 1, 1.1880e-4, 1.19e-4, 1.0017 },
        { 1, 1, 1, 2.8191e-5, 2.82e-5, 1.0003 },
        { 0, 0, 2, 1.8712e-5, 1.88e-5, 1.0047 },
        { 0, 1, 2, 1.5010e-5, 1.51e-5, 1.0060 },
        { 1, 1, 2, 1.2550e-5, 1.26e-5, 1.0040 },
        { 0, 2, 2, 9.4250e-6, 9.48e-6, 1.0058 },
        { 1, 2, 2, 8.3914e-6, 8.46e-6, 1.0082 },
        { 2, 2, 2, 6.3333e-6, 6.36e-6, 1.0042 },
    };

    [Theory]
    [MemberData(nameof(Rebinned))]
    public void The_fine_table_becomes_the_coarse_one(int i, int j, int k, double averaged, double published, double ratio)
    {
        VoxelKernel exact = s_fine.Aggregate(2), general = s_fine.Resample(4.42, 4.42, 4.42);
        Assert.Equal(4.42, exact.Description.ColumnSpacing, 1e-12);
        Assert.Equal(1, exact[i, j, k] / averaged, 5e-5);
        Assert.Equal(published, s_coarse[i, j, k]);
        Assert.Equal(ratio, s_coarse[i, j, k] / exact[i, j, k], 6e-5);
        // Any permutation and sign is the same.
        Assert.Equal(exact[i, j, k], exact[-k, i, -j], 1e-9 * averaged);
        Assert.Equal(1, general[i, j, k] / exact[i, j, k], 1e-9);
        Assert.Equal(1, general[i, j, k] / published, .01);
    }

    [Theory]
    [InlineData(0, 0, 0, 1.66, .226)]
    [InlineData(0, 0, 1, 4.83e-2, 3.39e-3)]
    [InlineData(0, 1, 1, 2.52e-3, 1.19e-4)]
    [InlineData(1, 1, 1, 2.50e-4, 2.82e-5)]
    [InlineData(0, 0, 2, 7.70e-5, 1.88e-5)]
    [InlineData(0, 0, 3, 3.24e-5, 8.43e-6)]
    [InlineData(0, 0, 4, 1.81e-5, 4.83e-6)]
    [InlineData(0, 0, 5, 1.18e-5, 3.14e-6)]
    [InlineData(0, 5, 5, 6.00e-6, 1.61e-6)]
    [InlineData(1, 5, 5, double.NaN, 1.60e-6)]
    [InlineData(5, 5, 5, 3.98e-6, 1.12e-6)]
    public void The_tables_are_as_published(int i, int j, int k, double fine, double coarse)
    {
        Assert.Equal(coarse, s_coarse[i, j, k]);
        if (!double.IsNaN(fine))
        {
            Assert.Equal(fine, s_fine[k, -i, j]);
        }

        Assert.Equal(0, s_coarse[6, 0, 0]);
    }

    [Fact]
    public void Cubes_sum_to_what_is_known()
    {
        double[] coarse = [.226, .24799360, .24913888, .25031202, .25151644, .25274748], fine = [1.66, 1.98204, 1.98655240, 1.99100520, 1.99551444, 2.00007100];
        for (int half = 0; half <= 5; half++)
        {
            Assert.Equal(coarse[half], s_coarse.Cube(half), 5e-9);
            Assert.Equal(fine[half], s_fine.Cube(half), 1e-8);
        }

        // A single voxel with 1 MBq h.
        Assert.Equal([813.6, 12.204, .4284, .10152, .06768],
            new[] { (0, 0, 0), (1, 0, 0), (1, 1, 0), (1, 1, 1), (2, 0, 0) }.Select(at => Math.Round(3600 * s_coarse[at.Item1, at.Item2, at.Item3], 6)));
    }

    [Fact]
    public void Energy_balance_is_computed_and_told()
    {
        Assert.Equal(.26386, s_coarse.EnergyBalance.LocalMilligray, 5e-6);
        Assert.Equal(2.11090, s_fine.EnergyBalance.LocalMilligray, 5e-6);
        Assert.Equal(.9579, s_coarse.EnergyBalance.RatioToLocal, 5e-5);
        Assert.Equal(.9475, s_fine.EnergyBalance.RatioToLocal, 5e-5);
        Assert.Equal(141.7, s_coarse.EnergyBalance.AbsorbedKev, .05);
        Assert.Equal(140.1, s_fine.EnergyBalance.AbsorbedKev, .05);
        Assert.False(s_coarse.EnergyBalance.IsBalanced);
        DosimetryFlag flag = Assert.Single(s_coarse.Flags());
        Assert.Equal(DosimetryIssue.EnergyBalance, flag.Issue);
        Assert.Contains("0.958", flag.Sentence, StringComparison.Ordinal);
        string words = s_coarse.ToString();
        Assert.All((string[])["Lu-177", "soft tissue", "1.04 g/ml", "4.42", "+-24.3", "141.7 keV", s_coarse.Identity], part => Assert.Contains(part, words, StringComparison.Ordinal));
        // At unit density it is what the betas alone give.
        VoxelKernel light = VoxelKernel.Of(s_fine.Description with { Density = 1 }, (i, j, k) => s_fine[i, j, k]);
        Assert.Equal(134.7, light.EnergyBalance.AbsorbedKev, .1);
        Assert.NotEqual(light.Identity, s_fine.Identity);
    }

    [Fact]
    public void Normalisation_is_to_a_named_energy()
    {
        VoxelKernel kernel = s_coarse.NormalizedTo(147.9, "electrons of Lu-177");
        Assert.Equal(147.9, kernel.EnergyBalance.AbsorbedKev, 1e-9);
        Assert.True(kernel.EnergyBalance.IsBalanced);
        Assert.Equal(s_coarse[0, 0, 1] / s_coarse[0, 0, 0], kernel[0, 0, 1] / kernel[0, 0, 0], 1e-12);
        Assert.Contains("electrons of Lu-177", kernel.ToString(), StringComparison.Ordinal);
        Assert.NotEqual(s_coarse.Identity, kernel.Identity);
    }

    [Fact]
    public void Any_voxel_keeps_the_energy_within_its_extent() => Properties.Check(
        from column in Properties.Between(2.21, 6)
        from row in Properties.Between(2.21, 6)
        from section in Properties.Between(2.21, 6)
        select (column, row, section),
        voxel =>
        {
            VoxelKernel kernel = s_fine.Resample(voxel.column, voxel.row, voxel.section);
            // Photons between the two extents are less than 2 % of the energy.
            double ratio = kernel.EnergyBalance.AbsorbedKev / s_fine.EnergyBalance.AbsorbedKev;
            KernelDescription told = kernel.Description;
            return ratio is > .98 and < 1.005 && told.Extent.Columns <= s_fine.Description.Extent.Columns + 1e-6 && told.HalfRows >= 1
                && kernel[0, 0, 0] > kernel[1, 0, 0] && kernel[1, 0, 0] > kernel[1, 1, 0] && kernel[1, 1, 0] > kernel[1, 1, 1];
        },
        runs: 25);

    [Fact]
    public void Two_ways_to_one_voxel_agree()
    {
        // 6.63 mm are three voxels of the one table and one and a half of the other; 4.42 x 4.42 x 2.21 exchanges its axes.
        VoxelKernel three = s_fine.Aggregate(3), half = s_coarse.Resample(6.63, 6.63, 6.63);
        foreach ((int i, int j, int k) in new[] { (0, 0, 0), (0, 0, 1), (0, 1, 1), (1, 1, 1) })
        {
            Assert.Equal(1, half[i, j, k] / three[i, j, k], .012);
        }

        VoxelKernel flat = s_fine.Resample(4.42, 4.42, 2.21), upright = s_fine.Resample(2.21, 4.42, 4.42);
        Assert.Equal(1, flat[1, 0, 2] / upright[2, 0, 1], 1e-9);
        // Averaged over pairs of sections, it is the kernel of cubes.
        double mean = ((2 * flat[0, 0, 0]) + (2 * flat[0, 0, 1])) / 4;
        Assert.Equal(1, mean / s_fine.Aggregate(2)[0, 0, 0], 1e-6);
    }

    [Theory]
    [InlineData(.932)]
    [InlineData(2.21)]
    [InlineData(4.31)]
    [InlineData(14.6)]
    [InlineData(34.5)]
    [InlineData(116)]
    [InlineData(276)]
    public void Spheres_by_the_point_kernel_are_those_that_are_published(double grams)
    {
        // The electrons to their energy, and to it what the table has of photons: those of the shells, which grow with the half width.
        VoxelKernel table = grams < 50 ? s_fine : s_coarse;
        double photons = table.EnergyBalance.AbsorbedKev * 5.5 * (table.Cube(5) - table.Cube(2)) / 3 / table.Cube(5);
        VoxelKernel kernel = table.NormalizedTo(147.9 + photons, "electrons of Lu-177 and the photons within the table");
        Assert.Equal(1, kernel.SphereSelfDose(grams) / SphereSValues.Shipped(Nuclide.Lutetium177).OfMass(grams), .015);
        // As published, the table is too low by what its balance says.
        Assert.Equal(kernel.SphereSelfDose(grams) * table.EnergyBalance.AbsorbedKev / (147.9 + photons), table.SphereSelfDose(grams), 1e-9 * kernel.SphereSelfDose(grams));
    }

    [Fact]
    public void Finer_than_the_table_is_told() =>
        Assert.Contains(s_coarse.Resample(2.4, 2.4, 2.4).Flags(), flag => flag.Issue == DosimetryIssue.FinerThanTable);

    [Fact]
    public void A_voxel_that_the_table_does_not_reach_is_refused()
    {
        Assert.Equal(DosimetryIssue.DifferentGrids, Assert.Throws<DosimetryException>(() => s_fine.Resample(10, 10, 10)).Issue);
        Assert.Equal(DosimetryIssue.DifferentGrids, Assert.Throws<DosimetryException>(() => s_fine.Aggregate(4)).Issue);
    }

    [Fact]
    public void A_table_that_is_no_kernel_is_not_brought_to_other_voxels()
    {
        VoxelKernel odd = VoxelKernel.Of(s_coarse.Description, (i, j, k) => i + j + k == 0 ? 1 : i == 5 ? 1 : 1e-6);
        Assert.Contains("no mean over voxels", Assert.Throws<DosimetryException>(() => odd.Resample(5, 5, 5)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("unit\tmGy/(MBq s)", "unit\tGy/(Bq s)", "unit")]
    [InlineData("medium\tsoft tissue", "Medium of\tsoft tissue", "medium")]
    [InlineData("0\t0\t0\t1.0", "0\t0\t0\tmany", "many")]
    [InlineData("0\t0\t0\t1.0", "0\t0\t0\t-1.0", "must be 0 or more")]
    [InlineData("0\t0\t1\t.1", "0\t0\t2\t.1", "0, 0, 1 is missing")]
    [InlineData("0\t0\t1\t.1", "0\t0\t0\t.1", "each i, j, k once")]
    [InlineData("nuclide\tLu-177", "nuclide\tLu-999", "Lu-999")]
    public void A_table_with_a_mistake_is_refused_by_name(string right, string wrong, string told)
    {
        const string table = "# name\tmine\n# nuclide\tLu-177\n# voxel mm\t4\t4\t4\n# half width voxels\t1\t1\t1\n# medium\tsoft tissue\n# density g/ml\t1.04\n"
            + "# unit\tmGy/(MBq s)\n# source\tmine\n0\t0\t0\t1.0\n0\t0\t1\t.1\n0\t1\t1\t.01\n1\t1\t1\t.001\n";
        Assert.Equal(.01, KernelTable.Read(new StringReader(table), "mine.tsv")[1, 0, 1]);
        DosimetryException refused = Assert.Throws<DosimetryException>(() => KernelTable.Read(new StringReader(table.Replace(right, wrong, StringComparison.Ordinal)), "mine.tsv"));
        Assert.Contains(told, refused.Message, StringComparison.Ordinal);
    }
}
