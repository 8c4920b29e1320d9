using System.Globalization;
using FellowOakDicom;

namespace MLNetScinti.Dicom;

/// <summary>What may be known about a patient without knowing who it is.</summary>
/// <param name="Pseudonym">Stands for the patient in tables and reports: the same patient has the same one under the same key.</param>
/// <param name="IsKnown">Whether the file identifies a patient at all; else the pseudonym stands for the study.</param>
/// <param name="Sex">The patient's sex.</param>
/// <param name="AgeYears">Age in years at the time of the study, or null.</param>
/// <param name="SizeMetres">Height in m, or null.</param>
/// <param name="WeightKilograms">Weight in kg, or null.</param>
public sealed record PatientFacts(string Pseudonym, bool IsKnown, PatientSex Sex, double? AgeYears, double? SizeMetres, double? WeightKilograms)
{
    /// <summary>Whether the file says that the patient was simulated.</summary>
    public bool IsSimulated { get; init; }

    /// <summary>
    /// Age in whole years, as tables and reports may have it; null where it is not known. Days would be a birth date for whoever knows the day of the
    /// examination, and so few people are older than 90 that an age would name them: from there on it is 90 (45 CFR 164.514(b)(2)(i)(C)).
    /// </summary>
    public double? WholeYears => AgeYears is { } years ? Math.Min(Math.Floor(years), OldestTold) : null;

    private const double OldestTold = 90;

    /// <summary>Stands for the Patient ID alone, in one spelling, under the same key; empty where there is none. Two pseudonyms with the same one may be one patient.</summary>
    public string Number { get; init; } = "";

    /// <summary>Stands for who gave the Patient ID, under the same key; empty where the file does not say.</summary>
    public string Issuer { get; init; } = "";

    /// <summary>Stands for name and birth date together, under the same key; empty where the file has not both.</summary>
    public string Person { get; init; } = "";

    /// <summary>Whether two pseudonyms are of one patient as far as numbers tell: the same number, and no two different issuers of it.</summary>
    public bool MayBe(PatientFacts other) => other is not null && Number.Length > 0 && Number == other.Number && (Issuer == other.Issuer || Issuer.Length == 0 || other.Issuer.Length == 0);
}

/// <summary>The patient's sex as DICOM records it (PS3.3 C.7.1.1, Patient's Sex).</summary>
public enum PatientSex
{
    /// <summary>Not recorded.</summary>
    Unknown,

    /// <summary>DICOM value F.</summary>
    Female,

    /// <summary>DICOM value M.</summary>
    Male,

    /// <summary>DICOM value O.</summary>
    Other,
}

/// <summary>Reads who the patient is and what may be known about them, and keeps the two apart.</summary>
internal static class PatientReading
{
    public static (PatientFacts Facts, PatientIdentity Identity) Read(DicomDataset dataset, PseudonymKey? told)
    {
        bool isSimulated = SimulatedPatient.IsSaid(dataset);
        // A public key hides nobody, whoever gives it.
        PseudonymKey key = told is { IsPublic: false } ? told : (isSimulated ? PseudonymKey.Simulated : PseudonymKey.ForThisUser);
        PatientIdentity identity = IdentityOf(dataset);
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
        string issuer = dataset.Text(DicomTag.IssuerOfPatientID);
        return (new PatientFacts(pseudonym, who.Length > 0, sex, Age(dataset), Positive(dataset.Number(DicomTag.PatientSize)), Positive(dataset.Number(DicomTag.PatientWeight)))
        {
            IsSimulated = isSimulated,
            Number = id.Length > 0 ? key.PseudonymOf($"number|{OneSpelling(id)}") : "",
            Person = name.Length > 0 && birthDate.Length > 0 ? key.PseudonymOf($"person|{OneSpelling(name.Split('=')[0].TrimEnd('^', ' '))}|{birthDate}") : "",
            Issuer = issuer.Length > 0 ? key.PseudonymOf($"issuer|{OneSpelling(issuer)}") : "",
        }, identity);
    }

    // What else stands for the patient, and who sent and examined them: a rare physician's name and an accession number find a patient too.
    private static readonly DicomTag[] s_names = [DicomTag.PatientName, new(0x0010, 0x1001), DicomTag.PatientBirthName, DicomTag.PatientMotherBirthName, DicomTag.ResponsiblePerson];
    private static readonly DicomTag[] s_staff =
        [DicomTag.ReferringPhysicianName, DicomTag.PerformingPhysicianName, DicomTag.NameOfPhysiciansReadingStudy, DicomTag.PhysiciansOfRecord, DicomTag.RequestingPhysician, DicomTag.OperatorsName];
    private static readonly DicomTag[] s_numbers = [new(0x0010, 0x1000), DicomTag.AccessionNumber, DicomTag.AdmissionID, DicomTag.PatientTelephoneNumbers];

    private static PatientIdentity IdentityOf(DicomDataset dataset)
    {
        IEnumerable<string> others = dataset.Items(DicomTag.OtherPatientIDsSequence).Select(item => item.Text(DicomTag.PatientID));
        return new(dataset.Text(DicomTag.PatientID), dataset.Text(DicomTag.PatientName), dataset.Text(DicomTag.PatientBirthDate), All(s_names), All(s_staff), All(s_numbers).Concat(others));

        IEnumerable<string> All(DicomTag[] tags) => tags.SelectMany(tag => dataset.Texts(tag));
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

    // Numbers are typed by hand here and there: blanks, letters' case and leading zeros are none of the patient's.
    private static string OneSpelling(string text) => string.Concat(text.Where(letter => !char.IsWhiteSpace(letter))).ToUpperInvariant().TrimStart('0');

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
