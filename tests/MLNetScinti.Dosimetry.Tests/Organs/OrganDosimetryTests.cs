using MLNetScinti.Dosimetry.Kernels;
using MLNetScinti.Dosimetry.Kinetics;
using MLNetScinti.Dosimetry.Organs;
using MLNetScinti.Dosimetry.Uncertainty;
using MLNetScinti.Imaging;
using Xunit;

namespace MLNetScinti.Dosimetry.Tests.Organs;

public sealed class OrganDosimetryTests
{
    private const double Edge = 4.42;
    private const int Size = 33;
    private static readonly double[] s_hours = [4, 24, 96];

    private static readonly OrganDosimetryOptions s_options = new()
    {
        Method = new LogLinear(),
        ActivityFwhm = 10,
        PointUncertainty = .03,
        CalibrationUncertainty = .035,
    };

    [Theory]
    [InlineData("left kidney", 2.66634, 2.741417, 7593.752576, new[] { 98.561432, 73.599408, 25.39568, 19.04661 }, new[] { 233.61, 234.09, 247.65, 248.58 }, 6.2)]
    [InlineData("liver", 2.27173, 2.347016, 56425.334755, new[] { 378.4744, 347.404416, 192.66408, 173.225408 }, new[] { 2037.4, 2166.8, 2008.6, 2248.8 }, 11.4)]
    public void A_real_patient(string region, double gray, double published, double integral, double[] activities, double[] volumes, double scatter)
    {
        double[] hours = [3.741111, 27.725278, 103.094167, 123.983611];
        OrganDoseReport report = OrganDosimetry.Of(region, Nuclide.Lutetium177,
            [.. hours.Select((hour, i) => new RegionMeasurement(hour, volumes[i], activities[i]))],
            s_options with { Method = TimeActivityMethod.Named("uptake"), Tissue = TissueResponse.LateResponding, Draws = 4000 }, 4.8);
        Assert.Equal(1, report.TimeIntegratedActivity / integral, 5e-7);
        // The published volumes are rounded.
        Assert.Equal(1, report.Local.Gray / gray, 5e-5);
        Assert.InRange(published, report.Local.Lower, report.Local.Upper);
        Assert.Contains(FormattableString.Invariant($"{scatter} %"), Assert.Single(report.Flags, flag => flag.Issue == DosimetryIssue.VolumeVaries).Sentence, StringComparison.Ordinal);
        Assert.Contains(report.Flags, flag => flag.Issue == DosimetryIssue.NotIdentified && flag.Sentence.Contains("l2", StringComparison.Ordinal));
        Assert.Equal(1, report.LocalByDraws!.StandardUncertainty / report.Local.StandardUncertainty, .1);
        Assert.Contains(report.Lines(), line => line.Contains("uptake", StringComparison.Ordinal));
        if (region == "left kidney")
        {
            // With the published dose it is 2.896988.
            double effective = BiologicallyEffectiveDose.OfMean(published, report.Fit.Parameters[1].Value, TissueResponse.LateResponding);
            Assert.Equal(2.896988, effective, 1e-6);
            Assert.Equal(1, report.EffectiveOfMean!.Value / BiologicallyEffectiveDose.OfMean(gray, report.Fit.Parameters[1].Value, TissueResponse.LateResponding), .01);
        }
    }

    [Fact]
    public void Images_of_a_known_sphere_give_its_dose()
    {
        VoxelKernel kernel = KernelTable.Named("lu177-4.42mm-soft-tissue");
        OrganDosimetry dosimetry = new(Study(), s_options with { Kernel = kernel, Tissue = TissueResponse.LateResponding });
        OrganDoseReport report = dosimetry.Report("sphere");
        // 1 MBq/ml at first, half-life 50 h, all deposited where it is.
        double integral = 50 / Math.Log(2), wanted = Nuclide.Lutetium177.LocalDose(integral, 1.04);
        Assert.Equal(1, report.TimeIntegratedActivity / (integral * report.Millilitres), 1e-6);
        Assert.Equal(1, report.Local.Gray / wanted, 1e-6);
        Assert.Equal(1, report.MapLocalGray!.Value / wanted, 1e-5);
        // The published kernel of a sphere of some 150 g.
        Assert.Equal(.9415, report.ByKernel!.Gray / report.MapLocalGray.Value, 1e-3);
        Assert.True(report.EffectiveOfMean > report.Local.Gray);
        Assert.True(report.MeanOfVoxelEffective > report.ByKernel.Gray);
        Assert.Equal(DosimetryIssue.DifferentMethods, Assert.Throws<DosimetryException>(() => report.ByKernel.DifferenceTo(report.Local)).Issue);
        Assert.Contains(report.Flags, flag => flag.Issue == DosimetryIssue.EnergyBalance);
        IReadOnlyList<string> lines = report.Lines();
        Assert.Contains(lines, line => line.StartsWith("dose by kernel lu177-4.42mm-soft-tissue", StringComparison.Ordinal) && line.Contains("141.7 keV", StringComparison.Ordinal));
        Assert.All(report.Flags, flag => Assert.EndsWith(".", flag.Sentence, StringComparison.Ordinal));
        Assert.Equal(report.MeanConcentration(ConcentrationMean.MeanOfRatios), report.MeanConcentration(ConcentrationMean.RatioOfMeans), 1e-3);
    }

    [Fact]
    public void The_mass_is_divided_by_as_is_said()
    {
        // The region's delineation grows; its concentration is known.
        RegionMeasurement[] measurements = [.. s_hours.Zip([100.0, 110, 120], (hour, ml) => new RegionMeasurement(hour, ml, ml * Math.Pow(2, -hour / 50)))];
        double each = Gray(MassConvention.EachImage), first = Gray(MassConvention.FirstImage), mean = Gray(MassConvention.MeanOfImages);
        Assert.Equal(1, each / Nuclide.Lutetium177.LocalDose(50 / Math.Log(2), 1.04), 1e-9);
        Assert.Equal(1.1, first / mean, 1e-9);
        Assert.True(first > each);

        double Gray(MassConvention mass) => OrganDosimetry.Of("region", Nuclide.Lutetium177, measurements, s_options with { Mass = mass }, Edge).Local.Gray;
    }

    [Fact]
    public void Recovery_raises_activity_and_dose()
    {
        RegionMeasurement[] measurements = [.. s_hours.Select(hour => new RegionMeasurement(hour, 6, 10 * Math.Pow(2, -hour / 50)))];
        OrganDoseReport plain = OrganDosimetry.Of("region", Nuclide.Lutetium177, measurements, s_options, Edge),
            corrected = OrganDosimetry.Of("region", Nuclide.Lutetium177, measurements, s_options with { Recovery = new RecoveryCurve(6, 1, .02, "phantom") }, Edge);
        Assert.Equal(2, corrected.Local.Gray / plain.Local.Gray, 1e-9);
        Assert.Equal(.5, corrected.Budget.RecoverySlope, 1e-9);
    }

    [Fact]
    public void A_missing_time_point_is_told()
    {
        DosimetryStudy study = DosimetryStudy.Of([.. Images().Where(image => image.Hours != 24)], expectedHours: s_hours);
        OrganDoseReport report = new OrganDosimetry(study, s_options).Report("sphere");
        Assert.Contains("24 h is missing", Assert.Single(report.Flags, flag => flag.Issue == DosimetryIssue.MissingTimePoint).Sentence, StringComparison.Ordinal);
        // Two points and two parameters.
        Assert.Contains(report.Flags, flag => flag.Issue == DosimetryIssue.NothingLeftToJudge);
        Assert.Empty(DosimetryStudy.Of(Images(), expectedHours: s_hours).Flags);

        DosimetryStudy one = DosimetryStudy.Of([.. Images().Where(image => image.Hours == 96)], expectedHours: s_hours);
        Assert.Equal(2, one.Flags.Count);
        Assert.Equal(DosimetryIssue.TooFewPoints, Assert.Throws<DosimetryException>(() => new OrganDosimetry(one, s_options).Report("sphere")).Issue);
        OrganDoseReport single = new OrganDosimetry(one, s_options with { Method = SingleTimePoint.Haenscheid() }).Report("sphere");
        Assert.Contains(single.Flags, flag => flag.Issue == DosimetryIssue.SingleTimePoint);
        Assert.True(single.Local.StandardUncertainty / single.Local.Gray > report.Local.StandardUncertainty / report.Local.Gray);
    }

    [Fact]
    public void A_region_that_is_not_in_every_image_is_told()
    {
        StudyImage[] images = Images();
        images[1] = images[1] with { Regions = new Dictionary<string, bool[]>(StringComparer.Ordinal) };
        OrganDoseReport report = new OrganDosimetry(DosimetryStudy.Of(images), s_options).Report("sphere");
        Assert.Equal(2, report.Measurements.Count);
        Assert.Contains("not delineated in the image at 24 h", Assert.Single(report.Flags, flag => flag.Issue == DosimetryIssue.MissingTimePoint).Sentence, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("CNTS", DosimetryIssue.WrongUnit, "'CNTS'")]
    [InlineData("kBq/ml", DosimetryIssue.WrongUnit, "Bq/ml")]
    public void Another_unit_is_refused(string unit, DosimetryIssue issue, string told)
    {
        StudyImage[] images = Images();
        images[2] = images[2] with { Unit = unit };
        Refused(issue, told, () => DosimetryStudy.Of(images));
    }

    [Fact]
    public void What_cannot_be_is_refused_in_one_sentence()
    {
        StudyImage[] images = Images();
        Refused(DosimetryIssue.MissingTimePoint, "no image", () => DosimetryStudy.Of([]));
        Refused(DosimetryIssue.MixedNuclides, "Lu-177, Tb-161", () => DosimetryStudy.Of([images[0], images[1] with { Nuclide = "Tb-161" }]));
        Refused(DosimetryIssue.UnknownName, "Xx-1", () => DosimetryStudy.Of([images[0] with { Nuclide = "Xx-1" }]));
        Refused(DosimetryIssue.RepeatedTimePoint, "24 h", () => DosimetryStudy.Of([images[0], images[1], images[1]]));
        Refused(DosimetryIssue.ImpossibleValue, "not on one grid", () => DosimetryStudy.Of([images[0] with { Regions = Named("sphere", [true, false]) }]));
        Refused(DosimetryIssue.UnknownName, "there are: sphere", () => new OrganDosimetry(Study(), s_options).Report("other"));
        Refused(DosimetryIssue.EmptyRegion, "no voxel", () => new OrganDosimetry(DosimetryStudy.Of([images[0], images[1] with { Regions = Named("sphere", new bool[Size * Size * Size]) }]), s_options).Report("sphere"));

        bool[] cut = [.. images[2].Regions["sphere"]];
        cut[Size / 2] = true;
        Refused(DosimetryIssue.Truncated, "96 h", () => new OrganDosimetry(DosimetryStudy.Of([images[0], images[1], images[2] with { Regions = Named("sphere", cut) }]), s_options).Report("sphere"));
        // Falling concentrations that rise.
        Refused(DosimetryIssue.RisesFirst, "rises first", () => new OrganDosimetry(DosimetryStudy.Of([images[1] with { Hours = 4 }, images[0] with { Hours = 24 }, images[2]]), s_options).Report("sphere"));
    }

    [Fact]
    public void Activities_are_held_against_the_administered_one()
    {
        StudyImage[] images = Images();
        double left = images[0].Regions["sphere"].Count(inside => inside) * Edge * Edge * Edge / 1000 * Math.Pow(2, -4 / 50.0) / Nuclide.Lutetium177.Remaining(4);
        Assert.Empty(DosimetryStudy.Of(images, 2 * left).Flags);
        Assert.Contains(DosimetryStudy.Of(images, left / 1.2).Flags, flag => flag.Issue == DosimetryIssue.MoreThanAdministered);
        Refused(DosimetryIssue.WrongUnit, "not Bq/ml", () => DosimetryStudy.Of(images, left / 1000));
        Refused(DosimetryIssue.WrongUnit, "not Bq/ml", () => DosimetryStudy.Of(images, left * 2000));
    }

    [Fact]
    public void A_region_near_the_border_lacks_dose_by_kernel()
    {
        StudyImage[] images = [.. Images().Select(image =>
        {
            bool[] mask = new bool[Size * Size * Size];
            mask[(((2 * Size) + 16) * Size) + 16] = true;
            Volume voxels = new(image.Voxels.Geometry, [.. mask.Select(inside => inside ? (float)(1e6 * Math.Pow(2, -image.Hours / 50)) : 0)]);
            return image with { Voxels = voxels, Regions = Named("small", mask) };
        })];
        OrganDoseReport report = new OrganDosimetry(DosimetryStudy.Of(images), s_options with { Kernel = KernelTable.Named("lu177-4.42mm-soft-tissue") }).Report("small");
        Assert.Contains(report.Flags, flag => flag.Issue == DosimetryIssue.NearBorder);
    }

    /// <summary>What is drawn where it lies in each image keeps its doses when it moves; the histogram of the first image's voxels does not, and that is said.</summary>
    [Fact]
    public void A_region_that_moves_keeps_its_doses_and_its_histogram_is_said_to_be_off()
    {
        OrganDosimetryOptions options = s_options with { Kernel = KernelTable.Named("lu177-4.42mm-soft-tissue") };
        OrganDoseReport still = new OrganDosimetry(Study(), options).Report("sphere");
        Assert.DoesNotContain(still.Flags, flag => flag.Issue == DosimetryIssue.RegionMoved);

        static T[] Moved<T>(T[] values, int by) => [.. values.Select((_, i) => values[(((i - by) % values.Length) + values.Length) % values.Length])];
        StudyImage[] images = [.. Images().Select((image, i) => i == 0 ? image : image with
        {
            Voxels = new Volume(image.Voxels.Geometry, Moved(image.Voxels.Voxels, 2)),
            Regions = Named("sphere", Moved(image.Regions["sphere"], 2)),
        })];
        OrganDoseReport moved = new OrganDosimetry(DosimetryStudy.Of(images), options).Report("sphere");
        Assert.Equal(still.Local.Gray, moved.Local.Gray, 1e-6 * still.Local.Gray);
        Assert.Equal(still.ByKernel!.Gray, moved.ByKernel!.Gray, 1e-6 * still.ByKernel.Gray);
        Assert.True(moved.Histogram!.Mean < 0.95 * still.Histogram!.Mean);
        Assert.Contains("less than the region measured in each image by itself", Assert.Single(moved.Flags, flag => flag.Issue == DosimetryIssue.RegionMoved).Sentence, StringComparison.Ordinal);
    }

    /// <summary>Images of other voxels in other coordinates each have their own kernel; there is no map of what cannot be laid over each other.</summary>
    [Fact]
    public void Each_image_has_its_dose_rate_on_its_own_voxels()
    {
        VoxelKernel kernel = KernelTable.Named("lu177-2.21mm-soft-tissue").Resample(Edge, Edge, Edge);
        OrganDoseReport alike = new OrganDosimetry(Study(), s_options with { Kernel = kernel }).Report("sphere");
        // The last image has voxels of half the edge: the same sphere in eight times as many.
        StudyImage[] images = Images();
        ImageGeometry fine = ImageGeometry.Axial(2 * Size, 2 * Size, 2 * Size, Edge / 2, Edge / 2);
        T[] Finer<T>(T[] values) => [.. Enumerable.Range(0, fine.Shape.Length).Select(i => values[(((i / (4 * Size * Size) / 2 * Size) + (i / (2 * Size) % (2 * Size) / 2)) * Size) + (i % (2 * Size) / 2)])];
        images[2] = images[2] with { Voxels = new Volume(fine, Finer(images[2].Voxels.Voxels)), Regions = Named("sphere", Finer(images[2].Regions["sphere"])), Space = "elsewhere" };
        OrganDoseReport mixed = new OrganDosimetry(DosimetryStudy.Of(images), s_options with { Kernel = kernel }).Report("sphere");
        Assert.Equal("", mixed.KernelRefusal);
        Assert.Equal(1, mixed.ByKernel!.Gray / alike.ByKernel!.Gray, 2e-3);
        Assert.Null(mixed.Histogram);
        Assert.StartsWith("There is no histogram", Assert.Single(mixed.Flags, flag => flag.Issue == DosimetryIssue.DifferentGrids).Sentence, StringComparison.Ordinal);
        Assert.DoesNotContain(mixed.Lines(), line => line.Contains("D_98", StringComparison.Ordinal));
    }

    [Fact]
    public void Partial_volume_is_corrected_by_the_regions_themselves_and_the_dose_without_stands_beside()
    {
        OrganDosimetryOptions options = s_options with { Kernel = KernelTable.Named("lu177-4.42mm-soft-tissue"), Draws = 4000 };
        StudyImage[] blurred = [.. Images().Select(image => image with { Voxels = GaussianFilter.Apply(image.Voxels, 14) })];
        OrganDoseReport whole = new OrganDosimetry(Study(), options).Report("sphere"), plain = new OrganDosimetry(DosimetryStudy.Of(blurred), options with { ActivityFwhm = 14 }).Report("sphere"),
            corrected = new OrganDosimetry(DosimetryStudy.Of(blurred), options with { ActivityFwhm = 14, ByTransferMatrix = true }).Report("sphere");
        Assert.True(plain.Local.Gray < .85 * whole.Local.Gray);
        Assert.Null(plain.LocalUncorrected);
        Assert.Equal(1, corrected.Local.Gray / whole.Local.Gray, 2e-3);
        // Half of the little that a kernel takes over an edge was there already.
        Assert.Equal(1, corrected.ByKernel!.Gray / whole.ByKernel!.Gray, .02);
        Assert.Equal(plain.Local.Gray, corrected.LocalUncorrected!.Gray, 1e-9);
        Assert.All(corrected.Measurements, one => Assert.Equal(plain.Local.Gray / whole.Local.Gray, one.Recovery, .01));
        Assert.Contains(corrected.Lines(), line => line.StartsWith("  without correction for partial volume: ", StringComparison.Ordinal));
        Assert.Contains(corrected.Lines(), line => line.Contains("geometric transfer matrix of 14 mm FWHM", StringComparison.Ordinal));
        // Corrected doses know less: the resolution's own uncertainty comes to them.
        Assert.True(Assert.Single(corrected.Budget.Components, one => one.Name == "recovery curve").Relative is > .005 and < .05);
        Assert.Equal(1, corrected.LocalByDraws!.StandardUncertainty / corrected.Local.StandardUncertainty, .1);
        Assert.Equal(DosimetryIssue.ImpossibleValue, Assert.Throws<DosimetryException>(() => new OrganDosimetry(Study(), options with { ByTransferMatrix = true, Recovery = new RecoveryCurve(6, 1, .02, "phantom") })).Issue);
    }

    [Fact]
    public void A_region_that_cannot_be_corrected_says_so()
    {
        // Drawn where a hotter neighbour's blur is all there is.
        StudyImage[] images = [.. Images().Select(image =>
        {
            bool[] beside = [.. Enumerable.Range(0, Size * Size * Size).Select(i => i % Size is > 26 and < 30 && i / Size % Size is > 14 and < 18 && i / Size / Size is > 14 and < 18)];
            return image with
            {
                Voxels = GaussianFilter.Apply(image.Voxels, 14),
                Regions = new Dictionary<string, bool[]>(StringComparer.Ordinal) { ["sphere"] = image.Regions["sphere"], ["beside"] = beside },
            };
        })];
        OrganDoseReport report = new OrganDosimetry(DosimetryStudy.Of(images), s_options with { ActivityFwhm = 16, ByTransferMatrix = true }).Report("beside");
        Assert.Contains("too low", Assert.Single(report.Flags, flag => flag.Issue == DosimetryIssue.NotCorrectedForPartialVolume).Sentence, StringComparison.Ordinal);
        Assert.Null(report.LocalUncorrected);
    }

    [Fact]
    public void Intervals_have_the_shape_that_is_named()
    {
        RegionMeasurement[] measurements = [.. s_hours.Select(hour => new RegionMeasurement(hour, 150, 100 * Math.Pow(2, -hour / 50)))];
        AbsorbedDose normal = OrganDosimetry.Of("region", Nuclide.Lutetium177, measurements, s_options, Edge).Local,
            skew = OrganDosimetry.Of("region", Nuclide.Lutetium177, measurements, s_options with { Shape = IntervalShape.LogNormal }, Edge).Local,
            wide = OrganDosimetry.Of("region", Nuclide.Lutetium177, measurements, s_options with { Resolution = ResolutionTerm.FourLn2 }, Edge).Local;
        Assert.Equal(normal.Upper - normal.Gray, normal.Gray - normal.Lower, 1e-12);
        Assert.True(skew.Upper - skew.Gray > skew.Gray - skew.Lower);
        Assert.True(wide.StandardUncertainty > 1.2 * normal.StandardUncertainty);
    }

    [Fact]
    public void Calibrated_intervals_are_printed_and_the_chains_stand_beside_them()
    {
        IntervalCalibration local = IntervalCalibration.Kept(-.5, .8, 400, .95, "phantoms"), byKernel = IntervalCalibration.Kept(-.4, .4, 400, .95, "phantoms by kernel");
        OrganDoseReport report = new OrganDosimetry(Study(), s_options with { Kernel = KernelTable.Named("lu177-4.42mm-soft-tissue"), LocalIntervals = local, KernelIntervals = byKernel }).Report("sphere"),
            plain = new OrganDosimetry(Study(), s_options).Report("sphere");
        Assert.Equal(plain.Local, report.LocalByChain);
        Assert.Equal(plain.Local, plain.LocalByChain);
        double relative = plain.Local.StandardUncertainty / plain.Local.Gray;
        Assert.Equal(plain.Local.Gray * Math.Exp(.8 * relative), report.Local.Upper, 1e-9);
        Assert.True(report.ByKernel!.Upper < report.ByKernelByChain!.Upper);
        Assert.Equal(report.ByKernel.Gray, report.ByKernelByChain.Gray);
        Assert.Contains(report.Lines(), line => line.Contains("calibrated on 400 cases of known dose (phantoms)", StringComparison.Ordinal));
        Assert.Equal(2, report.Lines().Count(line => line.StartsWith("  and: ", StringComparison.Ordinal)));
    }

    private static void Refused(DosimetryIssue issue, string told, Action act)
    {
        DosimetryException refused = Assert.Throws<DosimetryException>(act);
        Assert.Equal(issue, refused.Issue);
        Assert.Contains(told, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refused.Message);
    }

    private static DosimetryStudy Study() => DosimetryStudy.Of(Images());

    // A sphere of 1 MBq/ml at administration that loses half of it in 50 h, in the middle of nothing.
    private static StudyImage[] Images()
    {
        ImageGeometry grid = ImageGeometry.Axial(Size, Size, Size, Edge, Edge);
        double radius = Math.Cbrt(155 / 1.04 * 1000 * 3 / (4 * Math.PI)) / Edge;
        bool[] mask = [.. Enumerable.Range(0, Size * Size * Size).Select(i =>
            Math.Pow((i / (Size * Size)) - 16, 2) + Math.Pow((i / Size % Size) - 16, 2) + Math.Pow((i % Size) - 16, 2) <= radius * radius)];
        return [.. s_hours.Select(hour => new StudyImage
        {
            Hours = hour,
            Unit = "Bq/ml",
            Nuclide = "Lu-177",
            Voxels = new Volume(grid, [.. mask.Select(inside => inside ? (float)(1e6 * Math.Pow(2, -hour / 50)) : 0)]),
            Regions = Named("sphere", mask),
        })];
    }

    private static Dictionary<string, bool[]> Named(string name, bool[] mask) => new(StringComparer.Ordinal) { [name] = mask };
}
