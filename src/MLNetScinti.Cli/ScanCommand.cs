using System.CommandLine;
using System.Globalization;
using MLNetScinti.Dicom;
using MLNetScinti.Imaging;

namespace MLNetScinti.Cli;

/// <summary><c>scinti scan FOLDER</c>: what is in a folder, file by file.</summary>
internal static class ScanCommand
{
    public static Command Create()
    {
        Argument<string> folder = new("folder") { Description = "A folder; its subfolders count too." };
        Option<string[]> modality = new("--modality") { Description = "Modalities to accept, such as NM; others are left out.", AllowMultipleArgumentsPerToken = true };
        Option<bool> assume = InspectCommand.AssumeSpacing();
        Command command = new("scan", "Lists the images of a folder, and why every other file is none.") { folder, modality, assume };
        command.SetAction(parsed => Guarded.Run(cancel =>
        {
            string path = parsed.GetRequiredValue(folder);
            if (!Directory.Exists(path))
            {
                throw new DirectoryNotFoundException($"{path}: {InputFile.Missing(path, "folder")}.");
            }

            int images = 0;
            StudyIndex index = StudyIndex.Build(path, new StudyIndexOptions { Reading = new DicomReadOptions { Modalities = parsed.GetValue(modality) ?? [], AssumeSpacing = parsed.GetValue(assume) }.StoppedBy(cancel) }, file =>
            {
                images += file.IsImage ? 1 : 0;
                Terminal.Line(file.IsImage
                    ? string.Create(CultureInfo.InvariantCulture, $"{file.RelativePath}: {file.Header.Modality} {file.Header.Kind}, {file.Header.Columns} x {file.Header.Rows} x {file.Header.Frames.Count}")
                    : $"{file.RelativePath}: left out ({file.Skipped!.Reason}): {file.Skipped.Sentence}");
            }, cancel);

            // What a section was put together with is known when all have been seen.
            foreach (SkippedFile section in index.Studies.SelectMany(study => study.Series).SelectMany(series => series.Sections?.LeftOut ?? []))
            {
                images--;
                Terminal.Line($"{section.File}: left out ({section.Reason}): {section.Sentence}");
            }

            foreach (Study study in index.Studies)
            {
                Terminal.Line($"Study {study.Id} of patient {study.Patient.Pseudonym}");
                foreach (ImageSeries series in study.Series)
                {
                    Terminal.Line($"  {series}{(series.Files.Count == 1 ? $": {series.Files[0].File}" : "")}");
                    foreach (string warning in series.Warnings)
                    {
                        Terminal.Line($"  ! {warning}");
                    }
                }
            }

            int skipped = index.LeftOut.Count;
            Terminal.Line(string.Create(CultureInfo.InvariantCulture, $"{index.Studies.Count} studies, {index.SeriesCount} series."));
            Terminal.Line($"{images} images, {skipped} files left out.");
            return images == 0 ? ExitCode.NothingUsable : index.LeftOut.Any(file => file.IsLoss) ? ExitCode.SomeLeftOut : ExitCode.Done;
        }));
        return command;
    }
}
