namespace MLNetScinti.Dicom;

/// <summary>Goes through folders of files of which nobody knows what they are.</summary>
public static class DicomFolder
{
    /// <summary>
    /// Every file of a folder and of the folders in it: the header of its image, or why it has none. Files come one
    /// at a time, as they are asked for, folder by folder, each in the order of its names' characters, the same on
    /// every system; pixels are not read.
    /// </summary>
    /// <param name="path">The folder, or a single file.</param>
    /// <param name="options">What to accept; null for every image.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder or file.</exception>
    public static IEnumerable<ScannedFile> Scan(string path, DicomReadOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        bool single = File.Exists(path);
        string root = single ? Path.GetDirectoryName(Path.GetFullPath(path))! : path;
        return Classify(single ? [path] : FolderWalk.Files(path), root, new DicomImageReader(options));
    }

    private static IEnumerable<ScannedFile> Classify(IEnumerable<string> files, string root, DicomImageReader reader)
    {
        foreach (string file in files)
        {
            ImageHeader? header = null;
            SkippedFile? skipped = null;
            try
            {
                header = reader.ReadDecodableHeader(file);
            }
            catch (DicomReadException exception)
            {
                skipped = exception.ToSkippedFile();
            }

            yield return new ScannedFile(file, Path.GetRelativePath(root, file).Replace('\\', '/'), header, skipped);
        }
    }
}

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
