namespace MLNetScinti.Pipelines.Data;

/// <summary>A file of the folder that gave no case.</summary>
/// <param name="File">The file, relative to the folder.</param>
/// <param name="Reason">A word for programs, such as Truncated, NotDicom, KidneysNotSeparated.</param>
/// <param name="Sentence">Why, for people. It names no patient.</param>
public sealed record LeftOutStudy(string File, string Reason, string Sentence)
{
    /// <inheritdoc/>
    public override string ToString() => $"{File}: {Sentence}";
}
