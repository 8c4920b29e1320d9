using System.Text;
using System.Text.RegularExpressions;

namespace MLNetScinti.Notebooks;

/// <summary>
/// What a cell asks of its kernel besides running code: references (<c>#r</c>) and magic commands that change the language
/// (<c>#!markdown</c>). They are taken out of the code; its lines keep their numbers.
/// </summary>
internal sealed partial class CellDirectives
{
    private CellDirectives(IReadOnlyList<CellPart> parts) => Parts = parts;

    /// <summary>The parts of the cell, in order.</summary>
    public IReadOnlyList<CellPart> Parts { get; }

    /// <exception cref="CellException">A directive is not known or not complete.</exception>
    public static CellDirectives Parse(string source)
    {
        List<CellPart> parts = [];
        CellPart part = new("csharp");
        int number = 0;
        foreach (string line in source.ReplaceLineEndings("\n").Split('\n'))
        {
            number++;
            string trimmed = line.TrimStart();
            if (trimmed.StartsWith("#!", StringComparison.Ordinal))
            {
                parts.Add(part);
                part = new(Language(trimmed, number));
                // Lines before the part are empty, so that an error's line is that of the cell.
                part.Code.Append('\n', number);
            }
            else if (part.Language == "csharp" && Reference(trimmed, number) is { } reference)
            {
                part.References.Add((reference, number));
                part.Code.Append('\n');
            }
            else if (part.Language == "csharp" && PackageSource().IsMatch(trimmed))
            {
                part.Code.Append('\n');
            }
            else
            {
                part.Code.Append(line).Append('\n');
            }
        }

        parts.Add(part);
        return new(parts);
    }

    private static string Language(string line, int number) => line.Split(' ', '\t')[0] switch
    {
        "#!csharp" or "#!c#" or "#!cs" => "csharp",
        "#!markdown" or "#!md" => "markdown",
        "#!html" => "html",
        string other => throw new CellException(number, "MagicCommand", $"the magic command {other} is not known here; this runner knows #!csharp, #!markdown and #!html."),
    };

    private static string? Reference(string line, int number)
    {
        if (!line.StartsWith("#r", StringComparison.Ordinal) || (line.Length > 2 && !char.IsWhiteSpace(line[2]) && line[2] != '"'))
        {
            return null;
        }

        Match quoted = Quoted().Match(line);
        return quoted.Success
            ? quoted.Groups["what"].Value
            : throw new CellException(number, "Reference", $"expected #r \"nuget: package\" or #r \"path of an assembly\", found {line.TrimEnd()}.");
    }

    [GeneratedRegex("""^#r\s*"(?<what>[^"]+)"\s*;?\s*(//.*)?$""", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Quoted();

    [GeneratedRegex("""^#i\s*"nuget:""", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex PackageSource();
}

/// <summary>A stretch of a cell in one language.</summary>
/// <param name="Language">"csharp", "markdown" or "html".</param>
internal sealed record CellPart(string Language)
{
    /// <summary>The text, after as many empty lines as stand before it in the cell.</summary>
    public StringBuilder Code { get; } = new();

    /// <summary>The references that it asks for, with their lines.</summary>
    public List<(string What, int Line)> References { get; } = [];
}

/// <summary>Something in a cell that is not C#'s to report: a reference or a magic command.</summary>
internal sealed class CellException(int line, string kind, string message) : Exception(message)
{
    /// <summary>The line of the cell, from 1.</summary>
    public int Line { get; } = line;

    /// <summary>What was wrong with it, in a word.</summary>
    public string Kind { get; } = kind;
}
