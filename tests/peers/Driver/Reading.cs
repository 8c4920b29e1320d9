using MLNetScinti.Dicom;

namespace MLNetScinti.Peers;

/// <summary>Reads a DICOM file: its whole header with the sequences in it, and its pixels as floats with slope and intercept.</summary>
internal static class Reading
{
    /// <param name="file">The file.</param>
    /// <param name="output">Receives the values.</param>
    /// <param name="reuse">Whether the values go where those of the image before were, as in the data views.</param>
    public static void Serve(string file, string output, bool reuse)
    {
        DicomImageReader reader = new(new DicomReadOptions { PseudonymKey = new PseudonymKey("5c0e7b1f9a24d3866fe1b82730c94ad5") });
        ScintigraphyImage image = reader.Read(file);
        RawFile.Write<float>(output, image.Values);
        Turns.Serve(image.Header.ColumnSpacing, () => image = reader.Read(file, reuse ? image.Values : null));
    }
}
