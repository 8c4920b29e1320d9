namespace MLNetScinti.Notebooks;

/// <summary>HTML that is shown as it is.</summary>
/// <param name="Html">The HTML.</param>
public sealed record MarkupText(string Html)
{
    /// <inheritdoc/>
    public override string ToString() => Html;
}
