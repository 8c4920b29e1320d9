using System.Text.RegularExpressions;

namespace MLNetScinti.Dicom;

/// <summary>
/// What a warning is about, whatever it says of the one image: how often each occurs in a folder says what the folder is like. No
/// number of a file is in it, so nothing that tells one patient from another.
/// </summary>
public static partial class WarningKind
{
    /// <summary>The kind of a warning: its sentence with its numbers left open.</summary>
    public static string Of(string warning) => Numbers().Replace(warning, match => match.Value[0] == '(' ? match.Value : "#");

    /// <summary>The kinds of some warnings, each once, in the order in which they come.</summary>
    public static IReadOnlyList<string> Of(IEnumerable<string> warnings) => [.. warnings.Select(Of).Distinct(StringComparer.Ordinal)];

    // Attributes keep their numbers, "(0054,1001)", and so do radionuclides, "Tc-99m"; everything else that was measured goes.
    [GeneratedRegex(@"\([0-9A-Fa-f]{4},[0-9A-Fa-f]{4}\)|(?<![0-9A-Za-z.]|[A-Za-z]-)-?[0-9]+(?:[.,][0-9]+)*(?:[eE][+-]?[0-9]+)?(?![0-9A-Za-z])", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Numbers();
}
