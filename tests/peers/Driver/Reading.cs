using System.Globalization;
using MLNetScinti.Dicom;

namespace MLNetScinti.Peers;

/// <summary>Reads a DICOM file: its whole header, and its pixels as floats with slope and intercept.</summary>
internal static class Reading
{
    public static void Serve(string file)
    {
        DicomImageReader reader = new(new DicomReadOptions { PseudonymKey = new PseudonymKey("peers") });
        ScintigraphyImage image = reader.Read(file);
        ImageHeader header = image.Header;
        string answer = string.Create(
            CultureInfo.InvariantCulture,
            $"{header.Frames.Count} {header.Rows} {header.Columns} {header.ColumnSpacing:R} {image.Total:R} {image.Maximum:R} {header.EnergyWindows.Count} {header.Detectors.Count}");
        Turns.Serve(answer, () => image = reader.Read(file, image.Values));
    }
}
