using System.Globalization;
using System.Numerics;
using FellowOakDicom;
using MLNetScinti.Imaging;

namespace MLNetScinti.Dicom;

/// <summary>
/// Reads elements of data sets as they come from cameras: an element that is missing, empty, of another type or not a
/// number is null, and never an exception.
/// </summary>
internal static class DatasetReading
{
    // Modalities (PS3.3 C.7.3.1.1.1, with the retired ones), photometric interpretations (C.7.6.3.1.2), decay corrections (C.8.9.1), and types of doses (C.8.8.3) and
    // of segmentations (C.8.20.2).
    private static readonly HashSet<string> s_terms = new(
        [
            "", "ANN", "AR", "ASMT", "AU", "BDUS", "BI", "BMD", "CFM", "CR", "CS", "CT", "CTPROTOCOL", "DD", "DF", "DG", "DM", "DMS", "DOC", "DS", "DX", "EC", "ECG", "EEG", "EMG", "EOG", "EPS", "ES", "FA", "FID",
            "FS", "GM", "HC", "HD", "IO", "IOL", "IVOCT", "IVUS", "KER", "KO", "LEN", "LP", "LS", "M3D", "MA", "MG", "MR", "MS", "NM", "OAM", "OCT", "OP", "OPM", "OPR", "OPT", "OPTBSV", "OPTENF", "OPV", "OSS", "OT",
            "PA", "PLAN", "POS", "PR", "PT", "PX", "REG", "RESP", "RF", "RG", "RTDOSE", "RTIMAGE", "RTINTENT", "RTPLAN", "RTRAD", "RTRECORD", "RTSEGANN", "RTSTRUCT", "RWV", "SC", "SEG", "SM", "SMR", "SR", "SRF", "ST", "STAIN",
            "TEXTUREMAP", "TG", "US", "VA", "VF", "XA", "XAPROTOCOL", "XC",
            "MONOCHROME1", "MONOCHROME2", "PALETTE COLOR", "RGB", "HSV", "ARGB", "CMYK", "YBR_FULL", "YBR_FULL_422", "YBR_PARTIAL_422", "YBR_PARTIAL_420", "YBR_ICT", "YBR_RCT", "XYB",
            "NONE", "START", "ADMIN", "PHYSICAL", "EFFECTIVE", "ERROR", "BINARY", "FRACTIONAL", "LABELMAP",
        ], StringComparer.OrdinalIgnoreCase);

    public static string Text(this DicomDataset dataset, DicomTag tag)
    {
        string[] values = dataset.Texts(tag);
        return values.Length == 0 ? "" : Clean(values[0]);
    }

    public static string[] Texts(this DicomDataset dataset, DicomTag tag) => Values<string>(dataset, tag) is string[] texts ? Array.ConvertAll(texts, text => text.Trim(' ', '\0')) : [];

    public static double? Number(this DicomDataset dataset, DicomTag tag) =>
        dataset.Numbers(tag) is [double value, ..] && double.IsFinite(value) ? value : null;

    /// <summary>
    /// The numbers of an element, however they are stored. fo-dicom gives several values of a binary element only in the
    /// type of its representation, so each representation is asked for its own.
    /// </summary>
    public static double[] Numbers(this DicomDataset dataset, DicomTag tag) => dataset.GetDicomItem<DicomItem>(tag) switch
    {
        DicomUnsignedShort => Widened<ushort>(dataset, tag),
        DicomSignedShort => Widened<short>(dataset, tag),
        DicomUnsignedLong => Widened<uint>(dataset, tag),
        DicomSignedLong => Widened<int>(dataset, tag),
        DicomFloatingPointSingle => Widened<float>(dataset, tag),
        DicomFloatingPointDouble => Widened<double>(dataset, tag),
        DicomStringElement => Parsed(dataset.Texts(tag)),
        _ => [],
    };

    public static int? Whole(this DicomDataset dataset, DicomTag tag) =>
        dataset.Number(tag) is double value && Math.Abs(value) <= int.MaxValue ? (int)Math.Round(value) : null;

    /// <summary>Numbers that count something, such as those of a vector; empty where one of them cannot.</summary>
    public static ushort[] Indices(this DicomDataset dataset, DicomTag tag)
    {
        double[] numbers = dataset.Numbers(tag);
        return Array.TrueForAll(numbers, number => number is >= 0 and <= ushort.MaxValue && number == Math.Floor(number)) ? Array.ConvertAll(numbers, number => (ushort)number) : [];
    }

    public static IReadOnlyList<DicomDataset> Items(this DicomDataset dataset, DicomTag tag) =>
        !dataset.TryGetSequence(tag, out DicomSequence sequence) ? [] : sequence.Items as IReadOnlyList<DicomDataset> ?? [.. sequence.Items];

    public static DicomDataset? FirstItem(this DicomDataset dataset, DicomTag tag) =>
        dataset.Items(tag) is [DicomDataset first, ..] ? first : null;

    public static Point3? Point(this DicomDataset dataset, DicomTag tag) =>
        dataset.Numbers(tag) is [double x, double y, double z] && double.IsFinite(x) && double.IsFinite(y) && double.IsFinite(z) ? new Point3(x, y, z) : null;

    /// <summary>Row and column direction as unit vectors, where they are there, not zero, and at right angles.</summary>
    public static (Point3 Row, Point3 Column)? Directions(this DicomDataset dataset, DicomTag tag)
    {
        double[] all = dataset.Numbers(tag);
        if (all.Length != 6 || !all.All(double.IsFinite))
        {
            return null;
        }

        Point3 row = new(all[0], all[1], all[2]);
        Point3 column = new(all[3], all[4], all[5]);
        if (row.Length < 1e-6 || column.Length < 1e-6)
        {
            return null;
        }

        row = 1 / row.Length * row;
        column = 1 / column.Length * column;
        return Math.Abs(row.Dot(column)) < 1e-3 ? (row, column) : null;
    }

    /// <summary>A text on one line, without what a terminal or a log would take for a command.</summary>
    public static string Clean(string text) => OneLine(text.Trim().Trim('\0'));

    /// <summary>The same of a text whose ends matter, such as a path.</summary>
    public static string OneLine(string text) => PlainText.OneLine(text);

    /// <summary>
    /// A defined term as a message may show it: one of the standard's words, or "unknown". One with a damaged length holds what came behind it, the
    /// patient's name as well, and whoever wants to hide a name writes it there.
    /// </summary>
    public static string Code(string text) => s_terms.TryGetValue(text, out string? term) ? term : "unknown";

    /// <summary>Whether a text is an identifier (PS3.5 9.1), and may be shown for the same reason.</summary>
    public static bool IsIdentifier(string text) => text.Length is > 0 and <= 64 && text.All(character => char.IsAsciiDigit(character) || character == '.');

    private static double[] Widened<T>(DicomDataset dataset, DicomTag tag)
        where T : struct, INumber<T> => Values<T>(dataset, tag) is T[] values ? Array.ConvertAll(values, double.CreateChecked) : [];

    // Straight to the nearest double. "12,5" is no number, and one that is none leaves no others: nobody knows which is which.
    private static double[] Parsed(string[] texts)
    {
        double[] numbers = new double[texts.Length];
        for (int i = 0; i < numbers.Length; i++)
        {
            if (!double.TryParse(texts[i].AsSpan().Trim(" \0"), NumberStyles.Float, CultureInfo.InvariantCulture, out numbers[i]))
            {
                return [];
            }
        }

        return numbers;
    }

    private static T[]? Values<T>(DicomDataset dataset, DicomTag tag)
    {
        try
        {
            return dataset.TryGetValues(tag, out T[] values) ? values : null;
        }
        catch (Exception exception) when (exception is DicomException or FormatException or OverflowException or InvalidCastException or ArgumentException or InvalidOperationException or IndexOutOfRangeException)
        {
            // "12,5" or an odd number of bytes: as good as absent.
            return null;
        }
    }
}
