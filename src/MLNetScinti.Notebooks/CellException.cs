namespace MLNetScinti.Notebooks;

/// <summary>Something in a cell that is not C#'s to report: a reference or a magic command.</summary>
internal sealed class CellException(int line, string kind, string message) : Exception(message)
{
    /// <summary>The line of the cell, from 1.</summary>
    public int Line { get; } = line;

    /// <summary>What was wrong with it, in a word.</summary>
    public string Kind { get; } = kind;
}
