using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using MLNetScinti.Imaging;
using MLNetScinti.Pipelines;
using MLNetScinti.Pipelines.Audits;
using MLNetScinti.Pipelines.Definitions;
using MLNetScinti.Pipelines.Runs;
using MLNetScinti.Systems;

namespace MLNetScinti.Cli;

/// <summary><c>scinti audit</c>: what in a pipeline's figures is not skill.</summary>
internal static class AuditCommand
{
    private static readonly JsonSerializerOptions s_json = new() { WriteIndented = true };

    public static Command Create() => new("audit", "Looks for what makes a pipeline's figures look better than it is.") { Leakage() };

    private static Command Leakage()
    {
        Argument<string> file = new("pipeline") { Description = "The YAML file of a pipeline that copies training cases (augmentation.copies)." };
        Option<string?> preset = new("--preset") { Description = "A preset that the file names, such as quick." };
        Option<string?> output = new("--output") { Description = "Another folder than audit-leakage in the file's output." };
        Option<int> threads = RunCommand.Threads();
        Command command = new("leakage", "Trains with patients split, with images split after copying, and with copies tested, and says what the latter two pretend.") { file, preset, output, threads };
        command.SetAction(parsed => Guarded.Run(cancel =>
        {
            PipelineDefinition definition = PipelineReader.Read(parsed.GetRequiredValue(file), ShippedSystems.All, parsed.GetValue(preset));
            string folder = parsed.GetValue(output) ?? Path.Combine(definition.Output, "audit-leakage");
            Guarded.UseThreads(parsed.GetValue(threads));
            using ConsoleObserver observer = new();
            RunSettings settings = new()
            {
                Command = $"scinti audit leakage {parsed.GetRequiredValue(file)}{(parsed.GetValue(preset) is { } name ? $" --preset {name}" : "")}",
                Output = folder,
                Threads = parsed.GetValue(threads),
            };
            LeakageVerdict verdict = new LeakageAudit(definition, settings, observer).Run(cancel);
            observer.End();
            string path = Path.Combine(folder, "audit.json");
            AtomicFile.Write(path, Json(verdict, definition.Evaluation.Smoke).ToJsonString(s_json) + "\n");
            Terminal.Line();
            foreach (string sentence in verdict.Sentences)
            {
                Terminal.Line((definition.Evaluation.Smoke ? $"[{EvaluationDefinition.NotTrained}] " : "") + sentence);
            }

            Terminal.Line($"Audit:   {Path.GetFullPath(path)}");
            return ExitCode.Done;
        }));
        return command;
    }

    private static JsonObject Json(LeakageVerdict verdict, bool smoke) => new()
    {
        ["audit"] = "leakage",
        ["trained"] = !smoke,
        ["found"] = verdict.IsFound,
        ["gain"] = verdict.Gain.Value,
        ["interval"] = Interval(verdict.Gain.Interval!),
        ["seenHalfTheTime"] = verdict.SeenHalfTheTime,
        ["verdict"] = new JsonArray([.. verdict.Sentences.Select(sentence => JsonValue.Create(sentence))]),
        ["protocols"] = new JsonArray([.. new[] { verdict.ByPatient, verdict.ByImage, verdict.WithCopies }.Select(one => new JsonObject
        {
            ["protocol"] = one.Protocol.Word(),
            ["rows"] = one.Rows,
            ["patients"] = one.Patients,
            ["right"] = one.Right.Value,
            ["byPatient"] = one.Right.Interval is { } interval ? Interval(interval) : null,
            ["asIfIndependent"] = Interval(one.AsIfIndependent),
        })]),
    };

    private static JsonObject Interval(Evaluation.ConfidenceInterval interval) => new() { ["lower"] = interval.Lower, ["upper"] = interval.Upper, ["level"] = interval.Level, ["method"] = interval.Method };
}
