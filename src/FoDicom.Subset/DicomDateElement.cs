using System.Globalization;
using FellowOakDicom.IO.Buffer;

namespace FellowOakDicom;

/// <summary>Days and times of day.</summary>
public abstract class DicomDateElement : DicomMultiStringElement
{
    protected DicomDateElement(DicomTag tag, params string[] values)
        : base(tag, values)
    {
    }

    protected DicomDateElement(DicomTag tag, IByteBuffer data)
        : base(tag, data)
    {
    }

    private protected abstract string[] Formats { get; }

    private protected override object Parsed(string text, Type type)
    {
        if (type == typeof(DateTime) || type == typeof(DateTime?))
        {
            return Moment(text);
        }

        if (type == typeof(DicomDateRange))
        {
            int dash = text.IndexOf('-', StringComparison.Ordinal);
            string first = dash < 0 ? text : text[..dash];
            string last = dash < 0 ? text : text[(dash + 1)..];
            DateTime minimum = first.Length == 0 ? DateTime.MinValue : Moment(first);
            DateTime maximum = last.Length == 0 ? DateTime.MaxValue : EndOf(last, Moment(last));
            return new DicomDateRange(minimum, maximum);
        }

        return base.Parsed(text, type);
    }

    /// <summary>The last millisecond that a value of limited precision can mean.</summary>
    private protected virtual DateTime EndOf(string text, DateTime start) => start;

    private DateTime Moment(string text) =>
        DateTime.ParseExact(text.TrimEnd(), Formats, CultureInfo.InvariantCulture, DateTimeStyles.NoCurrentDateDefault);
}
