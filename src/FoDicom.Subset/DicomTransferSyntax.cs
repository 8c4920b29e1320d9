using System.Collections.Concurrent;
using FellowOakDicom.IO;

namespace FellowOakDicom;

public class DicomTransferSyntax : DicomParseable
{
    /// <summary>Of no standard: how files without meta information are read that begin like this.</summary>
    public static readonly DicomTransferSyntax ImplicitVRBigEndian = new(new DicomUID(DicomUID.ExplicitVRBigEndianRETIRED.UID + ".123456", "Implicit VR Big Endian", DicomUidType.TransferSyntax), Form.Big);

    /// <summary>Implicit, with the two bytes of each pixel turned around.</summary>
    public static readonly DicomTransferSyntax GEPrivateImplicitVRBigEndian = new(new DicomUID("1.2.840.113619.5.2", "GE Private Implicit VR Big Endian", DicomUidType.TransferSyntax), Form.Swapped);

    public static readonly DicomTransferSyntax ImplicitVRLittleEndian = new(DicomUID.ImplicitVRLittleEndian, Form.None);
    public static readonly DicomTransferSyntax ExplicitVRLittleEndian = new(DicomUID.ExplicitVRLittleEndian, Form.Explicit);
    public static readonly DicomTransferSyntax ExplicitVRBigEndian = new(DicomUID.ExplicitVRBigEndianRETIRED, Form.Explicit | Form.Big);
    public static readonly DicomTransferSyntax DeflatedExplicitVRLittleEndian = new(DicomUID.DeflatedExplicitVRLittleEndian, Form.Explicit | Form.Deflated);
    public static readonly DicomTransferSyntax JPEGProcess1 = new(DicomUID.JPEGBaseline8Bit, Form.Encapsulated, "ISO_10918_1");
    public static readonly DicomTransferSyntax JPEGProcess2_4 = new(DicomUID.JPEGExtended12Bit, Form.Encapsulated, "ISO_10918_1");
    public static readonly DicomTransferSyntax JPEGProcess14 = new(DicomUID.JPEGLossless, Form.Encapsulated);
    public static readonly DicomTransferSyntax JPEGProcess14SV1 = new(DicomUID.JPEGLosslessSV1, Form.Encapsulated);
    public static readonly DicomTransferSyntax JPEGLSLossless = new(DicomUID.JPEGLSLossless, Form.Encapsulated);
    public static readonly DicomTransferSyntax JPEGLSNearLossless = new(DicomUID.JPEGLSNearLossless, Form.Encapsulated, "ISO_14495_1");
    public static readonly DicomTransferSyntax JPEG2000Lossless = new(DicomUID.JPEG2000Lossless, Form.Encapsulated);
    public static readonly DicomTransferSyntax JPEG2000Lossy = new(DicomUID.JPEG2000, Form.Encapsulated, "ISO_15444_1");
    public static readonly DicomTransferSyntax JPIPReferenced = new(DicomUID.JPIPReferenced, Form.Explicit);
    public static readonly DicomTransferSyntax JPIPReferencedDeflate = new(DicomUID.JPIPReferencedDeflate, Form.Explicit | Form.Deflated);
    public static readonly DicomTransferSyntax MPEG2 = new(DicomUID.MPEG2MPML, Form.Encapsulated, "ISO_13818_2");
    public static readonly DicomTransferSyntax RLELossless = new(DicomUID.RLELossless, Form.Encapsulated);

    private static readonly ConcurrentDictionary<DicomUID, DicomTransferSyntax> s_known = new(
        new[]
        {
            GEPrivateImplicitVRBigEndian, ImplicitVRLittleEndian, ExplicitVRLittleEndian, ExplicitVRBigEndian, DeflatedExplicitVRLittleEndian, JPEGProcess1,
            JPEGProcess2_4, JPEGProcess14, JPEGProcess14SV1, JPEGLSLossless, JPEGLSNearLossless, JPEG2000Lossless, JPEG2000Lossy,
            JPIPReferenced, JPIPReferencedDeflate, MPEG2, RLELossless,
        }.Select(static syntax => KeyValuePair.Create(syntax.UID, syntax)));

    private readonly Form _form;

    private DicomTransferSyntax(DicomUID uid, Form form, string lossyMethod = null)
    {
        UID = uid;
        _form = form.HasFlag(Form.Encapsulated) ? form | Form.Explicit : form;
        LossyCompressionMethod = lossyMethod;
    }

    [Flags]
    private enum Form
    {
        None = 0,
        Explicit = 1,
        Encapsulated = 2,
        Deflated = 4,
        Big = 8,
        Swapped = 16,
    }

    public static IEnumerable<DicomTransferSyntax> KnownEntries => s_known.Values;

    public DicomUID UID { get; }

    public bool IsRetired => UID.IsRetired;

    public bool IsExplicitVR => _form.HasFlag(Form.Explicit);

    public bool IsEncapsulated => _form.HasFlag(Form.Encapsulated);

    public bool IsLossy => LossyCompressionMethod is not null;

    public string LossyCompressionMethod { get; }

    public bool IsDeflate => _form.HasFlag(Form.Deflated);

    public Endian Endian => _form.HasFlag(Form.Big) ? Endian.Big : Endian.Little;

    public bool SwapPixelData => _form.HasFlag(Form.Swapped);

    public static DicomTransferSyntax Parse(string uid) => Lookup(DicomUID.Parse(uid, type: DicomUidType.TransferSyntax));

    public static DicomTransferSyntax Lookup(DicomUID uid) => Query(uid) ?? (uid.Type == DicomUidType.TransferSyntax
        ? new DicomTransferSyntax(uid, Form.Encapsulated)
        : throw new DicomDataException($"UID: {uid} is not a transfer syntax type."));

    public static DicomTransferSyntax Query(DicomUID uid) => s_known.GetValueOrDefault(uid);

    public override string ToString() => UID.Name;

    public override bool Equals(object obj) => obj is DicomTransferSyntax other && UID == other.UID;

    public override int GetHashCode() => UID.GetHashCode();

    public static bool operator ==(DicomTransferSyntax a, DicomTransferSyntax b) => a is null ? b is null : a.Equals(b);

    public static bool operator !=(DicomTransferSyntax a, DicomTransferSyntax b) => !(a == b);
}
