using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using FellowOakDicom;
using MLNetScinti.Testing;

namespace MLNetScinti.Cli.Tests;

/// <summary>
/// Patients of whom every identifying field of a file is filled, with names in the names of files and folders and in the labels
/// table; among the files some that are left out. A small pipeline was run on them to its end, in a home and a temporary folder of its own.
/// </summary>
public sealed class CraftedCohort : IDisposable
{
    public const string Secret = "GEHEIM", UidRoot = "1.2.826.0.1.3680043.9.7777";

    /// <summary>What identifies somebody: elements of text with room for a marked value.</summary>
    private static readonly DicomTag[] s_texts =
    [
        DicomTag.PatientName, DicomTag.PatientID, DicomTag.OtherPatientNames, DicomTag.PatientBirthName, DicomTag.PatientMotherBirthName, DicomTag.PatientAddress,
        DicomTag.PatientTelephoneNumbers, DicomTag.PatientComments, DicomTag.InstitutionName, DicomTag.InstitutionAddress, DicomTag.InstitutionalDepartmentName, DicomTag.ReferringPhysicianName,
        DicomTag.PerformingPhysicianName, DicomTag.OperatorsName, DicomTag.PhysiciansOfRecord, DicomTag.NameOfPhysiciansReadingStudy, DicomTag.RequestingPhysician,
        DicomTag.AccessionNumber, DicomTag.StudyID, DicomTag.StudyDescription, DicomTag.SeriesDescription, DicomTag.ImageComments, DicomTag.StationName,
        DicomTag.DeviceSerialNumber, DicomTag.ProtocolName, DicomTag.ImageID, DicomTag.RequestedProcedureDescription, DicomTag.IssuerOfPatientID,
    ];

    private static readonly DicomTag[] s_uids = [DicomTag.StudyInstanceUID, DicomTag.SeriesInstanceUID, DicomTag.SOPInstanceUID, DicomTag.FrameOfReferenceUID];

    public CraftedCohort()
    {
        using StudyFolder plain = new();
        List<string> labels = ["File,Side,Label,Age,PatientName"];
        Dictionary<string, string> moved = new(StringComparer.Ordinal);
        for (int patient = 1; patient <= 12; patient++)
        {
            string name = string.Create(CultureInfo.InvariantCulture, $"{Secret}_Gundula_{patient:00}/{Secret} {patient:00}.dcm");
            moved.Add(string.Create(CultureInfo.InvariantCulture, $"study{patient:00}.dcm"), name);
            Identities.Add(Write(Path.Combine(plain.Studies, string.Create(CultureInfo.InvariantCulture, $"study{patient:00}.dcm")), name, patient));
        }

        foreach (string[] line in File.ReadAllLines(Path.Combine(plain.Studies, "labels.csv")).Skip(1).Select(line => line.Split(',')))
        {
            labels.Add($"{moved[line[0]]},{line[1]},{line[2]},{line[3]},{Secret}^Gundula");
        }

        // Left out: a copy, half a file, none at all, and a letter.
        string first = Path.Combine(Studies, Identities[0].File), copy = Path.Combine(Studies, $"{Secret}_Gundula_01", $"{Secret} copy.dcm");
        File.Copy(first, copy);
        labels.AddRange(labels.Where(line => line.StartsWith(Identities[0].File, StringComparison.Ordinal)).Select(line => line.Replace(Identities[0].File, Path.GetRelativePath(Studies, copy).Replace('\\', '/'), StringComparison.Ordinal)).ToArray());
        File.WriteAllBytes(Path.Combine(Studies, $"{Secret} half.dcm"), File.ReadAllBytes(first)[..600]);
        File.WriteAllText(Path.Combine(Studies, $"{Secret} letter.txt"), "Dear colleague");
        File.WriteAllText(Path.Combine(Studies, $"{Secret} empty.dcm"), "");
        File.WriteAllLines(Path.Combine(Studies, "labels.csv"), labels);
        File.WriteAllText(Path.Combine(Root, "crafted.yaml"), StudyFolder.Pipeline.Replace("epochs: 30", "epochs: 2", StringComparison.Ordinal).Replace("  balanced: true\n", "", StringComparison.Ordinal));
        Finished = Run("one", "run", "crafted.yaml", "--output", Output("one"));
    }

    /// <summary>Who the patients are, as somebody knows who has the archive's list of studies.</summary>
    public List<(string Id, string Name, string Born, string Issuer, string Study, string Series, string Instance, string File, string Accession)> Identities { get; } = [];

    public string Root { get; } = Directory.CreateTempSubdirectory("scinti-cli-").FullName;

    public string Studies => Path.Combine(Root, "studies");

    public (int Code, string Output, string Error) Finished { get; }

    public string Output(string user) => Path.Combine(Root, "out", user);

    public string Home(string user) => Path.Combine(Root, "home", user);

    public string Temporary(string user) => Path.Combine(Root, "tmp", user);

    /// <summary>A user's key.</summary>
    public static string Key(string user) => TestSecret.Of(user);

    /// <summary>Runs a command as one of the users.</summary>
    public (int Code, string Output, string Error) Run(string user, params IEnumerable<string> arguments) => Run(user, Key(user), arguments);

    public (int Code, string Output, string Error) Run(string user, string? key, IEnumerable<string> arguments)
    {
        Directory.CreateDirectory(Home(user));
        Directory.CreateDirectory(Temporary(user));
        return Scinti.Run(Root, new Dictionary<string, string?> { ["HOME"] = Home(user), ["XDG_DATA_HOME"] = null, ["TMPDIR"] = Temporary(user), ["SCINTI_PSEUDONYM_KEY"] = key }, arguments);
    }

    /// <summary>What of the identities is in some bytes, also within archives, base64, UTF-16 and markup; empty where nothing is.</summary>
    public IReadOnlyList<string> Found(byte[] bytes) => Found(bytes, Identities.Select(one => one.Born));

    /// <summary>The same of other patients that were marked, with their days of birth.</summary>
    public static IReadOnlyList<string> Found(byte[] bytes, IEnumerable<string> births) =>
        [.. Find(bytes, [Secret, "Gundula", UidRoot, .. births.SelectMany(born => new[] { born, $"{born[..4]}-{born[4..6]}-{born[6..]}" })], 0).Distinct(StringComparer.Ordinal)];

    public void Dispose() => Directory.Delete(Root, recursive: true);

    /// <summary>
    /// Fills every identifying field of the images and structure sets of a folder, with names in the names of files, regions and identifiers. Files that
    /// belonged to each other still do. Returns the days of birth.
    /// </summary>
    public static IReadOnlyList<string> Mark(string folder)
    {
        List<string> patients = [];
        string[] files = [.. Directory.GetFiles(folder, "*.dcm", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];
        foreach (string path in files)
        {
            DicomDataset dataset = DicomFile.Open(path, FileReadOption.ReadAll).Dataset;
            string id = dataset.GetSingleValue<string>(DicomTag.PatientID);
            int patient = patients.IndexOf(id) + 1;
            if (patient == 0)
            {
                patients.Add(id);
                patient = patients.Count;
            }

            foreach (DicomDataset place in Sequences(dataset).Prepend(dataset).ToArray())
            {
                foreach (DicomUniqueIdentifier uid in place.OfType<DicomUniqueIdentifier>().Where(uid => uid.Count == 1 && !uid.Get<string>(0).StartsWith("1.2.840.10008.", StringComparison.Ordinal)).ToArray())
                {
                    place.AddOrUpdate(uid.Tag, $"{UidRoot}.{BitConverter.ToUInt64(SHA256.HashData(Encoding.ASCII.GetBytes(uid.Get<string>(0)))).ToString(CultureInfo.InvariantCulture)}");
                }

                foreach (DicomTag typed in (DicomTag[])[DicomTag.ROIName, DicomTag.ROIObservationLabel])
                {
                    if (place.TryGetSingleValue(typed, out string said))
                    {
                        place.AddOrUpdate(typed, string.Create(CultureInfo.InvariantCulture, $"{said} {Secret}00X{patient:00}"));
                    }
                }
            }

            Fill(dataset, patient);
            string target = string.Create(CultureInfo.InvariantCulture, $"{Path.GetDirectoryName(path)}/{Secret} {patient:00} {Path.GetFileName(path)}");
            new DicomFile(dataset).Save(target);
            File.Delete(path);
        }

        return [.. Enumerable.Range(1, patients.Count).Select(Birth)];
    }

    private static string Birth(int patient) => string.Create(CultureInfo.InvariantCulture, $"2011{patient:00}{patient + 10:00}");

    // All but the identifiers, which say what belongs together.
    private static void Fill(DicomDataset dataset, int patient)
    {
        for (int field = 0; field < s_texts.Length; field++)
        {
            dataset.AddOrUpdate(s_texts[field], string.Create(CultureInfo.InvariantCulture, $"{Secret}{field:00}X{patient:00}"));
        }

        // Of several components, and in several writings.
        dataset.AddOrUpdate(DicomTag.PatientName, string.Create(CultureInfo.InvariantCulture, $"{Secret}00X{patient:00}^Gundula^Maria Gundula^Dr.^geb. Gundula={Secret}^Gundula={Secret}^Gundula"));
        Elsewhere(dataset, patient);
        dataset.AddOrUpdate(DicomTag.PatientBirthDate, Birth(patient));
        dataset.AddOrUpdate(new DicomSequence(DicomTag.OtherPatientIDsSequence, new DicomDataset { { DicomTag.PatientID, $"{Secret} in a sequence" } }));
    }

    private static IEnumerable<string> Find(byte[] bytes, string[] secrets, int depth)
    {
        string text = Encoding.Latin1.GetString(bytes);
        foreach (string form in (string[])[text, Encoding.Unicode.GetString(bytes), bytes.Length > 1 ? Encoding.Unicode.GetString(bytes, 1, bytes.Length - 1) : "", WebUtility.HtmlDecode(text), WebUtility.UrlDecode(text)])
        {
            foreach (string known in secrets)
            {
                if (form.Contains(known, StringComparison.OrdinalIgnoreCase))
                {
                    yield return known;
                }
            }
        }

        if (depth > 3)
        {
            yield break;
        }

        foreach (byte[] inner in Inner(bytes, text))
        {
            foreach (string found in Find(inner, secrets, depth + 1))
            {
                yield return found;
            }
        }
    }

    private static IEnumerable<byte[]> Inner(byte[] bytes, string text)
    {
        foreach (byte[] unpacked in Unpacked(bytes))
        {
            yield return unpacked;
        }

        foreach (Match match in Regex.Matches(text, "[A-Za-z0-9+/]{16,}={0,2}", RegexOptions.None, TimeSpan.FromSeconds(20)))
        {
            string coded = match.Value.TrimEnd('=');
            // Where the text before runs into it, it may begin at any of four places.
            for (int start = 0; start < 4 && coded.Length - start >= 16; start++)
            {
                string whole = coded[start..(coded.Length - ((coded.Length - start) % 4 == 1 ? 1 : 0))];
                yield return Convert.FromBase64String(whole.PadRight((whole.Length + 3) / 4 * 4, '='));
            }
        }
    }

    // Chance bytes begin as an archive now and then, and are none.
    private static List<byte[]> Unpacked(byte[] bytes)
    {
        List<byte[]> found = [];
        try
        {
            if (bytes is [(byte)'P', (byte)'K', 3, 4, ..])
            {
                using ZipArchive archive = new(new MemoryStream(bytes));
                foreach (ZipArchiveEntry entry in archive.Entries)
                {
                    found.Add(Encoding.UTF8.GetBytes(entry.FullName));
                    using Stream packed = entry.Open();
                    found.Add(Whole(packed));
                }
            }

            if (bytes is [0x1F, 0x8B, 8, ..])
            {
                using GZipStream packed = new(new MemoryStream(bytes), CompressionMode.Decompress);
                found.Add(Whole(packed));
            }
        }
        catch (InvalidDataException)
        {
        }

        return found;

        static byte[] Whole(Stream packed)
        {
            using MemoryStream content = new();
            packed.CopyTo(content);
            return content.ToArray();
        }
    }

    // Where nobody looks for a name: private elements, items of sequences, overlays, comments, the words that somebody typed at a camera.
    private static void Elsewhere(DicomDataset dataset, int patient)
    {
        string secret = string.Create(CultureInfo.InvariantCulture, $"{Secret}00X{patient:00} Gundula");
        byte[] bytes = Encoding.ASCII.GetBytes(secret + " ");
        foreach (DicomDataset place in ((IEnumerable<DicomDataset>)[dataset]).Concat(Sequences(dataset)).ToArray())
        {
            foreach ((ushort group, string creator) in ((ushort, string)[])[(0x0009, "GEMS_PETD_01"), (0x0011, "SIEMENS MED NM"), (0x0033, $"{Secret} PRIVATE"), (0x7053, "Philips PET Private Group")])
            {
                place.AddOrUpdate(new DicomLongString(new DicomTag(group, 0x0010), creator));
                place.AddOrUpdate(new DicomLongString(new DicomTag(group, 0x1077, creator), secret));
                place.AddOrUpdate(new DicomOtherByte(new DicomTag(group, 0x1078, creator), bytes));
                place.AddOrUpdate(new DicomUniqueIdentifier(new DicomTag(group, 0x1079, creator), $"{UidRoot}.{patient}.7"));
            }

            place.AddOrUpdate(new DicomSequence(DicomTag.ViewCodeSequence, Coded(secret)));
        }

        foreach (DicomTag tag in (DicomTag[])[DicomTag.RequestAttributesSequence, DicomTag.ReferencedPatientSequence, DicomTag.ReferencedStudySequence, DicomTag.PerformingPhysicianIdentificationSequence, DicomTag.ReferringPhysicianIdentificationSequence])
        {
            DicomDataset item = Coded(secret);
            item.AddOrUpdate(DicomTag.PatientName, secret);
            item.AddOrUpdate(DicomTag.PatientID, secret);
            item.AddOrUpdate(DicomTag.ReferencedSOPInstanceUID, $"{UidRoot}.{patient}.8");
            item.AddOrUpdate(new DicomSequence(DicomTag.PersonIdentificationCodeSequence, Coded(secret)));
            dataset.AddOrUpdate(new DicomSequence(tag, item));
        }

        foreach (DicomTag tag in (DicomTag[])[DicomTag.ProcedureCodeSequence, DicomTag.AnatomicRegionSequence, DicomTag.PerformedProtocolCodeSequence])
        {
            dataset.AddOrUpdate(new DicomSequence(tag, Coded(secret)));
        }

        dataset.AddOrUpdate(DicomTag.FrameComments, secret);
        dataset.AddOrUpdate(new DicomLongText(DicomTag.AdditionalPatientHistory, secret));
        dataset.AddOrUpdate(DicomTag.SoftwareVersions, secret, "5.1");
        dataset.AddOrUpdate(DicomTag.ReviewerName, secret);
        dataset.AddOrUpdate(new DicomUnsignedShort(DicomTag.OverlayRows, 64), new DicomUnsignedShort(DicomTag.OverlayColumns, 64), new DicomUnsignedShort(DicomTag.OverlayBitsAllocated, 1), new DicomUnsignedShort(DicomTag.OverlayBitPosition, 0), new DicomSignedShort(DicomTag.OverlayOrigin, 1, 1));
        dataset.AddOrUpdate(DicomTag.OverlayType, "G");
        dataset.AddOrUpdate(DicomTag.OverlayLabel, secret);
        dataset.AddOrUpdate(DicomTag.OverlayDescription, secret);
        dataset.AddOrUpdate(new DicomOtherWord(DicomTag.OverlayData, [.. bytes, .. new byte[512 - bytes.Length]]));
        foreach (DicomDataset window in dataset.TryGetSequence(DicomTag.EnergyWindowInformationSequence, out DicomSequence energyWindowInformationSequence) ? energyWindowInformationSequence.Items : [])
        {
            window.AddOrUpdate(DicomTag.EnergyWindowName, secret[..16]);
        }

        foreach (DicomDataset agent in dataset.TryGetSequence(DicomTag.RadiopharmaceuticalInformationSequence, out DicomSequence radiopharmaceuticalInformationSequence) ? radiopharmaceuticalInformationSequence.Items : [])
        {
            agent.AddOrUpdate(DicomTag.Radiopharmaceutical, $"DMSA for {secret}");
        }

        foreach (DicomDataset detector in dataset.TryGetSequence(DicomTag.DetectorInformationSequence, out DicomSequence detectorInformationSequence) ? detectorInformationSequence.Items : [])
        {
            detector.AddOrUpdate(DicomTag.CollimatorGridName, secret[..16]);
            detector.AddOrUpdate(DicomTag.ViewCodeSequence, Coded(secret));
            detector.AddOrUpdate(DicomTag.DetectorID, secret[..16]);
        }
    }

    private static DicomDataset Coded(string secret) => new() { { DicomTag.CodeValue, secret[..16] }, { DicomTag.CodingSchemeDesignator, "99GEHEIM" }, { DicomTag.CodeMeaning, secret } };

    private static IEnumerable<DicomDataset> Sequences(DicomDataset dataset) =>
        dataset.OfType<DicomSequence>().SelectMany(sequence => sequence.Items).SelectMany(item => Sequences(item).Prepend(item));

    private (string Id, string Name, string Born, string Issuer, string Study, string Series, string Instance, string File, string Accession) Write(string source, string name, int patient)
    {
        DicomFile file = DicomFile.Open(source, FileReadOption.ReadAll);
        DicomDataset dataset = file.Dataset;
        for (int field = 0; field < s_uids.Length; field++)
        {
            dataset.AddOrUpdate(s_uids[field], string.Create(CultureInfo.InvariantCulture, $"{UidRoot}.{patient}.{field}"));
        }

        Fill(dataset, patient);
        string born = Birth(patient);
        string path = Path.Combine(Studies, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        DicomFile made = new(dataset);
        made.FileMetaInfo.AddOrUpdate(new DicomApplicationEntity(DicomTag.SourceApplicationEntityTitle, $"{Secret}_AE"));
        made.FileMetaInfo.AddOrUpdate(new DicomUniqueIdentifier(DicomTag.PrivateInformationCreatorUID, $"{UidRoot}.99.{patient}"));
        made.FileMetaInfo.AddOrUpdate(new DicomOtherByte(DicomTag.PrivateInformation, Encoding.ASCII.GetBytes($"{Secret} Gundula ")));
        made.Save(path);
        // Before the first element a file has room for anything.
        using (FileStream written = new(path, FileMode.Open, FileAccess.Write))
        {
            written.Write(Encoding.ASCII.GetBytes($"{Secret} Gundula, born {born}"));
        }

        string Of(DicomTag tag) => dataset.GetSingleValue<string>(tag);
        return (Of(DicomTag.PatientID), Of(DicomTag.PatientName), born, Of(DicomTag.IssuerOfPatientID), Of(DicomTag.StudyInstanceUID), Of(DicomTag.SeriesInstanceUID), Of(DicomTag.SOPInstanceUID), name, Of(DicomTag.AccessionNumber));
    }
}
