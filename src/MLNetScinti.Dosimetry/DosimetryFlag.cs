namespace MLNetScinti.Dosimetry;

/// <summary>What may have to be said about a dose, or be the reason why there is none.</summary>
public enum DosimetryIssue
{
    /// <summary>A number that cannot be: not finite, negative where it must not be, or of the wrong length.</summary>
    ImpossibleValue,

    /// <summary>A name that nothing here has.</summary>
    UnknownName,

    /// <summary>Images that are not activity concentrations in Bq/ml.</summary>
    WrongUnit,

    /// <summary>Images of more than one nuclide, or a kernel of another one.</summary>
    MixedNuclides,

    /// <summary>A time point that was to be there is not.</summary>
    MissingTimePoint,

    /// <summary>Two images of the same time.</summary>
    RepeatedTimePoint,

    /// <summary>Fewer points than the method needs.</summary>
    TooFewPoints,

    /// <summary>The region has no voxel.</summary>
    EmptyRegion,

    /// <summary>The region reaches the border of the image.</summary>
    Truncated,

    /// <summary>The region lies nearer to the border than the kernel reaches.</summary>
    NearBorder,

    /// <summary>The region's voxels in the first image do not hold what the region holds in each image by itself: it moved.</summary>
    RegionMoved,

    /// <summary>More activity in the region than was administered.</summary>
    MoreThanAdministered,

    /// <summary>Images or kernel on different grids.</summary>
    DifferentGrids,

    /// <summary>The activity is not highest at the first point.</summary>
    RisesFirst,

    /// <summary>The activity falls first and rises later.</summary>
    RisesLater,

    /// <summary>The fit was slower than physical decay and was put there.</summary>
    ClampedAtPhysicalDecay,

    /// <summary>As many parameters as points: the curve goes through all of them and nothing is left to judge it by.</summary>
    NothingLeftToJudge,

    /// <summary>A parameter that the points do not tell.</summary>
    NotIdentified,

    /// <summary>One image stands for the whole time course.</summary>
    SingleTimePoint,

    /// <summary>Most of the time integral lies behind the last point.</summary>
    MostlyExtrapolated,

    /// <summary>The region's volume differs between the images.</summary>
    VolumeVaries,

    /// <summary>The kernel's energy is not that of its nuclide.</summary>
    EnergyBalance,

    /// <summary>A kernel was brought to finer voxels than its table has.</summary>
    FinerThanTable,

    /// <summary>A region could not be corrected for partial volume.</summary>
    NotCorrectedForPartialVolume,

    /// <summary>Doses made by different methods or kernels.</summary>
    DifferentMethods,

    /// <summary>Voxels whose time course the method does not describe were integrated by trapezoids.</summary>
    VoxelsByTrapezoid,
}

/// <summary>Something that has to be said beside a dose.</summary>
/// <param name="Issue">What it is.</param>
/// <param name="Sentence">The same in one sentence.</param>
public sealed record DosimetryFlag(DosimetryIssue Issue, string Sentence)
{
    /// <inheritdoc/>
    public override string ToString() => Sentence;
}

/// <summary>There is no dose, or no figure on the way to one; the message says why in one sentence, and what to do.</summary>
public sealed class DosimetryException : Exception
{
    /// <summary>A refusal.</summary>
    /// <param name="issue">What it is.</param>
    /// <param name="sentence">The same in one sentence.</param>
    public DosimetryException(DosimetryIssue issue, string sentence)
        : base(Imaging.PlainText.Message(sentence)) => Issue = issue;

    /// <summary>What it is.</summary>
    public DosimetryIssue Issue { get; }
}
