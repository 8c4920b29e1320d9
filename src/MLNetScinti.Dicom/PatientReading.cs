using System.Globalization;
using FellowOakDicom;

namespace MLNetScinti.Dicom;

/// <summary>Reads who the patient is and what may be known about them, and keeps the two apart.</summary>
internal static class PatientReading
{
    public static (PatientFacts Facts, PatientIdentity Identity) Read(DicomDataset dataset, PseudonymKey key)
    {
        PatientIdentity identity = new(dataset.Text(DicomTag.PatientID), dataset.Text(DicomTag.PatientName), dataset.Text(DicomTag.PatientBirthDate));
        (string id, string name, string birthDate) = identity.Reveal();

        // A patient is the number that the hospital gave, else name and birth date, else all there is: the study.
        string who = id.Length > 0 ? $"id|{dataset.Text(DicomTag.IssuerOfPatientID)}|{id}" : name.Length > 0 ? $"name|{name}|{birthDate}" : "";
        string pseudonym = key.PseudonymOf(who.Length > 0 ? who : $"study|{dataset.Text(DicomTag.StudyInstanceUID)}");
        PatientSex sex = dataset.Text(DicomTag.PatientSex).ToUpperInvariant() switch
        {
            "F" => PatientSex.Female,
            "M" => PatientSex.Male,
            "O" => PatientSex.Other,
            _ => PatientSex.Unknown,
        };
        return (new PatientFacts(pseudonym, who.Length > 0, sex, Age(dataset), Positive(dataset.Number(DicomTag.PatientSize)), Positive(dataset.Number(DicomTag.PatientWeight))), identity);
    }

    /// <summary>The date and time of two elements, or null where the date is none.</summary>
    public static DateTime? Moment(DicomDataset dataset, DicomTag date, DicomTag time)
    {
        if (!DateTime.TryParseExact(dataset.Text(date), "yyyyMMdd", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateTime day))
        {
            return null;
        }

        string clock = dataset.Text(time);
        int dot = clock.IndexOf('.', StringComparison.Ordinal);
        string whole = (dot < 0 ? clock : clock[..dot]).PadRight(6, '0');
        return DateTime.TryParseExact(whole, "HHmmss", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateTime moment) ? day.Date + moment.TimeOfDay : day.Date;
    }

    private static double? Age(DicomDataset dataset)
    {
        string age = dataset.Text(DicomTag.PatientAge);
        if (age.Length == 4 && int.TryParse(age.AsSpan(0, 3), NumberStyles.None, CultureInfo.InvariantCulture, out int number))
        {
            double? years = age[3] switch
            {
                'Y' => number,
                'M' => number / 12.0,
                'W' => number * 7 / 365.25,
                'D' => number / 365.25,
                _ => null,
            };

            // "000Y" is what de-identification leaves, and no age.
            if (years is not null && (number > 0 || age[3] == 'D'))
            {
                return years;
            }
        }

        return Moment(dataset, DicomTag.PatientBirthDate, DicomTag.PatientBirthTime) is DateTime born
            && Moment(dataset, DicomTag.StudyDate, DicomTag.StudyTime) is DateTime studied
            && studied > born && (studied - born).TotalDays / 365.25 is double lived and < 130
            ? lived
            : null;
    }

    private static double? Positive(double? value) => value > 0 ? value : null;
}
