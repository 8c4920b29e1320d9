namespace MLNetScinti.Dosimetry;

/// <summary>What turns the counts of a camera into activity. Named, because a dose is wrong by as much as this factor is.</summary>
public sealed record CalibrationFactor
{
    private CalibrationFactor(string name, double sensitivity, double relativeUncertainty, string source)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        if (!(sensitivity > 0) || !double.IsFinite(sensitivity) || !(relativeUncertainty >= 0) || !double.IsFinite(relativeUncertainty))
        {
            throw new DosimetryException(DosimetryIssue.ImpossibleValue,
                $"The calibration factor '{name}' must be positive and its relative uncertainty 0 or more, found {sensitivity} cps/MBq and {relativeUncertainty}.");
        }

        (Name, CountsPerSecondPerMegabecquerel, RelativeUncertainty, Source) = (name, sensitivity, relativeUncertainty, source);
    }

    /// <summary>Its name: camera, collimator, nuclide, reconstruction.</summary>
    public string Name { get; }

    /// <summary>Sensitivity, counts per second for each MBq.</summary>
    public double CountsPerSecondPerMegabecquerel { get; }

    /// <summary>Relative standard uncertainty: .035 for 3.5 %.</summary>
    public double RelativeUncertainty { get; }

    /// <summary>How it was measured.</summary>
    public string Source { get; }

    /// <summary>From a sensitivity in cps/MBq.</summary>
    /// <exception cref="DosimetryException">The sensitivity is not positive.</exception>
    public static CalibrationFactor FromSensitivity(string name, double countsPerSecondPerMegabecquerel, double relativeUncertainty, string source) =>
        new(name, countsPerSecondPerMegabecquerel, relativeUncertainty, source);

    /// <summary>From the Bq/ml that one count in a voxel stands for in an image of known duration and voxels.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="becquerelPerMillilitre">Bq/ml for each count.</param>
    /// <param name="seconds">Duration of the image (all angles together), s.</param>
    /// <param name="voxelMillilitres">Volume of a voxel, ml.</param>
    /// <param name="relativeUncertainty">Relative standard uncertainty.</param>
    /// <param name="source">How it was measured.</param>
    /// <exception cref="DosimetryException">A number is not positive.</exception>
    public static CalibrationFactor FromConcentration(
        string name, double becquerelPerMillilitre, double seconds, double voxelMillilitres, double relativeUncertainty, string source) =>
        new(name, 1e6 / (becquerelPerMillilitre * seconds * voxelMillilitres), relativeUncertainty, source);

    /// <summary>From counts of a source of known activity: counts / s / MBq.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="counts">Counts in the source's region.</param>
    /// <param name="seconds">Duration of the image, s.</param>
    /// <param name="megabecquerel">Activity when the image was taken, MBq.</param>
    /// <param name="activityUncertainty">Relative standard uncertainty of that activity; the counts' own (Poisson) comes to it.</param>
    /// <param name="source">How it was measured.</param>
    /// <exception cref="DosimetryException">A number is not positive.</exception>
    public static CalibrationFactor FromSource(string name, double counts, double seconds, double megabecquerel, double activityUncertainty, string source) =>
        new(name, counts / seconds / megabecquerel, Math.Sqrt((1 / counts) + (activityUncertainty * activityUncertainty)), source);

    /// <summary>The activity of a count rate, MBq.</summary>
    public double Megabecquerel(double countsPerSecond) => countsPerSecond / CountsPerSecondPerMegabecquerel;

    /// <summary>The Bq/ml that one count in a voxel stands for.</summary>
    /// <param name="seconds">Duration of the image, s.</param>
    /// <param name="voxelMillilitres">Volume of a voxel, ml.</param>
    public double BecquerelPerMillilitrePerCount(double seconds, double voxelMillilitres)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(seconds);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(voxelMillilitres);
        return 1e6 / (CountsPerSecondPerMegabecquerel * seconds * voxelMillilitres);
    }

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant(
        $"{Name}: {CountsPerSecondPerMegabecquerel:0.####} cps/MBq, u {100 * RelativeUncertainty:0.##} % ({Source})");
}
