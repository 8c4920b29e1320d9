using System.CommandLine;
using System.Globalization;
using MLNetScinti.Evaluation.Html;
using MLNetScinti.Evaluation.Reporting;
using MLNetScinti.Imaging;
using MLNetScinti.Jobs.Auditing;
using MLNetScinti.Jobs.Registry;
using MLNetScinti.Pipelines.Audits;
using MLNetScinti.Pipelines.Definitions;
using MLNetScinti.Pipelines.Runs;
using MLNetScinti.Systems;

namespace MLNetScinti.Cli;

/// <summary><c>scinti audit</c>: what in a pipeline's figures is not skill; and the log of who put which model in use.</summary>
internal static class AuditCommand
{
    public static Command Create() => new("audit", "Looks for what makes a pipeline's figures look better than it is; and looks through the log of a registry of models.")
    {
        Audit(AuditKinds.Leakage, "Trains with patients split, with images split after copying, and with copies tested, and says what the latter two pretend."),
        Audit(AuditKinds.Shortcut, "Asks whether the class goes with how images were taken: with what files say of the acquisition, or with noise alone."),
        Audit(AuditKinds.AugmentationSignature, "Asks whether copies of training cases can be told from images, and the class by that."),
        Audit(AuditKinds.MissingView, "Asks how much of the class the mere fact gives away that a view is missing or mirrored."),
        Verify(),
        List(),
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
            return report.Data.Skipped.Any(one => one.IsLoss) ? ExitCode.SomeLeftOut : ExitCode.Done;
        }));
        return command;
    }

    private static Command Verify()
    {
        Option<string> registry = ModelCommand.Registry();
        Option<string?> head = new("--head") { Description = "A head of the log that was written down earlier, NUMBER:HASH as this command prints it: tells whether everything up to it is as it was, even if the registry was replaced as a whole." };
        Command command = new("verify", "Looks through the audit log of a registry for the first entry that was changed, removed or inserted.") { registry, head };
        command.SetAction(parsed => Guarded.Run(_ =>
        {
            ModelRegistry models = ModelCommand.Open(parsed.GetRequiredValue(registry));
            AuditHead? known = parsed.GetValue(head) is not { } text ? null : AuditHead.Parse(text) ?? throw new RegistryException($"--head: expected NUMBER:HASH as 'scinti audit verify' prints it, found '{PlainText.Short(text)}'.");
            AuditVerdict verdict = models.VerifyLog(known);
            if (verdict.Fault is { } fault)
            {
                Terminal.Error($"scinti: {models.LogFile}: {fault.Sentence}.");
                return ExitCode.Tampered;
            }

            Terminal.Line(string.Create(CultureInfo.InvariantCulture, $"{models.LogFile}: {verdict.Head.Entries} entries, none changed, removed or inserted{(known is null ? "" : $"; entry {known.Entries} is the one that was written down")}."));
            Terminal.Line($"Head: {verdict.Head} (kept elsewhere, 'scinti audit verify --head' tells later whether all of this is still as it is)");
            return ExitCode.Done;
        }));
        return command;
    }

    private static Command List()
    {
        Option<string> registry = ModelCommand.Registry();
        Option<string?> model = new("--model") { Description = "Of one model." };
        Option<int> last = new("--last") { Description = "Only so many entries, the last ones.", DefaultValueFactory = _ => 50 };
        last.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() < 1)
            {
                result.AddError("--last: expected a number from 1 on");
            }
        });
        Command command = new("list", "Shows the audit log of a registry: who did what, when and why.") { registry, model, last };
        command.SetAction(parsed => Guarded.Run(_ =>
        {
            string? wanted = parsed.GetValue(model);
            foreach (AuditEntry entry in ModelCommand.Open(parsed.GetRequiredValue(registry)).Log().Where(entry => wanted is null || entry.Act.Model == wanted).TakeLast(parsed.GetValue(last)))
            {
                Terminal.Line(string.Create(CultureInfo.InvariantCulture, $"{entry.Entry,6}  {entry.At:yyyy-MM-dd HH:mm:ss} UTC  {entry.Act.Who,-12} {entry.Act.What,-10} {entry.Act.Model}{(entry.Act.Subject.Length > 0 ? ":" : "")}{entry.Act.Subject}  {entry.Act.Why}"));
            }

            return ExitCode.Done;
        }));
        return command;
    }

    private static AuditReport Trained(PipelineDefinition definition, RunSettings settings, ConsoleObserver observer, CancellationToken cancel)
    {
        LeakageAudit audit = new(definition, settings, observer);
        return audit.Report(audit.Run(cancel));
    }
}
