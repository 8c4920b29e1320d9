using System.Globalization;
using FellowOakDicom;
using Xunit;

namespace MLNetScinti.Dicom.Tests;

/// <summary>When an image was taken: what the file says, what can be guessed, and what is missing.</summary>
public sealed class AcquisitionMomentTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("20260102", "101500", "20260103", "120000", "2026-01-02 10:15:00", MomentEvidence.Stated)]
    [InlineData("20260102", "000000", "20260103", "120000", "2026-01-02 00:00:00", MomentEvidence.Stated)]
    [InlineData("20260102", "10", "", "", "2026-01-02 10:00:00", MomentEvidence.Stated)]
    [InlineData("20260102", "101530.250000", "", "", "2026-01-02 10:15:30", MomentEvidence.Stated)]
    [InlineData("2026.01.02", "10:15:30", "", "", "2026-01-02 10:15:30", MomentEvidence.Stated)]
    // Half of it is missing: a guess of one day, and none of another.
    [InlineData("20260102", "", "20260102", "120000", "2026-01-02 12:00:00", MomentEvidence.Guessed)]
    [InlineData("20260102", "", "20260103", "120000", "2026-01-02", MomentEvidence.None)]
    [InlineData("", "101500", "20260103", "120000", "2026-01-03 10:15:00", MomentEvidence.Guessed)]
    [InlineData("", "", "20260103", "120000", "2026-01-03 12:00:00", MomentEvidence.Guessed)]
    [InlineData("20260102", "", "20260102", "", "2026-01-02", MomentEvidence.None)]
    [InlineData("20260102", "2515", "20260102", "", "2026-01-02", MomentEvidence.None)]
    [InlineData("", "", "", "", "", MomentEvidence.None)]
    public void AMissingTimeIsNotMidnight(string date, string time, string seriesDate, string seriesTime, string expected, MomentEvidence evidence)
    {
        ImageHeader header = Header((DicomTag.AcquisitionDate, date), (DicomTag.AcquisitionTime, time), (DicomTag.SeriesDate, seriesDate), (DicomTag.SeriesTime, seriesTime));
        Assert.Equal(evidence, header.AcquiredAtEvidence);
        Assert.Equal(expected, header.AcquiredAt?.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) ?? header.AcquiredOn?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) ?? "");
    }

    [Fact]
    public void DateAndTimeInOneAttributeCountAndContentComesBehindTheSeries()
    {
        ImageHeader header = Header((DicomTag.AcquisitionDateTime, "20260102101500.5+0100"), (DicomTag.SeriesDate, "20260103"), (DicomTag.SeriesTime, "120000"));
        Assert.Equal((new DateTime(2026, 1, 2, 10, 15, 0, DateTimeKind.Unspecified), MomentEvidence.Stated), (header.AcquiredAt!.Value, header.AcquiredAtEvidence));
        header = Header((DicomTag.SeriesDate, "20260103"), (DicomTag.ContentDate, "20260104"), (DicomTag.ContentTime, "0900"), (DicomTag.StudyDate, "20260101"), (DicomTag.StudyTime, "080000"));
        Assert.Equal((new DateTime(2026, 1, 4, 9, 0, 0, DateTimeKind.Unspecified), MomentEvidence.Guessed), (header.AcquiredAt!.Value, header.AcquiredAtEvidence));
    }

    private ImageHeader Header(params (DicomTag Tag, string Value)[] values)
    {
        DicomDataset file = EvidenceCase.Of("STATIC", 1).Unchecked().With(DicomTag.Rows, (ushort)2).With(DicomTag.Columns, (ushort)2);
        foreach (DicomTag tag in (DicomTag[])[DicomTag.AcquisitionDate, DicomTag.AcquisitionTime, DicomTag.SeriesDate, DicomTag.SeriesTime, DicomTag.ContentDate, DicomTag.ContentTime, DicomTag.StudyDate, DicomTag.StudyTime])
        {
            file.Remove(tag);
        }

        foreach ((DicomTag tag, string value) in values.Where(one => one.Value.Length > 0))
        {
            file = file.With(tag, value);
        }

        return Phantoms.Reader.ReadHeader(file.WithPixels([1, 2, 3, 4]).Save(_folder, "one.dcm"));
    }
}
