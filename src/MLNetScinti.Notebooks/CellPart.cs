using System.Text;

namespace MLNetScinti.Notebooks;

/// <summary>A stretch of a cell in one language.</summary>
/// <param name="Language">"csharp", "markdown" or "html".</param>
internal sealed record CellPart(string Language)
{
    /// <summary>The text, after as many empty lines as stand before it in the cell.</summary>
    public StringBuilder Code { get; } = new();

    /// <summary>The references that it asks for, with their lines.</summary>
    public List<(string What, int Line)> References { get; } = [];
}
