using System.Globalization;
using FellowOakDicom;
using FoDicom.Subset.Tests.Recorded;
using Xunit;

namespace FoDicom.Subset.Tests;

public sealed class TagTests
{
    private static readonly RecordedCases s_cases = Cases();

    public static TheoryData<string> Names => s_cases.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void Tags_and_representations_are_as_recorded(string name) => s_cases.Assert(name);

    private static RecordedCases Cases()
    {
        RecordedCases cases = new(RecordedFile.FoDicom, "tag")
        {
            ["DicomTag.ToString formats"] = () => new
            {
                def = DicomTag.PatientName.ToString(),
                G = Text(DicomTag.PatientName, "G"),
                X = Text(DicomTag.PatientName, "X"),
                g = Text(DicomTag.PatientName, "g"),
                J = Text(DicomTag.PatientName, "J"),
                N = Text(DicomTag.PatientName, "N"),
                P = Text(DicomTag.PatientName, "P"),
                privG = Text(Private(), "G"),
                privX = Text(Private(), "X"),
                privJ = Text(Private(), "J"),
                upperHex = DicomTag.PixelData.ToString(),
                a = new DicomTag(0x00AB, 0xCDEF).ToString(),
            },
            ["DicomTag.Parse"] = () => new
            {
                a = DicomTag.Parse("(0010,0010)").ToString(),
                b = DicomTag.Parse("0010,0010").ToString(),
                c = DicomTag.Parse("00100010").ToString(),
                kw = RecordedValue.Probe(() => DicomTag.Parse("PatientName").ToString()),
                bad = RecordedValue.Probe(() => DicomTag.Parse("xyz").ToString()),
                priv = DicomTag.Parse("(0009,1001:ACME)").ToString(),
                empty = RecordedValue.Probe(() => DicomTag.Parse("").ToString()),
            },
            ["DictionaryEntry"] = () => new
            {
                DicomTag.PixelSpacing.DictionaryEntry.Keyword,
                DicomTag.PixelSpacing.DictionaryEntry.Name,
                vr = DicomTag.PixelSpacing.DictionaryEntry.ValueRepresentations.Select(vr => vr.Code),
                vm = DicomTag.PixelSpacing.DictionaryEntry.ValueMultiplicity.ToString(),
                DicomTag.PixelSpacing.DictionaryEntry.IsRetired,
                unknown = new
                {
                    new DicomTag(0x0011, 0x2233).DictionaryEntry.Keyword,
                    new DicomTag(0x0011, 0x2233).DictionaryEntry.Name,
                    vr = new DicomTag(0x0011, 0x2233).DictionaryEntry.ValueRepresentations.Select(vr => vr.Code),
                },
                ambiguous = DicomTag.SmallestImagePixelValue.DictionaryEntry.ValueRepresentations.Select(vr => vr.Code),
                kwLookup = DicomDictionary.Default["PatientName"].ToString(),
                kwMissing = DicomDictionary.Default["NoSuchKeyword"]?.ToString(),
            },
            ["comparison and equality"] = () => new
            {
                eq = new DicomTag(0x0010, 0x0010) == DicomTag.PatientName,
                lt = DicomTag.PatientName.CompareTo(DicomTag.PatientID) < 0,
                isPrivate = Private().IsPrivate,
            },
            ["DicomVR.Parse bad"] = () => DicomVR.Parse("ZZ"),
            ["DicomVR.TryParse bad"] = () => DicomVR.TryParse("ZZ", out _),
            ["DicomVR.ToString"] = () => DicomVR.DS.ToString(),
        };
        cases.Add("DicomVR codes", Comparison.Exact, recorded => recorded.GetProperty("output").EnumerateArray()
            .Select(one => DicomVR.Parse(one.GetProperty("Code").GetString()))
            .Select(vr => new
            {
                vr.Code,
                vr.Name,
                vr.IsString,
                vr.IsMultiValue,
                vr.MaximumLength,
                vr.UnitSize,
                vr.PaddingValue,
                valueType = vr.ValueType?.Name,
                vr.Is16bitLength,
            }).ToList());
        return cases;
    }

    private static DicomTag Private() => new(0x0009, 0x1001, "ACME");

    private static string Text(DicomTag tag, string format) => tag.ToString(format, CultureInfo.InvariantCulture);

    [Fact]
    public void Tags_are_fields()
    {
        System.Reflection.FieldInfo[] fields = [.. typeof(DicomTag).GetFields().Where(field => field.FieldType == typeof(DicomTag))];
        Assert.True(fields.Length > 5000, $"{fields.Length} fields");
        Assert.All(fields, field => Assert.True(field is { IsStatic: true, IsInitOnly: true }, field.Name));
        Assert.DoesNotContain(typeof(DicomTag).GetProperties(), property => property.PropertyType == typeof(DicomTag));
    }
}
