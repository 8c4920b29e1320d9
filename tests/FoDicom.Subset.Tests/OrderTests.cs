using FellowOakDicom;
using FoDicom.Subset.Tests.Recorded;
using Xunit;

namespace FoDicom.Subset.Tests;

public sealed class OrderTests
{
    private static readonly RecordedCases s_cases = new(RecordedFile.FoDicom, "order and private tags")
    {
        ["iteration order is tag order whatever the insertion order"] = () => new DicomDataset
        {
            { DicomTag.Rows, (ushort)4 },
            { DicomTag.PatientID, "1" },
            { DicomTag.Modality, "NM" },
            { DicomTag.SOPClassUID, DicomUID.NuclearMedicineImageStorage },
        }.Select(item => item.Tag.ToString()),
        ["private tag: Add through VR and creator"] = () =>
        {
            DicomDataset dataset = new DicomDataset()
                .Add(DicomVR.LO, new DicomTag(0x0009, 0x0001, "ACME"), "x")
                .Add(DicomVR.DS, new DicomTag(0x0009, 0x0002, "ACME"), 1.5)
                .Add(DicomVR.LO, new DicomTag(0x0009, 0x0001, "OTHER"), "y");
            return dataset.Select(item => $"{item.Tag} ({item.Tag.Group:x4},{item.Tag.Element:x4}) {item.ValueRepresentation} {((DicomElement)item).Get<string>()}");
        },
        ["private tag: read back with the creator, without it, another creator"] = () =>
        {
            DicomDataset dataset = new DicomDataset().Add(DicomVR.LO, new DicomTag(0x0009, 0x0001, "ACME"), "x");
            return new
            {
                withCreator = dataset.GetString(new DicomTag(0x0009, 0x0001, "ACME")),
                fullElement = dataset.GetString(new DicomTag(0x0009, 0x1001, "ACME")),
                noCreator = RecordedValue.Probe(() => dataset.GetString(new DicomTag(0x0009, 0x1001))),
                other = RecordedValue.Probe(() => dataset.GetString(new DicomTag(0x0009, 0x1001, "OTHER"))),
                contains = dataset.Contains(new DicomTag(0x0009, 0x0001, "ACME")),
                containsNoCreator = dataset.Contains(new DicomTag(0x0009, 0x1001)),
            };
        },
        ["private tag: save and open"] = () =>
        {
            DicomDataset dataset = new DicomDataset
            {
                { DicomTag.SOPClassUID, DicomUID.NuclearMedicineImageStorage },
                { DicomTag.SOPInstanceUID, "1.2.3" },
            }.Add(DicomVR.LO, new DicomTag(0x0009, 0x0001, "ACME"), "x");
            DicomDataset read = Samples.Opened(Samples.Saved(dataset)).Dataset;
            return new
            {
                items = read.Select(item => $"{item.Tag} {item.ValueRepresentation}"),
                value = read.GetString(new DicomTag(0x0009, 0x0001, "ACME")),
                creator = read.Last().Tag.ToString(),
            };
        },
        ["private tag: Add without VR"] = () => new DicomDataset().Add(new DicomTag(0x0009, 0x0001, "ACME"), "x"),
    };

    public static TheoryData<string> Names => s_cases.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void Order_and_private_tags_are_as_recorded(string name) => s_cases.Assert(name);
}
