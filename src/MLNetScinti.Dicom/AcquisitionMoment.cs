using System.Globalization;
using FellowOakDicom;

namespace MLNetScinti.Dicom;

/// <summary>How it is known when an acquisition began.</summary>
public enum MomentEvidence
{
    /// <summary>Nobody knows: the file gives no day, or no time of it.</summary>
    None,

    /// <summary>The file says so: Acquisition Date and Time, or Acquisition DateTime.</summary>
    Stated,

    /// <summary>Taken from what the file says of its series, its content or its study, which may be minutes or days off. A guess.</summary>
    Guessed,
}

/// <summary>When an acquisition began. A time that is missing is missing: midnight is a time like any other, and no image was taken then because nobody wrote when.</summary>
/// <param name="At">Day and time; null where one of them is missing.</param>
/// <param name="On">The day; null where there is none.</param>
/// <param name="Evidence">How the moment is known.</param>
internal sealed record AcquisitionMoment(DateTime? At, DateOnly? On, MomentEvidence Evidence)
{
    // Of what comes nearest to the acquisition first.
    private static readonly (DicomTag Date, DicomTag Time)[] s_others = [(DicomTag.SeriesDate, DicomTag.SeriesTime), (DicomTag.ContentDate, DicomTag.ContentTime), (DicomTag.StudyDate, DicomTag.StudyTime)];

    /// <summary>Reads the moment of an image.</summary>
    public static AcquisitionMoment Read(DicomDataset dataset)
    {
        DateOnly? day = Day(dataset, DicomTag.AcquisitionDate);
        TimeSpan? time = Time(dataset.Text(DicomTag.AcquisitionTime));
        if (dataset.Text(DicomTag.AcquisitionDateTime) is { Length: >= 8 } whole && DayOf(whole[..8]) is DateOnly stated)
        {
            // A zone behind it is that of the other times as well.
            int end = whole.AsSpan(8).IndexOfAny('+', '-', '&');
            (day, time) = (day ?? stated, day is null || day == stated ? time ?? Time(end < 0 ? whole[8..] : whole[8..(8 + end)]) : time);
        }

        if (day is DateOnly on && time is TimeSpan clock)
        {
            return new(on.ToDateTime(TimeOnly.MinValue) + clock, on, MomentEvidence.Stated);
        }

        foreach ((DicomTag date, DicomTag hour) in s_others)
        {
            // What the file says of the acquisition holds; the rest comes from one place, and from no other day.
            if (Day(dataset, date) is DateOnly other && (day is null || day == other) && (time ?? Time(dataset.Text(hour))) is TimeSpan guess)
            {
                return new(other.ToDateTime(TimeOnly.MinValue) + guess, other, MomentEvidence.Guessed);
            }
        }

        return new(null, day ?? s_others.Select(other => Day(dataset, other.Date)).FirstOrDefault(found => found is not null), MomentEvidence.None);
    }

    private static DateOnly? Day(DicomDataset dataset, DicomTag tag) => DayOf(dataset.Text(tag));

    // As ACR-NEMA wrote it too: 2020.01.31.
    private static DateOnly? DayOf(string text) => DateOnly.TryParseExact(text, ["yyyyMMdd", "yyyy.MM.dd"], CultureInfo.InvariantCulture, DateTimeStyles.None, out DateOnly day) ? day : null;

    /// <summary>The time of a day: hours at least; without the parts of a second.</summary>
    private static TimeSpan? Time(string text)
    {
        string digits = text.Split('.')[0].Replace(":", "", StringComparison.Ordinal);
        return digits.Length >= 2 && DateTime.TryParseExact(digits.PadRight(6, '0'), "HHmmss", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateTime moment) ? moment.TimeOfDay : null;
    }
}
