using MLNetScinti.Dosimetry.Kernels;
using MLNetScinti.Dosimetry.Kinetics;
using MLNetScinti.Dosimetry.Maps;
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

    /// <summary>The dosimetry of a study.</summary>
    public OrganDosimetry(DosimetryStudy study, OrganDosimetryOptions options)
    {
        ArgumentNullException.ThrowIfNull(study);
        ArgumentNullException.ThrowIfNull(options);
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
    /// The dose of a region. The map's doses are those inside its mask in the first image that has it. Where there can be none by kernel, the dose by
    /// local deposition stands, and says why (<see cref="OrganDoseReport.KernelRefusal"/>).
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
        OrganDoseReport report = Of(region, Study.Nuclide, measurements, Options, edge, flags);
        try
        {
            return Maps is { } maps ? WithMaps(report, maps, first.Regions[region], edge) : report;
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
        return Of(region, nuclide, measurements, options, voxelEdge, []);
    }

    private static OrganDoseReport Of(
        string region, Nuclide nuclide, IReadOnlyList<RegionMeasurement> measurements, OrganDosimetryOptions options, double voxelEdge, List<DosimetryFlag> flags)
    {
        if (measurements.FirstOrDefault(one => !(one.Millilitres > 0) || !double.IsFinite(one.Millilitres)) is { } none)
        {
            throw new DosimetryException(DosimetryIssue.EmptyRegion, FormattableString.Invariant($"'{region}' has a volume of {none.Millilitres} ml at {none.Hours:0.#} h: it must be positive."));
        }

        RegionMeasurement[] ordered = [.. measurements.OrderBy(one => one.Hours)];
        RegionMeasurement[] corrected = [.. ordered.Select(one => one with { Megabecquerel = one.Megabecquerel / options.Recovery.At(one.Millilitres) })];
        TimeActivityCurve curve = Curve(corrected.Select(one => one.Megabecquerel));
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
            ? nuclide.LocalDose(options.Method.Fit(Curve(corrected.Select(one => one.Megabecquerel / (one.Millilitres * options.Density)))).TimeIntegratedActivity, 1)
            : nuclide.LocalDose(fit.TimeIntegratedActivity, grams);
        DoseUncertainty chain = new()
        {
            Volume = new VolumeUncertainty(millilitres, options.DelineationVoxel ?? voxelEdge, options.DelineationFwhm ?? options.ActivityFwhm, options.Resolution),
            ActivityFwhm = options.ActivityFwhm,
            Curve = curve,
            Method = options.Method,
            Calibration = options.CalibrationUncertainty,
            Recovery = options.Recovery,
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
            Measurements = corrected,
            Recovery = options.Recovery,
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

    private OrganDoseReport WithMaps(OrganDoseReport report, (DoseMap ByKernel, DoseMap Local) maps, bool[] mask, double edge)
    {
        List<DosimetryFlag> flags = [.. report.Flags, .. maps.ByKernel.Flags];
        if (maps.ByKernel.IsNearBorder(mask))
        {
            flags.Add(new(DosimetryIssue.NearBorder, $"'{report.Region}' lies nearer to the image's border than the kernel reaches: dose from activity outside the image is missing."));
        }

        DoseVolumeHistogram histogram = maps.ByKernel.Histogram(mask);
        UncertaintyBudget budget = new DoseUncertainty
        {
            Volume = new VolumeUncertainty(report.Millilitres, Options.DelineationVoxel ?? edge, Options.DelineationFwhm ?? Options.ActivityFwhm, Options.Resolution),
            ActivityFwhm = Options.ActivityFwhm,
            Curve = report.Fit.Curve,
            Method = Options.Method,
            Calibration = Options.CalibrationUncertainty,
            Recovery = Options.Recovery,
            SExponent = Exponent(report.Nuclide, report.Grams),
            SRelative = Options.KernelUncertainty,
        }.Budget();
        // Voxels are not corrected for recovery; the region is, by one factor.
        double recovery = Options.Recovery.At(report.Millilitres), gray = histogram.Mean / recovery;
        AbsorbedDose byChain = Dose(gray, budget, maps.ByKernel.Method, Options);
        double ofVoxels = maps.Local.Histogram(mask).Mean / recovery, apart = (ofVoxels / report.Local.Gray) - 1;
        // A judgement: what fits of voxels and of a region differ by where nothing moves is less.
        if (Math.Abs(apart) > 0.05)
        {
            flags.Add(new(DosimetryIssue.RegionMoved, FormattableString.Invariant(
                $"By local deposition the voxels of '{report.Region}' in the first image give {ofVoxels:0.###} Gy, {100 * Math.Abs(apart):0} % {(apart < 0 ? "less" : "more")} than the region measured in each image by itself: it moves or is drawn otherwise there, and its dose by kernel is off alike.")));
        }

        return report with
        {
            ByKernel = Options.KernelIntervals?.Interval(gray, byChain.StandardUncertainty, byChain.Method) ?? byChain,
            ByKernelByChain = byChain,
            Kernel = Options.Kernel,
            MapLocalGray = ofVoxels,
            Histogram = histogram,
            MeanOfVoxelEffective = Options.Tissue is { } tissue ? maps.ByKernel.MeanOfVoxelEffectiveDoses(mask, tissue) : null,
            Flags = flags,
        };
    }

    // The spheres' own where there are some of this nuclide and mass.
    private static double Exponent(Nuclide nuclide, double grams) =>
        string.Equals(nuclide.Symbol, Nuclide.Lutetium177.Symbol, StringComparison.Ordinal) && SphereSValues.Shipped(nuclide) is { } spheres
            && grams >= spheres.Values[0].Grams && grams <= spheres.Values[^1].Grams ? -spheres.Slope(grams) : 0.99;
}
