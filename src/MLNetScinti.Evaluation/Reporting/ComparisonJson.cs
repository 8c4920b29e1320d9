using System.Text.Json;

namespace MLNetScinti.Evaluation.Reporting;

/// <summary>
/// A comparison as JSON, in the manner of <see cref="MetricsJson"/>: whatever may differ between two runs of one seed is under the
/// one key "run". The form is stated in Schemas/comparison.schema.json.
/// </summary>
public static class ComparisonJson
{
    /// <summary>The name and version of the form.</summary>
    public const string Format = "mlnetscinti.comparison/1";

    /// <summary>The JSON schema of the form.</summary>
    public static string Schema => JsonParts.Schema("comparison.schema.json");

    /// <summary>The comparison as JSON text.</summary>
    public static string Text(ComparisonReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        return JsonParts.Object(json =>
        {
            json.WriteString("format", Format);
            json.WriteString("title", report.Title);
            json.WriteBoolean("researchUseOnly", true);
            json.WriteStartObject("verdict");
            json.WriteString("ranking", report.Comparison.Verdict);
            json.WriteString("byPatient", report.Comparison.VerdictByPatient);
            json.WriteString("caution", report.Comparison.Caution);
            json.WriteStartArray("baselines");
            foreach (string sentence in report.AgainstBaselines())
            {
                json.WriteStringValue(sentence);
            }

            json.WriteEndArray();
            json.WriteBoolean("anySupported", report.Comparison.Pairs.Any(pair => pair.IsSupported));
            json.WriteEndObject();
            json.WriteString("protocol", report.Protocol);
            JsonParts.Set(json, "test", report.Comparison.Models[0].Test);
            json.WriteNumber("level", report.Comparison.Level);
            json.WriteStartArray("models");
            foreach (ComparedModel model in report.Models)
            {
                json.WriteStartObject();
                Model(json, model);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            JsonParts.ModelPairs(json, report.Comparison);
            JsonParts.Data(json, report.Data);
            JsonParts.Reproduce(json, report.Run);
            JsonParts.Run(json, report.Run);
        });
    }

    /// <summary>Writes the comparison's JSON; the file appears whole or not at all.</summary>
    public static void Write(ComparisonReport report, string path) => AtomicFile.Write(path, Text(report));

    private static void Model(Utf8JsonWriter json, ComparedModel model)
    {
        BinaryEvaluation evaluation = model.Evaluation;
        json.WriteString("model", model.Name);
        json.WriteString("description", model.Description);
        json.WriteString("training", model.Training);
        json.WriteBoolean("baseline", model.IsBaseline);
        if (model.ReportLink is { } link)
        {
            json.WriteString("report", link);
        }

        JsonParts.Point(json, "operatingPoint", evaluation.OperatingPoint);
        if (evaluation.PaperProtocol is { } paper)
        {
            JsonParts.Point(json, "paperProtocol", paper);
        }

        JsonParts.Entries(json, "ranking", evaluation.Ranking);
        if (model.Published is { } published)
        {
            Published(json, published);
        }

        if (model.Card is { } card)
        {
            JsonParts.Model(json, card, "card");
        }

        if (model.Run is { } run)
        {
            JsonParts.Reproduce(json, run);
        }
    }

    private static void Published(Utf8JsonWriter json, PublishedResult published)
    {
        json.WriteStartObject("published");
        json.WriteString("source", published.Source);
        json.WriteString("name", published.Name);
        json.WriteString("protocol", JsonParts.Name(published.Protocol.ToString()));
        json.WriteBoolean("optimistic", published.Protocol == ThresholdProtocol.Paper);
        if (published.Counts is { } counts)
        {
            JsonParts.Confusion(json, counts);
            json.WriteBoolean("confusionIsPrinted", published.CountsArePrinted);
        }

        json.WriteStartObject("figures");
        foreach ((string key, double value) in published.Figures.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            json.WriteNumber(key, value);
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }
}
