using System.Text.Json;
using Json.Schema;

namespace MLNetScinti.Evaluation.Tests;

/// <summary>Documents against schemas, by a validator that is not ours.</summary>
internal static class SchemaChecks
{
    private static readonly Json.Schema.EvaluationOptions s_options = new() { OutputFormat = OutputFormat.List, RequireFormatValidation = true };

    /// <summary>What is wrong with a document, a line each; nothing where it keeps to its schema.</summary>
    public static string[] Violations(string schema, string document)
    {
        using JsonDocument json = JsonDocument.Parse(document);
        EvaluationResults results = JsonSchema.FromText(schema).Evaluate(json.RootElement, s_options);
        return results.IsValid ? [] : [.. (results.Details ?? []).SelectMany(one => (one.Errors ?? new Dictionary<string, string>(StringComparer.Ordinal)).Select(error => $"{one.InstanceLocation}: {error.Value}"))];
    }
}
