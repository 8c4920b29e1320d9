using System.Text;
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

    private static readonly JsonWriterOptions s_options = new() { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The JSON schema of the form.</summary>
    public static string Schema
    {
        get
        {
            using Stream stream = typeof(MetricsJson).Assembly.GetManifestResourceStream("metrics.schema.json")!;
            using StreamReader reader = new(stream);
            return reader.ReadToEnd();
        }
    }

    /// <summary>The report as JSON text.</summary>
    public static string Text(EvaluationReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        using MemoryStream stream = new();
        using (Utf8JsonWriter json = new(stream, s_options))
        {
            json.WriteStartObject();
            json.WriteString("format", Format);
            json.WriteString("title", report.Title);
            json.WriteBoolean("researchUseOnly", true);
            Model(json, report.Model);
            Data(json, report.Data);
            Evaluation(json, report.Evaluation);
            Comparison(json, report.Comparison);
            History(json, report.History);
            Reproduce(json, report.Run);
            Run(json, report.Run);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray()) + "\n";
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

    private static void Model(Utf8JsonWriter json, ModelCard model)
    {
        json.WriteStartObject("model");
        json.WriteString("name", model.Name);
        json.WriteString("network", model.Network);
        json.WriteNumber("parameters", model.Parameters);
        json.WriteString("trainingData", model.TrainingData);
        json.WriteString("intendedUse", model.IntendedUse);
        json.WriteString("source", model.Source);
        json.WriteStartArray("limits");
        foreach (string limit in model.Limits)
        {
            json.WriteStringValue(limit);
        }

        json.WriteEndArray();
        Pairs(json, "settings", model.Settings);
        json.WriteEndObject();
    }

    private static void Data(Utf8JsonWriter json, DataCard data)
    {
        json.WriteStartObject("data");
        json.WriteString("origin", Name(data.Origin.ToString()));
        json.WriteString("description", data.Description);
        json.WriteNumber("offered", data.Offered);
        json.WriteNumber("read", data.Read);
        json.WriteStartArray("skipped");
        foreach (SkippedInput skipped in data.Skipped)
        {
            json.WriteStartObject();
            json.WriteString("name", skipped.Name);
            json.WriteString("reason", skipped.Reason);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("splits");
        foreach (SplitCount split in data.Splits)
        {
            json.WriteStartObject();
            json.WriteString("name", split.Name);
            json.WriteNumber("patients", split.Patients);
            json.WriteNumber("cases", split.Cases);
            json.WriteNumber("abnormal", split.Abnormal);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        Pairs(json, "facts", data.Facts);
        json.WriteEndObject();
    }

    private static void Evaluation(Utf8JsonWriter json, BinaryEvaluation evaluation)
    {
        json.WriteStartObject("evaluation");
        json.WriteString("model", evaluation.Model);
        json.WriteNumber("level", evaluation.Options.Level);
        Set(json, "test", evaluation.Test);
        if (evaluation.Validation is { } validation)
        {
            Set(json, "validation", validation);
        }

        Point(json, "operatingPoint", evaluation.OperatingPoint);
        if (evaluation.PaperProtocol is { } paper)
        {
            Point(json, "paperProtocol", paper);
        }

        Entries(json, "ranking", evaluation.Ranking);
        Entries(json, "mlnet", evaluation.Stock.Metrics);
        Subgroups(json, evaluation.Subgroups);
        Curves(json, evaluation);
        Cases(json, evaluation);
        json.WriteEndObject();
    }

    private static void Set(Utf8JsonWriter json, string name, ScoreSet set)
    {
        json.WriteStartObject(name);
        json.WriteNumber("patients", set.PatientCount);
        json.WriteNumber("cases", set.Count);
        json.WriteNumber("abnormal", set.Positives);
        json.WriteNumber("normal", set.Negatives);
        json.WriteEndObject();
    }

    private static void Point(Utf8JsonWriter json, string name, OperatingPoint point)
    {
        json.WriteStartObject(name);
        json.WriteStartObject("threshold");
        json.WriteNumber("value", point.Threshold.Value);
        json.WriteString("protocol", Name(point.Threshold.Protocol.ToString()));
        json.WriteBoolean("optimistic", point.Threshold.IsOptimistic);
        json.WriteString("rule", point.Threshold.Rule);
        json.WriteNumber("fittedOnCases", point.Threshold.FittedOnCases);
        json.WriteNumber("fittedOnPatients", point.Threshold.FittedOnPatients);
        json.WriteEndObject();
        json.WriteStartObject("confusion");
        json.WriteNumber("truePositives", point.Counts.TruePositives);
        json.WriteNumber("falseNegatives", point.Counts.FalseNegatives);
        json.WriteNumber("falsePositives", point.Counts.FalsePositives);
        json.WriteNumber("trueNegatives", point.Counts.TrueNegatives);
        json.WriteEndObject();
        Entries(json, "metrics", point.Metrics);
        json.WriteEndObject();
    }

    private static void Entries(Utf8JsonWriter json, string name, IReadOnlyList<MetricEntry> entries)
    {
        json.WriteStartObject(name);
        foreach (MetricEntry entry in entries)
        {
            json.WritePropertyName(entry.Key);
            Figure(json, entry.Metric);
        }

        json.WriteEndObject();
    }

    private static void Figure(Utf8JsonWriter json, Metric metric)
    {
        json.WriteStartObject();
        if (metric.TryGetValue(out double value))
        {
            json.WriteNumber("value", value);
        }
        else
        {
            json.WriteString("undefined", metric.UndefinedReason);
        }

        if (metric.Interval is { } interval)
        {
            json.WritePropertyName("interval");
            Interval(json, interval);
        }

        if (metric.FurtherIntervals.Count > 0)
        {
            json.WriteStartArray("furtherIntervals");
            foreach (ConfidenceInterval further in metric.FurtherIntervals)
            {
                Interval(json, further);
            }

            json.WriteEndArray();
        }

        json.WriteNumber("cases", metric.Cases);
        json.WriteNumber("patients", metric.Patients);
        json.WriteEndObject();
    }

    private static void Interval(Utf8JsonWriter json, ConfidenceInterval interval)
    {
        json.WriteStartObject();
        json.WriteNumber("lower", interval.Lower);
        json.WriteNumber("upper", interval.Upper);
        json.WriteString("method", interval.Method);
        json.WriteNumber("level", interval.Level);
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
        json.WriteStartArray("reliability");
        foreach (ReliabilityBin bin in evaluation.Reliability)
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
            Entries(json, "metrics", [new("sensitivity", "", "", group.Sensitivity), new("specificity", "", "", group.Specificity), new("areaUnderRoc", "", "", group.AreaUnderRoc)]);
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
        json.WriteStartArray("models");
        foreach (BinaryEvaluation model in comparison.Models)
        {
            json.WriteStartObject();
            json.WriteString("model", model.Model);
            Point(json, "operatingPoint", model.OperatingPoint);
            Entries(json, "ranking", model.Ranking);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("pairs");
        foreach (ModelPair pair in comparison.Pairs)
        {
            json.WriteStartObject();
            json.WriteString("first", pair.First);
            json.WriteString("second", pair.Second);
            json.WriteNumber("difference", pair.Areas.Difference);
            json.WritePropertyName("interval");
            Interval(json, pair.Areas.Interval());
            Finite(json, "deLongP", pair.Areas.P);
            Finite(json, "holmP", pair.AdjustedP);
            Finite(json, "deLongByPatientP", pair.AreasByPatient.P);
            json.WriteNumber("mcNemarP", pair.Errors.ExactP);
            json.WriteNumber("onlyFirstCorrect", pair.Errors.OnlyFirstCorrect);
            json.WriteNumber("onlySecondCorrect", pair.Errors.OnlySecondCorrect);
            json.WriteBoolean("supported", pair.IsSupported);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void History(Utf8JsonWriter json, TrainingHistory? history)
    {
        if (history is null)
        {
            return;
        }

        json.WriteStartObject("history");
        if (history.BestEpoch is { } best)
        {
            json.WriteNumber("bestEpoch", best);
        }

        json.WriteStartArray("epochs");
        foreach (TrainingEpoch epoch in history.Epochs)
        {
            json.WriteStartObject();
            json.WriteNumber("epoch", epoch.Epoch);
            Finite(json, "trainingLoss", epoch.TrainingLoss);
            Finite(json, "validationLoss", epoch.ValidationLoss);
            Finite(json, "validationAccuracy", epoch.ValidationAccuracy);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Finite(Utf8JsonWriter json, string name, double? value)
    {
        if (value is { } number && double.IsFinite(number))
        {
            json.WriteNumber(name, number);
        }
    }

    private static void Reproduce(Utf8JsonWriter json, RunRecord run)
    {
        json.WriteStartObject("reproduce");
        json.WriteString("command", run.Command);
        json.WriteNumber("seed", run.Seed);
        Pairs(json, "versions", run.Versions.OrderBy(pair => pair.Key, StringComparer.Ordinal));
        Pairs(json, "hashes", run.Hashes.OrderBy(pair => pair.Key, StringComparer.Ordinal));
        json.WriteEndObject();
    }

    private static void Run(Utf8JsonWriter json, RunRecord run)
    {
        json.WriteStartObject("run");
        if (run.Started is { } started)
        {
            json.WriteString("started", started.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture));
        }

        json.WriteString("hardware", run.Hardware);
        if (run.Threads is { } threads)
        {
            json.WriteNumber("threads", threads);
        }

        json.WriteStartArray("durations");
        foreach (StageDuration stage in run.Durations)
        {
            json.WriteStartObject();
            json.WriteString("stage", stage.Stage);
            json.WriteNumber("seconds", stage.Duration.TotalSeconds);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Pairs(Utf8JsonWriter json, string name, IEnumerable<KeyValuePair<string, string>> pairs)
    {
        json.WriteStartObject(name);
        foreach ((string key, string value) in pairs)
        {
            json.WriteString(key, value);
        }

        json.WriteEndObject();
    }

    private static string Name(string name) => char.ToLowerInvariant(name[0]) + name[1..];
}
