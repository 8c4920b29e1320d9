using System.ComponentModel;
using System.Globalization;
using Microsoft.CodeAnalysis.Scripting;

namespace MLNetScinti.Notebooks;

/// <summary>Gives variables of the cell of parameters other values.</summary>
internal static class NotebookParameters
{
    /// <exception cref="NotebookException">There is no such variable, or the text is no value of its type.</exception>
    public static void Apply(ScriptSession session, IReadOnlyDictionary<string, string> parameters, CellOutputs outputs)
    {
        foreach ((string name, string text) in parameters.OrderBy(parameter => parameter.Key, StringComparer.Ordinal))
        {
            ScriptVariable variable = session.Variables.LastOrDefault(there => there.Name == name)
                ?? throw new NotebookException($"There is no parameter '{name}'; there are {string.Join(", ", session.Variables.Select(there => there.Name))}.");
            variable.Value = Convert(name, text, variable.Type);
            // The notebook says what it was run with.
            outputs.Print("stdout", $"{name} = {text} (set for this run)\n");
        }
    }

    private static object Convert(string name, string text, Type type)
    {
        try
        {
            return type == typeof(string) ? text : TypeDescriptor.GetConverter(type).ConvertFromInvariantString(text)!;
        }
        catch (Exception problem) when (problem is ArgumentException or FormatException or NotSupportedException)
        {
            throw new NotebookException(string.Create(CultureInfo.InvariantCulture, $"Parameter '{name}': expected a value of {type.Name}, found '{text}'."), problem);
        }
    }
}
