namespace MLNetScinti.Notebooks;

/// <summary>Why a cell stopped the notebook.</summary>
/// <param name="Cell">The number of the cell in the run, from 1.</param>
/// <param name="Line">The line of the cell, from 1, where known.</param>
/// <param name="Name">The kind of error: an exception's type, or CompilationError.</param>
/// <param name="Message">What it says.</param>
/// <param name="Traceback">Where it came from, line by line, as notebooks keep it.</param>
public sealed record CellFailure(int Cell, int? Line, string Name, string Message, IReadOnlyList<string> Traceback)
{
    /// <summary>"cell 3, line 2: InvalidOperationException: ...".</summary>
    public override string ToString() => $"cell {Cell}{(Line is { } line ? $", line {line}" : "")}: {Name}: {Message}";
}
