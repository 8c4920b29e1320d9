using System.CommandLine;
using MLNetScinti.Dicom;
using MLNetScinti.Imaging;

namespace MLNetScinti.Cli;

/// <summary><c>scinti inspect FILE</c>: what an image is, and a picture of it.</summary>
internal static class InspectCommand
{
    public static Command Create()
    {
        Argument<string> file = new("file") { Description = "A DICOM file; its name does not matter." };
        Option<string?> png = new("--png") { Description = "Where to draw it; without this, next to the console: <name>.png in the current folder." };
        Option<bool> noPicture = new("--no-picture") { Description = "Only describe it." };
        Option<bool> identity = new("--show-identity") { Description = "Also print who the patient is. Otherwise only a pseudonym is shown." };
        Command command = new("inspect", "Says what a DICOM image is, in nuclear medicine's terms, and draws it as PNG.") { file, png, noPicture, identity };
        command.SetAction(parsed => Guarded.Run(_ =>
        {
            string path = parsed.GetRequiredValue(file);
            ScintigraphyImage image = new DicomImageReader().Read(path);
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
