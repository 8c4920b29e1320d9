namespace MLNetScinti.Notebooks;

/// <summary>What a notebook's code can call without more ado. The names are those of .NET Interactive, so that the same notebook runs in both.</summary>
public sealed class NotebookHost
{
    internal NotebookHost()
    {
    }

#pragma warning disable IDE1006 // The name is .NET Interactive's.
    /// <summary>Shows a value under the cell.</summary>
    /// <param name="value">The value.</param>
    /// <param name="mimeTypes">The formats to show it in; none for the best one.</param>
    public DisplayedValue display(object? value, params string[] mimeTypes) => value.Display(mimeTypes);
#pragma warning restore IDE1006

    /// <summary>A text that is HTML already.</summary>
    public MarkupText HTML(string content) => new(content);
}
