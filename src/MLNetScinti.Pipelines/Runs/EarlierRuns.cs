using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using MLNetScinti.Evaluation.Reporting;
using MLNetScinti.Imaging;

namespace MLNetScinti.Pipelines.Runs;

/// <summary>Finished runs of the same model in the folders beside a run's own: what a trend is made of.</summary>
internal static class EarlierRuns
{
    /// <summary>Runs that are told of at most, the last ones.</summary>
    public const int Most = 12;

    private const long LargestFile = 64L << 20;

    /// <summary>The runs that lie beside a folder and began before a run, the oldest first. A file that is no report of such a run is passed over.</summary>
    /// <param name="folder">The folder of the run.</param>
    /// <param name="report">What it found.</param>
    public static IReadOnlyList<EarlierRun> Beside(string folder, EvaluationReport report)
    {
        string own = Path.GetFullPath(folder).TrimEnd(Path.DirectorySeparatorChar);
        if (Path.GetDirectoryName(own) is not { } parent)
        {
            return [];
        }

        List<EarlierRun> runs = [];
        try
        {
            foreach (string other in Directory.EnumerateDirectories(parent).Where(other => Path.GetFullPath(other) != own))
            {
                string file = Path.Combine(other, RunOutcome.MetricsName);
                if (new FileInfo(file) is { Exists: true, Length: <= LargestFile } && Read(file, Path.GetFileName(other), report) is { } run)
                {
                    runs.Add(run);
                }
            }
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            // Whoever may not look beside the run's folder has no trend; the run is whole without.
        }

        return [.. runs.OrderBy(run => run.Started).ThenBy(run => run.Name, StringComparer.Ordinal).TakeLast(Most)];
    }

    private static EarlierRun? Read(string file, string name, EvaluationReport report)
    {
        try
        {
            JsonNode? root = JsonNode.Parse(InputFile.ReadAllText(file));
            if (root?["evaluation"] is not { } evaluation || (string?)root["format"] != MetricsJson.Format || (string?)root["model"]?["name"] != report.Model.Name)
            {
                return null;
            }

            DateTimeOffset? started = DateTimeOffset.TryParse((string?)root["run"]?["started"], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset at) ? at : null;
            if (started >= report.Run.Started)
            {
                return null;
            }

            Dictionary<string, EarlierFigure> figures = new(StringComparer.Ordinal);
            int cases = 0, patients = 0;
            // Figures of two classes lie in two places, those of other tasks in one.
            JsonObject?[] places = [evaluation["metrics"]?.AsObject(), evaluation["ranking"]?.AsObject(), evaluation["operatingPoint"]?["metrics"]?.AsObject()];
            foreach ((string key, JsonNode? figure) in places.OfType<JsonObject>().SelectMany(place => place))
            {
                if (!report.Evaluation.Figures.Any(entry => entry.Key == key))
                {
                    continue;
                }

                if ((double?)figure?["value"] is { } value)
                {
                    figures[key] = new EarlierFigure(value, (double?)figure!["interval"]?["lower"], (double?)figure["interval"]?["upper"]);
                }

                (cases, patients) = (Math.Max(cases, (int?)figure?["cases"] ?? 0), Math.Max(patients, (int?)figure?["patients"] ?? 0));
            }

            // A name that a folder was given may be anybody's; it is a word of the one who runs.
            return figures.Count == 0 ? null : new EarlierRun(PlainText.Short(name, 60), started, figures, cases, patients, (string?)root["reproduce"]?["hashes"]?["cases"] == report.Run.Hashes.GetValueOrDefault("cases"));
        }
        catch (Exception problem) when (problem is JsonException or InvalidOperationException or FormatException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
