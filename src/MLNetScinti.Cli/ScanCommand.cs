using System.CommandLine;
using System.Globalization;
using MLNetScinti.Dicom;

namespace MLNetScinti.Cli;

/// <summary><c>scinti scan FOLDER</c>: what is in a folder, file by file.</summary>
internal static class ScanCommand
{
    public static Command Create()
    {
        Argument<string> folder = new("folder") { Description = "A folder; its subfolders count too." };
        Option<string[]> modality = new("--modality") { Description = "Modalities to accept, such as NM; others are left out.", AllowMultipleArgumentsPerToken = true };
        Command command = new("scan", "Lists the images of a folder, and why every other file is none.") { folder, modality };
        command.SetAction(parsed => Guarded.Run(cancel =>
        {
            string path = parsed.GetRequiredValue(folder);
            if (!Directory.Exists(path))
            {
                throw new DirectoryNotFoundException($"{path}: there is no such folder.");
            }

            int images = 0, skipped = 0;
            foreach (ScannedFile file in DicomFolder.Scan(path, new DicomReadOptions { Modalities = parsed.GetValue(modality) ?? [] }))
            {
                cancel.ThrowIfCancellationRequested();
                if (file.Header is { } header)
                {
                    images++;
                    Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                        $"{file.RelativePath}: {header.Modality} {header.Kind}, {header.Columns} x {header.Rows} x {header.Frames.Count}"));
                }
                else if (file.Skipped is { } reason)
                {
                    skipped++;
                    Console.WriteLine($"{file.RelativePath}: left out ({reason.Reason}): {reason.Sentence}");
                }
            }

            Console.WriteLine($"{images} images, {skipped} files left out.");
            return images == 0 ? ExitCode.NothingUsable : skipped > 0 ? ExitCode.SomeLeftOut : ExitCode.Done;
        }));
        return command;
    }
}
