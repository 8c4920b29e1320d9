using System.Reflection;
using System.Text.RegularExpressions;
using Xunit;
using Xunit.Abstractions;

namespace FoDicom.Subset.Tests.Recorded;

/// <summary>No recorded case is forgotten: each is asserted by a test, or stands with its reason in <c>{file}-not-offered.txt</c>.</summary>
public sealed class CoverageTests(ITestOutputHelper output)
{
    public static TheoryData<string> Files => [.. RecordedFile.Names];

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_recorded_case_is_asserted_or_listed_with_a_reason(string name)
    {
        RecordedFile file = RecordedFile.Of(name);
        HashSet<(string, string)> asserted = [.. Asserted(name)];
        List<(string Pattern, Regex Matches)> notOffered = [.. NotOffered(name)];
        HashSet<string> used = new(StringComparer.Ordinal);
        List<string> wrong = [];
        int count = 0;
        foreach ((string Section, string Name) one in file.Cases)
        {
            count++;
            string title = $"{one.Section}/{one.Name}";
            (string Pattern, Regex Matches) listed = notOffered.Find(entry => entry.Matches.IsMatch(title));
            if (listed.Pattern is not null)
            {
                used.Add(listed.Pattern);
            }

            if (asserted.Contains(one) == (listed.Pattern is not null))
            {
                wrong.Add(asserted.Contains(one) ? $"asserted and yet listed as not offered: {title}" : $"neither asserted nor listed: {title}");
            }
        }

        wrong.AddRange(notOffered.Where(entry => !used.Contains(entry.Pattern)).Select(entry => $"listed, but no such case: {entry.Pattern}"));
        string summary = $"{name}: {asserted.Count} of {count} recorded cases asserted";
        output.WriteLine(summary);
        Console.WriteLine(summary);
        Assert.True(wrong.Count == 0, string.Join(Environment.NewLine, wrong.Prepend(summary)));
    }

    private static IEnumerable<(string Section, string Name)> Asserted(string file) =>
        from type in typeof(CoverageTests).Assembly.GetTypes()
        where !type.ContainsGenericParameters
        from field in type.GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
        where field.FieldType == typeof(RecordedCases)
        let cases = (RecordedCases)field.GetValue(null)!
        where cases.File.Name == file
        from name in cases
        select (cases.Section, name);

    /// <summary>Lines of <c>section/case or pattern with * | reason</c>; empty lines and those that start with # are comments.</summary>
    private static IEnumerable<(string Pattern, Regex Matches)> NotOffered(string file)
    {
        foreach (string line in File.ReadLines(RecordedFile.PathOf($"{file}-not-offered.txt")))
        {
            if (line.Length == 0 || line[0] == '#')
            {
                continue;
            }

            int bar = line.LastIndexOf(" | ", StringComparison.Ordinal);
            Assert.True(bar > 0 && line.Length > bar + 3, $"{file}-not-offered.txt: '{line}' does not end in ' | reason'.");
            string pattern = line[..bar].Trim();
            yield return (pattern, new Regex($"^{Regex.Escape(pattern).Replace(@"\*", ".*", StringComparison.Ordinal)}$", RegexOptions.ExplicitCapture | RegexOptions.Singleline, TimeSpan.FromSeconds(1)));
        }
    }
}
