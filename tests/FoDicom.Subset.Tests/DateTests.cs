using FellowOakDicom;
using FoDicom.Subset.Tests.Recorded;
using Xunit;

namespace FoDicom.Subset.Tests;

public sealed class DateTests
{
    private static readonly RecordedCases s_cases = new(RecordedFile.FoDicom, "anonymizer and dates")
    {
        ["GetDateTime missing time"] = () => new DicomDataset { { DicomTag.StudyDate, "20260813" } }.GetDateTime(DicomTag.StudyDate, DicomTag.StudyTime),
        ["GetSingleValue<DicomDateRange>(StudyDate)"] = () =>
        {
            DicomDateRange range = new DicomDataset { { DicomTag.StudyDate, "20260813" } }.GetSingleValue<DicomDateRange>(DicomTag.StudyDate);
            return new { range.Minimum, range.Maximum };
        },
        ["TM 010203.123456 as DateTime"] = () => new DicomDataset { { DicomTag.StudyTime, "010203.123456" } }
            .GetSingleValue<DateTime>(DicomTag.StudyTime).TimeOfDay,
        ["DT with offset as DateTime"] = () =>
        {
            DateTime time = new DicomDataset { { DicomTag.AcquisitionDateTime, "20260813010203.5+0200" } }.GetSingleValue<DateTime>(DicomTag.AcquisitionDateTime);
            return new { utc = time.ToUniversalTime(), kind = time.Kind };
        },
        ["character set ISO_IR 100 and ISO_IR 192 round trip of Müller"] = () => new[] { "ISO_IR 100", "ISO_IR 192", null }.Select(set =>
        {
            DicomDataset dataset = new()
            {
                { DicomTag.SOPClassUID, DicomUID.NuclearMedicineImageStorage },
                { DicomTag.SOPInstanceUID, "1.2.3" },
            };
            if (set is not null)
            {
                dataset.Add(DicomTag.SpecificCharacterSet, set);
            }

            dataset.Add(DicomTag.PatientName, "Müller");
            DicomDataset read = Samples.Opened(Samples.Saved(dataset)).Dataset;
            return new { cs = set, value = read.GetString(DicomTag.PatientName), raw = Samples.Hex(read.GetDicomItem<DicomElement>(DicomTag.PatientName).Buffer) };
        }),
    };

    public static TheoryData<string> Names => s_cases.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void Dates_and_texts_are_as_recorded(string name) => s_cases.Assert(name);
}
