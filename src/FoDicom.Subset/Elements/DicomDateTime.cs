using System.Globalization;
using FellowOakDicom.IO.Buffer;

namespace FellowOakDicom;

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
