using FellowOakDicom;
using FoDicom.Subset.Tests.Recorded;
using Xunit;

namespace FoDicom.Subset.Tests;

public sealed class GetTests
{
    private static readonly DicomTag s_missing = DicomTag.Modality;

    private static readonly RecordedCases s_cases = new(RecordedFile.FoDicom, "get")
    {
        ["GetSingleValue<string>(PatientName)"] = () => Samples.Small().GetSingleValue<string>(DicomTag.PatientName),
        ["GetSingleValue<int>(Rows)"] = () => Samples.Small().GetSingleValue<int>(DicomTag.Rows),
        ["GetSingleValue<ushort>(Rows)"] = () => Samples.Small().GetSingleValue<ushort>(DicomTag.Rows),
        ["GetSingleValue<double>(Rows)"] = () => Samples.Small().GetSingleValue<double>(DicomTag.Rows),
        ["GetSingleValue<float>(Rows)"] = () => Samples.Small().GetSingleValue<float>(DicomTag.Rows),
        ["GetSingleValue<decimal>(Rows)"] = () => Samples.Small().GetSingleValue<decimal>(DicomTag.Rows),
        ["GetSingleValue<long>(Rows)"] = () => Samples.Small().GetSingleValue<long>(DicomTag.Rows),
        ["GetSingleValue<string>(Rows)"] = () => Samples.Small().GetSingleValue<string>(DicomTag.Rows),
        ["GetSingleValue<object>(Rows)"] = () =>
        {
            object o = Samples.Small().GetSingleValue<object>(DicomTag.Rows);
            return new { type = o.GetType().Name, o };
        },
        ["GetSingleValue<byte>(Rows)"] = () => Samples.Small().GetSingleValue<byte>(DicomTag.Rows),
        ["GetSingleValue<int?>(Rows)"] = () => Samples.Small().GetSingleValue<int?>(DicomTag.Rows),
        ["GetSingleValue<int>(NumberOfFrames)"] = () => Samples.Small().GetSingleValue<int>(DicomTag.NumberOfFrames),
        ["GetSingleValue<double>(NumberOfFrames)"] = () => Samples.Small().GetSingleValue<double>(DicomTag.NumberOfFrames),
        ["GetSingleValue<double>(RescaleSlope)"] = () => Samples.Small().GetSingleValue<double>(DicomTag.RescaleSlope),
        ["GetSingleValue<decimal>(RescaleSlope)"] = () => Samples.Small().GetSingleValue<decimal>(DicomTag.RescaleSlope),
        ["GetSingleValue<int>(RescaleSlope) of 1.5"] = () => Samples.Small().GetSingleValue<int>(DicomTag.RescaleSlope),
        ["GetSingleValue<float>(RescaleSlope)"] = () => Samples.Small().GetSingleValue<float>(DicomTag.RescaleSlope),
        ["GetSingleValue<DateTime>(StudyDate)"] = () => Samples.Small().GetSingleValue<DateTime>(DicomTag.StudyDate),
        ["GetSingleValue<DateTime>(StudyTime)"] = () => Samples.Small().GetSingleValue<DateTime>(DicomTag.StudyTime),
        ["GetSingleValue<DicomUID>(PatientName)"] = () =>
        {
            DicomUID uid = Samples.Small().GetSingleValue<DicomUID>(DicomTag.PatientName);
            return new { uid.UID, uid.Name, uid.Type, uid.IsRetired, uid.IsImageStorage, uid.IsVolumeStorage, uid.StorageCategory };
        },
        ["GetDateTime(StudyDate, StudyTime)"] = () => Samples.Small().GetDateTime(DicomTag.StudyDate, DicomTag.StudyTime),
        ["GetSingleValue of a missing tag"] = () => Samples.Small().GetSingleValue<string>(s_missing),
        ["GetSingleValue of 3 values"] = () => Samples.Small().GetSingleValue<string>(DicomTag.ImageType),
        ["GetSingleValue of an empty value"] = () => Samples.Small().GetSingleValue<string>(DicomTag.PatientID),
        ["GetSingleValue<int>(PatientName)"] = () => Samples.Small().GetSingleValue<int>(DicomTag.PatientName),
        ["GetSingleValue of a sequence"] = () => Samples.Small().GetSingleValue<string>(DicomTag.EnergyWindowInformationSequence),
        ["GetSingleValue<int>(StudyDate)"] = () => Samples.Small().GetSingleValue<int>(DicomTag.StudyDate),
        ["GetSingleValueOrDefault: missing, -1"] = () => Samples.Small().GetSingleValueOrDefault(s_missing, -1),
        ["GetSingleValueOrDefault: 3 values"] = () => Samples.Small().GetSingleValueOrDefault(DicomTag.ImageType, "none"),
        ["GetSingleValueOrDefault: empty"] = () => Samples.Small().GetSingleValueOrDefault(DicomTag.PatientID, "none"),
        ["GetSingleValueOrDefault: wrong type"] = () => Samples.Small().GetSingleValueOrDefault(DicomTag.PatientName, -1),
        ["GetSingleValueOrDefault: sequence"] = () => Samples.Small().GetSingleValueOrDefault(DicomTag.EnergyWindowInformationSequence, "none"),
        ["GetValue(ImageType, 2)"] = () => Samples.Small().GetValue<string>(DicomTag.ImageType, 2),
        ["GetValue(ImageType, 3)"] = () => Samples.Small().GetValue<string>(DicomTag.ImageType, 3),
        ["GetValue(ImageType, -1)"] = () => Samples.Small().GetValue<string>(DicomTag.ImageType, -1),
        ["GetValue missing tag"] = () => Samples.Small().GetValue<string>(s_missing, 0),
        ["GetValueOrDefault(ImageType, 3)"] = () => Samples.Small().GetValueOrDefault(DicomTag.ImageType, 3, "none"),
        ["TryGetValue(ImageType, 3)"] = () => new { ok = Samples.Small().TryGetValue(DicomTag.ImageType, 3, out string v), v },
        ["TryGetSingleValue 3 values"] = () => new { ok = Samples.Small().TryGetSingleValue(DicomTag.ImageType, out string v), v },
        ["TryGetSingleValue wrong type"] = () => new { ok = Samples.Small().TryGetSingleValue(DicomTag.PatientName, out int v), v },
        ["TryGetSingleValue empty"] = () => new { ok = Samples.Small().TryGetSingleValue(DicomTag.PatientID, out string v), v },
        ["GetValues<string>(ImageType)"] = () => Samples.Small().GetValues<string>(DicomTag.ImageType),
        ["GetValues<double>(PixelSpacing)"] = () => Samples.Small().GetValues<double>(DicomTag.PixelSpacing),
        ["GetValues<decimal>(PixelSpacing)"] = () => Samples.Small().GetValues<decimal>(DicomTag.PixelSpacing),
        ["GetValues<int>(PixelSpacing)"] = () => Samples.Small().GetValues<int>(DicomTag.PixelSpacing),
        ["GetValues<string>(PatientID) empty"] = () => Samples.Small().GetValues<string>(DicomTag.PatientID),
        ["GetValues missing"] = () => Samples.Small().GetValues<string>(s_missing),
        ["GetValues of a sequence"] = () => Samples.Small().GetValues<string>(DicomTag.EnergyWindowInformationSequence),
        ["TryGetValues missing"] = () => new { ok = Samples.Small().TryGetValues(s_missing, out string[] v), v },
        ["TryGetValues wrong type"] = () => new { ok = Samples.Small().TryGetValues(DicomTag.PatientName, out int[] v), v },
        ["TryGetValues empty"] = () => new { ok = Samples.Small().TryGetValues(DicomTag.PatientID, out string[] v), v },
        ["GetValueCount: 3, empty"] = () => new { three = Samples.Small().GetValueCount(DicomTag.ImageType), empty = Samples.Small().GetValueCount(DicomTag.PatientID) },
        ["GetValueCount missing"] = () => Samples.Small().GetValueCount(s_missing),
        ["GetString multi"] = () => Samples.Small().GetString(DicomTag.ImageType),
        ["GetString empty"] = () => Samples.Small().GetString(DicomTag.PatientID),
        ["GetString missing"] = () => Samples.Small().GetString(s_missing),
        ["GetString of US"] = () => Samples.Small().GetString(DicomTag.Rows),
        ["GetString of a sequence"] = () => Samples.Small().GetString(DicomTag.EnergyWindowInformationSequence),
        ["TryGetString missing / of US / empty"] = () => new
        {
            missing = Samples.Small().TryGetString(s_missing, out string a),
            a,
            us = Samples.Small().TryGetString(DicomTag.Rows, out string b),
            b,
            empty = Samples.Small().TryGetString(DicomTag.PatientID, out string c),
            c,
        },
        ["GetSequence"] = () => Samples.Small().GetSequence(DicomTag.EnergyWindowInformationSequence).Items.Count,
        ["GetSequence missing"] = () => Samples.Small().GetSequence(DicomTag.DetectorInformationSequence),
        ["GetSequence of an element"] = () => Samples.Small().GetSequence(DicomTag.PatientName),
        ["TryGetSequence missing"] = () => new { ok = Samples.Small().TryGetSequence(DicomTag.DetectorInformationSequence, out DicomSequence s), isNull = s is null },
        ["GetDicomItem missing"] = () => Samples.Small().GetDicomItem<DicomElement>(s_missing)?.ToString() ?? "null",
        ["GetDicomItem of another item class"] = () => Samples.Small().GetDicomItem<DicomSequence>(DicomTag.PatientName)?.ToString() ?? "null",
        ["Contains present / missing / null"] = () => new
        {
            a = Samples.Small().Contains(DicomTag.PatientName),
            b = Samples.Small().Contains(s_missing),
            n = RecordedValue.Probe(() => Samples.Small().Contains(null)),
        },
        ["Remove present / missing"] = () =>
        {
            DicomDataset dataset = Samples.Small().Remove(DicomTag.PatientName, s_missing);
            return new { has = dataset.Contains(DicomTag.PatientName), count = dataset.Count() };
        },
        ["Clear"] = () => Samples.Small().Clear().Count(),
        ["ValidateItems default"] = () => Assert.Throws<DicomValidationException>(() => new DicomDataset().Add(DicomTag.Modality, "nm")) is not null,
        ["Add twice"] = () => new DicomDataset().Add(DicomTag.PatientID, "1").Add(DicomTag.PatientID, "2"),
        ["AddOrUpdate twice"] = () => new DicomDataset().AddOrUpdate(DicomTag.PatientID, "1").AddOrUpdate(DicomTag.PatientID, "2").GetString(DicomTag.PatientID),
        ["collection initialiser with the same tag twice"] = () => new DicomDataset { { DicomTag.PatientID, "1" }, { DicomTag.PatientID, "2" } },
        ["Clone is deep for sequences"] = () =>
        {
            DicomDataset dataset = Samples.Small();
            dataset.Clone().GetSequence(DicomTag.EnergyWindowInformationSequence).Items[0].AddOrUpdate(DicomTag.EnergyWindowName, "changed");
            return dataset.GetSequence(DicomTag.EnergyWindowInformationSequence).Items[0].GetString(DicomTag.EnergyWindowName);
        },
        ["ToString of dataset, item, sequence, file"] = () =>
        {
            DicomDataset dataset = Samples.Small();
            return new
            {
                ds = dataset.ToString(),
                el = dataset.GetDicomItem<DicomItem>(DicomTag.PatientName).ToString(),
                sq = dataset.GetDicomItem<DicomItem>(DicomTag.EnergyWindowInformationSequence).ToString(),
                us = dataset.GetDicomItem<DicomItem>(DicomTag.Rows).ToString(),
                file = new DicomFile().ToString(),
            };
        },
    };

    public static TheoryData<string> Names => s_cases.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void Values_are_read_as_recorded(string name) => s_cases.Assert(name);
}
