using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace MLNetScinti.Evaluation.Tests;

/// <summary>Checks JSON against a schema, as far as the keywords go that this repository's schemas use; others are refused.</summary>
internal static class JsonSchema
{
    private static readonly HashSet<string> s_known = new(StringComparer.Ordinal)
    {
        "$schema", "$defs", "$ref", "title", "description", "type", "const", "enum", "minimum", "maximum",
        "properties", "required", "additionalProperties", "items", "oneOf",
    };

    /// <summary>What is wrong, with the path to it; empty where nothing is.</summary>
    public static IReadOnlyList<string> Violations(string schema, string json)
    {
        JsonObject root = JsonNode.Parse(schema)!.AsObject();
        List<string> found = [];
        Check(root, root, JsonNode.Parse(json), "$", found);
        return found;
    }

    private static void Check(JsonObject root, JsonNode schema, JsonNode? value, string path, List<string> found)
    {
        if (schema is JsonValue always)
        {
            if (!(bool)always)
            {
                found.Add($"{path}: not allowed");
            }

            return;
        }

        JsonObject rule = schema.AsObject();
        foreach (string unknown in rule.Select(pair => pair.Key).Where(key => !s_known.Contains(key)))
        {
            throw new NotSupportedException($"Keyword {unknown} at {path}.");
        }

        if (rule["$ref"] is { } reference)
        {
            string name = ((string)reference!)["#/$defs/".Length..];
            Check(root, root["$defs"]![name]!, value, path, found);
        }

        CheckValue(rule, value, path, found);
        if (rule["oneOf"] is JsonArray choices)
        {
            int matching = choices.Count(choice =>
            {
                List<string> inside = [];
                Check(root, choice!, value, path, inside);
                return inside.Count == 0;
            });
            if (matching != 1)
            {
                found.Add($"{path}: matches {matching} of the alternatives");
            }
        }

        if (value is JsonObject members)
        {
            CheckMembers(root, rule, members, path, found);
        }

        if (value is JsonArray items && rule["items"] is { } each)
        {
            for (int i = 0; i < items.Count; i++)
            {
                Check(root, each, items[i], $"{path}[{i}]", found);
            }
        }
    }

    private static void CheckMembers(JsonObject root, JsonObject rule, JsonObject members, string path, List<string> found)
    {
        foreach (JsonNode? required in rule["required"]?.AsArray() ?? [])
        {
            if (!members.ContainsKey((string)required!))
            {
                found.Add($"{path}: {required} is missing");
            }
        }

        foreach ((string key, JsonNode? member) in members)
        {
            JsonNode? inner = rule["properties"]?[key] ?? rule["additionalProperties"];
            if (inner is not null)
            {
                Check(root, inner, member, $"{path}.{key}", found);
            }
        }
    }

    private static void CheckValue(JsonObject rule, JsonNode? value, string path, List<string> found)
    {
        if (rule["type"] is { } types)
        {
            string[] allowed = types is JsonArray several ? [.. several.Select(type => (string)type!)] : [(string)types!];
            if (!allowed.Any(type => Is(type, value)))
            {
                found.Add($"{path}: expected {string.Join(" or ", allowed)}, found {value?.ToJsonString() ?? "null"}");
                return;
            }
        }

        if (rule["const"] is { } fixedTo && !JsonNode.DeepEquals(fixedTo, value))
        {
            found.Add($"{path}: expected {fixedTo.ToJsonString()}");
        }

        if (rule["enum"] is JsonArray choices && !choices.Any(choice => JsonNode.DeepEquals(choice, value)))
        {
            found.Add($"{path}: {value?.ToJsonString()} is none of {choices.ToJsonString()}");
        }

        if (value?.GetValueKind() == JsonValueKind.Number)
        {
            double number = double.Parse(value.ToJsonString(), CultureInfo.InvariantCulture);
            if ((rule["minimum"] is { } least && number < (double)least) || (rule["maximum"] is { } most && number > (double)most))
            {
                found.Add($"{path}: {number} is out of range");
            }
        }
    }

    private static bool Is(string type, JsonNode? value) => (type, value?.GetValueKind() ?? JsonValueKind.Null) switch
    {
        ("object", JsonValueKind.Object) or ("array", JsonValueKind.Array) or ("string", JsonValueKind.String)
            or ("number", JsonValueKind.Number) or ("null", JsonValueKind.Null)
            or ("boolean", JsonValueKind.True or JsonValueKind.False) => true,
        ("integer", JsonValueKind.Number) => double.Parse(value!.ToJsonString(), CultureInfo.InvariantCulture) is var number && number == Math.Floor(number),
        _ => false,
    };
}
