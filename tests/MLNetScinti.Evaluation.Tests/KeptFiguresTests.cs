using System.Text.Json.Nodes;
using MLNetScinti.Evaluation.Reporting;
using MLNetScinti.Testing;
using Xunit;

namespace MLNetScinti.Evaluation.Tests;

/// <summary>
/// What is written may not change by the way: figures on given scores (Fixtures/figures.json), and the
/// schemas that programs rely on. Which of a figure's intervals comes first may change; that each is still there may not.
/// </summary>
public sealed class KeptFiguresTests
{
    [Fact]
    public void Figures_on_given_scores_are_those_that_were_kept()
    {
        JsonObject kept = JsonNode.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Fixtures", "figures.json")))!.AsObject();
        List<string> differences = [];
        int compared = Compare("", kept["evaluation"]!, JsonNode.Parse(MetricsJson.Text(SampleReport.Make()))!["evaluation"], differences)
            + Compare("", kept["pairs"]!, JsonNode.Parse(ComparisonJson.Text(SampleComparison.Make()))!["pairs"], differences);
        Assert.True(differences.Count == 0, string.Join('\n', differences));
        Assert.InRange(compared, 900, 10_000);
    }

    [Theory]
    [InlineData("metrics")]
    [InlineData("comparison")]
    [InlineData("trainings")]
    [InlineData("task-comparison")]
    [InlineData("audit")]
    [InlineData("worklist")]
    [InlineData("explanation")]
    public void Schemas_are_those_that_were_kept(string name)
    {
        string schema = name switch
        {
            "metrics" => MetricsJson.Schema,
            "trainings" => TrainingsJson.Schema,
            "task-comparison" => TaskComparisonJson.Schema,
            "audit" => AuditJson.Schema,
            "worklist" => WorkListJson.Schema,
            "explanation" => ExplanationJson.Schema,
            _ => ComparisonJson.Schema,
        };
        string path = Path.Combine(TestData.Repository, "src", "MLNetScinti.Evaluation", "Schemas", $"{name}.schema.json");
        string kept = File.ReadAllText(path);
        if (schema != kept)
        {
            string found = Path.Combine(AppContext.BaseDirectory, $"{name}.schema.json");
            File.WriteAllText(found, schema);
            Assert.Fail($"The records behind {name}.json changed. If programs that read it may break, raise the version of its form; then take {found} as {path}.");
        }
    }

    /// <summary>Texts and whole numbers are the same; others agree to the order of additions and another processor's logarithm.</summary>
    private static int Compare(string path, JsonNode kept, JsonNode? found, List<string> differences)
    {
        switch (kept, found)
        {
            case (JsonObject a, JsonObject b) when a.ContainsKey("interval") && a.ContainsKey("value"):
                return a.Where(pair => pair.Key is not ("interval" or "furtherIntervals")).Sum(pair => Compare($"{path}/{pair.Key}", pair.Value!, b[pair.Key], differences)) + Intervals(a).Sum(one => Found(one, Intervals(b)));
            case (JsonObject a, JsonObject b):
                return a.Sum(pair => Compare($"{path}/{pair.Key}", pair.Value!, b[pair.Key], differences));
            case (JsonArray a, JsonArray b) when a.Count == b.Count:
                return a.Select((one, i) => Compare($"{path}[{i}]", one!, b[i], differences)).Sum();
            case (JsonValue a, JsonValue b) when a.TryGetValue(out double x) && b.TryGetValue(out double y) && Math.Abs(x - y) <= 1e-12 * Math.Max(1, Math.Abs(x)):
            case (JsonValue, JsonValue) when kept.ToJsonString() == found.ToJsonString():
                return 1;
            default:
                differences.Add($"{path}: {found?.ToJsonString() ?? "missing"}, kept {kept.ToJsonString()}");
                return 1;
        }

        int Found(JsonNode interval, IEnumerable<JsonNode> among)
        {
            foreach (JsonNode one in among)
            {
                List<string> apart = [];
                int compared = Compare($"{path}/interval", interval, one, apart);
                if (apart.Count == 0)
                {
                    return compared;
                }
            }

            differences.Add($"{path}: no interval {interval.ToJsonString()}");
            return 1;
        }

        static IEnumerable<JsonNode> Intervals(JsonObject figure) =>
            (figure["furtherIntervals"]?.AsArray() ?? []).Append(figure["interval"]).OfType<JsonNode>();
    }
}
