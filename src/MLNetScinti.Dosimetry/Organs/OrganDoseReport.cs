using MLNetScinti.Dosimetry.Kernels;
using MLNetScinti.Dosimetry.Kinetics;
using MLNetScinti.Dosimetry.Maps;
using MLNetScinti.Dosimetry.Uncertainty;

namespace MLNetScinti.Dosimetry.Organs;

/// <summary>The dose of a region with all that led to it and all that has to be said of it.</summary>
public sealed record OrganDoseReport
{
    /// <summary>The region's name.</summary>
    public required string Region { get; init; }

    /// <summary>The nuclide.</summary>
    public required Nuclide Nuclide { get; init; }

    /// <summary>Volume and activity at each time; activities are corrected for recovery where that is asked for.</summary>
    public required IReadOnlyList<RegionMeasurement> Measurements { get; init; }

    /// <summary>The recovery that they were divided by: a curve, or that of a transfer matrix as a curve through its point.</summary>
    public required RecoveryCurve Recovery { get; init; }

    /// <summary>The volume that the dose is of, ml.</summary>
    public required double Millilitres { get; init; }

    /// <summary>Its mass, g.</summary>
    public required double Grams { get; init; }

    /// <summary>Which mass that is.</summary>
    public required MassConvention Mass { get; init; }

    /// <summary>The time-activity fit, with its name.</summary>
    public required TimeActivityFit Fit { get; init; }

    /// <summary>Time-integrated activity, MBq h.</summary>
    public double TimeIntegratedActivity => Fit.TimeIntegratedActivity;

    /// <summary>Its standard uncertainty with that of volume, calibration and recovery, MBq h.</summary>
    public required double TimeIntegratedActivityUncertainty { get; init; }

    /// <summary>The local dose's uncertainty, link by link.</summary>
    public required UncertaintyBudget Budget { get; init; }

    /// <summary>Mean dose by local deposition, with the interval that is printed.</summary>
    public required AbsorbedDose Local { get; init; }

    /// <summary>The same with the interval of the EANM chain: another one where intervals are calibrated.</summary>
    public required AbsorbedDose LocalByChain { get; init; }

    /// <summary>The same with the interval of the Monte Carlo chain; null where none was asked for.</summary>
    public AbsorbedDose? LocalByDraws { get; init; }

    /// <summary>The same of the activities as the images show them, without recovery; null where there is no correction.</summary>
    public AbsorbedDose? LocalUncorrected { get; init; }

    /// <summary>Mean dose by convolution of each image's activities with the kernel; null without one.</summary>
    public AbsorbedDose? ByKernel { get; init; }

    /// <summary>The same with the interval of the EANM chain.</summary>
    public AbsorbedDose? ByKernelByChain { get; init; }

    /// <summary>The kernel.</summary>
    public VoxelKernel? Kernel { get; init; }

    /// <summary>Why there is no dose by the kernel that was given; empty where there is one, or no kernel.</summary>
    public string KernelRefusal { get; init; } = "";

    /// <summary>Mean dose by local deposition of the histogram's voxels, Gy, without recovery.</summary>
    public double? MapLocalGray { get; init; }

    /// <summary>The voxels' doses by kernel, without recovery; null without a kernel, or where the images do not lie in one grid.</summary>
    public DoseVolumeHistogram? Histogram { get; init; }

    /// <summary>Biologically effective dose of the mean local dose, Gy; null without a tissue, or without a fitted time course.</summary>
    public double? EffectiveOfMean { get; init; }

    /// <summary>Mean of the voxels' biologically effective doses by kernel, Gy.</summary>
    public double? MeanOfVoxelEffective { get; init; }

    /// <summary>The tissue of both.</summary>
    public TissueResponse? Tissue { get; init; }

    /// <summary>What has to be said, each in one sentence.</summary>
    public IReadOnlyList<DosimetryFlag> Flags { get; init; } = [];

    /// <summary>Mean concentration over the images, Bq/ml, by name.</summary>
    public double MeanConcentration(ConcentrationMean mean) =>
        VolumeActivity.Concentration([.. Measurements.Select(one => new VolumeActivity(1, one.Millilitres, one.Megabecquerel, 0))], mean);

    /// <summary>The report as lines of text, the flags last.</summary>
    public IReadOnlyList<string> Lines()
    {
        List<string> lines =
        [
            FormattableString.Invariant($"{Region}: {Millilitres:0.0} ml, {Grams:0.0} g ({Words(Mass)})"),
            "activity: " + string.Join(", ", Measurements.Select(one => FormattableString.Invariant($"{one.Hours:0.0} h {one.Megabecquerel:0.###} MBq in {one.Millilitres:0.0} ml"))) + $"; {Recovery.Source}",
            FormattableString.Invariant($"time-integrated activity: {TimeIntegratedActivity:0.0} MBq h, u {TimeIntegratedActivityUncertainty:0.0} MBq h; {Fit.Method}"),
            .. Fit.Parameters.Select(one => FormattableString.Invariant($"  {one.Name} {one.Value:0.######} {one.Unit}") + (one.IsIdentified ? "" : " (not identified)")),
            $"dose by {Local.Method.Name}: {Local}",
        ];
        if (Local != LocalByChain)
        {
            lines.Add($"  and: {LocalByChain}");
        }

        if (LocalByDraws is { } drawn)
        {
            lines.Add($"  and: {drawn}");
        }

        if (LocalUncorrected is { } shown)
        {
            lines.Add($"  without correction for partial volume: {shown}");
        }

        if (ByKernel is { } dose)
        {
            lines.Add($"dose by {dose.Method.Name}: {dose}");
            if (dose != ByKernelByChain)
            {
                lines.Add($"  and: {ByKernelByChain}");
            }

        }

        if (Histogram is { } histogram)
        {
            lines.Add(FormattableString.Invariant($"  voxels of the first image{(LocalUncorrected is null ? "" : ", not corrected for partial volume")}: mean {histogram.Mean:0.###}, D_98 {histogram.DoseTo(98):0.###}, D_50 {histogram.DoseTo(50):0.###}, D_2 {histogram.DoseTo(2):0.###} Gy; by local deposition {MapLocalGray:0.###} Gy"));
        }

        if (KernelRefusal.Length > 0)
        {
            lines.Add($"no dose by kernel: {KernelRefusal}");
        }

        if (Tissue is { } tissue)
        {
            lines.Add("biologically effective dose (" + tissue.Source + "): "
                + string.Join(", ", new[] { (EffectiveOfMean, "of the mean local dose"), (MeanOfVoxelEffective, "mean of the voxels' by kernel") }
                    .Where(one => one.Item1 is not null).Select(one => FormattableString.Invariant($"{one.Item1:0.###} Gy {one.Item2}"))));
        }

        lines.Add($"uncertainty: {Budget}");
        lines.AddRange(Flags.Select(flag => "note: " + flag.Sentence));
        return lines;
    }

    private static string Words(MassConvention mass) => mass switch
    {
        MassConvention.FirstImage => "of the first image",
        MassConvention.MeanOfImages => "mean of the images",
        _ => "each image's own in the dose rate; that of the first is given",
    };
}
