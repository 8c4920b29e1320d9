using FellowOakDicom;
using MLNetScinti.Dicom.StructureSets;
using MLNetScinti.Imaging;
using Xunit;

namespace MLNetScinti.Dicom.Tests.Objects;

/// <summary>What objects are made from: whole series of one stack, or one file of many frames.</summary>
public sealed class SourceSeriesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void SectionsAreInOrderWhateverTheFilesAre()
    {
        ImageGeometry geometry = CtSeries.Geometry(new ImageShape(5, 6, 7), new(1, 0, 0), new(0, 1, 0), 10, 5, 0.3);
        SourceSeries source = CtSeries.Write(_folder.File("ct"), geometry);
        string[] files = [.. Directory.EnumerateFiles(_folder.File("ct")).Order(StringComparer.Ordinal).Reverse()];
        SourceSeries turned = SourceSeries.Read(files, Phantoms.Options);
        Assert.Equal(source.Sections, turned.Sections);
        Assert.Equal(geometry.Shape, turned.Geometry.Shape);
        Assert.True((geometry.PositionOf(6, 5, 4) - turned.Geometry.PositionOf(6, 5, 4)).Length < 1e-5);

        DicomReadException refused = Assert.Throws<DicomReadException>(() => SourceSeries.Read([files[0], files[1], files[3], files[4]], Phantoms.Options));
        Assert.Contains("1 of 5 sections of its series are missing", refused.Sentence, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => SourceSeries.Read([], Phantoms.Options));

        string file = _folder.File("elsewhere.dcm");
        DicomFile whole = DicomFile.Open(files[0]);
        whole.Dataset.AddOrUpdate(DicomTag.FrameOfReferenceUID, "1.2.3");
        whole.Save(file);
        Assert.Contains("found 2 stacks of sections", Assert.Throws<DicomReadException>(() => SourceSeries.Read([files[1], files[2], file], Phantoms.Options)).Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void FramesOfOneFileAreReferredToByNumber()
    {
        ImageGeometry geometry = ImageGeometry.Axial(8, 8, 4, 4, 4);
        NuclearMedicineWriter.WriteReconTomo(_folder.File("recon.dcm"), Phantoms.Counting(geometry), Phantoms.Study);
        SourceSeries source = SourceSeries.Read([_folder.File("recon.dcm")], Phantoms.Options);
        Assert.Equal([1, 2, 3, 4], source.Sections.Select(section => section.Frame ?? 0));
        SourceSection image = Assert.Single(source.Images);
        Assert.Null(image.Frame);

        bool[] mask = new bool[geometry.Shape.Length];
        mask[(2 * 64) + 9] = true;
        StructureSetWriter.Write(_folder.File("set.dcm"), source, [new("Voxel", mask)], new AlgorithmIdentity("test", "1"));
        StructureSet read = StructureSetReader.Read(_folder.File("set.dcm"), Phantoms.Options);
        RoiContour contour = Assert.Single(Assert.Single(read.Regions).Contours);
        Assert.Equal((4, image.InstanceUid, 3), (contour.Points.Count, contour.ImageUid, contour.Frame ?? 0));
        Assert.True(RegionVoxels.Of(read.Regions[0], source.Geometry).Mask.AsSpan().SequenceEqual(mask));
        Assert.True(StructureSetCheck.Of(read, source).IsSound);

        NuclearMedicineWriter.WriteStatic(_folder.File("planar.dcm"), Phantoms.Planar(8, 8, (row, column) => row), Phantoms.Planar(8, 8, (row, column) => column), Phantoms.Study);
        Assert.Contains("expected sections of a volume", Assert.Throws<DicomReadException>(() => SourceSeries.Read([_folder.File("planar.dcm")], Phantoms.Options)).Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void ImagesWithoutAFrameOfReferenceGetOneOfTheirSeries()
    {
        CtSeries.Write(_folder.File("ct"), CtSeries.Geometry(new ImageShape(3, 6, 7), new(1, 0, 0), new(0, 1, 0), 0, 0, 0));
        foreach (string file in Directory.EnumerateFiles(_folder.File("ct")).ToArray())
        {
            DicomDataset dataset = DicomFile.Open(file, FileReadOption.ReadAll).Dataset;
            dataset.Remove(DicomTag.FrameOfReferenceUID);
            new DicomFile(dataset).Save(file);
        }

        SourceSeries source = SourceSeries.Read([.. Directory.EnumerateFiles(_folder.File("ct"))], Phantoms.Options);
        Assert.StartsWith("2.25.", source.SpaceUid, StringComparison.Ordinal);
        Assert.Contains(source.Warnings, warning => warning.Contains("no frame of reference", StringComparison.Ordinal));
    }
}
