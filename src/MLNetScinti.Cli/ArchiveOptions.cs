using System.CommandLine;
using System.Globalization;
using MLNetScinti.Jobs.Archives;
using MLNetScinti.Pipelines;
using MLNetScinti.Pipelines.Definitions;

namespace MLNetScinti.Cli;

/// <summary><c>scinti score MODEL --archive FOLDER</c>: a folder of any number of studies, in parts that are files of their own.</summary>
internal sealed class ArchiveOptions
{
    private readonly Option<string?> _folder = new("--archive") { Description = "In place of the folder: one of any number of studies, scored in parts. The same command goes on where one was broken off, and several at once share the work; --output names the folder for the parts." };
    private readonly Option<int> _studies = new("--partitions") { Description = "With --archive: studies in a part, 1 to 100000.", DefaultValueFactory = _ => 300 };
    private readonly Option<bool> _csv = new("--csv") { Description = "With --archive: each part as CSV, beside Parquet." };

    /// <summary>Adds the options to the command.</summary>
    public void AddTo(Command command)
    {
        command.Add(_folder);
        command.Add(_studies);
        command.Add(_csv);
    }

    /// <summary>The archive; null where none is named.</summary>
    public string? Folder(ParseResult parsed) => parsed.GetValue(_folder) is { } folder ? folder
        : parsed.GetValue(_csv) || parsed.GetResult(_studies) is { Implicit: false } ? throw new DefinitionException("--partitions and --csv: an archive is scored in parts: add --archive FOLDER.")
        : null;

    /// <summary>Scores it.</summary>
    public int Score(ParseResult parsed, ModelBundle bundle, SystemDefinition system, string folder, string output, int threads, bool assumeSpacing, bool acceptOutside, CancellationToken cancel)
    {
        int studies = parsed.GetValue(_studies);
        if (studies is < 1 or > 100_000)
        {
            throw new DefinitionException(string.Create(CultureInfo.InvariantCulture, $"--partitions: expected studies in a part, 1 to 100000, found {studies}."));
        }

        Terminal.Line($"Listing {folder} ...");
        ArchiveOutcome outcome = ArchiveScoring.Score(bundle, system, folder,
            new ArchiveSettings { Output = output, StudiesPerPart = studies, Threads = threads, Csv = parsed.GetValue(_csv), AssumeSpacing = assumeSpacing, AcceptOutside = acceptOutside },
            now => Terminal.Line(string.Create(CultureInfo.InvariantCulture, $"  part {now.Done} of {now.Parts}, {now.StudiesPerSecond:0.0} studies a second, {now.Left:d\\.hh\\:mm\\:ss} left")), cancel);
        Terminal.Line(string.Create(CultureInfo.InvariantCulture,
            $"{outcome.Studies} studies in {outcome.Parts} parts: {outcome.Made} made now, with {outcome.Cases} {system.Words.Task.Cases} scored and {outcome.LeftOut} studies or files left out ({outcome.Lost} that should have been read; part-*.left-out.csv and left-out.csv say why).{(bundle.Card.Simulated ? " The model was trained on simulated patients." : "")}"));
        return outcome.Lost > 0 ? ExitCode.SomeLeftOut : outcome.Refused > 0 ? ExitCode.Refused : ExitCode.Done;
    }
}
