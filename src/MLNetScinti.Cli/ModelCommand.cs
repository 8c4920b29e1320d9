using System.CommandLine;
using System.Globalization;
using System.Reflection;
using MLNetScinti.Imaging;
using MLNetScinti.Jobs.Registry;
using MLNetScinti.Pipelines;

namespace MLNetScinti.Cli;

/// <summary><c>scinti model</c>: which models there are, which one is in use, and who decided so.</summary>
internal static class ModelCommand
{
    /// <summary>The folder of the registry where nobody names one.</summary>
    public const string Variable = "SCINTI_REGISTRY";

    public static Command Create() => new("model", "Keeps models by version in a registry, and says which one is in use.")
    {
        List(), Show(), Add(), Promote(), Rollback(), Export(), ModelExchangeCommand.Push(), ModelExchangeCommand.Pull(), Verify(),
    };

    /// <summary>The option that names the registry.</summary>
    public static Option<string> Registry() => new("--registry")
    {
        Description = $"The registry's folder; without it, the one that {Variable} names, or artifacts/registry.",
        DefaultValueFactory = _ => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } folder ? folder : Path.Combine("artifacts", "registry"),
    };

    /// <summary>The registry of a folder, for the user of this process.</summary>
    public static ModelRegistry Open(string folder) =>
        new(folder, Program);

    /// <summary>This program with its version, for the log.</summary>
    public static string Program { get; } = $"scinti {Assembly.GetExecutingAssembly().GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown"}";

    private static Command List()
    {
        Argument<string?> model = new("model") { Description = "A model's name; without it, all.", Arity = ArgumentArity.ZeroOrOne };
        Option<string> registry = Registry();
        Command command = new("list", "Lists the versions of a model, or of all.") { model, registry };
        command.SetAction(parsed => Guarded.Run(_ =>
        {
            string? wanted = parsed.GetValue(model) is { } text ? ModelReference.Name(text) : null;
            IReadOnlyList<ModelVersion> versions = Open(parsed.GetRequiredValue(registry)).List(wanted);
            if (versions.Count == 0)
            {
                throw new RegistryException($"{parsed.GetRequiredValue(registry)}: there is no {(wanted is null ? "model yet" : $"model {wanted}")}: 'scinti model add' adds one.");
            }

            foreach (ModelVersion version in versions)
            {
                Terminal.Line(string.Create(CultureInfo.InvariantCulture,
                    $"{version.Reference,-32} {version.Stage,-10} {version.Added:yyyy-MM-dd HH:mm}  {Megabytes(version.Size),9}  {version.Digest[..19]}  {(version.Task.Length > 0 ? version.Task : "its card cannot be read: see 'scinti model verify'")}{(version.Simulated ? ", simulated patients" : "")}"));
            }

            return ExitCode.Done;
        }));
        return command;
    }

    private static Command Show()
    {
        Argument<string> reference = Reference("A model: NAME (the version in use), NAME:v3 or NAME:champion.");
        Option<string> registry = Registry();
        Command command = new("show", "Says what a version is, which files it has, and what was decided about it.") { reference, registry };
        command.SetAction(parsed => Guarded.Run(_ =>
        {
            ModelRegistry models = Open(parsed.GetRequiredValue(registry));
            ModelVersion version = models.Find(parsed.GetRequiredValue(reference));
            IReadOnlyList<OciDescriptor> files = models.Files(version);
            BundleCard card = models.Card(version);
            Terminal.Line($"{version.Reference}, {version.Stage}{(version.Added is { } added ? string.Create(CultureInfo.InvariantCulture, $", added {added:yyyy-MM-dd HH:mm} UTC") : "")}");
            Terminal.Line($"  digest   {version.Digest}");
            Terminal.Line($"  task     {card.Task} ({string.Join(", ", card.Classes)}){(card.Simulated ? ", trained on simulated patients" : "")}");
            Terminal.Line($"  network  {card.Network}");
            Terminal.Line($"  run key  {card.RunKey}");
            Terminal.Line($"  use      {card.IntendedUse}");
            foreach (OciDescriptor file in files)
            {
                Terminal.Line($"  file     {file.Note(OciLayout.TitleKey),-24} {Megabytes(file.Size),9}  {file.Digest[7..23]}  {file.MediaType}");
            }

            foreach (Jobs.Auditing.AuditEntry entry in models.Log().Where(entry => entry.Act.Model == version.Model && (entry.Act.To == version.Digest || entry.Act.From == version.Digest)))
            {
                Terminal.Line(string.Create(CultureInfo.InvariantCulture, $"  log      {entry.Entry}: {entry.At:yyyy-MM-dd HH:mm:ss} UTC, {entry.Act.Who}: {entry.Act.What} {entry.Act.Subject}: {entry.Act.Why}"));
            }

            return ExitCode.Done;
        }));
        return command;
    }

    private static Command Add()
    {
        Argument<string> bundle = new("bundle") { Description = "A model: the folder that a run wrote, or a zip of it." };
        Option<string?> name = new("--name") { Description = "Its name in the registry; without it, the one on its card." };
        Option<string> why = new("--why") { Description = "Why, for the audit log; no patient's name.", DefaultValueFactory = _ => "added" };
        Option<string> registry = Registry();
        Command command = new("add", "Adds a model as the next version and as the candidate; metrics, report and scores of its run go with it.") { bundle, name, why, registry };
        command.SetAction(parsed => Guarded.Run(_ =>
        {
            RegistryChange change = Open(parsed.GetRequiredValue(registry)).Add(parsed.GetRequiredValue(bundle), parsed.GetValue(name), Reason(parsed.GetRequiredValue(why)));
            Terminal.Line(change.IsNew ? $"{change.Version.Reference} ({change.Version.Digest}) is the candidate now." : $"{change.Version.Reference} is this very model: nothing was added.");
            return ExitCode.Done;
        }));
        return command;
    }

    private static Command Promote()
    {
        Argument<string> reference = Reference("A model: NAME (the candidate) or NAME:v3.");
        Option<string> why = Why();
        Option<string> registry = Registry();
        Command command = new("promote", "Puts a version in use: it becomes the champion, and the one before is retired.") { reference, why, registry };
        command.SetAction(parsed => Guarded.Run(_ =>
        {
            RegistryChange change = Open(parsed.GetRequiredValue(registry)).Promote(parsed.GetRequiredValue(reference), Reason(parsed.GetRequiredValue(why)));
            Terminal.Line(!change.IsNew ? $"{change.Version.Reference} is in use already." : $"{change.Version.Reference} is in use now{(change.Before is { } before ? $"; {before.Version} is retired" : "")}.");
            return ExitCode.Done;
        }));
        return command;
    }

    private static Command Rollback()
    {
        Argument<string> model = new("model") { Description = "The model's name." };
        Option<string?> to = new("--to") { Description = "The version to go back to; without it, the one that was in use before." };
        Option<string> why = Why();
        Option<string> registry = Registry();
        Command command = new("rollback", "Puts the version back in use that was in use before.") { model, to, why, registry };
        command.SetAction(parsed => Guarded.Run(_ =>
        {
            RegistryChange change = Open(parsed.GetRequiredValue(registry)).Rollback(parsed.GetRequiredValue(model), Reason(parsed.GetRequiredValue(why)), parsed.GetValue(to));
            Terminal.Line($"{change.Version.Reference} is in use again; {change.Before!.Version} is withdrawn.");
            return ExitCode.Done;
        }));
        return command;
    }

    private static Command Export()
    {
        Argument<string> reference = Reference("A model: NAME (the version in use), NAME:v3 or NAME:champion.");
        Argument<string> folder = new("folder") { Description = "The folder to write, which 'scinti score' then takes." };
        Option<string> registry = Registry();
        Command command = new("export", "Writes a version's files into a folder; each is checked against its hash.") { reference, folder, registry };
        command.SetAction(parsed => Guarded.Run(_ =>
        {
            ModelVersion version = Open(parsed.GetRequiredValue(registry)).Export(parsed.GetRequiredValue(reference), parsed.GetRequiredValue(folder));
            Terminal.Line($"{version.Reference}: {Path.GetFullPath(parsed.GetRequiredValue(folder))}");
            return ExitCode.Done;
        }));
        return command;
    }

    private static Command Verify()
    {
        Argument<string?> model = new("model") { Description = "A model's name; without it, all.", Arity = ArgumentArity.ZeroOrOne };
        Option<string> registry = Registry();
        Command command = new("verify", "Checks every file of a registry against its hash, and what is in use against the audit log.") { model, registry };
        command.SetAction(parsed => Guarded.Run(_ =>
        {
            ModelRegistry models = Open(parsed.GetRequiredValue(registry));
            RegistryVerdict verdict = models.Verify(parsed.GetValue(model) is { } text ? ModelReference.Name(text) : null);
            string[] faults = [.. verdict.Faults, .. models.VerifyLog().Fault is { } fault ? [$"{models.LogFile}: {fault.Sentence}."] : Array.Empty<string>()];
            foreach (string sentence in faults)
            {
                Terminal.Error($"scinti: {sentence}");
            }

            Terminal.Line(string.Create(CultureInfo.InvariantCulture, $"{verdict.Versions} versions, {verdict.Blobs} files, {Megabytes(verdict.Bytes)}: {(faults.Length == 0 ? "all as they were written" : $"{faults.Length} not as written")}{(verdict.Unused > 0 ? $"; {verdict.Unused} files belong to no version" : "")}."));
            return faults.Length == 0 ? ExitCode.Done : ExitCode.Tampered;
        }));
        return command;
    }

    internal static Argument<string> Reference(string description) => new("model") { Description = description };

    private static Option<string> Why() => new("--why") { Description = "Why, for the audit log; no patient's name.", Required = true };

    internal static string Reason(string why) => !string.IsNullOrWhiteSpace(why) && why.Length <= 500
        ? PlainText.OneLine(why.Trim())
        : throw new RegistryException($"--why: expected a reason of at most 500 characters, found {(string.IsNullOrWhiteSpace(why) ? "nothing" : $"{why.Length}")}.");

    internal static string Megabytes(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:0.0} MB");
}
