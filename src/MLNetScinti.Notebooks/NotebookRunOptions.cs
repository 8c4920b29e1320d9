namespace MLNetScinti.Notebooks;

/// <summary>How a notebook is run.</summary>
public sealed record NotebookRunOptions
{
    /// <summary>The folder that the notebook's relative paths start from: its own. The process works in it while the notebook runs.</summary>
    public string Folder { get; init; } = ".";

    /// <summary>
    /// Values for variables of the cell that is tagged "parameters", by name: set after that cell has run. They are read as
    /// values of the variable's type.
    /// </summary>
    public IReadOnlyDictionary<string, string> Parameters { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>How long a cell may take; null for as long as it likes.</summary>
    public TimeSpan? CellTimeout { get; init; }
}
