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

    // Pixels that are fetched from a server while they are looked at (JPIP), or come as a stream: the file has none.
    private static readonly HashSet<string> s_elsewhere = new(StringComparer.Ordinal)
    {
        "1.2.840.10008.1.2.4.94", "1.2.840.10008.1.2.4.95", "1.2.840.10008.1.2.4.204", "1.2.840.10008.1.2.4.205", "1.2.840.10008.1.2.7.1", "1.2.840.10008.1.2.7.2", "1.2.840.10008.1.2.7.3",
    };

    // Of these a library may know nothing but the identifier.
    private static readonly Dictionary<string, string> s_names = new(StringComparer.Ordinal)
    {
        ["1.2.840.10008.1.2.4.92"] = "JPEG 2000 Part 2, lossless",
        ["1.2.840.10008.1.2.4.93"] = "JPEG 2000 Part 2",
        ["1.2.840.10008.1.2.4.94"] = "JPIP Referenced",
        ["1.2.840.10008.1.2.4.95"] = "JPIP Referenced Deflate",
        ["1.2.840.10008.1.2.4.100"] = "MPEG2 Main Profile",
        ["1.2.840.10008.1.2.4.101"] = "MPEG2 High Profile",
        ["1.2.840.10008.1.2.4.102"] = "MPEG-4",
        ["1.2.840.10008.1.2.4.103"] = "MPEG-4 (BD)",
        ["1.2.840.10008.1.2.4.104"] = "MPEG-4 (2D)",
        ["1.2.840.10008.1.2.4.105"] = "MPEG-4 (3D)",
        ["1.2.840.10008.1.2.4.106"] = "MPEG-4 (stereo)",
        ["1.2.840.10008.1.2.4.107"] = "HEVC Main Profile",
        ["1.2.840.10008.1.2.4.108"] = "HEVC Main 10 Profile",
        ["1.2.840.10008.1.2.4.110"] = "JPEG XL, lossless",
        ["1.2.840.10008.1.2.4.111"] = "JPEG XL, recompressed JPEG",
        ["1.2.840.10008.1.2.4.112"] = "JPEG XL",
        ["1.2.840.10008.1.2.4.201"] = "High-Throughput JPEG 2000, lossless",
        ["1.2.840.10008.1.2.4.202"] = "High-Throughput JPEG 2000, lossless with resolutions in order",
        ["1.2.840.10008.1.2.4.203"] = "High-Throughput JPEG 2000",
        ["1.2.840.10008.1.2.4.204"] = "JPIP HTJ2K Referenced",
        ["1.2.840.10008.1.2.4.205"] = "JPIP HTJ2K Referenced Deflate",
        ["1.2.840.10008.1.2.7.1"] = "SMPTE ST 2110-20, uncompressed progressive video",
        ["1.2.840.10008.1.2.7.2"] = "SMPTE ST 2110-20, uncompressed interlaced video",
        ["1.2.840.10008.1.2.7.3"] = "SMPTE ST 2110-30, audio",
        ["1.2.840.10008.1.2.8.1"] = "deflated image frames",
    };

    private const string DeflatedFrames = "1.2.840.10008.1.2.8.1";

    /// <summary>The coding of a transfer syntax.</summary>
    public static PixelCoding Of(DicomTransferSyntax syntax)
    {
        string uid = syntax.UID.UID;
        return s_elsewhere.Contains(uid) || string.Equals(uid, DeflatedFrames, StringComparison.Ordinal) ? PixelCoding.Unsupported
            : !syntax.IsEncapsulated || string.Equals(uid, EncapsulatedUncompressed, StringComparison.Ordinal) ? PixelCoding.Plain
            : syntax == DicomTransferSyntax.RLELossless ? PixelCoding.RunLengths
            : syntax == DicomTransferSyntax.JPEGProcess14 || syntax == DicomTransferSyntax.JPEGProcess14SV1 ? PixelCoding.JpegLossless
            : s_external.Contains(uid) ? PixelCoding.Other
            : PixelCoding.Unsupported;
    }

    /// <summary>Whether a data set that does not parse may be one of a coding that is not read here, and so be sound.</summary>
    public static bool IsForeign(string uid) =>
        uid is "1.2.840.10008.1.2.4.205" or "1.2.840.10008.1.2.6.1" or "1.2.840.10008.1.2.6.2"
        || (DatasetReading.IsIdentifier(uid) && !s_names.ContainsKey(uid) && DicomUID.Parse(uid).Name is "" or "Unknown");

    /// <summary>Says of a file that its data set was not understood, and why that is no damage.</summary>
    public static DicomReadException Foreign(string file, string uid, Exception? cause) =>
        new(file, SkipReason.UnsupportedCodec, $"the data set does not parse, and its transfer syntax, {(s_names.TryGetValue(uid, out string? name) ? $"{name} ({uid})" : uid)}, is not read here: ask the source for an uncompressed copy.", cause);

    /// <summary>Refuses a data set without pixels whose pixels are somewhere else, or which was not understood as far as them.</summary>
    /// <exception cref="DicomReadException">They are on a server, or the data set breaks off in a coding that is not read here.</exception>
    public static void CheckIsHere(DicomDataset dataset, string file, bool isPartial)
    {
        DicomTransferSyntax syntax = dataset.InternalTransferSyntax;
        if (isPartial && IsForeign(syntax.UID.UID))
        {
            throw Foreign(file, syntax.UID.UID, cause: null);
        }

        if (s_elsewhere.Contains(syntax.UID.UID) || dataset.Text(DicomTag.PixelDataProviderURL).Length > 0)
        {
            throw new DicomReadException(file, SkipReason.UnsupportedCodec, $"the pixels are not in the file: {(s_names.TryGetValue(syntax.UID.UID, out string? way) ? $"its transfer syntax, {way} ({syntax.UID.UID})," : "it")} leaves them on a server, which is not asked here: ask the source for a copy with its pixels.");
        }
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

        string name = s_names.GetValueOrDefault(syntax.UID.UID) ?? syntax.UID.Name;
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
