using System.CommandLine;
using System.Globalization;
using System.Reflection;
using FellowOakDicom;
using MLNetScinti.Dicom;
using MLNetScinti.Imaging;
using MLNetScinti.Jobs.Scheduling;
using MLNetScinti.Pacs;
using MLNetScinti.Pacs.DicomWeb;
using MLNetScinti.Pacs.Queue;
using MLNetScinti.Pacs.Results;
using MLNetScinti.Systems;

namespace MLNetScinti.Cli;

/// <summary><c>scinti pacs</c>: answers for studies of an archive, in the archive.</summary>
internal static class PacsCommand
{
    public static Command Create() => new("pacs", "Answers for the studies of an archive (DICOMweb) and brings the answers into it. Research use only.") { Run(), Queue(), Send(), Conformance(), Study() };

    private static Command Run()
    {
        Argument<string> file = Definition();
        Option<bool> once = new("--once") { Description = "End when everything that the archive has told of is done, or waits because it failed." };
        Option<string?> logs = new("--logs") { Description = "The folder of logs; without it, logs beside the queue." };
        Command command = new("run", "Runs a node: learns which studies came, asks the models that the rules name, and stores what they say beside the images.") { file, once, logs };
        command.SetAction(parsed => Guarded.Run(cancel =>
        {
            PacsDefinition definition = PacsDefinition.Read(parsed.GetRequiredValue(file));
            NodeSettings settings = new(ScheduleCommand.Program(), ExitCode.Meaning, Path.GetFullPath(parsed.GetValue(logs) ?? Path.Combine(definition.Store().Folder, "logs")), text => Terminal.Line(string.Create(CultureInfo.InvariantCulture, $"{DateTime.UtcNow:HH:mm:ss} {text}")));
            PacsNode.Run(definition, settings, parsed.GetValue(once), cancel).GetAwaiter().GetResult();
            return ExitCode.Done;
        }));
        return command;
    }

    private static Command Queue()
    {
        Argument<string> file = Definition();
        Argument<string> what = new("what") { Description = "list, or retry with a pseudonym of the list.", DefaultValueFactory = _ => "list", Arity = ArgumentArity.ZeroOrOne };
        what.AcceptOnlyFromAmong("list", "retry");
        Argument<string?> study = new("study") { Description = "A pseudonym of the list, such as S-0123456789AB; dead for all that were given up.", Arity = ArgumentArity.ZeroOrOne };
        Option<string?> state = new("--state") { Description = "Only studies that stand so: waiting, running, done, refused, norule, dead." };
        state.AcceptOnlyFromAmong([.. Enum.GetNames<PacsState>().Select(name => name.ToLowerInvariant())]);
        Option<int> most = new("--last") { Description = "How many studies, those that changed last first.", DefaultValueFactory = _ => 100 };
        Command command = new("queue", "Lists the studies that wait, were answered or given up, under pseudonyms; or has one tried again.") { file, what, study, state, most };
        command.SetAction(parsed => Guarded.Run(_ =>
        {
            using PacsQueue queue = PacsQueue.Open(PacsDefinition.Read(parsed.GetRequiredValue(file)).Store());
            if (parsed.GetValue(what) == "retry")
            {
                return Retry(queue, parsed.GetValue(study));
            }

            PacsState? only = parsed.GetValue(state) is { } word ? Enum.Parse<PacsState>(word, ignoreCase: true) : null;
            foreach (PacsEntry entry in queue.List(only, parsed.GetValue(most)))
            {
                string due = entry.Due is { } when && entry.State == PacsState.Waiting ? string.Create(CultureInfo.InvariantCulture, $", due {when:yyyy-MM-dd HH:mm:ss} UTC") : "";
                Terminal.Line(string.Create(CultureInfo.InvariantCulture, $"{entry.Pseudonym}  {Word(entry.State),-8} {entry.Changed:yyyy-MM-dd HH:mm:ss} UTC  {(entry.Rule.Length > 0 ? entry.Rule : "-"),-16} {entry.Results} objects{(entry.Attempts > 0 ? $", {entry.Attempts} attempts" : "")}{due}{(entry.Reason.Length > 0 ? $": {entry.Reason}" : "")}"));
            }

            Terminal.Error(string.Join(", ", queue.Counts().Select(count => string.Create(CultureInfo.InvariantCulture, $"{count.Value} {Word(count.Key)}"))));
            return ExitCode.Done;
        }));
        return command;
    }

    private static int Retry(PacsQueue queue, string? study)
    {
        if (study is null)
        {
            throw new ScheduleException("retry: expected a study's pseudonym, as 'scinti pacs queue FILE' lists it, or dead for all that were given up.");
        }

        string[] all = study == "dead" ? [.. queue.List(PacsState.Dead, int.MaxValue).Select(entry => entry.Pseudonym)] : [study];
        foreach (string one in all)
        {
            if (!queue.Retry(one))
            {
                throw new ScheduleException($"{PlainText.Short(one)}: {(queue.Find(one) is null ? "the queue has no such study" : "a node works on it now")}: see 'scinti pacs queue FILE'.");
            }

            Terminal.Line($"{one} is tried again.");
        }

        return ExitCode.Done;
    }

    private static Command Send()
    {
        Argument<string[]> files = new("files") { Description = "DICOM files, or folders of them.", Arity = ArgumentArity.OneOrMore };
        Option<string> to = new("--to") { Description = "The YAML file of a node, of which the archive is taken.", Required = true };
        Command command = new("send", "Stores DICOM files in an archive, and says of each whether the archive has it.") { files, to };
        command.SetAction(parsed => Guarded.Run(cancel =>
        {
            using DicomWebClient client = new(PacsDefinition.ReadArchive(parsed.GetRequiredValue(to)));
            int stored = 0, failed = 0;
            foreach (string file in parsed.GetRequiredValue(files).SelectMany(path => File.Exists(path) ? [path] : FolderWalk.Files(path)))
            {
                cancel.ThrowIfCancellationRequested();
                string problem = "this is not a DICOM file";
                if (InstanceOf(file) is { } uid)
                {
                    problem = client.Store(file, uid, cancel).GetAwaiter().GetResult() is { IsStored: false, Reason: var reason } ? reason : "";
                }

                stored += problem.Length == 0 ? 1 : 0;
                failed += problem.Length > 0 ? 1 : 0;
                if (problem.Length > 0)
                {
                    Terminal.Error($"not stored: {file}: {problem}");
                }
            }

            Terminal.Error(string.Create(CultureInfo.InvariantCulture, $"{stored} stored, {failed} not."));
            return stored == 0 ? ExitCode.NothingUsable : failed > 0 ? ExitCode.SomeLeftOut : ExitCode.Done;
        }));
        return command;
    }

    private static string? InstanceOf(string file)
    {
        try
        {
            return InputFile.IsOrdinary(file) && DicomFile.HasValidHeader(file) && DicomFile.Open(file).FileMetaInfo.MediaStorageSOPInstanceUID?.UID is { Length: > 0 } uid ? uid : null;
        }
        catch (Exception problem) when (problem is DicomException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static Command Conformance()
    {
        Command command = new("conformance", "Prints the DICOM conformance statement, as Markdown.");
        command.SetAction(_ => Guarded.Run(_ =>
        {
            Terminal.Text(ConformanceStatement.Text(Assembly.GetExecutingAssembly().GetName().Version?.ToString(3) ?? ""));
            return ExitCode.Done;
        }));
        return command;
    }

    // What a node starts for each study: a crash of a native library ends this process and no other.
    private static Command Study()
    {
        Argument<string> request = new("request") { Description = "What a node writes for it." };
        Command command = new("study", "Answers for one study; started by 'pacs run'.") { request };
        command.Hidden = true;
        command.SetAction(parsed => Guarded.Run(cancel =>
        {
            StudyResult result = StudyAnswering.Answer(StudyRequest.Read(parsed.GetRequiredValue(request)), ShippedSystems.Of, Terminal.Line, cancel);
            Terminal.Line(string.Create(CultureInfo.InvariantCulture, $"{result.Objects.Count} objects: {string.Join(", ", result.Objects.Select(one => one.Kind))}"));
            return ExitCode.Done;
        }));
        return command;
    }

    private static Argument<string> Definition() => new("file") { Description = "The YAML file of a node: archive, feed, queue and rules." };

    private static string Word(PacsState state) => state switch
    {
        PacsState.NoRule => "no rule",
        _ => state.ToString().ToLowerInvariant(),
    };
}
