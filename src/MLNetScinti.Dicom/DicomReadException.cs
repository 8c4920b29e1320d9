namespace MLNetScinti.Dicom;

/// <summary>A file that cannot be read as an image. The message is one line: the file, what was expected, what was found, what to do.</summary>
public sealed class DicomReadException : Exception
{
    /// <summary>Says why a file cannot be read.</summary>
    /// <param name="file">The file.</param>
    /// <param name="reason">Why, for programs.</param>
    /// <param name="sentence">Why, for people.</param>
    /// <param name="innerException">What led to it, if anything.</param>
    /// <param name="fault">Whose fault it is; null for what the reason says of itself.</param>
    public DicomReadException(string file, SkipReason reason, string sentence, Exception? innerException = null, ReadFault? fault = null)
        : base(DatasetReading.OneLine($"{file}: {sentence}"), innerException)
    {
        File = file;
        Reason = reason;
        Sentence = DatasetReading.OneLine(sentence);
        Fault = fault ?? FaultOf(reason);
    }

    /// <summary>The file.</summary>
    public string File { get; }

    /// <summary>Why, for programs.</summary>
    public SkipReason Reason { get; }

    /// <summary>Why, for people, without the file's name.</summary>
    public string Sentence { get; }

    /// <summary>Whose fault it is: the file's, the installation's, this program's, or nobody's.</summary>
    public ReadFault Fault { get; }

    /// <summary>The same as an entry of a list of skipped files.</summary>
    public SkippedFile ToSkippedFile() => new(File, Reason, Sentence) { Fault = Fault };

    /// <summary>Whose fault a reason usually is.</summary>
    internal static ReadFault FaultOf(SkipReason reason) => reason switch
    {
        SkipReason.NotDicom or SkipReason.NoPixelData or SkipReason.NotAnImageToScore or SkipReason.WrongModality or SkipReason.WrongKind or SkipReason.Repeated or SkipReason.PartOfAnImage => ReadFault.None,
        SkipReason.Unreadable => ReadFault.Access,
        SkipReason.UnsupportedCodec or SkipReason.UnsupportedPixelFormat or SkipReason.TooLarge => ReadFault.Limit,
        SkipReason.Defect => ReadFault.Defect,
        _ => ReadFault.Damage,
    };
}

/// <summary>Whose fault it is that a file cannot be read, and so what would help.</summary>
public enum ReadFault
{
    /// <summary>Nobody's: the file is something else than an image that was asked for.</summary>
    None,

    /// <summary>The file's: it is incomplete, damaged, or contradicts itself.</summary>
    Damage,

    /// <summary>This program's: the file is sound, and of a form that is not read here. Sending it again changes nothing.</summary>
    Limit,

    /// <summary>The installation's: a decoder would help that is not there.</summary>
    MissingDecoder,

    /// <summary>The disk's or its owner's: the file could not be opened.</summary>
    Access,

    /// <summary>This program's: something failed that should not, whatever the file holds.</summary>
    Defect,
}

/// <summary>Why a file was not read as an image.</summary>
public enum SkipReason
{
    /// <summary>The file has no bytes.</summary>
    Empty,

    /// <summary>It is no DICOM file, whatever its name says.</summary>
    NotDicom,

    /// <summary>It ends too early.</summary>
    Truncated,

    /// <summary>It could not be opened or read: rights, a broken disk, gone meanwhile.</summary>
    Unreadable,

    /// <summary>DICOM, but without pixels.</summary>
    NoPixelData,

    /// <summary>DICOM that holds something else than an image to score: contours, segmentations, a report, a colour screenshot.</summary>
    NotAnImageToScore,

    /// <summary>Another modality than was asked for.</summary>
    WrongModality,

    /// <summary>Another kind of image than was asked for.</summary>
    WrongKind,

    /// <summary>Nothing here can decode its transfer syntax: it is not known, or its decoder is not installed (<see cref="ReadFault"/> tells).</summary>
    UnsupportedCodec,

    /// <summary>A pixel format that this reader does not know.</summary>
    UnsupportedPixelFormat,

    /// <summary>The pixel data is shorter than rows x columns x frames ask for.</summary>
    PixelDataTooShort,

    /// <summary>Compressed pixel data that does not decode.</summary>
    DamagedPixelData,

    /// <summary>Header values that are missing or contradict each other.</summary>
    InconsistentHeader,

    /// <summary>More pixels than the reader was allowed to hold.</summary>
    TooLarge,

    /// <summary>One of several files that hold an image together.</summary>
    PartOfAnImage,

    /// <summary>The same image, or the same section, is there already.</summary>
    Repeated,

    /// <summary>This program failed on it, which is no fault of the file.</summary>
    Defect,
}

/// <summary>A file that was not read as an image.</summary>
/// <param name="File">Its path.</param>
/// <param name="Reason">Why, for programs.</param>
/// <param name="Sentence">Why, for people: what was expected, what was found, what to do. It names no patient.</param>
public sealed record SkippedFile(string File, SkipReason Reason, string Sentence)
{
    /// <summary>Why, for people, on one line: what was expected, what was found, what to do. It names no patient.</summary>
    public string Sentence { get; init; } = DatasetReading.OneLine(Sentence);

    /// <summary>Whose fault it is.</summary>
    public ReadFault Fault { get; init; } = DicomReadException.FaultOf(Reason);

    /// <summary>Whether something is lost that should have been read. An export holds other files too: what is no image, is none of the kind that is asked for, or is there twice is no loss.</summary>
    public bool IsLoss => IsLossOf(Reason);

    /// <summary>Whether a reason is one by which something is lost that should have been read.</summary>
    public static bool IsLossOf(SkipReason reason) =>
        reason is not (SkipReason.NotDicom or SkipReason.NoPixelData or SkipReason.NotAnImageToScore or SkipReason.WrongModality or SkipReason.WrongKind or SkipReason.PartOfAnImage or SkipReason.Repeated);

    /// <summary>Another file that the sentence names; empty where it names none. Names of files stay on the console.</summary>
    public string Other { get; init; } = "";

    /// <summary>A file whose image was there before, by its SOP Instance UID: the first one stays, in the order of <see cref="FolderWalk.Files"/>, for whoever goes through a folder.</summary>
    /// <param name="file">Its path.</param>
    /// <param name="first">The file that stays.</param>
    public static SkippedFile Repetition(string file, string first) =>
        new(file, SkipReason.Repeated, $"its identifier (SOP Instance UID) is that of {first}: the same image sent twice, or a copy in another coding; remove one of the two.") { Other = first };

    /// <inheritdoc/>
    public override string ToString() => DatasetReading.OneLine($"{File}: {Sentence}");
}
