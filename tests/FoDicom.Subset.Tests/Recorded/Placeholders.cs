using System.Text.RegularExpressions;

namespace FoDicom.Subset.Tests.Recorded;

/// <summary>What varies from run to run stands in recorded texts as <c>&lt;path&gt;</c> and the like, and matches anything.</summary>
internal static partial class Placeholders
{
    public static bool Matches(string recorded, string actual)
    {
        if (string.Equals(recorded, actual, StringComparison.Ordinal))
        {
            return true;
        }

        // What follows an error code of ONNX Runtime is in the words of one version of it.
        int code = recorded.IndexOf("[ErrorCode:", StringComparison.Ordinal);
        if (code >= 0)
        {
            return actual.StartsWith(recorded[..(recorded.IndexOf(']', code) + 1)], StringComparison.Ordinal);
        }

        if (!Known().IsMatch(recorded))
        {
            return false;
        }

        string pattern = string.Join(".*", Known().Split(recorded).Select(Regex.Escape));
        return Regex.IsMatch(actual, $@"\A{pattern}\z", RegexOptions.Singleline, TimeSpan.FromSeconds(5));
    }

    [GeneratedRegex("<path>|<elapsed>|<stack trace>|<native stack trace>", RegexOptions.None, 1000)]
    private static partial Regex Known();
}
