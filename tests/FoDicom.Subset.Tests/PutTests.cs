using System.Text;
using FellowOakDicom;
using FoDicom.Subset.Tests.Recorded;
using Xunit;

namespace FoDicom.Subset.Tests;

public sealed class PutTests
{
    private static readonly DateTime s_moment = new(2026, 8, 13, 1, 2, 3, DateTimeKind.Unspecified);
    private static readonly string s_65 = new('x', 65);

    private static readonly RecordedCases s_cases = new(RecordedFile.FoDicom, "put")
    {
        ["DS <- double 4.42"] = () => Put(DicomTag.RescaleSlope, 4.42),
        ["DS <- double 0.3333333333333333"] = () => Put(DicomTag.RescaleSlope, 1.0 / 3),
        ["DS <- double 1E-07"] = () => Put(DicomTag.RescaleSlope, 1E-07),
        ["DS <- double 1.2345678901234568E+17"] = () => Put(DicomTag.RescaleSlope, 1.2345678901234568E+17),
        ["DS <- double -0.3333333333333333"] = () => Put(DicomTag.RescaleSlope, -1.0 / 3),
        ["DS <- double 1E+20"] = () => Put(DicomTag.RescaleSlope, 1E+20),
        ["DS <- double 5.960464477539063E-08"] = () => Put(DicomTag.RescaleSlope, 5.960464477539063E-08),
        ["DS <- double 0"] = () => Put(DicomTag.RescaleSlope, 0.0),
        ["DS <- double 1E-320"] = () => Put(DicomTag.RescaleSlope, 1E-320),
        ["DS <- double 100"] = () => Put(DicomTag.RescaleSlope, 100.0),
        ["DS <- double 0.30000000000000004"] = () => Put(DicomTag.RescaleSlope, 0.1 + 0.2),
        ["DS <- double -123456.789012345"] = () => Put(DicomTag.RescaleSlope, -123456.789012345),
        ["DS <- double 2.2098989486694"] = () => Put(DicomTag.RescaleSlope, 2.2098989486694),
        ["DS <- double NaN"] = () => Put(DicomTag.RescaleSlope, double.NaN),
        ["DS <- float 4.42"] = () => Put(DicomTag.RescaleSlope, 4.42f),
        ["DS <- float 1/3"] = () => Put(DicomTag.RescaleSlope, 1f / 3),
        ["DS <- decimal 4.4200"] = () => Put(DicomTag.RescaleSlope, 4.4200m),
        ["DS <- decimal 1/3"] = () => Put(DicomTag.RescaleSlope, 1m / 3),
        ["DS <- decimal 0.0000001"] = () => Put(DicomTag.RescaleSlope, 0.0000001m),
        ["DS <- decimal 12345678901234567890"] = () => Put(DicomTag.RescaleSlope, 12345678901234567890m),
        ["DS <- int 5"] = () => Put(DicomTag.RescaleSlope, 5),
        ["DS <- string \"4.42\""] = () => Put(DicomTag.RescaleSlope, "4.42"),
        ["DS <- string \"abc\""] = () => Put(DicomTag.RescaleSlope, "abc"),
        ["DS <- string \"4,42\""] = () => Put(DicomTag.RescaleSlope, "4,42"),
        ["DS <- string of 17 characters"] = () => Put(DicomTag.RescaleSlope, "1.234567890123456"),
        ["DS <- string \" 4.42 \""] = () => Put(DicomTag.RescaleSlope, " 4.42 "),
        ["DS <- double x 2"] = () => Put(DicomTag.PixelSpacing, 4.42, 1.0 / 3),
        ["DS <- double x 3 where VM is 2"] = () => Put(DicomTag.PixelSpacing, 1.0, 2.0, 3.0),
        ["DS <- string \"1\\\\2\" in one string"] = () => Put(DicomTag.PixelSpacing, "1\\2"),
        ["IS <- int 12"] = () => Put(DicomTag.NumberOfFrames, 12),
        ["IS <- long 12"] = () => Put(DicomTag.NumberOfFrames, 12L),
        ["IS <- double 12.0"] = () => Put(DicomTag.NumberOfFrames, 12.0),
        ["IS <- double 12.5"] = () => Put(DicomTag.NumberOfFrames, 12.5),
        ["IS <- ushort 12"] = () => Put(DicomTag.NumberOfFrames, (ushort)12),
        ["IS <- string \"12\""] = () => Put(DicomTag.NumberOfFrames, "12"),
        ["IS <- string \"12.5\""] = () => Put(DicomTag.NumberOfFrames, "12.5"),
        ["IS <- string \"99999999999\""] = () => Put(DicomTag.NumberOfFrames, "99999999999"),
        ["IS <- negative"] = () => Put(DicomTag.NumberOfFrames, -3),
        ["US <- ushort 64"] = () => Put(DicomTag.Rows, (ushort)64),
        ["US <- int 64"] = () => Put(DicomTag.Rows, 64),
        ["US <- int 70000"] = () => Put(DicomTag.Rows, 70000),
        ["US <- int -1"] = () => Put(DicomTag.Rows, -1),
        ["US <- string \"64\""] = () => Put(DicomTag.Rows, "64"),
        ["US <- string \"x\""] = () => Put(DicomTag.Rows, "x"),
        ["US <- double 64.0"] = () => Put(DicomTag.Rows, 64.0),
        ["US <- uint 64"] = () => Put(DicomTag.Rows, 64u),
        ["US <- ushort x 3 (EnergyWindowVector)"] = () => Put(DicomTag.EnergyWindowVector, (ushort)1, (ushort)2, (ushort)1),
        ["DA <- DateTime"] = () => Put(DicomTag.StudyDate, s_moment),
        ["DA <- string 20260813"] = () => Put(DicomTag.StudyDate, "20260813"),
        ["DA <- string 2026-08-13"] = () => Put(DicomTag.StudyDate, "2026-08-13"),
        ["DA <- string 2026.08.13"] = () => Put(DicomTag.StudyDate, "2026.08.13"),
        ["DA <- string 20261350"] = () => Put(DicomTag.StudyDate, "20261350"),
        ["DA <- int"] = () => Put(DicomTag.StudyDate, 20260813),
        ["DA <- empty string"] = () => Put(DicomTag.StudyDate, ""),
        ["DA <- DicomDateRange"] = () => Put(DicomTag.StudyDate, new DicomDateRange(new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Unspecified), new DateTime(2026, 2, 1, 0, 0, 0, DateTimeKind.Unspecified))),
        ["TM <- DateTime"] = () => Put(DicomTag.StudyTime, s_moment),
        ["TM <- TimeSpan"] = () => Put(DicomTag.StudyTime, TimeSpan.FromHours(1)),
        ["TM <- string 010203.456789"] = () => Put(DicomTag.StudyTime, "010203.456789"),
        ["TM <- string 01:02:03"] = () => Put(DicomTag.StudyTime, "01:02:03"),
        ["TM <- string 250000"] = () => Put(DicomTag.StudyTime, "250000"),
        ["TM <- string 0102"] = () => Put(DicomTag.StudyTime, "0102"),
        ["DT <- DateTime"] = () => Put(DicomTag.AcquisitionDateTime, s_moment),
        ["DT <- string"] = () => Put(DicomTag.AcquisitionDateTime, "20260813010203.456+0200"),
        ["PN <- string"] = () => Put(DicomTag.PatientName, "Doe^Jane"),
        ["PN <- non-ASCII"] = () => Put(DicomTag.PatientName, "Müller^Jürgen"),
        ["PN <- two values"] = () => Put(DicomTag.OtherPatientNames, "A^B", "C^D"),
        ["PN <- 65 characters"] = () => Put(DicomTag.PatientName, s_65),
        ["PN <- ideographic groups"] = () => Put(DicomTag.PatientName, "A^B=C^D=E^F"),
        ["PN <- four groups"] = () => Put(DicomTag.PatientName, "A=B=C=D"),
        ["UI <- string"] = () => Put(DicomTag.SOPInstanceUID, "1.2.3"),
        ["UI <- DicomUID"] = () => Put(DicomTag.SOPClassUID, DicomUID.NuclearMedicineImageStorage),
        ["UI <- letters"] = () => Put(DicomTag.SOPInstanceUID, "1.2.x"),
        ["UI <- leading zero component"] = () => Put(DicomTag.SOPInstanceUID, "1.02.3"),
        ["UI <- 65 characters"] = () => Put(DicomTag.SOPInstanceUID, "1." + new string('2', 63)),
        ["UI <- empty"] = () => Put(DicomTag.SOPInstanceUID, ""),
        ["UI <- trailing dot"] = () => Put(DicomTag.SOPInstanceUID, "1.2."),
        ["UI <- DicomTransferSyntax.UID"] = () => Put(DicomTag.SOPClassUID, DicomTransferSyntax.ExplicitVRLittleEndian.UID),
        ["UI <- DicomTransferSyntax"] = () => Put(DicomTag.SOPClassUID, DicomTransferSyntax.ExplicitVRLittleEndian),
        ["CS <- lower case"] = () => Put(DicomTag.Modality, "nm"),
        ["CS <- 17 characters"] = () => Put(DicomTag.Modality, "ABCDEFGHIJKLMNOPQ"),
        ["CS <- NM"] = () => Put(DicomTag.Modality, "NM"),
        ["CS <- empty"] = () => Put(DicomTag.Modality, ""),
        ["CS <- trailing space"] = () => Put(DicomTag.Modality, "NM "),
        ["LO <- 65 characters"] = () => Put(DicomTag.Manufacturer, s_65),
        ["LO <- 64 characters"] = () => Put(DicomTag.Manufacturer, s_65[1..]),
        ["LO <- backslash"] = () => Put(DicomTag.Manufacturer, "a\\b"),
        ["SH <- 17 characters"] = () => Put(DicomTag.StationName, s_65[..17]),
        ["LO <- null string"] = () => Put(DicomTag.Manufacturer, (string)null!),
        ["LO <- control character"] = () => Put(DicomTag.Manufacturer, "a\u0001b"),
        ["AS <- 045Y"] = () => Put(DicomTag.PatientAge, "045Y"),
        ["AS <- 45Y"] = () => Put(DicomTag.PatientAge, "45Y"),
        ["AS <- 45"] = () => Put(DicomTag.PatientAge, "45"),
        ["AE <- 17 characters"] = () => Put(DicomTag.StationAETitle, new string('A', 17)),
        ["LT <- newline"] = () => Put(DicomTag.AdditionalPatientHistory, "a\r\nb"),
        ["ST <- 1025 characters"] = () => Put(DicomTag.InstitutionAddress, new string('x', 1025)),
        ["UR <- text"] = () => Put(DicomTag.RetrieveURL, "http://x/ y"),
        ["FL <- float"] = () => Put(DicomTag.RecommendedDisplayFrameRateInFloat, 1.5f),
        ["FD <- double"] = () => Put(DicomTag.ExposureTimeInms, 1.0 / 3),
        ["FD <- float"] = () => Put(DicomTag.ExposureTimeInms, 1.5f),
        ["FD <- string"] = () => Put(DicomTag.ExposureTimeInms, "1.5"),
        ["SL <- int"] = () => Put(DicomTag.ReferencePixelX0, -5),
        ["UL <- uint"] = () => Put(DicomTag.SimpleFrameList, 5u, 6u),
        ["UL <- int"] = () => Put(DicomTag.SimpleFrameList, 5),
        ["SS <- short"] = () => Put(DicomTag.TagAngleSecondAxis, (short)-3),
        ["AT <- DicomTag"] = () => Put(DicomTag.FrameIncrementPointer, DicomTag.EnergyWindowVector, DicomTag.DetectorVector),
        ["AT <- string (0054,0010)"] = () => Put(DicomTag.FrameIncrementPointer, "(0054,0010)"),
        ["SQ <- string"] = () => Put(DicomTag.EnergyWindowInformationSequence, "x"),
        ["SQ <- two datasets"] = () => new DicomDataset().AddOrUpdate(DicomTag.EnergyWindowInformationSequence, new DicomDataset(), new DicomDataset())
            .GetSequence(DicomTag.EnergyWindowInformationSequence).Items.Count,
        ["SQ <- nothing"] = () => new DicomDataset().AddOrUpdate(DicomTag.EnergyWindowInformationSequence, Array.Empty<DicomDataset>())
            .GetSequence(DicomTag.EnergyWindowInformationSequence).Items.Count,
        ["OW <- ushort[]"] = () => Put(DicomTag.PixelData, (ushort)1, (ushort)2),
        ["OW <- byte[] 3 bytes"] = () => Put(DicomTag.PixelData, (byte)1, (byte)2, (byte)3),
        ["unknown tag (0009,1001) <- string"] = () => Put(new DicomTag(0x0009, 0x1001), "x"),
        ["SS/US ambiguous (SmallestImagePixelValue) <- ushort 5; <- short -5"] = () => new
        {
            a = Put(DicomTag.SmallestImagePixelValue, (ushort)5),
            b = Put(DicomTag.SmallestImagePixelValue, (short)-5),
        },
        ["AddOrUpdate with no values: LO"] = () => Put(DicomTag.Manufacturer, Array.Empty<string>()),
        ["AddOrUpdate with no values: US"] = () => Put(DicomTag.Rows, Array.Empty<ushort>()),
        ["AddOrUpdate(DicomVR.LO, private tag)"] = () => new DicomDataset().AddOrUpdate(DicomVR.LO, new DicomTag(0x0009, 0x0001, "ACME"), "x")
            .Select(item => $"{item.Tag} {item.ValueRepresentation}"),
    };

    public static TheoryData<string> Names => s_cases.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void Values_are_stored_or_refused_as_recorded(string name) => s_cases.Assert(name);

    internal static object Describe(DicomElement element) => new
    {
        vr = element.ValueRepresentation.Code,
        count = element.Count,
        bytes = element.Length,
        s = Text(element),
        raw = Encoding.Latin1.GetString([.. element.Buffer.Data.Select(static value => value switch { 0 => (byte)'~', > 127 => (byte)'?', _ => value })]),
    };

    private static object Put<T>(DicomTag tag, params T[] values) =>
        Describe(new DicomDataset().AddOrUpdate(tag, values).GetDicomItem<DicomElement>(tag));

    private static string Text(DicomElement element)
    {
        try
        {
            return new DicomDataset(element).GetString(element.Tag);
        }
        catch (ArgumentOutOfRangeException exception)
        {
            return $"throws {exception.GetType().Name}: {exception.Message}";
        }
    }
}
