using System.CommandLine;
using System.Globalization;
using MLNetScinti.Dicom;
using MLNetScinti.Imaging;
using MLNetScinti.Pipelines.Annotations;
using MLNetScinti.Pipelines.Definitions;

namespace MLNetScinti.Cli;

/// <summary><c>scinti annotations</c>: what readers drew in LabelMe, how far they agree, and pictures for them to draw on.</summary>
internal static class AnnotationsCommand
{
    public static Command Create() => new("annotations", "Readers' annotations in LabelMe's files: agreement and majority, and pictures to draw on.") { Agree(), Export() };

    private static Command Agree()
    {
        const string leaveOut = "leave-out", each = "each-finding", first = "first-reader";
        Argument<string[]> readers = new("readers") { Description = "A folder of LabelMe files (.json or .xml) for each reader; files of one name are of one picture.", Arity = ArgumentArity.OneOrMore };
        Option<string> classes = new("--classes") { Description = "The classes, with commas; the first one is that of pictures on which nothing is drawn.", Required = true };
        Option<string[]> codes = new("--code") { Description = "A code that stands for a class, such as M=metastasis; may be given several times.", DefaultValueFactory = _ => [] };
        Option<string> ties = new("--ties") { Description = $"What is taken where no reading is shared by more than half of the readers: {leaveOut}, {each} (each that more than half of them gave), {first}.", DefaultValueFactory = _ => leaveOut };
        ties.AcceptOnlyFromAmong(leaveOut, each, first);
        Option<string?> output = new("--output") { Description = "Where to write labels.csv, masks of what most readers drew (NIfTI), and pictures of what they disagree on." };
        Command command = new("agree", "Says how far readers agree, and takes what most of them say; exit code 4 where files were left out.") { readers, classes, codes, ties, output };
        command.SetAction(parsed => Guarded.Run(cancel =>
        {
            string[] names = parsed.GetRequiredValue(classes).Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
            if (names.Length is < 2 or > 255 || names.Distinct(StringComparer.OrdinalIgnoreCase).Count() < names.Length)
            {
                throw new DefinitionException($"--classes: expected two or more different names with commas, found '{parsed.GetRequiredValue(classes)}'.");
            }

            Dictionary<string, string> meant = new(StringComparer.OrdinalIgnoreCase);
            foreach (string code in parsed.GetRequiredValue(codes))
            {
                string[] parts = code.Split('=', 2, StringSplitOptions.TrimEntries);
                if (parts is not [{ Length: > 0 }, _] || !names.Contains(parts[1], StringComparer.OrdinalIgnoreCase) || !meant.TryAdd(parts[0], parts[1]))
                {
                    throw new DefinitionException($"--code: expected CODE=CLASS, each code once, with one of {string.Join(", ", names)}, found '{code}'.");
                }
            }

            TieRule rule = parsed.GetRequiredValue(ties) switch { each => TieRule.EachFinding, first => TieRule.FirstReader, _ => TieRule.LeaveOut };
            ReaderConsensus consensus = ReaderConsensus.Read(parsed.GetRequiredValue(readers), new AnnotationCodes(names) { Codes = meant }, rule);
            Terminal.Text(ConsensusText.Of(consensus));
            if (parsed.GetValue(output) is { } folder)
            {
                ConsensusFiles.Write(consensus, folder, cancel);
                Terminal.Line($"Labels:  {Path.GetFullPath(Path.Combine(folder, ConsensusFiles.LabelsName))}");
            }

            return consensus.Faults.Count > 0 || consensus.Pictures.Any(picture => picture.Classes is null) ? ExitCode.SomeLeftOut : ExitCode.Done;
        }));
        return command;
    }

    private static Command Export()
    {
        Argument<string> file = new("file") { Description = "A DICOM file of planar views." };
        Option<string> output = new("--output") { Description = "The folder for the pictures and their files.", DefaultValueFactory = _ => "annotations" };
        Option<double[]> window = new("--window") { Description = "The values of white and of black; without this, 0 and what half a percent of the pixels with counts exceed. The file of annotations names it.", Arity = new ArgumentArity(2, 2), AllowMultipleArgumentsPerToken = true };
        Option<string[]> masks = new("--mask") { Description = "Masks whose regions are drawn (NIfTI), one for each view in the file's order, such as 'score --masks' writes.", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [] };
        Option<string> labels = new("--labels") { Description = "The names of the masks' labels from 1, with commas.", DefaultValueFactory = _ => "finding" };
        Command command = new("export", "Draws the views of a DICOM file for LabelMe, with the regions of masks to put right by hand.") { file, output, window, masks, labels };
        command.SetAction(parsed => Guarded.Run(_ =>
        {
            ScintigraphyImage image = new DicomImageReader().Read(parsed.GetRequiredValue(file));
            double[]? given = parsed.GetValue(window);
            if (given is [var low, var high] && !(high > low))
            {
                throw new DefinitionException(string.Create(CultureInfo.InvariantCulture, $"--window: expected a lower and a higher value, found {low} and {high}."));
            }

            string[] names = parsed.GetRequiredValue(labels).Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries), files = parsed.GetRequiredValue(masks);
            if (files.Length > image.Header.Frames.Count)
            {
                throw new DefinitionException($"--mask: the image has {image.Header.Frames.Count} views, found {files.Length} masks.");
            }

            ImageShape shape = new(image.Header.Rows, image.Header.Columns);
            IReadOnlyList<AnnotatedRegion> Regions(int frame)
            {
                if (frame >= files.Length)
                {
                    return [];
                }

                try
                {
                    using FileStream stream = File.OpenRead(files[frame]);
                    NiftiLabels read = NiftiLabels.Decode(stream);
                    return read.Shape.Sections == 1 && read.Shape.Rows == shape.Rows && read.Shape.Columns == shape.Columns
                        ? AnnotationExport.RegionsOf(read.Labels, shape, names)
                        : throw new DefinitionException($"{files[frame]}: expected a mask of {shape}, as the view is, found {read.Shape}.");
                }
                catch (NiftiException problem)
                {
                    throw new DefinitionException($"{files[frame]}: {problem.Message}", problem);
                }
                catch (ArgumentException problem)
                {
                    throw new DefinitionException($"--labels: {problem.Message}", problem);
                }
            }

            string folder = parsed.GetRequiredValue(output);
            foreach (AnnotationExport.ExportedPicture picture in AnnotationExport.Of(image, given is [var from, var to] ? new PictureWindow(from, to, "given") : null, Regions))
            {
                picture.Write(folder);
                Terminal.Line(string.Create(CultureInfo.InvariantCulture, $"{Path.GetFullPath(Path.Combine(folder, picture.Name))}.json: {picture.Annotations.Regions.Count} regions, window {picture.Annotations.Window!.Low:G6} to {picture.Annotations.Window.High:G6}"));
            }

            return ExitCode.Done;
        }));
        return command;
    }
}
