using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace MLNetScinti.Evaluation.Reporting;

/// <summary>The pieces that metrics.json and comparison.json share: the same thing is written the same way in both.</summary>
internal static class JsonParts
{
    private static readonly JsonWriterOptions s_options = new() { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>One JSON object as text, with a line's end at its end.</summary>
    public static string Object(Action<Utf8JsonWriter> content)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter json = new(stream, s_options))
        {
            json.WriteStartObject();
            content(json);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray()) + "\n";
    }

    /// <summary>A schema that is embedded in this assembly.</summary>
    public static string Schema(string name)
    {
        using Stream stream = typeof(JsonParts).Assembly.GetManifestResourceStream(name)!;
        using StreamReader reader = new(stream);
        return reader.ReadToEnd();
    }

    public static void Model(Utf8JsonWriter json, ModelCard model, string name = "model")
    {
        json.WriteStartObject(name);
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

    public static void Data(Utf8JsonWriter json, DataCard data)
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

    public static void Set(Utf8JsonWriter json, string name, ScoreSet set)
    {
        json.WriteStartObject(name);
        json.WriteNumber("patients", set.PatientCount);
        json.WriteNumber("cases", set.Count);
        json.WriteNumber("abnormal", set.Positives);
        json.WriteNumber("normal", set.Negatives);
        json.WriteEndObject();
    }

    public static void Point(Utf8JsonWriter json, string name, OperatingPoint point)
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
        Confusion(json, point.Counts);
        Entries(json, "metrics", point.Metrics);
        json.WriteEndObject();
    }

    public static void Confusion(Utf8JsonWriter json, ConfusionCounts counts)
    {
        json.WriteStartObject("confusion");
        json.WriteNumber("truePositives", counts.TruePositives);
        json.WriteNumber("falseNegatives", counts.FalseNegatives);
        json.WriteNumber("falsePositives", counts.FalsePositives);
        json.WriteNumber("trueNegatives", counts.TrueNegatives);
        json.WriteEndObject();
    }

    public static void Entries(Utf8JsonWriter json, string name, IReadOnlyList<MetricEntry> entries)
    {
        json.WriteStartObject(name);
        foreach (MetricEntry entry in entries)
        {
            json.WritePropertyName(entry.Key);
            Figure(json, entry.Metric);
        }

        json.WriteEndObject();
    }

    public static void Figure(Utf8JsonWriter json, Metric metric)
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

    public static void Interval(Utf8JsonWriter json, ConfidenceInterval interval)
    {
        json.WriteStartObject();
        json.WriteNumber("lower", interval.Lower);
        json.WriteNumber("upper", interval.Upper);
        json.WriteString("method", interval.Method);
        json.WriteNumber("level", interval.Level);
        json.WriteEndObject();
    }

    public static void Finite(Utf8JsonWriter json, string name, double? value)
    {
        if (value is { } number && double.IsFinite(number))
        {
            json.WriteNumber(name, number);
        }
    }

    public static void Reproduce(Utf8JsonWriter json, RunRecord run)
    {
        json.WriteStartObject("reproduce");
        json.WriteString("command", run.Command);
        json.WriteNumber("seed", run.Seed);
        Pairs(json, "versions", run.Versions.OrderBy(pair => pair.Key, StringComparer.Ordinal));
        Pairs(json, "hashes", run.Hashes.OrderBy(pair => pair.Key, StringComparer.Ordinal));
        json.WriteEndObject();
    }

    /// <summary>The paired tests of a comparison.</summary>
    public static void ModelPairs(Utf8JsonWriter json, ModelComparison comparison)
    {
        json.WriteStartArray("pairs");
        foreach (ModelPair pair in comparison.Pairs)
        {
            json.WriteStartObject();
            json.WriteString("first", pair.First);
            json.WriteString("second", pair.Second);
            json.WriteNumber("difference", pair.Areas.Difference);
            json.WritePropertyName("interval");
            Interval(json, pair.Areas.Interval(comparison.Level));
            json.WritePropertyName("intervalByPatient");
            Interval(json, pair.IntervalByPatient(comparison.Level));
            Finite(json, "deLongP", pair.Areas.P);
            Finite(json, "holmP", pair.AdjustedP);
            Finite(json, "deLongByPatientP", pair.AreasByPatient.P);
            Finite(json, "holmByPatientP", pair.AdjustedPByPatient);
            json.WriteNumber("mcNemarP", pair.Errors.ExactP);
            json.WriteNumber("onlyFirstCorrect", pair.Errors.OnlyFirstCorrect);
            json.WriteNumber("onlySecondCorrect", pair.Errors.OnlySecondCorrect);
            json.WriteBoolean("supported", pair.IsSupported);
            json.WriteBoolean("supportedByPatient", pair.IsSupportedByPatient);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    public static void Run(Utf8JsonWriter json, RunRecord run)
    {
        json.WriteStartObject("run");
        if (run.Started is { } started)
        {
            json.WriteString("started", started.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
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

    public static void Pairs(Utf8JsonWriter json, string name, IEnumerable<KeyValuePair<string, string>> pairs)
    {
        json.WriteStartObject(name);
        foreach ((string key, string value) in pairs)
        {
            json.WriteString(key, value);
        }

        json.WriteEndObject();
    }

    public static string Name(string name) => char.ToLowerInvariant(name[0]) + name[1..];

    public static void History(Utf8JsonWriter json, TrainingHistory? history)
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
}
