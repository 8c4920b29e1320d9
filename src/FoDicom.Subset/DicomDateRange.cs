using System.Globalization;

namespace FellowOakDicom;

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
