using System.CommandLine;
using System.Globalization;
using System.Text;
using MLNetScinti.Dicom;
using MLNetScinti.Imaging;
using MLNetScinti.Pipelines;
using MLNetScinti.Pipelines.Definitions;
using MLNetScinti.Pipelines.Starting;
using MLNetScinti.Systems;

namespace MLNetScinti.Cli;

/// <summary><c>scinti init FOLDER</c>: what is in a folder of studies, a pipeline definition for it, and a labels table to fill in.</summary>
internal static class InitCommand
{
    private const int MostLeftOut = 20;

    public static Command Create()
    {
        Argument<string> folder = new("folder") { Description = "A folder of studies, as an archive exports them; its subfolders count too." };
        Option<string?> output = new("--output") { Description = "The definition to write, such as mine.yaml; without it, the system's name in the current folder. What is there is never overwritten." };
        Option<string?> system = new("--system") { Description = "The system that is meant, where several or none suit, such as dmsa; a name that there is not lists them all." };
        Option<string?> labels = new("--labels") { Description = "A labels table that is there already, such as one from a spreadsheet; none is written then." };
        Option<bool> assume = InspectCommand.AssumeSpacing();
        Command command = new("init", "Looks at a folder of studies, and writes a pipeline definition for it and a labels table to fill in.") { folder, output, system, labels, assume };
        command.SetAction(parsed => Guarded.Run(cancel =>
        {
            string path = parsed.GetRequiredValue(folder);
            if (parsed.GetValue(system) is { } name && ShippedSystems.All.All(one => one.Name != name))
            {
                throw new DefinitionException($"--system: expected {string.Join(" or ", ShippedSystems.All.Select(one => one.Name))}, found '{name}'.");
            }

            FolderSurvey survey = FolderSurvey.Of(path, new DicomReadOptions { AssumeSpacing = parsed.GetValue(assume) }, cancel);
            foreach (string line in survey.Lines())
            {
                Terminal.Line(line);
            }

            // An export holds other files too; what is lost is named.
            SkippedFile[] lost = [.. survey.LeftOut.Where(file => file.IsLoss)];
            foreach (SkippedFile file in lost.Take(MostLeftOut))
            {
                Terminal.Error($"  left out: {file.File}: {file.Sentence}");
            }

            if (lost.Length > MostLeftOut)
            {
                Terminal.Error(string.Create(CultureInfo.InvariantCulture, $"  left out: {lost.Length - MostLeftOut} more; scinti scan lists them all."));
            }

            return Chosen(survey, parsed.GetValue(system)) is { } fit ? Write(survey, fit, parsed.GetValue(output), parsed.GetValue(labels)) : ExitCode.WrongUsage;
        }));
        return command;
    }

    // Null where several systems suit: which one is asked is the user's to say.
    private static SystemFit? Chosen(FolderSurvey survey, string? wanted)
    {
        IReadOnlyList<SystemFit> fits = SystemFit.Of(survey, ShippedSystems.All);
        SystemFit[] suiting = wanted is null ? [.. fits.Where(fit => fit.Studies.Count > 0)] : [.. fits.Where(fit => fit.System.Name == wanted)];
        foreach (SystemFit fit in wanted is null ? fits : suiting)
        {
            Terminal.Line($"  {fit.Line(survey.Studies.Count)}");
        }

        switch (suiting)
        {
            case []:
                throw new NoStudyException($"{survey.Folder}: none of the systems suits these studies; each line above says why. --system takes one nevertheless where some study suits it.");
            case [var only]:
                return only;
            default:
                Terminal.Error($"scinti: several systems suit ({string.Join(", ", suiting.Select(fit => fit.System.Name))}): give the one that is meant with --system.");
                return null;
        }
    }

    private static int Write(FolderSurvey survey, SystemFit fit, string? output, string? given)
    {
        string file = output ?? $"{fit.System.Name}.yaml";
        if (Directory.Exists(file) || Path.EndsInDirectorySeparator(file))
        {
            file = Path.Combine(file, $"{fit.System.Name}.yaml");
        }

        if (!Path.HasExtension(file))
        {
            file += ".yaml";
        }

        string name = NameOf(Path.GetFileNameWithoutExtension(file), fit.System.Name);
        string home = Path.GetDirectoryName(Path.GetFullPath(file))!, table = given ?? Path.Combine(Path.GetDirectoryName(file) ?? "", $"{Path.GetFileNameWithoutExtension(file)}-labels.csv");
        if (given is not null && !File.Exists(given))
        {
            throw new FileNotFoundException($"{given}: {InputFile.Missing(given, "labels table")}.", given);
        }

        foreach (string there in (string[])[file, .. given is null ? [table] : Array.Empty<string>()])
        {
            if (Path.Exists(there))
            {
                throw new DefinitionException($"{there} is there already, and is not overwritten: give another name with --output, or remove it.");
            }
        }

        StartingDefinition start = StartingDefinition.Of(survey, fit, name, From(home, survey.Folder), From(home, table));
        Directory.CreateDirectory(home);
        if (!AtomicFile.WriteNew(file, Encoding.UTF8.GetBytes(start.Yaml)) || (given is null && !AtomicFile.WriteNew(table, Encoding.UTF8.GetBytes(start.Labels))))
        {
            throw new DefinitionException($"{file} or {table} was written by somebody else meanwhile, and is not overwritten: give another name with --output.");
        }

        Terminal.Line();
        Terminal.Line($"Definition: {file}  ({fit.System.Name}: {fit.System.Description})");
        Terminal.Line(given is null ? string.Create(CultureInfo.InvariantCulture, $"Labels:     {table}  ({start.Lines} lines)") : $"Labels:     {table}");
        foreach (string remark in start.Remarks)
        {
            Terminal.Line($"  {remark}");
        }

        Terminal.Line(given is null ? $"Next: fill in the column Label with {start.Expected}, then: scinti run {file}" : $"Next: scinti run {file}");
        return survey.LeftOut.Any(file => file.IsLoss) ? ExitCode.SomeLeftOut : ExitCode.Done;
    }

    private static string From(string home, string path)
    {
        string relative = Path.GetRelativePath(home, Path.GetFullPath(path)).Replace('\\', '/');
        return relative.Length > 0 ? relative : ".";
    }

    private static string NameOf(string file, string otherwise)
    {
        string name = string.Concat(file.Select(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' ? letter : '-')).Trim('-');
        return name.Length is > 0 and <= 100 ? name : otherwise;
    }
}
