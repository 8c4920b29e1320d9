using System.Security.Cryptography;
using System.Text.Json;
using MLNetScinti.Pipelines.Definitions;

namespace MLNetScinti.Pipelines.Runs;

/// <summary>Tells whether a run's folder holds what a definition would make, so that it need not be made again.</summary>
internal static class FinishedRun
{
    /// <summary>
    /// Whether the folder's metrics.json names this definition and these labels, and model.onnx is the one it was written
    /// about. Anything else, a damaged file among it, is answered with no: the run is then done.
    /// </summary>
    /// <param name="folder">The run's folder.</param>
    /// <param name="definition">The definition in force.</param>
    /// <param name="labels">The hash of the labels table, as <see cref="HashOf"/> gives it.</param>
    public static bool IsThere(string folder, PipelineDefinition definition, string? labels)
    {
        string metrics = Path.Combine(folder, "metrics.json"), model = Path.Combine(folder, "model.onnx");
        if (!File.Exists(metrics) || !File.Exists(model) || File.Exists(Path.Combine(folder, PipelineRunner.CheckpointName)))
        {
            return false;
        }

        try
        {
            using FileStream stream = File.OpenRead(metrics);
            using JsonDocument document = JsonDocument.Parse(stream);
            JsonElement hashes = document.RootElement.GetProperty("reproduce").GetProperty("hashes");
            bool Is(string name, string? expected) => hashes.TryGetProperty(name, out JsonElement found) && found.GetString() == expected;
            return Is("definition", definition.Hash()) && Is("labels", labels) && Is("model.onnx", HashOf(model));
        }
        catch (Exception problem) when (problem is JsonException or KeyNotFoundException or InvalidOperationException or IOException)
        {
            return false;
        }
    }

    /// <summary>A file's SHA-256 in lower-case hexadecimal, or null where there is no such file.</summary>
    public static string? HashOf(string file)
    {
        if (!File.Exists(file))
        {
            return null;
        }

        using FileStream stream = File.OpenRead(file);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }
}
