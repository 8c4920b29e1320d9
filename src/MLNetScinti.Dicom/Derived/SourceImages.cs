using FellowOakDicom;

namespace MLNetScinti.Dicom;

/// <summary>
/// Images from which an object is made: of whom and of which examination they are, which the object takes over so that an archive files it with them.
/// </summary>
public abstract class SourceImages
{
    // The Patient, Patient Study and General Study modules (PS3.3 C.7.1.1, C.7.2.1, C.7.2.2), as far as objects need them.
    private static readonly DicomTag[] s_ofPatientAndStudy =
    [
        DicomTag.PatientName, DicomTag.PatientID, DicomTag.IssuerOfPatientID, DicomTag.PatientBirthDate, DicomTag.PatientSex, DicomTag.PatientAge, DicomTag.PatientSize, DicomTag.PatientWeight,
        DicomTag.StudyDate, DicomTag.StudyTime, DicomTag.AccessionNumber, DicomTag.ReferringPhysicianName, DicomTag.StudyID, DicomTag.StudyDescription,
    ];

    // Type 2: there, though empty.
    private static readonly DicomTag[] s_neverAbsent =
    [
        DicomTag.PatientName, DicomTag.PatientID, DicomTag.PatientBirthDate, DicomTag.PatientSex, DicomTag.StudyDate, DicomTag.StudyTime, DicomTag.AccessionNumber, DicomTag.ReferringPhysicianName, DicomTag.StudyID,
    ];

    private readonly Dictionary<DicomTag, string> _ofPatientAndStudy;

    private protected SourceImages(ImageHeader first, Dictionary<DicomTag, string> ofPatientAndStudy) =>
        (StudyUid, Patient, AcquiredAt, AcquiredOn, _ofPatientAndStudy) = (first.StudyUid, first.Patient, first.AcquiredAt, first.AcquiredOn, ofPatientAndStudy);

    /// <summary>Study Instance UID.</summary>
    public string StudyUid { get; }

    /// <summary>What may be known about the patient.</summary>
    public PatientFacts Patient { get; }

    /// <summary>When the acquisition began, or null.</summary>
    public DateTime? AcquiredAt { get; }

    /// <summary>The day on which that was, or null.</summary>
    public DateOnly? AcquiredOn { get; }

    /// <summary>The identifiers of what the images are part of.</summary>
    internal abstract IReadOnlyList<string> Identifiers { get; }

    /// <summary>The images' own identifiers.</summary>
    internal abstract IEnumerable<string> Instances { get; }

    /// <summary>Says in an object of whom and of which examination it is.</summary>
    internal virtual void Begin(DicomDataset dataset)
    {
        dataset.AddOrUpdate(DicomTag.SpecificCharacterSet, "ISO_IR 192");
        dataset.AddOrUpdate(DicomTag.StudyInstanceUID, StudyUid);
        // Others' values are passed on as they are, however they were typed.
        dataset.NotValidated();
        foreach (DicomTag tag in s_ofPatientAndStudy)
        {
            if (_ofPatientAndStudy.TryGetValue(tag, out string? value))
            {
                dataset.AddOrUpdate(tag, value);
            }
        }

        dataset.Validated();
    }

    private static Dictionary<DicomTag, string> Copied(DicomDataset dataset)
    {
        Dictionary<DicomTag, string> copied = [];
        foreach (DicomTag tag in s_ofPatientAndStudy)
        {
            string value = dataset.Text(tag);
            if (value.Length > 0 || Array.IndexOf(s_neverAbsent, tag) >= 0)
            {
                copied[tag] = value;
            }
        }

        return copied;
    }

    private static void Check(string file, string classUid, ImageHeader header)
    {
        foreach ((string uid, string what) in new[] { (classUid, "SOP Class UID (0008,0016)"), (header.InstanceUid, "SOP Instance UID (0008,0018)"), (header.StudyUid, "Study Instance UID (0020,000D)"), (header.SeriesUid, "Series Instance UID (0020,000E)") })
        {
            if (!DatasetReading.IsIdentifier(uid))
            {
                throw new DicomReadException(file, SkipReason.InconsistentHeader, $"its {what} is missing or no identifier, and objects made from it must refer to it: ask its source for another export.");
            }
        }
    }

    private protected static Opened Open(string file, DicomReadOptions options)
    {
        using OpenedFile opened = OpenedFile.Open(file);
        ImageHeader header = HeaderReading.Read(opened.File, file, options).Header;
        DicomDataset dataset = opened.Dataset;
        string classUid = dataset.Text(DicomTag.SOPClassUID);
        Check(file, classUid, header);
        return new Opened(header, classUid, Copied(dataset));
    }

    private protected sealed record Opened(ImageHeader Header, string ClassUid, Dictionary<DicomTag, string> OfPatientAndStudy);
}
