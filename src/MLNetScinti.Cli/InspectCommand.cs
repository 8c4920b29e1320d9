using System.CommandLine;
using MLNetScinti.Dicom;
using MLNetScinti.Imaging;

namespace MLNetScinti.Cli;

/// <summary><c>scinti inspect FILE</c>: what an image is, and a picture of it.</summary>
internal static class InspectCommand
{
    /// <summary>The option of every command that reads volumes; data.assume-spacing says the same in a pipeline definition.</summary>
    public static Option<bool> AssumeSpacing() => new("--assume-spacing") { Description = "Go on with lengths that a file does not give (pixels of 1 mm, sections as far apart as pixels, no gaps between sections), and say so. Otherwise such files make no volume." };

    public static Command Create()
    {
        Argument<string> file = new("file") { Description = "A DICOM file; its name does not matter." };
        Option<string?> png = new("--png") { Description = "Where to draw it; without this, next to the console: <name>.png in the current folder." };
        Option<bool> noPicture = new("--no-picture") { Description = "Only describe it." };
        Option<bool> identity = new("--show-identity") { Description = "Also print who the patient is. Otherwise only a pseudonym is shown." };
        Option<bool> assume = AssumeSpacing();
        Command command = new("inspect", "Says what a DICOM image is, in nuclear medicine's terms, and draws it as PNG.") { file, png, noPicture, identity, assume };
        command.SetAction(parsed => Guarded.Run(cancel =>
        {
            string path = parsed.GetRequiredValue(file);
            ScintigraphyImage image = new DicomImageReader(new DicomReadOptions { AssumeSpacing = parsed.GetValue(assume) }.StoppedBy(cancel)).Read(path);
            cancel.ThrowIfCancellationRequested();
            Terminal.Text(ImageDescription.Of(image, parsed.GetValue(identity)).ToString());
            if (!parsed.GetValue(noPicture))
            {
                string picture = parsed.GetValue(png) ?? Path.GetFileNameWithoutExtension(path) + ".png";
                PngEncoder.Save(ImageRendering.Draw(image), picture);
                Terminal.Line($"Picture: {Path.GetFullPath(picture)}");
            }

            return ExitCode.Done;
        }));
        return command;
    }
}
