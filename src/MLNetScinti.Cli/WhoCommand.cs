using System.CommandLine;
using System.Text.RegularExpressions;
using MLNetScinti.Dicom;
using MLNetScinti.Imaging;
using MLNetScinti.Pipelines;
using MLNetScinti.Pipelines.Definitions;

namespace MLNetScinti.Cli;

/// <summary><c>scinti who PSEUDONYM</c>: who and which files stand behind a pseudonym, for whoever has the key and the data.</summary>
internal static class WhoCommand
{
    public static Command Create()
    {
        Argument<string> pseudonym = new("pseudonym") { Description = "A pseudonym of a report or table: of a patient (P-...), of a case (P-...-...), of a study (S-...) or of a file that was left out (F-...)." };
        Option<string> data = new("--data") { Description = "The folder of the studies; without it, the current one.", DefaultValueFactory = _ => "." };
        Command command = new("who", "Says who stands behind a pseudonym, from the studies and the key that it was made with. It prints patients' names, to the console only.") { pseudonym, data };
        command.SetAction(parsed => Guarded.Run(cancel => Find(parsed.GetRequiredValue(pseudonym), parsed.GetRequiredValue(data), cancel)));
        return command;
    }

    private static int Find(string asked, string folder, CancellationToken cancel)
    {
        Match form = Regex.Match(asked.Trim().ToUpperInvariant(), "^(?<own>[PFS]-[0-9A-Z]{12})(?:-(?:(?<study>S-[0-9A-Z]{12})|(?<file>[0-9A-Z]{6}))(?:-.*)?)?$", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1));
        if (!form.Success || (form.Groups["own"].Value[0] != 'P' && form.Value != form.Groups["own"].Value))
        {
            throw new DefinitionException($"'{asked}': expected a pseudonym as reports have it, such as P-0123456789AB, P-0123456789AB-0123AB-L or F-0123456789AB.");
        }

        if (!Directory.Exists(folder))
        {
            throw new DirectoryNotFoundException($"{folder}: {InputFile.Missing(folder, "folder")}.");
        }

        string own = form.Groups["own"].Value;
        IReadOnlyList<string> lines = own[0] switch
        {
            'F' => [.. Files(folder, own, cancel)],
            'S' => [.. Studies(folder, study => study.Id == own, cancel)],
            _ when form.Groups["study"].Value is { Length: > 0 } id => [.. Studies(folder, study => study.Id == id && study.Patient.Pseudonym == own, cancel)],
            _ => [.. Images(folder, own, form.Groups["file"].Value, cancel)],
        };
        foreach (string line in lines)
        {
            Terminal.Line(line);
        }

        if (lines.Count == 0)
        {
            Terminal.Error($"scinti: nothing in {folder} has the pseudonym {asked} under the key that is in force: give the folder of the studies with --data, and use the key that the pseudonym was made with.");
        }

        return lines.Count == 0 ? ExitCode.NothingUsable : ExitCode.Done;
    }

    private static IEnumerable<string> Images(string folder, string patient, string file, CancellationToken cancel)
    {
        HashSet<string> told = new(StringComparer.Ordinal);
        foreach (ScannedFile scanned in DicomFolder.Scan(folder))
        {
            cancel.ThrowIfCancellationRequested();
            if (scanned.Header is { } header && header.Patient.Pseudonym == patient && (file.Length == 0 || CasePseudonym.StudyOf(header) == file))
            {
                string whose = Whose(header);
                if (told.Add(whose))
                {
                    yield return whose;
                }

                yield return $"  {scanned.RelativePath}";
            }
        }
    }

    private static IEnumerable<string> Studies(string folder, Func<Study, bool> asked, CancellationToken cancel)
    {
        StudyIndex index = StudyIndex.Build(folder, cancel: cancel);
        DicomImageReader reader = new();
        foreach (Study study in index.Studies.Where(asked))
        {
            ImageSeries series = study.Series[0];
            yield return Whose(reader.ReadHeader(series.PathOf(series.Files[0])));
            foreach (ImageFacts image in study.Series.SelectMany(one => one.Files))
            {
                yield return $"  {image.File}";
            }
        }
    }

    private static IEnumerable<string> Files(string folder, string asked, CancellationToken cancel)
    {
        foreach (string file in FolderWalk.Files(folder).Select(path => Path.GetRelativePath(folder, path).Replace('\\', '/')).Order(StringComparer.Ordinal))
        {
            cancel.ThrowIfCancellationRequested();
            // The run's folder of studies may be one within this one.
            for (string? name = file; name is not null; name = name.IndexOf('/', StringComparison.Ordinal) is > 0 and var end ? name[(end + 1)..] : null)
            {
                if (PseudonymKey.Simulated.PseudonymOfFile(name) == asked || PseudonymKey.ForThisUser.PseudonymOfFile(name) == asked)
                {
                    yield return file;
                }
            }
        }
    }

    private static string Whose(ImageHeader header)
    {
        (string id, string name, string born) = header.Identity.Reveal();
        return $"patient ID {Or(id)}, name {Or(name)}, born {Or(born)}{(header.Patient.IsSimulated ? " (simulated)" : "")}";
    }

    private static string Or(string text) => text.Length > 0 ? text : "not in the file";
}
