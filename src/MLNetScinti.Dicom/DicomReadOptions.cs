namespace MLNetScinti.Dicom;

/// <summary>What a reader accepts, and how it names patients.</summary>
public sealed record DicomReadOptions
{
    /// <summary>Modalities to accept ("NM", "PT", "CT", "RTDOSE"); empty for all.</summary>
    public IReadOnlyCollection<string> Modalities { get; init; } = [];

    /// <summary>Kinds of image to accept; empty for all.</summary>
    public IReadOnlyCollection<ImageKind> Kinds { get; init; } = [];

    /// <summary>The most values that an image may have: half a gibi, 2 GiB in memory, unless told otherwise.</summary>
    public long MaximumValues { get; init; } = 1L << 29;

    /// <summary>
    /// Whether a volume may go on with pixels of 1 mm, or sections as far apart as pixels, where the file gives no spacing that is
    /// one. Otherwise there is no volume: lengths and volumes would be made up. What was assumed stands in <see cref="ImageHeader.GeometryNote"/>.
    /// </summary>
    public bool AssumeSpacing { get; init; }

    /// <summary>What pseudonyms are made from; null for <see cref="PseudonymKey.Simulated"/> where the file is of a simulated patient and <see cref="PseudonymKey.ForThisUser"/> elsewhere.</summary>
    public PseudonymKey? PseudonymKey { get; init; }

    /// <summary>The program that decodes what the DICOM library cannot; null for gdcmconv wherever it is installed.</summary>
    public ExternalCodec? ExternalCodec { get; init; }

    private CancellationToken _stop;

    /// <summary>The same, and a decoder that is at work (<see cref="ExternalCodec"/>) ends when it is told to; everything else is read in moments, and goes on to its end.</summary>
    public DicomReadOptions StoppedBy(CancellationToken stop) => new(this) { _stop = stop };

    // No property: whoever holds these options would have to hand it on to everything.
    internal CancellationToken Stop() => _stop;
}
