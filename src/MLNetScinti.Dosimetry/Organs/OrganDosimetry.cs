using MLNetScinti.Dosimetry.Kernels;
using MLNetScinti.Dosimetry.Kinetics;
using MLNetScinti.Dosimetry.Maps;
using MLNetScinti.Dosimetry.PartialVolume;
using MLNetScinti.Dosimetry.SValues;
using MLNetScinti.Dosimetry.Uncertainty;
using MLNetScinti.Imaging;

namespace MLNetScinti.Dosimetry.Organs;

/// <summary>Which mass the energy is divided by, where a region is delineated in every image.</summary>
public enum MassConvention
{
    /// <summary>That of the first image.</summary>
    FirstImage,

    /// <summary>The mean of all images.</summary>
    MeanOfImages,

    /// <summary>Each image's own: the dose rate is fitted and integrated, not the activity.</summary>
    EachImage,
}

/// <summary>Which distribution an interval by the EANM chain has.</summary>
public enum IntervalShape
{
    /// <summary>Normal: as the chain's variances are meant.</summary>
    Normal,

    /// <summary>Lognormal: for factors that multiply.</summary>
    LogNormal,
}

/// <summary>Everything that decides an organ's dose beside the images. What has no default has none that would be right everywhere.</summary>
public sealed record OrganDosimetryOptions
{
    /// <summary>The time-activity method.</summary>
    public required TimeActivityMethod Method { get; init; }

    /// <summary>Full width at half maximum of the reconstructed activity images, mm.</summary>
    public required double ActivityFwhm { get; init; }

    /// <summary>Relative random standard uncertainty of one image's activity in the region (counts, reconstruction): what differs between the images.</summary>
    public required double PointUncertainty { get; init; }

    /// <summary>Relative standard uncertainty of the calibration factor.</summary>
    public required double CalibrationUncertainty { get; init; }

    /// <summary>Density of the region, g/ml: 1.04 of soft tissue (the kernels' of this room).</summary>
    public double Density { get; init; } = 1.04;

    /// <summary>Which mass is divided by.</summary>
    public MassConvention Mass { get; init; } = MassConvention.FirstImage;

    /// <summary>Recovery by volume: activities are divided by it.</summary>
    public RecoveryCurve Recovery { get; init; } = RecoveryCurve.None;

    /// <summary>
    /// Whether regions of images are corrected for partial volume by the geometric transfer matrix of the activity images' resolution, each in each image, and the dose without it stands
    /// beside; not together with a curve. For regions that were drawn where their organ lies in the image: who measures activities elsewhere corrects them there.
    /// </summary>
    public bool ByTransferMatrix { get; init; }

    /// <summary>Relative standard uncertainty of the activity images' resolution, from which that of the matrix's correction follows. A judgement: resolution depends on the place and on the counts.</summary>
    public double ActivityFwhmUncertainty { get; init; } = 0.1;

    /// <summary>Full width at half maximum of the image that was delineated, mm: that of the activity images where it is null, about a millimetre for CT.</summary>
    public double? DelineationFwhm { get; init; }

    /// <summary>Edge of that image's voxels, mm: that of the activity images where it is null.</summary>
    public double? DelineationVoxel { get; init; }

    /// <summary>The volume's resolution term.</summary>
    public ResolutionTerm Resolution { get; init; } = ResolutionTerm.EightLn2;

    /// <summary>The kernel for doses by convolution; null for local deposition alone.</summary>
    public VoxelKernel? Kernel { get; init; }

    /// <summary>Relative standard uncertainty of the kernel itself. A judgement: published ones of one nuclide differ by 8 %, as a rectangular distribution 2.3 %.</summary>
    public double KernelUncertainty { get; init; } = 0.023;

    /// <summary>Relative standard uncertainty of local deposition itself (density, photons that stay). A judgement: self doses of phantoms lie 1 to 3 % above it.</summary>
    public double LocalUncertainty { get; init; } = 0.02;

    /// <summary>Intervals of local doses, calibrated on doses of known truth; the EANM chain's, which then stand beside them, where it is null.</summary>
    public IntervalCalibration? LocalIntervals { get; init; }

    /// <summary>The same for doses by kernel: calibrated on such doses, made with this kernel and held against a truth by it.</summary>
    public IntervalCalibration? KernelIntervals { get; init; }

    /// <summary>The distribution of the chain's intervals.</summary>
    public IntervalShape Shape { get; init; } = IntervalShape.Normal;

    /// <summary>The interval's coverage.</summary>
    public double Level { get; init; } = 0.95;

    /// <summary>Draws of the Monte Carlo chain; 0 for none.</summary>
    public int Draws { get; init; }

    /// <summary>The draws' seed.</summary>
    public ulong Seed { get; init; }

    /// <summary>The tissue, for biologically effective doses; null for none.</summary>
    public TissueResponse? Tissue { get; init; }
}

/// <summary>Doses of a study's regions: fits and integrates, makes the dose map once, and gives each region its report.</summary>
public sealed class OrganDosimetry
{
    private readonly Lazy<(DoseMap ByKernel, DoseMap Local)?> _maps;
    private readonly Dictionary<StudyImage, DoseMap> _rates = new(ReferenceEqualityComparer.Instance);

    /// <summary>The dosimetry of a study.</summary>
    public OrganDosimetry(DosimetryStudy study, OrganDosimetryOptions options)
    {
        ArgumentNullException.ThrowIfNull(study);
        ArgumentNullException.ThrowIfNull(options);
        if (options.ByTransferMatrix && options.Recovery.Millilitres > 0)
        {
            throw new DosimetryException(DosimetryIssue.ImpossibleValue, "Partial volume is corrected for once: by the transfer matrix or by a recovery curve, not by both.");
        }

        (Study, Options) = (study, options);
        _maps = new(() => options.Kernel is { } kernel ? DoseMap.Both(study.FitVoxels(options.Method), kernel) : null);
    }

    /// <summary>The study.</summary>
    public DosimetryStudy Study { get; }

    /// <summary>All that decides the doses.</summary>
    public OrganDosimetryOptions Options { get; }

    /// <summary>The dose maps by kernel and by local deposition, where a kernel is given.</summary>
    /// <exception cref="DosimetryException">The images are on different grids, or the kernel is not for them.</exception>
    public (DoseMap ByKernel, DoseMap Local)? Maps => _maps.Value;

    /// <summary>
    /// The dose of a region. By the kernel it is the integral of the mean dose rates of its voxels in each image by itself, wherever they lie in each. The histogram is of the map's voxels
    /// inside its mask in the first image that has it. Where there can be no dose by the kernel, the dose by local deposition stands, and says why (<see cref="OrganDoseReport.KernelRefusal"/>).
    /// </summary>
    /// <param name="region">Its name in the images.</param>
    /// <exception cref="DosimetryException">There is no dose; the message says why.</exception>
    public OrganDoseReport Report(string region)
    {
        List<DosimetryFlag> flags = [.. Study.Flags];
        IReadOnlyList<RegionMeasurement> measurements = Study.Measure(region, flags);
        StudyImage first = Study.Images.First(image => image.Regions.ContainsKey(region));
        ImageGeometry grid = first.Voxels.Geometry;
        double edge = Math.Sqrt(((grid.ColumnSpacing * grid.ColumnSpacing) + (grid.RowSpacing * grid.RowSpacing) + (grid.SectionSpacing * grid.SectionSpacing)) / 3);
        (RecoveryCurve curve, measurements) = Options.ByTransferMatrix ? ByMatrix(region, measurements, flags) : ByCurve(measurements, Options);
        OrganDoseReport report = Of(region, Study.Nuclide, measurements, Options, curve, edge, flags);
        if (Options.Kernel is not { } kernel)
        {
            return report;
        }

        try
        {
            return WithHistogram(WithKernel(report, kernel, edge), first.Regions[region]);
        }
        catch (DosimetryException problem)
        {
            // Local deposition needs no kernel, and stands without.
            return report with { KernelRefusal = problem.Message };
        }
    }

    /// <summary>The dose of a region from its activities and volumes, by local deposition: for who has measured them elsewhere.</summary>
    /// <param name="region">Its name.</param>
    /// <param name="nuclide">The nuclide.</param>
    /// <param name="measurements">What was measured at each time.</param>
    /// <param name="options">All that decides the dose.</param>
    /// <param name="voxelEdge">Edge of the voxels of the image that was delineated, mm.</param>
    /// <exception cref="DosimetryException">There is no dose; the message says why.</exception>
    public static OrganDoseReport Of(string region, Nuclide nuclide, IReadOnlyList<RegionMeasurement> measurements, OrganDosimetryOptions options, double voxelEdge)
    {
        ArgumentNullException.ThrowIfNull(nuclide);
        ArgumentNullException.ThrowIfNull(measurements);
        ArgumentNullException.ThrowIfNull(options);
        (RecoveryCurve curve, measurements) = ByCurve(measurements, options);
        return Of(region, nuclide, measurements, options, curve, voxelEdge, []);
    }

    private static (RecoveryCurve Curve, IReadOnlyList<RegionMeasurement> Corrected) ByCurve(IReadOnlyList<RegionMeasurement> measurements, OrganDosimetryOptions options) =>
        (options.Recovery, options.Recovery.Millilitres == 0 ? measurements : [.. measurements.Select(one => Divided(one, options.Recovery.At(one.Millilitres)))]);

    private static RegionMeasurement Divided(RegionMeasurement one, double recovery) => one with { Megabecquerel = one.Megabecquerel / recovery, Recovery = recovery };

    /// <summary>Each image's activity by its own matrix. For the uncertainty the first image's recovery is taken as a point of a curve by volume that a blurred sphere has the slope of.</summary>
    private (RecoveryCurve Curve, IReadOnlyList<RegionMeasurement> Corrected) ByMatrix(string region, IReadOnlyList<RegionMeasurement> measurements, List<DosimetryFlag> flags)
    {
        StudyImage[] images = [.. Study.Images.Where(image => image.Regions.ContainsKey(region))];
        try
        {
            RegionRecovery[] found = [.. images.Select(image => DosimetryStudy.Recover(image, region, Options.ActivityFwhm))];
            if (found.Any(one => !(one.Recovered > 0) || !(one.Measured > 0) || one.Kept is not (> 0 and < 1)))
            {
                throw new DosimetryException(DosimetryIssue.ImpossibleValue, "nothing is left of its activity without what comes from beside it.");
            }

            double At(double times) => DosimetryStudy.Recover(images[0], region, times * Options.ActivityFwhm).Factor;
            double part = Options.ActivityFwhmUncertainty, uncertain = part > 0 ? Math.Abs(At(1 + part) - At(1 - part)) / 2 / found[0].Factor : 0;
            RecoveryCurve curve = RecoveryCurve.Through(measurements[0].Millilitres, found[0].Kept, new BlurredSphere(measurements[0].Millilitres, Options.ActivityFwhm).RecoverySlope, uncertain,
                FormattableString.Invariant($"corrected for partial volume by the geometric transfer matrix of {Options.ActivityFwhm:0.##} mm FWHM, u {100 * uncertain:0.#} %: of the region's concentration the images show ")
                + string.Join(", ", found.Select(one => FormattableString.Invariant($"{one.Factor:0.000}"))));
            return (curve, [.. measurements.Zip(found, (one, recovery) => Divided(one, recovery.Factor))]);
        }
        catch (DosimetryException problem)
        {
            flags.Add(new(DosimetryIssue.NotCorrectedForPartialVolume, $"'{PlainText.Short(region)}' was not corrected for partial volume, and its dose is too low by what the images' blur takes away: {problem.Message}"));
            return (RecoveryCurve.None, measurements);
        }
    }

    private static OrganDoseReport Of(
        string region, Nuclide nuclide, IReadOnlyList<RegionMeasurement> measurements, OrganDosimetryOptions options, RecoveryCurve recovery, double voxelEdge, List<DosimetryFlag> flags)
    {
        if (measurements.FirstOrDefault(one => !(one.Millilitres > 0) || !double.IsFinite(one.Millilitres)) is { } none)
        {
            throw new DosimetryException(DosimetryIssue.EmptyRegion, FormattableString.Invariant($"'{region}' has a volume of {none.Millilitres} ml at {none.Hours:0.#} h: it must be positive."));
        }

        RegionMeasurement[] ordered = [.. measurements.OrderBy(one => one.Hours)];
        TimeActivityCurve curve = Curve(ordered.Select(one => one.Megabecquerel));
        TimeActivityFit fit = options.Method.Fit(curve);
        flags.AddRange(fit.Flags);

        double[] volumes = [.. ordered.Select(one => one.Millilitres)];
        double scatter = volumes.Length > 1 ? (volumes.Max() - volumes.Min()) / volumes.Average() : 0;
        // A judgement: what one reader's two delineations of an organ differ by is said from 5 % on.
        if (scatter > 0.05)
        {
            flags.Add(new(DosimetryIssue.VolumeVaries, FormattableString.Invariant(
                $"The volume differs by {100 * scatter:0.0} % between the images ({string.Join(", ", volumes.Select(volume => FormattableString.Invariant($"{volume:0.0}")))} ml).")));
        }

        double millilitres = options.Mass == MassConvention.MeanOfImages ? volumes.Average() : volumes[0], grams = millilitres * options.Density;
        double gray = options.Mass == MassConvention.EachImage
            // MBq/g over time, integrated: the mass is in it already.
            ? nuclide.LocalDose(options.Method.Fit(Curve(ordered.Select(one => one.Megabecquerel / (one.Millilitres * options.Density)))).TimeIntegratedActivity, 1)
            : nuclide.LocalDose(fit.TimeIntegratedActivity, grams);
        DoseUncertainty chain = new()
        {
            Volume = new VolumeUncertainty(millilitres, options.DelineationVoxel ?? voxelEdge, options.DelineationFwhm ?? options.ActivityFwhm, options.Resolution),
            ActivityFwhm = options.ActivityFwhm,
            Curve = curve,
            Method = options.Method,
            Calibration = options.CalibrationUncertainty,
            Recovery = recovery,
            SExponent = 1,
            SRelative = options.LocalUncertainty,
        };
        UncertaintyBudget budget = chain.Budget();
        DoseMethod local = DoseMethod.LocalDeposition(nuclide, options.Density);
        AbsorbedDose byChain = Dose(gray, budget, local, options);
        return new OrganDoseReport
        {
            Region = region,
            Nuclide = nuclide,
            Measurements = ordered,
            Recovery = recovery,
            LocalUncorrected = recovery.Millilitres == 0 ? null : Of(region, nuclide, [.. ordered.Select(one => one with { Megabecquerel = one.Megabecquerel * one.Recovery, Recovery = 1 })],
                options with { LocalIntervals = null, Draws = 0 }, RecoveryCurve.None, voxelEdge, []).Local,
            Millilitres = millilitres,
            Grams = grams,
            Mass = options.Mass,
            Fit = fit,
            TimeIntegratedActivityUncertainty = budget.TimeIntegratedActivity * fit.TimeIntegratedActivity,
            Budget = budget,
            Local = options.LocalIntervals?.Interval(gray, byChain.StandardUncertainty, local) ?? byChain,
            LocalByChain = byChain,
            LocalByDraws = options.Draws > 0 ? AbsorbedDose.FromDraws(gray, [.. chain.Draw(options.Draws, options.Seed).Select(draw => draw * gray)], "Monte Carlo of the chain", local, options.Level) : null,
            EffectiveOfMean = options.Tissue is { } tissue && fit.Exponentials.Count > 0 ? BiologicallyEffectiveDose.OfMean(gray, fit.Exponentials, tissue) : null,
            Tissue = options.Tissue,
            Flags = flags,
        };

        TimeActivityCurve Curve(IEnumerable<double> activities) => new(nuclide, ordered.Zip(activities,
            (one, activity) => new TimeActivityPoint(one.Hours, activity, activity > 0 && options.PointUncertainty > 0 ? options.PointUncertainty * activity : null)));
    }

    private static AbsorbedDose Dose(double gray, UncertaintyBudget budget, DoseMethod method, OrganDosimetryOptions options) => options.Shape == IntervalShape.LogNormal
        ? AbsorbedDose.LogNormal(gray, budget.Dose * gray, "EANM chain", method, options.Level)
        : AbsorbedDose.Normal(gray, budget.Dose * gray, "EANM chain", method, options.Level);

    /// <summary>The dose by the kernel: in each image by itself the mean dose rate of the region's voxels, corrected as its activity is, and their integral over time by the region's method.</summary>
    private OrganDoseReport WithKernel(OrganDoseReport report, VoxelKernel kernel, double edge)
    {
        List<DosimetryFlag> flags = [.. report.Flags, .. kernel.Flags()];
        List<TimeActivityPoint> points = [];
        bool isNearBorder = false;
        DoseMethod? method = null;
        foreach ((StudyImage image, RegionMeasurement one) in Study.Images.Where(image => image.Regions.ContainsKey(report.Region)).Zip(report.Measurements))
        {
            DoseMap rates = RatesOf(image, kernel);
            method ??= rates.Method;
            isNearBorder |= rates.IsNearBorder(image.Regions[report.Region]);
            double rate = rates.Histogram(image.Regions[report.Region]).Mean / one.Recovery;
            points.Add(new(image.Hours, rate, rate > 0 && Options.PointUncertainty > 0 ? Options.PointUncertainty * rate : null));
        }

        if (isNearBorder)
        {
            flags.Add(new(DosimetryIssue.NearBorder, $"'{report.Region}' lies nearer to the image's border than the kernel reaches: dose from activity outside the image is missing."));
        }

        UncertaintyBudget budget = new DoseUncertainty
        {
            Volume = new VolumeUncertainty(report.Millilitres, Options.DelineationVoxel ?? edge, Options.DelineationFwhm ?? Options.ActivityFwhm, Options.Resolution),
            ActivityFwhm = Options.ActivityFwhm,
            Curve = report.Fit.Curve,
            Method = Options.Method,
            Calibration = Options.CalibrationUncertainty,
            Recovery = report.Recovery,
            SExponent = Exponent(report.Nuclide, report.Grams),
            SRelative = Options.KernelUncertainty,
        }.Budget();
        double gray = Options.Method.Fit(new TimeActivityCurve(report.Nuclide, points)).TimeIntegratedActivity;
        AbsorbedDose byChain = Dose(gray, budget, method!, Options);
        return report with { ByKernel = Options.KernelIntervals?.Interval(gray, byChain.StandardUncertainty, byChain.Method) ?? byChain, ByKernelByChain = byChain, Kernel = kernel, Flags = flags };
    }

    // Gy in each hour of an image's activity, on its own voxels.
    private DoseMap RatesOf(StudyImage image, VoxelKernel kernel)
    {
        if (_rates.TryGetValue(image, out DoseMap? known))
        {
            return known;
        }

        ImageGeometry grid = image.Voxels.Geometry;
        KernelDescription of = kernel.Description;
        bool IsSame(double edge, double other) => Math.Abs(edge - other) <= 0.001 * other;
        bool isForThis = IsSame(of.ColumnSpacing, grid.ColumnSpacing) && IsSame(of.RowSpacing, grid.RowSpacing) && IsSame(of.SectionSpacing, grid.SectionSpacing);
        // What lies in one grid with the first image has its voxels; what was left on its own may have others.
        VoxelKernel own = isForThis || ReferenceEquals(image, Study.Images[0]) ? kernel : kernel.Resample(grid.ColumnSpacing, grid.RowSpacing, grid.SectionSpacing);
        float millilitres = (float)(grid.VoxelVolume / 1000);
        Volume activity = new(grid, Array.ConvertAll(image.Voxels.Voxels, value => Math.Max(0, value * millilitres / 1e6f)));
        return _rates[image] = DoseMap.ByKernel(TimeIntegratedActivityMap.Known(Study.Nuclide, activity), own);
    }

    /// <summary>The doses of the voxels, where all images lie in one grid; they are not corrected for partial volume.</summary>
    private OrganDoseReport WithHistogram(OrganDoseReport report, bool[] mask)
    {
        (DoseMap ByKernel, DoseMap Local) maps;
        try
        {
            maps = Maps!.Value;
        }
        catch (DosimetryException problem)
        {
            return report with { Flags = [.. report.Flags, new(problem.Issue, $"There is no histogram of voxels and no dose map: {problem.Message}")] };
        }

        List<DosimetryFlag> flags = [.. report.Flags, .. maps.ByKernel.Flags.Where(flag => !report.Flags.Contains(flag))];
        double ofVoxels = maps.Local.Histogram(mask).Mean, ofRegion = (report.LocalUncorrected ?? report.Local).Gray, apart = (ofVoxels / ofRegion) - 1;
        // A judgement: what fits of voxels and of a region differ by where nothing moves is less.
        if (Math.Abs(apart) > 0.05)
        {
            flags.Add(new(DosimetryIssue.RegionMoved, FormattableString.Invariant(
                $"By local deposition the voxels of '{report.Region}' in the first image give {ofVoxels:0.###} Gy, {100 * Math.Abs(apart):0} % {(apart < 0 ? "less" : "more")} than the region measured in each image by itself: it moves or is drawn otherwise there, and the histogram of its voxels is off alike.")));
        }

        return report with
        {
            MapLocalGray = ofVoxels,
            Histogram = maps.ByKernel.Histogram(mask),
            MeanOfVoxelEffective = Options.Tissue is { } tissue ? maps.ByKernel.MeanOfVoxelEffectiveDoses(mask, tissue) : null,
            Flags = flags,
        };
    }

    // The spheres' own where there are some of this nuclide and mass.
    private static double Exponent(Nuclide nuclide, double grams) =>
        string.Equals(nuclide.Symbol, Nuclide.Lutetium177.Symbol, StringComparison.Ordinal) && SphereSValues.Shipped(nuclide) is { } spheres
            && grams >= spheres.Values[0].Grams && grams <= spheres.Values[^1].Grams ? -spheres.Slope(grams) : 0.99;
}
