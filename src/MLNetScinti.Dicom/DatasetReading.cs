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

    /// <summary>A code string (PS3.5 table 6.2-1) as a message may show it: one with a damaged length holds what came behind it, the patient's name as well.</summary>
    public static string Code(string text) =>
        text.Length <= 16 && text.All(character => char.IsAsciiLetterOrDigit(character) || character is ' ' or '_') ? text : "unreadable";

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
