using System.Security.Cryptography;
using System.Text;
using FellowOakDicom;
using MLNetScinti.Imaging;

namespace MLNetScinti.Dicom;

/// <summary>A coded entry (PS3.3 section 8.8).</summary>
/// <param name="Value">Code Value, at most 16 characters.</param>
/// <param name="Scheme">Coding Scheme Designator ("SCT").</param>
/// <param name="Meaning">Code Meaning, at most 64 characters.</param>
public sealed record CodedConcept(string Value, string Scheme, string Meaning)
{
    /// <summary>Anatomical Structure (PS3.16 CID 7150).</summary>
    public static CodedConcept AnatomicalStructure { get; } = new("123037004", "SCT", "Anatomical Structure");

    /// <summary>Kidney (PS3.16 CID 7166).</summary>
    public static CodedConcept Kidney { get; } = new("64033007", "SCT", "Kidney");

    /// <summary>Any structure of the body, where nothing more is known.</summary>
    public static CodedConcept AnyStructure { get; } = new("91723000", "SCT", "Anatomical structure");

    /// <summary>The side of the body that a code stands for, or null; older writers used other codes (SRT).</summary>
    internal static BodySide? SideOf(CodedConcept? code) => code?.Value switch
    {
        "7771000" or "G-A101" => BodySide.Left,
        "24028007" or "G-A100" => BodySide.Right,
        _ => null,
    };

    /// <summary>The code of a side of the body (PS3.16 CID 244).</summary>
    public static CodedConcept Of(BodySide side) => side == BodySide.Left ? new("7771000", "SCT", "Left") : new("24028007", "SCT", "Right");

    /// <summary>The coded entry of an item, or null where it has none.</summary>
    internal static CodedConcept? Of(DicomDataset? item) =>
        item?.Text(DicomTag.CodeValue) is { Length: > 0 } value ? new(value, item.Text(DicomTag.CodingSchemeDesignator), item.Text(DicomTag.CodeMeaning)) : null;

    internal DicomDataset ToItem() => NuclearMedicineDataset.Code(Value, Scheme, Meaning);

    internal DicomSequence In(DicomTag tag) => new(tag, ToItem());

    internal bool IsCode(CodedConcept? other) => other is not null && Value == other.Value && Scheme == other.Scheme;
}

/// <summary>Who or what made contours (PS3.3 C.8.8.5, ROI Generation Algorithm; C.8.20.2, Segment Algorithm Type).</summary>
public enum GenerationKind
{
    /// <summary>A program alone.</summary>
    Automatic,

    /// <summary>A program that a person helped.</summary>
    Semiautomatic,

    /// <summary>A person.</summary>
    Manual,
}

/// <summary>The algorithm behind an object, as its readers see it (PS3.3 section 10.16, PS3.16 TID 4019).</summary>
/// <param name="Name">Its name, 1 to 64 characters.</param>
/// <param name="Version">Its version, 1 to 64 characters.</param>
public sealed record AlgorithmIdentity(string Name, string Version)
{
    /// <summary>The hash of the trained model (SHA-256, hexadecimal); empty where there is none.</summary>
    public string ModelHash { get; init; } = "";

    /// <summary>Who or what decides.</summary>
    public GenerationKind Kind { get; init; }

    /// <summary>The kind of algorithm; artificial intelligence where nothing else is said (PS3.16 CID 7162).</summary>
    public CodedConcept Family { get; init; } = new("123110", "DCM", "Artificial Intelligence");

    /// <summary>
    /// What the identifiers of everything that comes of one request follow from, besides its images: then neither the program's version nor the last digits of a result make another
    /// object of it, and whoever is asked the same twice stores it once. Empty where each result is an object of its own.
    /// </summary>
    public string Request { get; init; } = "";

    /// <summary>What Algorithm Parameters say: the hash, where there is one.</summary>
    public string Parameters => ModelHash.Length > 0 ? $"model sha256={ModelHash}" : "";

    internal string KindCode => Kind switch
    {
        GenerationKind.Automatic => "AUTOMATIC",
        GenerationKind.Semiautomatic => "SEMIAUTOMATIC",
        _ => "MANUAL",
    };

    internal static AlgorithmIdentity Checked(AlgorithmIdentity algorithm)
    {
        ArgumentNullException.ThrowIfNull(algorithm);
        foreach ((string text, string what) in new[] { (algorithm.Name, "name"), (algorithm.Version, "version") })
        {
            if (text.Length is 0 or > 64)
            {
                throw new ArgumentException($"An algorithm's {what} has 1 to 64 characters, found {text.Length}.", nameof(algorithm));
            }
        }

        return algorithm;
    }

    /// <summary>The Algorithm Identification macro (PS3.3 table 10-19).</summary>
    internal DicomDataset ToItem()
    {
        DicomDataset item = new()
        {
            Family.In(DicomTag.AlgorithmFamilyCodeSequence),
            { DicomTag.AlgorithmName, Name },
            { DicomTag.AlgorithmVersion, Version },
        };
        if (Parameters.Length > 0)
        {
            item.AddOrUpdate(DicomTag.AlgorithmParameters, Parameters);
        }

        return item;
    }

    /// <summary>The algorithm of an item, or null where it names none.</summary>
    internal static AlgorithmIdentity? Of(DicomDataset? item)
    {
        if (item is null || item.Text(DicomTag.AlgorithmName) is not { Length: > 0 } name)
        {
            return null;
        }

        AlgorithmIdentity found = new(name, item.Text(DicomTag.AlgorithmVersion)) { ModelHash = HashOf(item.Text(DicomTag.AlgorithmParameters)) };
        return CodedConcept.Of(item.FirstItem(DicomTag.AlgorithmFamilyCodeSequence)) is { } family ? found with { Family = family } : found;
    }

    /// <summary>The hash in what Algorithm Parameters say.</summary>
    internal static string HashOf(string parameters)
    {
        const string before = "sha256=";
        int at = parameters.IndexOf(before, StringComparison.Ordinal);
        return at < 0 ? "" : string.Concat(parameters[(at + before.Length)..].TakeWhile(char.IsAsciiHexDigit));
    }
}

/// <summary>A structure of the body that was found in a series, on its grid.</summary>
/// <param name="Name">Its name, 1 to 64 characters ("Kidney_L").</param>
/// <param name="Mask">Which voxels belong to it, ordered as a volume's voxels.</param>
public sealed record DerivedStructure(string Name, bool[] Mask)
{
    /// <summary>The side of the body that it lies on, where it has one.</summary>
    public BodySide? Side { get; init; }

    /// <summary>What it is (PS3.16 CID 7166); null where no code is known.</summary>
    public CodedConcept? Type { get; init; }

    /// <summary>What sort of thing it is.</summary>
    public CodedConcept Category { get; init; } = CodedConcept.AnatomicalStructure;

    /// <summary>RT ROI Interpreted Type (PS3.3 C.8.8.8.1).</summary>
    public string InterpretedType { get; init; } = "ORGAN";

    /// <summary>The colour in which viewers draw it; null for one of a fixed row.</summary>
    public (byte Red, byte Green, byte Blue)? Colour { get; init; }

    /// <summary>
    /// The identifier under which its finding goes in all objects, so that they can be put together (Tracking UID); empty for the one that
    /// input, algorithm and name give.
    /// </summary>
    public string TrackingUid { get; init; } = "";
}

/// <summary>Identifiers of objects that were made from images: the same input, algorithm and result give the same identifiers, on every machine.</summary>
public static class DerivedUid
{
    /// <summary>The Tracking UID of a structure.</summary>
    public static string OfTracking(SourceSeries source, AlgorithmIdentity algorithm, DerivedStructure structure)
    {
        ArgumentNullException.ThrowIfNull(structure);
        return structure.TrackingUid.Length > 0 ? structure.TrackingUid : DeterministicUid.From("tracking", Input(source, algorithm), structure.Name);
    }

    /// <summary>The Tracking UID of a case of a study.</summary>
    internal static string OfCase(SourceImages source, AlgorithmIdentity algorithm, string name) => DeterministicUid.From("tracking", Input(source, algorithm), name);

    /// <summary>The Series Instance UID of the objects of a modality that an algorithm makes from a series.</summary>
    internal static string OfSeries(SourceImages source, AlgorithmIdentity algorithm, string modality) => DeterministicUid.From("series", modality, Input(source, algorithm));

    /// <summary>The SOP Instance UID of an object.</summary>
    internal static string OfInstance(SourceImages source, AlgorithmIdentity algorithm, string modality, string content) =>
        algorithm.Request.Length > 0 ? DeterministicUid.From("instance", modality, Input(source, algorithm)) : DeterministicUid.From("instance", modality, Input(source, algorithm), content);

    /// <summary>A hash of structures: names and masks.</summary>
    internal static string HashOf(IReadOnlyList<DerivedStructure> structures)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (DerivedStructure structure in structures)
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{structure.Name.Length}:{structure.Name}:{structure.Side}:{structure.Mask.Length};"));
            hash.AppendData(Array.ConvertAll(structure.Mask, voxel => voxel ? (byte)1 : (byte)0));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static string Input(SourceImages source, AlgorithmIdentity algorithm)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(algorithm);
        string[] who = algorithm.Request.Length > 0 ? ["request", algorithm.Request, algorithm.ModelHash] : [algorithm.Name, algorithm.Version, algorithm.ModelHash];
        return DeterministicUid.From([.. source.Identifiers, .. who, .. source.Instances]);
    }
}

/// <summary>What objects that were made from images have in common.</summary>
internal static class DerivedObject
{
    public const string Manufacturer = "MLNetScinti";

    /// <summary>Patient, study, series, equipment and SOP common.</summary>
    public static DicomDataset Begin(SourceImages source, AlgorithmIdentity algorithm, DicomTransferSyntax syntax, DicomUID kind, string modality, string content, DateTime? createdAt)
    {
        string uid = DerivedUid.OfInstance(source, AlgorithmIdentity.Checked(algorithm), modality, content);
        DicomDataset dataset = new(syntax);
        source.Begin(dataset);
        if (source.Patient.IsSimulated)
        {
            // Contours of a simulated patient are a simulated patient's: else they would be somebody else's than their images.
            dataset.AddOrUpdate(DicomTag.PatientComments, SimulatedPatient.Mark);
        }

        dataset.AddOrUpdate(DicomTag.SOPClassUID, kind);
        dataset.AddOrUpdate(DicomTag.SOPInstanceUID, uid);
        dataset.AddOrUpdate(DicomTag.SeriesInstanceUID, DerivedUid.OfSeries(source, algorithm, modality));
        dataset.AddOrUpdate(DicomTag.Modality, modality);
        dataset.AddOrUpdate(DicomTag.SeriesNumber, 1);
        // What goes into an archive by itself says what it is where nothing but a list of series is seen.
        dataset.AddOrUpdate(DicomTag.SeriesDescription, Shortened($"{(algorithm.Request.Length > 0 ? "AI, research use: " : "")}{algorithm.Name} {algorithm.Version}", 64));
        dataset.AddOrUpdate(DicomTag.Manufacturer, Manufacturer);
        dataset.AddOrUpdate(DicomTag.ManufacturerModelName, algorithm.Name);
        dataset.AddOrUpdate(DicomTag.SoftwareVersions, algorithm.Version);
        dataset.AddOrUpdate(DicomTag.DeviceSerialNumber, algorithm.ModelHash.Length > 0 ? Shortened(algorithm.ModelHash, 64) : "0");
        (string date, string time) = Moment(source, createdAt);
        dataset.AddOrUpdate(DicomTag.SeriesDate, date);
        dataset.AddOrUpdate(DicomTag.SeriesTime, time);
        return dataset;
    }

    /// <summary>When an object was made: as its caller says, else when its images were, so that the same input gives the same file.</summary>
    public static (string Date, string Time) Moment(SourceImages source, DateTime? createdAt)
    {
        DateTime moment = createdAt ?? source.AcquiredAt ?? source.AcquiredOn?.ToDateTime(TimeOnly.MinValue) ?? new DateTime(2000, 1, 1, 0, 0, 0, DateTimeKind.Unspecified);
        return (moment.ToString("yyyyMMdd", System.Globalization.CultureInfo.InvariantCulture), moment.ToString("HHmmss", System.Globalization.CultureInfo.InvariantCulture));
    }

    public static string Shortened(string text, int length) => text.Length <= length ? text : text[..length];

    /// <summary>A reference to an instance (PS3.3 table 10-11).</summary>
    public static DicomDataset Reference(string classUid, string instanceUid) => new()
    {
        { DicomTag.ReferencedSOPClassUID, classUid },
        { DicomTag.ReferencedSOPInstanceUID, instanceUid },
    };

    /// <summary>A reference to the image of a section (PS3.3 table 10-3).</summary>
    public static DicomDataset Reference(SourceSection section)
    {
        DicomDataset item = Reference(section.ClassUid, section.InstanceUid);
        if (section.Frame is int frame)
        {
            item.AddOrUpdate(DicomTag.ReferencedFrameNumber, frame);
        }

        return item;
    }

    public static void Save(DicomDataset dataset, string path) => AtomicFile.Write(path, stream => new DicomFile(dataset).Save(stream));

    /// <summary>Structures that objects can be made of.</summary>
    public static void Check(SourceSeries source, IReadOnlyList<DerivedStructure> structures)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(structures);
        if (structures.Count == 0)
        {
            throw new ArgumentException("There is nothing to write: give one structure or more.", nameof(structures));
        }

        HashSet<string> names = new(StringComparer.Ordinal);
        foreach (DerivedStructure structure in structures)
        {
            if (structure.Name.Length is 0 or > 64 || !names.Add(structure.Name))
            {
                throw new ArgumentException($"Structures have different names of 1 to 64 characters, found '{structure.Name}'.", nameof(structures));
            }

            if (structure.Mask.Length != source.Geometry.Shape.Length)
            {
                throw new ArgumentException($"The mask of '{structure.Name}' holds {structure.Mask.Length} voxels, its series of {source.Geometry.Shape} has {source.Geometry.Shape.Length}.", nameof(structures));
            }
        }
    }
}
