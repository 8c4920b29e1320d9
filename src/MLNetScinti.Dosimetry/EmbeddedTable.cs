using System.Globalization;
using System.Reflection;

namespace MLNetScinti.Dosimetry;

/// <summary>The tables that come with this room: cells between tabs, lines that begin with # are for readers.</summary>
internal static class EmbeddedTable
{
    public static IReadOnlyList<string[]> Rows(string name) =>
        [.. Lines(name).Where(line => line.Length > 0 && line[0] != '#').Select(line => line.Split('\t'))];

    public static TextReader Open(string name) => new StreamReader(
        Assembly.GetExecutingAssembly().GetManifestResourceStream(name) ?? throw new FileNotFoundException($"This assembly holds no table '{name}'.", name));

    public static double Number(string text) => double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);

    private static List<string> Lines(string name)
    {
        using TextReader reader = Open(name);
        List<string> lines = [];
        while (reader.ReadLine() is { } line)
        {
            lines.Add(line);
        }

        return lines;
    }
}
