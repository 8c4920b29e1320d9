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

    private protected override Type Own => typeof(DateTime);

    private protected override bool HasNoObjects => true;

    private protected override bool Converts(Type type) => type == typeof(DateTime);

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

public class DicomDate : DicomDateElement
{
    private static readonly string[] s_formats = ["yyyyMMdd", "yyyyMM", "yyyy", "yyyy.MM.dd", "yyyy/MM/dd"];

    public DicomDate(DicomTag tag, params DateTime[] values)
        : base(tag, [.. values.Select(static day => day.ToString("yyyyMMdd", CultureInfo.InvariantCulture))])
    {
    }

    public DicomDate(DicomTag tag, DicomDateRange range)
        : base(tag, [range.ToString("yyyyMMdd")])
    {
    }

    public DicomDate(DicomTag tag, params string[] values)
        : base(tag, values)
    {
    }

    public DicomDate(DicomTag tag, IByteBuffer data)
        : base(tag, data)
    {
    }

    public override DicomVR ValueRepresentation => DicomVR.DA;

    private protected override string[] Formats => s_formats;

    private protected override DateTime EndOf(string text, DateTime start) => start.AddDays(1).AddMilliseconds(-1);
}

public class DicomTime : DicomDateElement
{
    private static readonly string[] s_formats =
    [
        "HHmmss", "HHmmss.FFFFFF", "HHmm", "HH", "HH:mm:ss", "HH:mm:ss.FFFFFF", "HH:mm",
    ];

    public DicomTime(DicomTag tag, params DateTime[] values)
        : base(tag, [.. values.Select(static time => time.ToString("HHmmss", CultureInfo.InvariantCulture))])
    {
    }

    public DicomTime(DicomTag tag, DicomDateRange range)
        : base(tag, [range.ToString("HHmmss")])
    {
    }

    public DicomTime(DicomTag tag, params string[] values)
        : base(tag, values)
    {
    }

    public DicomTime(DicomTag tag, IByteBuffer data)
        : base(tag, data)
    {
    }

    public override DicomVR ValueRepresentation => DicomVR.TM;

    private protected override string[] Formats => s_formats;
}

public class DicomDateTime : DicomDateElement
{
    private static readonly string[] s_formats =
    [
        "yyyyMMddHHmmss", "yyyyMMddHHmmsszzz", "yyyyMMddHHmmss.FFFFFF", "yyyyMMddHHmmss.FFFFFFzzz", "yyyyMMddHHmm", "yyyyMMddHHmmzzz",
        "yyyyMMddHH", "yyyyMMdd", "yyyyMM", "yyyy",
    ];

    public DicomDateTime(DicomTag tag, params DateTime[] values)
        : base(tag, [.. values.Select(static time => time.ToString("yyyyMMddHHmmss", CultureInfo.InvariantCulture))])
    {
    }

    public DicomDateTime(DicomTag tag, DicomDateRange range)
        : base(tag, [range.ToString("yyyyMMddHHmmss")])
    {
    }

    public DicomDateTime(DicomTag tag, params string[] values)
        : base(tag, values)
    {
    }

    public DicomDateTime(DicomTag tag, IByteBuffer data)
        : base(tag, data)
    {
    }

    public override DicomVR ValueRepresentation => DicomVR.DT;

    private protected override string[] Formats => s_formats;
}

public class DicomRange<T>
    where T : IComparable<T>
{
    public DicomRange(T min, T max)
    {
        Minimum = min;
        Maximum = max;
    }

    public T Minimum { get; set; }

    public T Maximum { get; set; }

    public bool Contains(T value) => Minimum.CompareTo(value) <= 0 && Maximum.CompareTo(value) >= 0;
}

public class DicomDateRange : DicomRange<DateTime>
{
    public DicomDateRange()
        : base(DateTime.MinValue, DateTime.MaxValue)
    {
    }

    public DicomDateRange(DateTime min, DateTime max)
        : base(min, max)
    {
    }

    public override string ToString() => ToString("yyyyMMddHHmmss");

    public string ToString(string format)
    {
        string first = Minimum == DateTime.MinValue ? string.Empty : Minimum.ToString(format, CultureInfo.InvariantCulture);
        string last = Maximum == DateTime.MaxValue ? string.Empty : Maximum.ToString(format, CultureInfo.InvariantCulture);
        return string.Equals(first, last, StringComparison.Ordinal) ? first : first + "-" + last;
    }
}
