using FellowOakDicom;
using FoDicom.Subset.Tests.Recorded;
using Xunit;

namespace FoDicom.Subset.Tests;

public sealed class UidTests
{
    private static readonly RecordedCases s_cases = new(RecordedFile.FoDicom, "uid")
    {
        ["DicomUID.Generate pattern"] = () =>
        {
            List<DicomUID> made = [.. Enumerable.Range(0, 200).Select(_ => DicomUID.Generate())];
            return new
            {
                prefix = made[0].UID[..5],
                allStartWith_2_25 = made.TrueForAll(uid => uid.UID.StartsWith("2.25.", StringComparison.Ordinal)),
                onlyDigitsAfter = made.TrueForAll(uid => uid.UID[5..].All(char.IsAsciiDigit)),
                minLength = made.TrueForAll(uid => uid.UID.Length > 30),
                maxLength64 = made.TrueForAll(uid => uid.UID.Length <= 64),
                distinct = made.Select(uid => uid.UID).Distinct(StringComparer.Ordinal).Count(),
                noLeadingZero = made.TrueForAll(uid => uid.UID[5] != '0'),
                valid = made.TrueForAll(uid => DicomUID.IsValidUid(uid.UID)),
                name = made[0].Name,
                type = made[0].Type,
            };
        },
        ["DicomUID.ToString, Name, Type"] = () =>
        {
            DicomUID uid = DicomUID.NuclearMedicineImageStorage;
            return new { text = uid.ToString(), uid.UID, uid.Name, uid.Type, uid.IsRetired, uid.IsImageStorage, uid.StorageCategory };
        },
        ["DicomUID.Parse known / unknown / bad"] = () => new
        {
            known = DicomUID.Parse("1.2.840.10008.5.1.4.1.1.20").Name,
            unknown = new { n = DicomUID.Parse("1.2.3.4").Name, t = DicomUID.Parse("1.2.3.4").Type },
            bad = DicomUID.Parse("abc").UID,
        },
        ["DicomUID.Append"] = () => DicomUID.Append(DicomUID.Parse("1.2.3"), 7).UID,
        ["equality by UID"] = () => new
        {
            eq = DicomUID.Parse("1.2.840.10008.5.1.4.1.1.20") == DicomUID.NuclearMedicineImageStorage,
            eqNew = new DicomUID("1.2.840.10008.5.1.4.1.1.20", "x", DicomUidType.Unknown).Equals(DicomUID.NuclearMedicineImageStorage),
        },
        ["IsValidUid"] = () => new[] { "1.2.3", "1.02", "1..2", "1.2.", "", "a", "0.0", "1" }
            .ToDictionary(uid => uid.Length == 0 ? "(empty)" : uid, uid => (object?)DicomUID.IsValidUid(uid), StringComparer.Ordinal),
        ["DicomTransferSyntax facts"] = () => new[]
        {
            DicomTransferSyntax.ImplicitVRLittleEndian, DicomTransferSyntax.ExplicitVRLittleEndian, DicomTransferSyntax.ExplicitVRBigEndian,
            DicomTransferSyntax.DeflatedExplicitVRLittleEndian, DicomTransferSyntax.RLELossless, DicomTransferSyntax.JPEGProcess1,
            DicomTransferSyntax.JPEGProcess14SV1, DicomTransferSyntax.JPEGLSLossless, DicomTransferSyntax.JPEG2000Lossless,
        }.Select(syntax => new
        {
            uid = syntax.UID.UID,
            text = syntax.ToString(),
            syntax.IsExplicitVR,
            syntax.IsEncapsulated,
            syntax.IsLossy,
            syntax.IsDeflate,
            endian = syntax.Endian.ToString(),
        }),
        ["DicomTransferSyntax.Parse unknown / garbage"] = () => new
        {
            unknown = DicomTransferSyntax.Parse("1.2.3.4").ToString(),
            lookup = DicomTransferSyntax.Lookup(new DicomUID("1.2.3.5", "x", DicomUidType.TransferSyntax)).ToString(),
        },
    };

    public static TheoryData<string> Names => s_cases.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void Identifiers_are_as_recorded(string name) => s_cases.Assert(name);
}
