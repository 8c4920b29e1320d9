namespace MLNetScinti.Dicom;

/// <summary>
/// Who the patient is. Kept apart from everything else: it has no properties that a logger or a serializer would
/// find, it prints as "[withheld]", and it is given only to those who call <see cref="Reveal"/>.
/// </summary>
public sealed class PatientIdentity
{
    private readonly string _id;
    private readonly string _name;
    private readonly string _birthDate;

    internal PatientIdentity(string id, string name, string birthDate)
    {
        _id = id;
        _name = name;
        _birthDate = birthDate;
    }

    /// <summary>Patient ID, patient's name and birth date (YYYYMMDD) as the file has them; empty where it has none.</summary>
    public (string PatientId, string Name, string BirthDate) Reveal() => (_id, _name, _birthDate);

    /// <inheritdoc/>
    public override string ToString() => "[withheld]";
}
