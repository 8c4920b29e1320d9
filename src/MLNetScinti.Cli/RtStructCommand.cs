using System.CommandLine;
using System.Globalization;
using MLNetScinti.Dicom;
using MLNetScinti.Dicom.StructureSets;
using MLNetScinti.Imaging;

namespace MLNetScinti.Cli;

/// <summary><c>scinti rtstruct check FILE</c>: what the contours of an RT Structure Set hold, and what is missing.</summary>
internal static class RtStructCommand
{
    private const int NameWidth = 20;

    public static Command Create() => new("rtstruct", "RT Structure Sets: contours of structures, as workstations exchange them.") { Check() };

    private static Command Check()
    {
        Argument<string[]> files = new("file") { Description = "RT Structure Sets.", Arity = ArgumentArity.OneOrMore };
        Option<string?> images = new("--images") { Description = "The folder of the images that the contours were drawn on: then voxels are counted as well, and missing images named." };
        Command command = new("check", "Measures each region by its polygons and by the voxels in them, and says what is missing; exit code 4 where something needs a look or a file was left out.") { files, images };
        command.SetAction(parsed => Guarded.Run(cancel =>
        {
            string? folder = parsed.GetValue(images);
            if (folder is not null && !Directory.Exists(folder))
            {
                throw new DirectoryNotFoundException($"{folder}: {InputFile.Missing(folder, "folder")}.");
            }

            (int read, int unsound) = (0, 0);
            DicomReadException? refused = null;
            string[] all = parsed.GetRequiredValue(files);
            foreach (string file in all)
            {
                cancel.ThrowIfCancellationRequested();
                try
                {
                    unsound += Print(file, folder, cancel) ? 0 : 1;
                    read++;
                }
                catch (DicomReadException problem) when (all.Length > 1)
                {
                    refused = problem;
                    Terminal.Error($"left out: {problem.Message}");
                }
            }

            return read == 0 ? ExitCode.NothingUsable : unsound > 0 || refused is not null ? ExitCode.SomeLeftOut : ExitCode.Done;
        }));
        return command;
    }

    /// <returns>Whether nothing is missing and nothing needs a look.</returns>
    private static bool Print(string file, string? folder, CancellationToken cancel)
    {
        StructureSet set = StructureSetReader.Read(file);
        StructureSetImages? found = folder is null ? null : StructureSetImages.Find(set, folder, cancel: cancel);
        StructureSetCheck check = StructureSetCheck.Of(set, found?.Series, found?.ImageUids);
        string missing = check.MissingImages switch
        {
            null => "",
            0 => ", all there",
            int count => $", {count} not there",
        };
        Terminal.Line(string.Create(CultureInfo.InvariantCulture, $"{Path.GetFileName(file)}: {(set.Label.Length > 0 ? $"{set.Label}, " : "")}{set.Regions.Count} regions of patient {set.Patient.Pseudonym}, made on {check.ReferencedImages} images{missing}"));
        Terminal.Line($"  {"no",4} {"name",-NameWidth} {"sections",8} {"contours",8} {"points",8} {"polygon ml",12} {"voxel ml",12} {"stated ml",12} {"islands",7} {"holes",6} {"gaps",5} {"no image",8}");
        foreach (RegionReport region in check.Regions)
        {
            string name = PlainText.OneLine(region.Name);
            name = name.Length > NameWidth ? $"{name[..(NameWidth - 1)]}~" : name;
            Terminal.Line(string.Create(CultureInfo.InvariantCulture,
                $"  {region.Number,4} {name,-NameWidth} {region.Sections,8} {region.Contours,8} {region.Points,8} {Millilitres(region.PolygonMillilitres),12} {Millilitres(region.VoxelMillilitres),12} {Millilitres(region.StatedMillilitres),12} {region.Islands,7} {region.Holes,6} {region.Gaps,5} {region.MissingReferences,8}"));
            foreach (string note in region.Notes)
            {
                Terminal.Line($"       ! {note}");
            }
        }

        foreach (string note in check.Notes)
        {
            Terminal.Line($"  ! {note}");
        }

        if (found is { Problem.Length: > 0 })
        {
            Terminal.Line($"  ! No voxels: {found.Problem}.");
        }

        return check.IsSound && (found is null || found.Problem.Length == 0);
    }

    private static string Millilitres(double? volume) => volume is double millilitres ? millilitres.ToString("0.000", CultureInfo.InvariantCulture) : "-";
}
