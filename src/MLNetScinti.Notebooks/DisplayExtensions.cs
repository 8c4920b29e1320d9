namespace MLNetScinti.Notebooks;

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
