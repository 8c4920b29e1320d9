namespace MLNetScinti.Dicom;

/// <summary>A file that was not read as an image.</summary>
/// <param name="File">Its path.</param>
/// <param name="Reason">Why, for programs.</param>
/// <param name="Sentence">Why, for people: what was expected, what was found, what to do. It names no patient.</param>
public sealed record SkippedFile(string File, SkipReason Reason, string Sentence)
{
    /// <inheritdoc/>
    public override string ToString() => $"{File}: {Sentence}";
}
