namespace MLNetScinti.Notebooks;

/// <summary>A cell that has just run.</summary>
/// <param name="Number">Its number, from 1.</param>
/// <param name="Total">How many cells of code there are.</param>
/// <param name="Title">The heading above it or, where there is none, its first line.</param>
/// <param name="Elapsed">How long it took.</param>
/// <param name="Failed">Whether it stopped the notebook.</param>
public sealed record CellProgress(int Number, int Total, string Title, TimeSpan Elapsed, bool Failed);
