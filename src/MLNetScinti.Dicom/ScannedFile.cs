namespace MLNetScinti.Dicom;

/// <summary>A file of a folder: the header of its image, or why it has none.</summary>
public sealed record ScannedFile
{
    internal ScannedFile(string file, string relativePath, ImageHeader? header, SkippedFile? skipped)
    {
        File = file;
        RelativePath = relativePath;
        Header = header;
        Skipped = skipped;
    }

    /// <summary>Its path.</summary>
    public string File { get; }

    /// <summary>Its path from the folder that was scanned, with slashes on every system.</summary>
    public string RelativePath { get; }

    /// <summary>The header of its image, or null.</summary>
    public ImageHeader? Header { get; }

    /// <summary>Why it is no image, or null.</summary>
    public SkippedFile? Skipped { get; }

    /// <summary>Whether it is an image.</summary>
    [System.Diagnostics.CodeAnalysis.MemberNotNullWhen(true, nameof(Header))]
    [System.Diagnostics.CodeAnalysis.MemberNotNullWhen(false, nameof(Skipped))]
    public bool IsImage => Header is not null;
}
