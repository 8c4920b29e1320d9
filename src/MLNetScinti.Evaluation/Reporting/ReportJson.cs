using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace MLNetScinti.Evaluation.Reporting;

/// <summary>
/// How records become JSON and a schema of it: keys in camel case in the order of the properties, numbers that read back to the same
/// bits, what is null left out. The schema comes from the same records, with what their attributes say.
/// </summary>
internal static class ReportJson
{
    private static readonly JsonSerializerOptions s_options = new(JsonSerializerDefaults.General)
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        WriteIndented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        RespectNullableAnnotations = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
        TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
    };

    /// <summary>A record as JSON text, with a line's end at its end.</summary>
    public static string Text<T>(T document) => JsonSerializer.Serialize(document, s_options) + "\n";

    /// <summary>The schema of a record (JSON Schema 2020-12), with a line's end at its end.</summary>
    public static string Schema<T>(string title, string description)
    {
        SortedDictionary<string, JsonNode> definitions = new(StringComparer.Ordinal);
        Dictionary<Type, JsonObject> seen = [];
        JsonNode root = s_options.GetJsonSchemaAsNode(typeof(T), new()
        {
            TreatNullObliviousAsNonNullable = true,
            TransformSchemaNode = (context, node) => Transform(context, node, definitions, seen),
        });
        JsonObject schema = new() { ["$schema"] = "https://json-schema.org/draft/2020-12/schema", ["title"] = title, ["description"] = description };
        foreach ((string key, JsonNode? value) in root.AsObject().ToArray())
        {
            schema[key] = value?.DeepClone();
        }

        schema["$defs"] = new JsonObject(definitions.Select(pair => KeyValuePair.Create<string, JsonNode?>(pair.Key, pair.Value)));
        return schema.ToJsonString(s_options) + "\n";
    }

    private static JsonNode Transform(JsonSchemaExporterContext context, JsonNode node, SortedDictionary<string, JsonNode> definitions, Dictionary<Type, JsonObject> seen)
    {
        if (node is not JsonObject schema)
        {
            return node;
        }

        Type type = context.TypeInfo.Type;
        if (schema.ContainsKey("$ref"))
        {
            // The exporter points at where it met the type first, which is no longer there: what became of it is said again.
            schema = (JsonObject)seen[type].DeepClone();
        }
        else
        {
            if (type == typeof(int))
            {
                schema["minimum"] = 0;
            }

            if (schema["properties"] is not null)
            {
                schema["additionalProperties"] = false;
            }

            if (type.GetCustomAttribute<EitherAttribute>() is { } either)
            {
                schema["oneOf"] = new JsonArray([.. either.Keys.Select(key => new JsonObject { ["required"] = new JsonArray(key) })]);
            }

            // What is null is left out, but for one.
            if (schema["type"] is JsonArray types && context.PropertyInfo?.AttributeProvider?.GetCustomAttributes(typeof(JsonIgnoreAttribute), inherit: false) is not [JsonIgnoreAttribute { Condition: JsonIgnoreCondition.Never }])
            {
                schema["type"] = types.Select(one => one!.GetValue<string>()).First(one => one != "null");
            }

            // A record is described once. The document itself and the branches of a choice stay where they are.
            if (type.Name.EndsWith("Part", StringComparison.Ordinal))
            {
                string name = char.ToLowerInvariant(type.Name[0]) + type.Name[1..^"Part".Length];
                definitions[name] = schema.DeepClone();
                schema = new JsonObject { ["$ref"] = $"#/$defs/{name}" };
            }

            seen[type] = (JsonObject)schema.DeepClone();
        }

        if (context.PropertyInfo?.AttributeProvider is { } property)
        {
            Describe(schema, property);
        }

        return schema;
    }

    private static void Describe(JsonObject schema, ICustomAttributeProvider property)
    {
        foreach (object attribute in property.GetCustomAttributes(inherit: false))
        {
            switch (attribute)
            {
                case DescriptionAttribute description:
                    schema.Insert(0, "description", description.Description);
                    break;
                case RangeAttribute range:
                    schema["minimum"] = Convert.ToDouble(range.Minimum, System.Globalization.CultureInfo.InvariantCulture);
                    schema["maximum"] = Convert.ToDouble(range.Maximum, System.Globalization.CultureInfo.InvariantCulture);
                    break;
                case AllowedValuesAttribute { Values: [var only] }:
                    schema["const"] = JsonSerializer.SerializeToNode(only, s_options);
                    break;
            }
        }
    }
}

/// <summary>Exactly one of these keys is there.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class EitherAttribute(params string[] keys) : Attribute
{
    public IReadOnlyList<string> Keys { get; } = keys;
}

/// <summary>A figure: its value, or why there is none.</summary>
[Either("value", "undefined")]
internal sealed record FigurePart
{
    public double? Value { get; init; }

    [Description("Why there is no value.")]
    public string? Undefined { get; init; }

    [Description("What has to be said with the figure, such as that the model is not trained.")]
    public string? Mark { get; init; }

    public IntervalPart? Interval { get; init; }

    public IReadOnlyList<IntervalPart>? FurtherIntervals { get; init; }

    [Description("Cases behind the figure.")]
    public required int Cases { get; init; }

    [Description("Patients behind the figure.")]
    public required int Patients { get; init; }

    public static FigurePart Of(Metric metric) => new()
    {
        Value = metric.TryGetValue(out double value) ? value : null,
        Undefined = metric.UndefinedReason,
        Mark = metric.Mark.Length > 0 ? metric.Mark : null,
        Interval = IntervalPart.Of(metric.Interval),
        FurtherIntervals = metric.FurtherIntervals.Count > 0 ? [.. metric.FurtherIntervals.Select(one => IntervalPart.Of(one)!)] : null,
        Cases = metric.Cases,
        Patients = metric.Patients,
    };

    /// <summary>Figures by their keys, in their order.</summary>
    public static IReadOnlyDictionary<string, FigurePart> Of(IEnumerable<MetricEntry> entries) =>
        new OrderedDictionary<string, FigurePart>(entries.Select(entry => KeyValuePair.Create(entry.Key, Of(entry.Metric))), StringComparer.Ordinal);
}

internal sealed record IntervalPart
{
    public required double Lower { get; init; }

    public required double Upper { get; init; }

    public required string Method { get; init; }

    [Range(0d, 1d)]
    public required double Level { get; init; }

    public static IntervalPart? Of(ConfidenceInterval? interval) => interval is null ? null
        : new() { Lower = interval.Lower, Upper = interval.Upper, Method = interval.Method, Level = interval.Level };
}

internal sealed record ModelPart
{
    public required string Name { get; init; }

    public required string Network { get; init; }

    public required long Parameters { get; init; }

    public required string TrainingData { get; init; }

    public required string IntendedUse { get; init; }

    public required string Source { get; init; }

    public required IReadOnlyList<string> Limits { get; init; }

    public required IReadOnlyDictionary<string, string> Settings { get; init; }

    /// <summary>Where it departs from its source, or decides what that leaves open.</summary>
    public IReadOnlyList<DecisionPart> Decisions { get; init; } = [];

    public static ModelPart Of(ModelCard card) => new()
    {
        Name = card.Name,
        Network = card.Network,
        Parameters = card.Parameters,
        TrainingData = card.TrainingData,
        IntendedUse = card.IntendedUse,
        Source = card.Source,
        Limits = card.Limits,
        Settings = Texts(card.Settings),
        Decisions = [.. card.Decisions.Select(decision => new DecisionPart { Subject = decision.Subject, Paper = decision.Paper, Here = decision.Here })],
    };

    /// <summary>Names and values in their order; of a name that is there twice the last.</summary>
    public static IReadOnlyDictionary<string, string> Texts(IEnumerable<KeyValuePair<string, string>> pairs)
    {
        OrderedDictionary<string, string> texts = new(StringComparer.Ordinal);
        foreach ((string name, string value) in pairs)
        {
            texts[name] = value;
        }

        return texts;
    }
}

internal sealed record DecisionPart
{
    public required string Subject { get; init; }

    public required string Paper { get; init; }

    public required string Here { get; init; }
}

internal sealed record DataPart
{
    public required DataOrigin Origin { get; init; }

    public required string Description { get; init; }

    public required int Offered { get; init; }

    public required int Read { get; init; }

    public required IReadOnlyList<SkippedPart> Skipped { get; init; }

    [Description("What was found in inputs that were read all the same; absent where nothing was.")]
    public IReadOnlyList<WarningPart>? Warnings { get; init; }

    public required IReadOnlyList<SplitPart> Splits { get; init; }

    [Description("What became of the files, step by step; absent where that was not counted.")]
    public IReadOnlyList<FlowStepPart>? Flow { get; init; }

    [Description("Who and what the sets consist of; absent where nothing is known.")]
    public IReadOnlyList<CohortRowPart>? Cohort { get; init; }

    public required IReadOnlyDictionary<string, string> Facts { get; init; }

    public static DataPart Of(DataCard data) => new()
    {
        Origin = data.Origin,
        Description = data.Description,
        Offered = data.Offered,
        Read = data.Read,
        Skipped = [.. data.Skipped.Select(one => new SkippedPart { Name = one.Name, Reason = one.Reason })],
        Warnings = data.Warnings.Count == 0 ? null : [.. data.Warnings.Select(one => new WarningPart { Warning = one.Warning, Inputs = one.Inputs })],
        Splits = [.. data.Splits.Select(one => new SplitPart
        {
            Name = one.Name,
            Patients = one.Patients,
            Cases = one.Cases,
            Classes = new OrderedDictionary<string, int>(one.Classes.Select(own => KeyValuePair.Create(own.Name, own.Cases)), StringComparer.Ordinal),
        })],
        Flow = data.Flow.Count == 0 ? null : [.. data.Flow.Select(FlowStepPart.Of)],
        Cohort = data.Cohort is { } cohort ? CohortRowPart.AllOf(cohort) : null,
        Facts = ModelPart.Texts(data.Facts),
    };
}

internal sealed record SkippedPart
{
    [Description("A name that identifies no patient.")]
    public required string Name { get; init; }

    public required string Reason { get; init; }
}

internal sealed record WarningPart
{
    public required string Warning { get; init; }

    public required int Inputs { get; init; }
}

internal sealed record SplitPart
{
    public required string Name { get; init; }

    public required int Patients { get; init; }

    public required int Cases { get; init; }

    [Description("Cases by the name of their class.")]
    public required IReadOnlyDictionary<string, int> Classes { get; init; }
}

internal sealed record ReproducePart
{
    public required string Command { get; init; }

    public required long Seed { get; init; }

    public required IReadOnlyDictionary<string, string> Versions { get; init; }

    public required IReadOnlyDictionary<string, string> Hashes { get; init; }

    public static ReproducePart Of(RunRecord run) => new()
    {
        Command = run.Command,
        Seed = run.Seed,
        Versions = ModelPart.Texts(run.Versions.OrderBy(pair => pair.Key, StringComparer.Ordinal)),
        Hashes = ModelPart.Texts(run.Hashes.OrderBy(pair => pair.Key, StringComparer.Ordinal)),
    };
}

internal sealed record RunPart
{
    [Description("Year to second, UTC.")]
    public string? Started { get; init; }

    public required string Hardware { get; init; }

    public int? Threads { get; init; }

    public required IReadOnlyList<DurationPart> Durations { get; init; }

    [Description("Finished runs of the same model in the folders beside this one's, the oldest first; absent where there are none.")]
    public IReadOnlyList<EarlierRunPart>? Earlier { get; init; }

    public static RunPart Of(RunRecord run) => new()
    {
        Started = run.Started?.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture),
        Hardware = run.Hardware,
        Threads = run.Threads,
        Durations = [.. run.Durations.Select(stage => new DurationPart { Stage = stage.Stage, Seconds = stage.Duration.TotalSeconds })],
        Earlier = run.Earlier.Count == 0 ? null : [.. run.Earlier.Select(EarlierRunPart.Of)],
    };
}

internal sealed record DurationPart
{
    public required string Stage { get; init; }

    public required double Seconds { get; init; }
}

/// <summary>Numbers that JSON can say.</summary>
internal static class Finite
{
    public static double? Of(double? value) => value is { } number && double.IsFinite(number) ? number : null;
}
