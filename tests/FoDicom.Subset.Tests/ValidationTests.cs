using FellowOakDicom;
using FoDicom.Subset.Tests.Recorded;
using Xunit;

namespace FoDicom.Subset.Tests;

public sealed class ValidationTests
{
    private static readonly RecordedCases s_cases = new(RecordedFile.FoDicom, "validation")
    {
        ["AutoValidate off: bad UI, DS, CS, DA accepted"] = () => Bad().Select(item => $"{item} = {Bad().GetString(item.Tag)}"),
        ["Validate() on it"] = () =>
        {
            Bad().Validate();
            return null;
        },
        ["reading a bad DS value as double"] = () => Bad().GetSingleValue<double>(DicomTag.RescaleSlope),
        ["reading a bad DS value through GetSingleValueOrDefault"] = () => Bad().GetSingleValueOrDefault(DicomTag.RescaleSlope, -1.0),
        ["reading a DA 2026-08-13 as DateTime"] = () => Bad().GetSingleValue<DateTime>(DicomTag.StudyDate),
        ["reading a DS with blanks ' 4.42' as double"] = () => new DicomDataset().NotValidated().Add(DicomTag.RescaleSlope, " 4.42").GetSingleValue<double>(DicomTag.RescaleSlope),
        ["reading IS '12.0' as int"] = () => new DicomDataset().NotValidated().Add(DicomTag.NumberOfFrames, "12.0").GetSingleValue<int>(DicomTag.NumberOfFrames),
        ["writing and re-reading a dataset with bad values"] = () =>
        {
            DicomDataset dataset = new DicomDataset().NotValidated()
                .Add(DicomTag.SOPClassUID, DicomUID.NuclearMedicineImageStorage)
                .Add(DicomTag.SOPInstanceUID, "1.2.3")
                .Add(DicomTag.Modality, "nm")
                .Add(DicomTag.RescaleSlope, "1.23456789012345678");
            DicomDataset read = Samples.Opened(Samples.Saved(dataset)).Dataset;
            return new
            {
                m = read.GetString(DicomTag.Modality),
                s = read.GetString(DicomTag.RescaleSlope),
                v = read.GetSingleValue<double>(DicomTag.RescaleSlope),
                clone = read.Clone().Count(),
                copyIntoValidating = RecordedValue.Probe(() => new DicomDataset(read).Count()),
            };
        },
    };

    public static TheoryData<string> Names => s_cases.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void Bad_values_are_met_as_recorded(string name) => s_cases.Assert(name);

    private static DicomDataset Bad()
    {
        DicomDataset dataset = [];
#pragma warning disable CS0618 // The recorded case is about the obsolete property.
        dataset.AutoValidate = false;
#pragma warning restore CS0618
        return dataset.Add(DicomTag.SOPInstanceUID, "1.2.x").Add(DicomTag.RescaleSlope, "abc").Add(DicomTag.Modality, "nm").Add(DicomTag.StudyDate, "2026-08-13");
    }
}
