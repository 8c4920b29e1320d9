using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using MLNetScinti.Dicom;
using MLNetScinti.Imaging;
using MLNetScinti.Jobs.Auditing;
using MLNetScinti.Jobs.Plans;
using MLNetScinti.Jobs.Registry;
using MLNetScinti.Jobs.Retraining;
using MLNetScinti.Pipelines;
using MLNetScinti.Pipelines.Definitions;
using MLNetScinti.Pipelines.Runs;
using MLNetScinti.Systems;

namespace MLNetScinti.Cli;

/// <summary><c>scinti retrain FILE</c>: trains on the data as they are now, and has a change plan decide whether the new model takes the place of the one in use.</summary>
internal static class RetrainCommand
{
    private const string LastFile = "last-retraining.txt", AddedFile = "added.txt", SnapshotFile = "snapshot.json", ReportFile = "retraining.md";

    public static Command Create()
    {
        Argument<string> file = new("pipeline") { Description = "The YAML file that describes the pipeline; its studies lie in a folder." };
        Option<string> plan = new("--plan") { Description = "The YAML file of the change plan.", Required = true };
        Option<string> test = new("--test") { Description = "The folder of the locked test set, of which no patient is trained on.", Required = true };
        Option<string?> labels = new("--test-labels") { Description = "Its table of what is true; without it, labels.csv in the folder." };
        Option<string?> positive = new("--positive") { Description = "The label that counts as positive; without it, the second of two classes." };
        Option<string?> facts = new("--facts") { Description = "A table with CaseId or PatientID and the columns that make the plan's groups." };
        Option<bool> fromChampion = new("--from-champion") { Description = "Begin with the weights of the model in use (fine-tuning)." };
        Option<string?> preset = new("--preset") { Description = "A preset that the file names." };
        Option<string[]> set = RunCommand.Set();
        Option<string?> output = new("--output") { Description = "The folder to write; without it, the definition's with -retraining behind it." };
        Option<int> threads = RunCommand.Threads();
        Option<string> registry = ModelCommand.Registry();
        Command command = new("retrain", "Trains anew on the data as they are now, adds the model to the registry, and has a change plan decide on the locked test set whether it takes the place of the one in use.")
        {
            file, plan, test, labels, positive, facts, fromChampion, preset, set, output, threads, registry,
        };
        command.SetAction(parsed => Guarded.Run(cancel =>
        {
            ChangePlan rules = ChangePlan.Read(parsed.GetRequiredValue(plan));
            if (PlanPower.Lint(rules) is [var problem, ..])
            {
                Terminal.Error($"scinti: {parsed.GetRequiredValue(plan)}: {problem}");
                return ExitCode.NotLetThrough;
            }

            ModelRegistry models = ModelCommand.Open(parsed.GetRequiredValue(registry));
            ModelVersion? champion = InUse(models, rules.Model);
            string[] settings = parsed.GetValue(set) ?? [];
            string begin = "";
            if (parsed.GetValue(fromChampion))
            {
                ModelVersion start = champion ?? throw new RegistryException($"{models.Folder}: --from-champion: no version of {rules.Model} is in use to begin with.");
                begin = start.Digest;
            }

            PipelineDefinition definition = PipelineReader.Read(parsed.GetRequiredValue(file), ShippedSystems.All, parsed.GetValue(preset), settings);
            if (definition.Data.Simulation is not null)
            {
                throw new DefinitionException($"{definition.Source}: data.simulation: a simulated cohort never changes, so there is nothing to retrain on: give a folder of studies.");
            }

            DataSnapshot now = DataSnapshot.Take(definition.Data.Folder, definition.Data.Labels, PseudonymKey.ForThisUser, cancel);
            string folder = parsed.GetValue(output) ?? definition.Output + "-retraining";
            string id = Id(now, definition, rules, begin), own = Path.Combine(folder, id), last = Path.Combine(folder, LastFile);
            string lastId = File.Exists(last) ? InputFile.ReadAllText(last).Trim() : "";
            DataSnapshot? before = lastId.Length > 0 ? DataSnapshot.Read(Path.Combine(folder, lastId, SnapshotFile)) : null;
            SnapshotChange change = now.Since(before);
            Terminal.Line($"Data: {now.Files.Count} files; {change.Words} since the last retraining.");
            if (lastId == id)
            {
                Terminal.Line("Neither data nor definition nor plan changed since the last retraining: nothing is trained, and the test set is not looked at.");
                return ExitCode.Done;
            }

            Directory.CreateDirectory(own);
            now.Write(Path.Combine(own, SnapshotFile));
            if (begin.Length > 0)
            {
                definition = PipelineReader.Read(parsed.GetRequiredValue(file), ShippedSystems.All, parsed.GetValue(preset), [.. settings, $"training.start-from={Exported(models, champion!, own)}"]);
            }

            int trained = ExitCode.Done;
            string added = Path.Combine(own, AddedFile);
            ModelVersion? challenger = File.Exists(added) ? models.List(rules.Model).FirstOrDefault(version => version.Digest == InputFile.ReadAllText(added).Trim()) : null;
            if (challenger is null)
            {
                trained = RunCommand.Run(definition, new RunSettings { Command = $"scinti retrain {parsed.GetRequiredValue(file)}", Output = Path.Combine(own, "model"), Threads = parsed.GetValue(threads) }, cancel);
                challenger = models.Add(Path.Combine(own, "model"), rules.Model, $"retrained: {change.Words}; data {now.Hash[..12]}").Version;
                AtomicFile.Write(added, challenger.Digest + "\n");
            }

            Terminal.Line($"{challenger.Reference} ({challenger.Digest[..19]}) is what was trained.");

            RetrainingReport report = new(rules, now, change, champion, challenger, "", null, RetrainingResult.First, "no model is in use yet to compare it with: look at its report, and put it in use with 'scinti model promote'.");
            if (champion is not null)
            {
                string table = parsed.GetValue(labels) ?? Path.Combine(parsed.GetRequiredValue(test), "labels.csv");
                report = challenger.Digest == champion.Digest
                    ? report with { Result = RetrainingResult.Kept, Reason = "what was trained is this very model." }
                    : Judged(report, models, own, new(parsed.GetRequiredValue(test), null, table, null, parsed.GetValue(threads)), parsed.GetValue(positive), parsed.GetValue(facts), cancel);
            }

            string hash = report.Write(Path.Combine(own, ReportFile));
            models.Record(new AuditAct("retrain", "", PlainText.Short(report.Words, 400), rules.Model)
            {
                Subject = challenger.Version,
                From = champion?.Digest ?? "",
                To = challenger.Digest,
                Hashes = new SortedDictionary<string, string>(StringComparer.Ordinal) { ["data"] = now.Hash, ["plan"] = rules.Hash, ["retraining"] = hash },
            });
            AtomicFile.Write(last, id + "\n");
            Terminal.Line(report.Words);
            Terminal.Line($"Report:  {Path.GetFullPath(Path.Combine(own, ReportFile))}");
            return report.Result == RetrainingResult.Kept ? ExitCode.NotLetThrough : trained;
        }));
        return command;
    }

    private static RetrainingReport Judged(RetrainingReport report, ModelRegistry models, string own, ScoreCommand.Request request, string? positive, string? facts, CancellationToken cancel)
    {
        // Both today, on the same files, by the same program.
        string[] tables = [.. new[] { (Name: "champion", Model: Exported(models, report.Champion!, own)), (Name: "challenger", Model: Path.Combine(own, "model")) }.Select(one =>
        {
            using ModelBundle bundle = ModelBundle.Load(one.Model);
            string scores = Path.Combine(own, $"{one.Name}.csv");
            Terminal.Line($"Scoring the locked test set with the {one.Name} ...");
            int code = ScoreCommand.Score(bundle, ShippedSystems.Of(bundle.Card), request with { File = scores, Figures = false }, cancel);
            positive ??= bundle.Card.Classes is [_, var second] ? second
                : throw new DefinitionException($"--positive: expected which of the labels counts as positive: {string.Join(", ", bundle.Card.Classes)}.");
            return code is ExitCode.Done or ExitCode.SomeLeftOut or ExitCode.Refused ? scores : throw new NoStudyException($"{request.Folder}: the locked test set cannot be scored with the {one.Name}.");
        })];
        LockedTestSet locked = LockedTestSet.Read(tables[0], tables[1], positive!, facts);
        if (locked.LookBefore(models, report.Plan, report.Challenger) is { } look)
        {
            // This retraining was killed behind its look: what was found stands, and costs no other one.
            Terminal.Line($"The test set was looked at for this model before: {look.Why}");
            if (look.Passes && report.Plan.Promotes && InUse(models, report.Plan.Model)?.Digest != report.Challenger.Digest)
            {
                PlanCommand.PutInUse(models, report.Plan, locked, report.Challenger, "let through by its change plan at a look before");
            }

            return report with { TestSet = locked.Hash, Result = Result(look.Passes), Reason = look.Why };
        }

        GateDecision decision = PlanCommand.Decide(models, report.Plan, locked, report.Challenger);
        string reason = decision.Passes ? string.Create(CultureInfo.InvariantCulture, $"all {decision.Findings.Count} conditions of its change plan are met.") : string.Join(" ", decision.Reasons);
        return report with { TestSet = locked.Hash, Decision = decision, Result = Result(decision.Passes), Reason = reason };

        RetrainingResult Result(bool passes) => !passes ? RetrainingResult.Kept : report.Plan.Promotes ? RetrainingResult.Promoted : RetrainingResult.Proposed;
    }

    private static ModelVersion? InUse(ModelRegistry models, string name) =>
        File.Exists(Path.Combine(models.Folder, "index.json")) ? models.List(name).FirstOrDefault(version => version.Stage == ModelReference.Champion) : null;

    private static string Exported(ModelRegistry models, ModelVersion version, string own)
    {
        string folder = Path.Combine(own, $"champion-{version.Version}");
        if (!File.Exists(Path.Combine(folder, ModelBundle.CardFile)))
        {
            _ = models.Export(version.Reference, folder);
        }

        return folder;
    }

    // The same data, definition and plan are the same retraining: killed, it goes on in the same folder.
    private static string Id(DataSnapshot data, PipelineDefinition definition, ChangePlan plan, string begin)
    {
        string parts = string.Join('\n', definition.Parts().OrderBy(part => part.Key, StringComparer.Ordinal).Select(part => $"{part.Key}={part.Value}"));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{data.Hash}\n{plan.Hash}\n{begin}\n{parts}")))[..16];
    }
}
