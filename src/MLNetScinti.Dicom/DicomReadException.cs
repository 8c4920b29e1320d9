namespace MLNetScinti.Dicom;

/// <summary>A file that cannot be read as an image. The message is one line: the file, what was expected, what was found, what to do.</summary>
public sealed class DicomReadException : Exception
{
    /// <summary>Says why a file cannot be read.</summary>
    /// <param name="file">The file.</param>
    /// <param name="reason">Why, for programs.</param>
    /// <param name="sentence">Why, for people.</param>
    /// <param name="innerException">What led to it, if anything.</param>
    public DicomReadException(string file, SkipReason reason, string sentence, Exception? innerException = null)
        : base($"{file}: {sentence}", innerException)
    {
        File = file;
        Reason = reason;
        Sentence = sentence;
    }

    /// <summary>The file.</summary>
    public string File { get; }

    /// <summary>Why, for programs.</summary>
    public SkipReason Reason { get; }

    /// <summary>Why, for people, without the file's name.</summary>
    public string Sentence { get; }

    /// <summary>The same as an entry of a list of skipped files.</summary>
    public SkippedFile ToSkippedFile() => new(File, Reason, Sentence);
}
