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

/// <summary>Shows values from a notebook's code, under the names that .NET Interactive gives it.</summary>
public static class DisplayExtensions
{
    /// <summary>Shows a value under the cell that runs.</summary>
    /// <param name="value">The value.</param>
    /// <param name="mimeTypes">The formats to show it in; none for the best one.</param>
    /// <exception cref="InvalidOperationException">No notebook is running.</exception>
    public static DisplayedValue Display(this object? value, params string[] mimeTypes)
    {
        ArgumentNullException.ThrowIfNull(mimeTypes);
        CellOutputs outputs = CellConsole.Current ?? throw new InvalidOperationException("Values are displayed while a notebook runs; none does.");
        return new DisplayedValue(outputs, mimeTypes.Length == 0
            ? outputs.Show(ValueFormatting.Bundle(value))
            : mimeTypes.Select(mimeType => outputs.Show(ValueFormatting.As(value, mimeType))).Last());
    }

    /// <summary>Shows a value, or a text that is in the format already.</summary>
    /// <param name="value">The value.</param>
    /// <param name="mimeType">The format, such as text/html.</param>
    /// <exception cref="ArgumentException">The value has no such form.</exception>
    public static DisplayedValue DisplayAs(this object? value, string mimeType) => value.Display(mimeType);
}

/// <summary>HTML that is shown as it is.</summary>
/// <param name="Html">The HTML.</param>
public sealed record MarkupText(string Html)
{
    /// <inheritdoc/>
    public override string ToString() => Html;
}
