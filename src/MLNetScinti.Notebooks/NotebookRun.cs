namespace MLNetScinti.Notebooks;

/// <summary>How a run of a notebook ended.</summary>
/// <param name="CellsRun">The cells of code that ran, the failing one among them.</param>
/// <param name="Failure">Why it stopped, or null where it ran to the end.</param>
/// <param name="Interrupted">Whether it was stopped from outside.</param>
public sealed record NotebookRun(int CellsRun, CellFailure? Failure, bool Interrupted)
{
    /// <summary>Whether every cell ran.</summary>
    public bool Succeeded => Failure is null && !Interrupted;
}
