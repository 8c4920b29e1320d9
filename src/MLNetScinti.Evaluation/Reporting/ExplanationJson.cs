using System.Text.Json;

namespace MLNetScinti.Evaluation.Reporting;

/// <summary>What the model looked at, as a part of metrics.json: the figures and which cases are pictured; the pictures are on the page.</summary>
internal static class ExplanationJson
{
    public static void Write(Utf8JsonWriter json, ExplanationSection? section)
    {
        if (section is null)
        {
            return;
        }

        json.WriteStartObject("explanation");
        json.WriteStartArray("methods");
        foreach (string method in section.Methods)
        {
            json.WriteStringValue(method);
        }

        json.WriteEndArray();
        json.WriteStartArray("agreements");
        foreach (ExplanationAgreement agreement in section.Agreements)
        {
            Agreement(json, agreement);
        }

        json.WriteEndArray();
        json.WriteStartArray("pictured");
        foreach (ExplainedCase one in section.Cases)
        {
            json.WriteStringValue(one.CaseId);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Agreement(Utf8JsonWriter json, ExplanationAgreement agreement)
    {
        void Figure(string name, Metric metric)
        {
            json.WritePropertyName(name);
            JsonParts.Figure(json, metric);
        }

        json.WriteStartObject();
        json.WriteString("name", agreement.Name);
        json.WriteNumber("toleranceMm", agreement.Tolerance);
        Figure("hitRate", agreement.HitRate);
        Figure("chance", agreement.Chance);
        Figure("p", agreement.P);
        json.WriteNumber("emptyMaps", agreement.Empty);
        json.WriteStartArray("byDefectVolume");
        foreach (PointedGroup group in agreement.Groups)
        {
            json.WriteStartObject();
            json.WriteString("name", group.Name);
            Figure("hitRate", group.HitRate);
            Figure("chance", group.Chance);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("cases");
        foreach (PointedCase one in agreement.Cases)
        {
            json.WriteStartObject();
            json.WriteString("case", one.CaseId);
            json.WriteBoolean("hit", one.Hit);
            json.WriteNumber("chance", Math.Round(one.Chance, 6));
            if (one.Distance is { } distance)
            {
                json.WriteNumber("distanceMm", Math.Round(distance, 3));
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
