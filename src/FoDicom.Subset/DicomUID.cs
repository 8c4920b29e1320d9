using System.Collections.Concurrent;
using System.Globalization;
using System.Numerics;
using System.Reflection;

namespace FellowOakDicom;

public sealed partial class DicomUID : DicomParseable
{
    private static readonly Lazy<ConcurrentDictionary<string, DicomUID>> s_known = new(static () =>
        new ConcurrentDictionary<string, DicomUID>(
            typeof(DicomUID).GetFields(BindingFlags.Public | BindingFlags.Static)
                .Where(static field => field.FieldType == typeof(DicomUID))
                .Select(static field => (DicomUID)field.GetValue(null))
                .Select(static uid => KeyValuePair.Create(uid.UID, uid)),
            StringComparer.Ordinal));

    public DicomUID(string uid, string name, DicomUidType type, bool retired = false)
    {
        UID = uid;
        Name = name;
        Type = type;
        IsRetired = retired;
    }

    public static string RootUID { get; set; } = "1.2.826.0.1.3680043.2.1343.1";

    public string UID { get; }

    public string Name { get; }

    public DicomUidType Type { get; }

    public bool IsRetired { get; }

    public bool IsImageStorage => StorageCategory == DicomStorageCategory.Image;

    public bool IsVolumeStorage => StorageCategory == DicomStorageCategory.Volume;

    public DicomStorageCategory StorageCategory
    {
        get
        {
            if (!UID.StartsWith("1.2.840.10008", StringComparison.Ordinal) && Type == DicomUidType.SOPClass)
            {
                return DicomStorageCategory.Private;
            }

            if (Type != DicomUidType.SOPClass || !Name.Contains("Storage", StringComparison.Ordinal))
            {
                return DicomStorageCategory.None;
            }

            return Name.Contains("Image Storage", StringComparison.Ordinal) ? DicomStorageCategory.Image
                : Name.Contains("Volume", StringComparison.Ordinal) ? DicomStorageCategory.Volume
                : Name.Contains("Presentation State", StringComparison.Ordinal) ? DicomStorageCategory.PresentationState
                : Name.Contains("SR Storage", StringComparison.Ordinal) ? DicomStorageCategory.StructuredReport
                : Name.Contains("Waveform", StringComparison.Ordinal) ? DicomStorageCategory.Waveform
                : Name.Contains("Encapsulated", StringComparison.Ordinal) ? DicomStorageCategory.Document
                : Name.Contains("Raw", StringComparison.Ordinal) ? DicomStorageCategory.Raw
                : DicomStorageCategory.Other;
        }
    }

    public static void Register(DicomUID uid) => s_known.Value[uid.UID] = uid;

    /// <summary>A new identifier under 2.25: a random UUID as a decimal number (PS3.5 annex B.2).</summary>
    public static DicomUID Generate()
    {
        Span<byte> bytes = stackalloc byte[16];
        Guid.NewGuid().TryWriteBytes(bytes, bigEndian: true, out _);
        BigInteger number = new(bytes, isUnsigned: true, isBigEndian: true);
        return new DicomUID("2.25." + number.ToString(CultureInfo.InvariantCulture), "Local UID", DicomUidType.Unknown);
    }

    public static DicomUID Append(DicomUID baseUid, long nextSeq) =>
        new(string.Create(CultureInfo.InvariantCulture, $"{baseUid.UID}.{nextSeq}"), "SOP Instance UID", DicomUidType.SOPInstance);

    public static bool IsValidUid(string uid)
    {
        try
        {
            DicomValidation.ValidateUI(uid);
            return !uid.StartsWith('0');
        }
        catch (DicomValidationException)
        {
            return false;
        }
    }

    public static DicomUID Parse(string s) => Parse(s, "Unknown", DicomUidType.Unknown);

    public static DicomUID Parse(string s, string name = "Unknown", DicomUidType type = DicomUidType.Unknown)
    {
        string uid = s.TrimEnd(' ', '\0');
        return s_known.Value.TryGetValue(uid, out DicomUID known) ? known : new DicomUID(uid, name, type);
    }

    public static IEnumerable<DicomUID> Enumerate() => s_known.Value.Values;

    public static bool operator ==(DicomUID a, DicomUID b) => a is null ? b is null : a.Equals(b);

    public static bool operator !=(DicomUID a, DicomUID b) => !(a == b);

    public override bool Equals(object obj) => obj is DicomUID other && string.Equals(UID, other.UID, StringComparison.Ordinal);

    public override int GetHashCode() => UID.GetHashCode(StringComparison.Ordinal);

    public override string ToString() => $"{Name} [{UID}]";
}

public enum DicomUidType
{
    TransferSyntax,
    SOPClass,
    MetaSOPClass,
    ServiceClass,
    SOPInstance,
    ApplicationContextName,
    ApplicationHostingModel,
    CodingScheme,
    FrameOfReference,
    Synchronization,
    LDAP,
    MappingResource,
    ContextGroupName,
    Unknown,
}

public enum DicomStorageCategory
{
    None,
    Image,
    PresentationState,
    StructuredReport,
    Waveform,
    Document,
    Raw,
    Other,
    Private,
    Volume,
}

public abstract class DicomParseable
{
}

/// <summary>Gives one new identifier to each old one, and remembers it.</summary>
public class DicomUIDGenerator
{
    private readonly ConcurrentDictionary<string, DicomUID> _replaced = new(StringComparer.Ordinal);

    public static DicomUID GenerateDerivedFromUUID() => DicomUID.Generate();

    public DicomUID Generate(DicomUID sourceUid)
    {
        ArgumentNullException.ThrowIfNull(sourceUid);
        return _replaced.GetOrAdd(sourceUid.UID, static _ => GenerateDerivedFromUUID());
    }
}
