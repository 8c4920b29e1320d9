namespace MLNetScinti.Dicom;

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

    /// <summary>Nothing here can decode its transfer syntax.</summary>
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

    /// <summary>The same image, or the same section, is there already.</summary>
    Repeated,
}
