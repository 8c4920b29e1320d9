using System.Globalization;
using FellowOakDicom.IO.Buffer;

namespace FellowOakDicom;

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
