using System.CommandLine;
using MLNetScinti.Evaluation.Html;
using MLNetScinti.Evaluation.Reporting;
using MLNetScinti.Pipelines.Audits;
using MLNetScinti.Pipelines.Definitions;
using MLNetScinti.Pipelines.Runs;
using MLNetScinti.Systems;

namespace MLNetScinti.Cli;

/// <summary><c>scinti audit</c>: what in a pipeline's figures is not skill.</summary>
internal static class AuditCommand
{
    public static Command Create() => new("audit", "Looks for what makes a pipeline's figures look better than it is.")
    {
        Audit(AuditKinds.Leakage, "Trains with patients split, with images split after copying, and with copies tested, and says what the latter two pretend."),
        Audit(AuditKinds.Shortcut, "Asks whether the class goes with how images were taken: with what files say of the acquisition, or with noise alone."),
        Audit(AuditKinds.AugmentationSignature, "Asks whether copies of training cases can be told from images, and the class by that."),
        Audit(AuditKinds.MissingView, "Asks how much of the class the mere fact gives away that a view is missing or mirrored."),
    };

    private static Command Audit(AuditKinds kind, string description)
    {
        string word = PipelineAudits.WordsOf(kind)[0];
        Argument<string> file = new("pipeline") { Description = "The YAML file of a pipeline." };
        Option<string?> preset = new("--preset") { Description = "A preset that the file names, such as quick." };
        Option<string[]> set = RunCommand.Set();
        Option<string?> output = new("--output") { Description = $"Another folder than audit-{word} in the file's output." };
        Option<bool> control = new("--control") { Description = "Asks a control in seconds instead of training the pipeline three times." };
        Option<int> threads = RunCommand.Threads();
        Command command = new(word, description) { file, preset, set, output, threads };
        if (kind == AuditKinds.Leakage)
        {
            command.Add(control);
        }

        command.SetAction(parsed => Guarded.Run(cancel =>
        {
            PipelineDefinition definition = PipelineReader.Read(parsed.GetRequiredValue(file), ShippedSystems.All, parsed.GetValue(preset), parsed.GetValue(set));
            string folder = parsed.GetValue(output) ?? Path.Combine(definition.Output, $"audit-{word}");
            bool trains = kind == AuditKinds.Leakage && !parsed.GetValue(control);
            Guarded.UseThreads(parsed.GetValue(threads));
            using ConsoleObserver observer = new();
            RunSettings settings = new()
            {
                Command = $"scinti audit {word} {parsed.GetRequiredValue(file)}{(parsed.GetValue(preset) is { } name ? $" --preset {name}" : "")}{RunCommand.Words(parsed.GetValue(set))}{(kind == AuditKinds.Leakage && !trains ? " --control" : "")}",
                Output = folder,
                Threads = parsed.GetValue(threads),
            };
            AuditReport report = trains ? Trained(definition, settings, observer, cancel) : PipelineAudits.Run(kind, definition, settings, observer, cancel);
            observer.End();
            Directory.CreateDirectory(folder);
            string json = Path.Combine(folder, "audit.json"), page = Path.Combine(folder, "audit.html");
            AuditJson.Write(report, json);
            AuditHtml.Write(report, page);
            Terminal.Line();
            foreach (string sentence in report.Findings.SelectMany(finding => finding.Sentences))
            {
                Terminal.Line((trains && definition.Evaluation.Smoke ? $"[{EvaluationDefinition.NotTrained}] " : "") + sentence);
            }

            Terminal.Line($"Report:  {Path.GetFullPath(page)}");
            Terminal.Line($"Audit:   {Path.GetFullPath(json)}");
            return report.Data.Skipped.Count > 0 ? ExitCode.SomeLeftOut : ExitCode.Done;
        }));
        return command;
    }

    private static AuditReport Trained(PipelineDefinition definition, RunSettings settings, ConsoleObserver observer, CancellationToken cancel)
    {
        LeakageAudit audit = new(definition, settings, observer);
        return audit.Report(audit.Run(cancel));
    }
}
