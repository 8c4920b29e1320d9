using FellowOakDicom;
using FellowOakDicom.Imaging.Codec;

namespace MLNetScinti.Dicom.Codecs;

/// <summary>What it takes to make pixels of a transfer syntax.</summary>
internal enum PixelCoding
{
    /// <summary>Nothing: they are stored as they are.</summary>
    Plain,

    /// <summary>Run lengths, decoded here.</summary>
    RunLengths,

    /// <summary>Lossless JPEG, decoded here.</summary>
    JpegLossless,

    /// <summary>A codec registered with fo-dicom, or gdcmconv.</summary>
    Other,

    /// <summary>A coding that neither fo-dicom's codecs nor gdcmconv know.</summary>
    Unsupported,
}

/// <summary>
/// Which decoder a data set needs. Run lengths and lossless JPEG are decoded here and not by fo-dicom's core, which refuses
/// 32-bit run lengths (dose grids), gets samples of 16-bit lossless JPEG wrong, and copies the data set twice for each frame.
/// </summary>
internal static class PixelCodings
{
    // What gdcmconv decodes, apart from the above: lossy JPEG of 8 and 12 bits, JPEG-LS, JPEG 2000.
    private static readonly HashSet<string> s_external = new(StringComparer.Ordinal)
    {
        "1.2.840.10008.1.2.4.50", "1.2.840.10008.1.2.4.51", "1.2.840.10008.1.2.4.80", "1.2.840.10008.1.2.4.81", "1.2.840.10008.1.2.4.90", "1.2.840.10008.1.2.4.91",
    };

    // Fragments of plain pixels.
    private const string EncapsulatedUncompressed = "1.2.840.10008.1.2.1.98";

    /// <summary>The coding of a transfer syntax.</summary>
    public static PixelCoding Of(DicomTransferSyntax syntax)
    {
        string uid = syntax.UID.UID;
        return !syntax.IsEncapsulated || string.Equals(uid, EncapsulatedUncompressed, StringComparison.Ordinal) ? PixelCoding.Plain
            : syntax == DicomTransferSyntax.RLELossless ? PixelCoding.RunLengths
            : syntax == DicomTransferSyntax.JPEGProcess14 || syntax == DicomTransferSyntax.JPEGProcess14SV1 ? PixelCoding.JpegLossless
            : s_external.Contains(uid) ? PixelCoding.Other
            : PixelCoding.Unsupported;
    }

    /// <summary>Refuses what nothing here can decode, by its name or, where nobody knows that, its identifier.</summary>
    /// <exception cref="DicomReadException">Nothing here decodes the transfer syntax.</exception>
    public static void Check(DicomDataset dataset, string file)
    {
        DicomTransferSyntax syntax = dataset.InternalTransferSyntax;
        if (Of(syntax) != PixelCoding.Unsupported || IsRegistered(dataset))
        {
            return;
        }

        string name = syntax.UID.Name;
        throw new DicomReadException(file, SkipReason.UnsupportedCodec, name.Length == 0 || string.Equals(name, "Unknown", StringComparison.Ordinal)
            ? $"the transfer syntax {(DatasetReading.IsIdentifier(syntax.UID.UID) ? syntax.UID.UID : "(no identifier)")} is not known here, expected one of the standard (PS3.5 annex A): ask the source for an uncompressed copy."
            : $"the pixels are coded as {name} ({syntax.UID.UID}), which nothing here decodes: ask the source for an uncompressed copy, or register the package fo-dicom.Codecs.");
    }

    /// <summary>Whether a codec registered with fo-dicom decodes the data set; asked with its first frame.</summary>
    public static bool IsRegistered(DicomDataset dataset)
    {
        try
        {
            new DicomTranscoder(dataset.InternalTransferSyntax, DicomTransferSyntax.ExplicitVRLittleEndian).DecodeFrame(dataset, 0);
            return true;
        }
        catch (Exception exception) when (!DicomImageReader.IsDefect(exception))
        {
            // Frames that it cannot even tell apart are nothing for it either.
            return false;
        }
    }
}
