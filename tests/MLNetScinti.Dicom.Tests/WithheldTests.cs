using FellowOakDicom;
using MLNetScinti.Dicom.StructureSets;
using MLNetScinti.Imaging;
using Xunit;

namespace MLNetScinti.Dicom.Tests;

/// <summary>What somebody typed at a camera or a workstation goes into reports without the patient's name, number and birth date.</summary>
public sealed class WithheldTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("DMSA", "DMSA")]
    [InlineData("DMSA for Geheim", "DMSA for [withheld]")]
    [InlineData("DMSA_GEHEIM_2", "DMSA_[withheld]_2")]
    [InlineData("kit of gundula-maria", "kit of [withheld]-[withheld]")]
    [InlineData("Gundulas DMSA", "[withheld]s DMSA")]
    [InlineData("lot KH-4711", "lot [withheld]")]
    [InlineData("born 3.2.2011", "[withheld]")]
    [InlineData("born 3.2.2012", "born 3.2.2012")]
    [InlineData("02/03/2011", "[withheld]")]
    [InlineData("20110203", "[withheld]")]
    [InlineData("born 03.02.2011", "[withheld]")]
    [InlineData("2011-02-03", "[withheld]")]
    [InlineData("김희중 DMSA", "[withheld] DMSA")]
    // What anybody and any phantom is called, and letters that stand in every other word.
    [InlineData("Phantom of Dr Li, line", "Phantom of Dr [withheld], line")]
    [InlineData("Phantom of Dr, alive, li", "Phantom of Dr, alive, li")]
    public void PartsOfAnIdentityAreWithheld(string typed, string shown)
    {
        DicomDataset dataset = HandMadeFile.Image("NM", 1).Unchecked()
            .With(DicomTag.SpecificCharacterSet, "ISO_IR 192")
            .With(DicomTag.PatientName, "Geheim^Gundula^Maria Li Phantom^Dr=김희중")
            .With(DicomTag.PatientID, "KH-4711")
            .With(DicomTag.PatientBirthDate, "20110203")
            .With(DicomTag.Manufacturer, typed);
        ImageHeader header = dataset.Header();
        Assert.Equal(shown, header.Identity.Shown(typed));
        Assert.StartsWith(shown, header.Camera, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("003Y", 3.0)]
    [InlineData("030M", 2.0)]
    [InlineData("089Y", 89.0)]
    [InlineData("090Y", 90.0)]
    [InlineData("104Y", 90.0)]
    [InlineData("", null)]
    public void AgesAreToldInYearsAndThoseOfFewPeopleTogether(string written, double? told) =>
        Assert.Equal(told, HandMadeFile.Image("NM", 1).Unchecked().With(DicomTag.PatientAge, written).Header().Patient.WholeYears);

    [Fact]
    public void RegionsOfAStructureSetAreNotCalledByTheirPatient()
    {
        string image = _folder.File("recon.dcm"), file = _folder.File("set.dcm");
        ImageGeometry geometry = ImageGeometry.Axial(8, 8, 5, 4, 4);
        NuclearMedicineWriter.WriteReconTomo(image, new Volume(geometry), new NuclearMedicineStudy { PatientId = "KH-SECRET-4711", PatientName = "Geheimrat^Gundula" });
        bool[] mask = [.. Enumerable.Range(0, geometry.Shape.Length).Select(i => i / 64 == 2 && i % 64 is 18 or 19 or 26 or 27)];
        StructureSetWriter.Write(file, SourceSeries.Read([image]), [new("left kidney", mask), new("Gundulas kidney", mask)], new AlgorithmIdentity("test", "1"));
        StructureSet read = StructureSetReader.Read(file);
        Assert.Equal(["left kidney", "region 2"], read.Regions.Select(region => region.Name));
        Assert.Contains("The name of region 2 says who the patient is, and is withheld: it is called region 2 here.", read.Warnings);
    }
}
