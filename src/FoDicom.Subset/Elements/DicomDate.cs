using System.Globalization;
using FellowOakDicom.IO.Buffer;

namespace FellowOakDicom;

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
