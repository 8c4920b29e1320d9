using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using MLNetScinti.Evaluation.Statistics;

namespace MLNetScinti.Evaluation.Reporting;

/// <summary>
/// The report as JSON: stable order of keys, numbers that read back to the same bits, an undefined figure as
/// <c>{"undefined": reason}</c>. Whatever may differ between two runs of one seed is under the one key "run". The form is
/// stated in Schemas/metrics.schema.json.
/// </summary>
public static class MetricsJson
{
    /// <summary>The name and version of the form.</summary>
    public const string Format = "mlnetscinti.metrics/1";

    /// <summary>The JSON schema of the form.</summary>
    public static string Schema => JsonParts.Schema("metrics.schema.json");

    /// <summary>The report as JSON text.</summary>
    public static string Text(EvaluationReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        return JsonParts.Object(json =>
        {
            json.WriteString("format", Format);
            json.WriteString("title", report.Title);
            json.WriteBoolean("researchUseOnly", true);
            JsonParts.Model(json, report.Model);
            JsonParts.Data(json, report.Data);
            Evaluation(json, report.Evaluation);
            Comparison(json, report.Comparison);
            ExplanationJson.Write(json, report.Explanation);
            JsonParts.History(json, report.History);
            JsonParts.Reproduce(json, report.Run);
            JsonParts.Run(json, report.Run);
        });
    }

    /// <summary>Writes the report's JSON; the file appears whole or not at all.</summary>
    public static void Write(EvaluationReport report, string path) => AtomicFile.Write(path, Text(report));

    /// <summary>The text without what may differ between two runs of one seed: equal for equal results.</summary>
    /// <exception cref="JsonException">The text is no JSON object.</exception>
    public static string WithoutRun(string text)
    {
        JsonObject json = JsonNode.Parse(text) as JsonObject ?? throw new JsonException("A metrics file holds one JSON object.");
        json.Remove("run");
        return json.ToJsonString(new JsonSerializerOptions { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
    }

    private static void Evaluation(Utf8JsonWriter json, BinaryEvaluation evaluation)
    {
        json.WriteStartObject("evaluation");
        json.WriteString("model", evaluation.Model);
        json.WriteNumber("level", evaluation.Options.Level);
        JsonParts.Set(json, "test", evaluation.Test);
        if (evaluation.Validation is { } validation)
        {
            JsonParts.Set(json, "validation", validation);
        }

        JsonParts.Point(json, "operatingPoint", evaluation.OperatingPoint);
        if (evaluation.PaperProtocol is { } paper)
        {
            JsonParts.Point(json, "paperProtocol", paper);
        }

        JsonParts.Entries(json, "ranking", evaluation.Ranking);
        if (evaluation.Calibration is { } calibration)
        {
            json.WriteStartObject("temperatureScaling");
            json.WriteNumber("temperature", calibration.Scaling.Temperature);
            if (calibration.TemperatureInterval is { } interval)
            {
                json.WritePropertyName("interval");
                JsonParts.Interval(json, interval);
            }

            json.WriteBoolean("atLimit", calibration.Scaling.IsAtLimit);
            json.WriteNumber("fittedOnCases", calibration.FittedOnCases);
            json.WriteNumber("fittedOnPatients", calibration.FittedOnPatients);
            json.WriteNumber("validationLogLossBefore", calibration.Scaling.LossBefore);
            json.WriteNumber("validationLogLossAfter", calibration.Scaling.LossAfter);
            JsonParts.Entries(json, "testAfter", calibration.After);
            Reliability(json, calibration.Reliability);
            json.WriteEndObject();
        }

        JsonParts.Entries(json, "mlnet", evaluation.Stock.Metrics);
        Subgroups(json, evaluation.Subgroups);
        Curves(json, evaluation);
        Cases(json, evaluation);
        json.WriteEndObject();
    }

    private static void Curves(Utf8JsonWriter json, BinaryEvaluation evaluation)
    {
        json.WriteStartArray("roc");
        foreach (RocPoint point in evaluation.Roc?.Points ?? [])
        {
            json.WriteStartObject();

            // The first point calls nothing abnormal: its threshold is infinite, which JSON cannot say.
            if (double.IsFinite(point.Threshold))
            {
                json.WriteNumber("threshold", (float)point.Threshold);
            }
            else
            {
                json.WriteNull("threshold");
            }

            json.WriteNumber("truePositives", point.TruePositives);
            json.WriteNumber("falsePositives", point.FalsePositives);
            json.WriteNumber("sensitivity", point.Sensitivity);
            json.WriteNumber("specificity", point.Specificity);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("precisionRecall");
        foreach (PrecisionRecallPoint point in evaluation.PrecisionRecall?.Points ?? [])
        {
            json.WriteStartObject();
            json.WriteNumber("threshold", (float)point.Threshold);
            json.WriteNumber("precision", point.Precision);
            json.WriteNumber("recall", point.Recall);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        Reliability(json, evaluation.Reliability);
    }

    private static void Reliability(Utf8JsonWriter json, IReadOnlyList<ReliabilityBin> bins)
    {
        json.WriteStartArray("reliability");
        foreach (ReliabilityBin bin in bins)
        {
            json.WriteStartObject();
            json.WriteNumber("lower", bin.Lower);
            json.WriteNumber("upper", bin.Upper);
            json.WriteNumber("cases", bin.Cases);
            json.WriteNumber("abnormal", bin.Positives);
            if (bin.Cases > 0)
            {
                json.WriteNumber("meanProbability", bin.MeanProbability);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Cases(Utf8JsonWriter json, BinaryEvaluation evaluation)
    {
        json.WriteStartArray("cases");
        foreach (ScoredCase one in evaluation.Test.Cases)
        {
            json.WriteStartObject();
            json.WriteString("case", one.CaseId);
            json.WriteString("patient", one.PatientId);
            json.WriteBoolean("abnormal", one.Label);
            json.WriteNumber("score", one.Score);
            json.WriteNumber("probability", one.Probability);
            json.WriteBoolean("calledAbnormal", evaluation.OperatingPoint.Threshold.IsAbnormal(one.Probability));
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Subgroups(Utf8JsonWriter json, IReadOnlyList<Subgroup> groups)
    {
        json.WriteStartArray("subgroups");
        foreach (Subgroup group in groups)
        {
            json.WriteStartObject();
            json.WriteString("grouping", group.Grouping);
            json.WriteString("name", group.Name);
            json.WriteNumber("cases", group.Cases);
            json.WriteNumber("patients", group.Patients);
            json.WriteNumber("abnormal", group.Abnormal);
            JsonParts.Entries(json, "metrics", [new("sensitivity", "", "", group.Sensitivity), new("specificity", "", "", group.Specificity), new("areaUnderRoc", "", "", group.AreaUnderRoc)]);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Comparison(Utf8JsonWriter json, ModelComparison? comparison)
    {
        if (comparison is null)
        {
            return;
        }

        json.WriteStartObject("comparison");
        json.WriteString("verdict", comparison.Verdict);
        json.WriteString("verdictByPatient", comparison.VerdictByPatient);
        json.WriteStartArray("models");
        foreach (BinaryEvaluation model in comparison.Models)
        {
            json.WriteStartObject();
            json.WriteString("model", model.Model);
            JsonParts.Point(json, "operatingPoint", model.OperatingPoint);
            JsonParts.Entries(json, "ranking", model.Ranking);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        JsonParts.ModelPairs(json, comparison);
        json.WriteEndObject();
    }
}
