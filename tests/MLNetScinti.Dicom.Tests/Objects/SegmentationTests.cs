using FellowOakDicom;
using FellowOakDicom.IO.Buffer;
using MLNetScinti.Dicom.Segmentations;
using MLNetScinti.Imaging;
using MLNetScinti.Testing;
using Xunit;

namespace MLNetScinti.Dicom.Tests.Objects;

/// <summary>Segmentations: bits and places come back, ours and others'.</summary>
public sealed class SegmentationTests : IDisposable
{
    private static readonly AlgorithmIdentity s_algorithm = new("scinti-unet", "1.0") { ModelHash = new string('c', 64) };

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(14, -9, 0)]
    [InlineData(-21, 33, 0.7)]
    public void MasksComeBack(double tilt, double turn, double shear)
    {
        // 13 x 11 pixels: frames do not end at bytes.
        SourceSeries source = CtSeries.Write(_folder.File("ct"), CtSeries.Geometry(new ImageShape(6, 13, 11), new(1, 0, 0), new(0, 1, 0), tilt, turn, shear));
        DerivedStructure[] structures =
        [
            new("Kidney_L", CtSeries.Body(source.Geometry)) { Side = BodySide.Left, Type = CodedConcept.Kidney },
            new("Kidney_R", CtSeries.Body(source.Geometry, 2)) { Side = BodySide.Right, Type = CodedConcept.Kidney },
            new("Nothing", new bool[source.Geometry.Shape.Length]),
        ];
        WrittenSegmentation written = SegmentationWriter.Write(_folder.File("seg.dcm"), source, structures, s_algorithm);
        Segmentation read = SegmentationReader.Read(_folder.File("seg.dcm"), Phantoms.Options);
        Assert.Equal((written.InstanceUid, source.SpaceUid, source.Sections.Count), (read.InstanceUid, read.SpaceUid, read.ImageUids.Count));
        Assert.True(read.Patient.MayBe(source.Patient));
        Assert.Equal(source.Geometry.Shape, read.Geometry.Shape);
        Point3 corner = source.Geometry.PositionOf(10, 12, 5), found = read.Geometry.PositionOf(10, 12, 5);
        Assert.True((corner - found).Length < 1e-4);
        foreach (((DerivedStructure structure, WrittenSegment segment), Segment one) in structures.Zip(written.Segments).Zip(read.Segments))
        {
            Assert.Equal((structure.Name, structure.Side, segment.Number, segment.TrackingUid), (one.Name, one.Side, one.Number, one.TrackingUid));
            Assert.Equal((structure.Type ?? CodedConcept.AnyStructure, s_algorithm, GenerationKind.Automatic), (one.Type, one.Algorithm, one.Kind));
            Assert.True(one.Mask.AsSpan().SequenceEqual(structure.Mask), one.Name);
            Assert.Equal(structure.Mask.Count(voxel => voxel) * source.Geometry.VoxelVolume / 1000, segment.Millilitres, 9);
        }

        Assert.Equal(File.ReadAllBytes(_folder.File("seg.dcm")), Again(source, structures));
    }

    [PeerFact("dciodvfy")]
    public void TheValidatorFindsNoErrors()
    {
        SourceSeries source = Source();
        SegmentationWriter.Write(_folder.File("a.dcm"), source, [new("Kidney_L", CtSeries.Body(source.Geometry)) { Side = BodySide.Left, Type = CodedConcept.Kidney }, new("B", CtSeries.Body(source.Geometry, 3))], s_algorithm);
        SegmentationWriter.Write(_folder.File("b.dcm"), source, [new("A", CtSeries.Body(source.Geometry))], new("a", "1") { Kind = GenerationKind.Manual });
        foreach (string file in Directory.EnumerateFiles(_folder.Path, "*.dcm"))
        {
            (_, string output, string error) = Peer.Run("dciodvfy", file);
            Assert.Equal("", string.Join("; ", (output + error).Split('\n').Where(line => line.Contains("Error", StringComparison.Ordinal))));
        }
    }

    [PeerFact("python:pydicom", "python:numpy")]
    public void PydicomFindsTheSameBits()
    {
        SourceSeries source = Source();
        bool[] mask = CtSeries.Body(source.Geometry, 4);
        SegmentationWriter.Write(_folder.File("a.dcm"), source, [new("A", CtSeries.Body(source.Geometry)), new("B", mask)], s_algorithm);
        (int code, string output, string error) = Peer.Run(Peer.Python, "-c", "import sys, pydicom, numpy; d = pydicom.dcmread(sys.argv[1]); b = numpy.unpackbits(numpy.frombuffer(d.PixelData, numpy.uint8), bitorder='little'); n = d.NumberOfFrames * d.Rows * d.Columns; print(''.join(map(str, b[n // 2:n])))", _folder.File("a.dcm"));
        Assert.True(code == 0, error);
        Assert.Equal(string.Concat(mask.Select(voxel => voxel ? '1' : '0')), output.Trim());
    }

    [DataFact("seg/seg_image_ct_binary.dcm", "seg/seg_image_ct_binary_overlap.dcm")]
    public void OthersSegmentationsAreReadWithTheirGaps()
    {
        Segmentation plain = SegmentationReader.Read(TestData.Path("seg/seg_image_ct_binary.dcm"), Phantoms.Options);
        Assert.Equal(new ImageShape(3, 16, 16), plain.Geometry.Shape);
        Assert.Equal(1.25, plain.Geometry.SectionSpacing, 4);
        Segment first = Assert.Single(plain.Segments);
        Assert.Equal("first segment", first.Name);
        Assert.Contains(true, first.Mask);

        // Frames 203 mm apart, and one of each segment at some places.
        Segmentation sparse = SegmentationReader.Read(TestData.Path("seg/seg_image_ct_binary_overlap.dcm"), Phantoms.Options);
        Assert.Equal(2, sparse.Segments.Count);
        Assert.True(sparse.Geometry.Sections > 100);
        Assert.All(sparse.Segments, segment => Assert.Contains(true, segment.Mask));
    }

    [Fact]
    public void HostileFilesCostAFileAndOneSentence()
    {
        SourceSeries source = Source();
        SegmentationWriter.Write(_folder.File("a.dcm"), source, [new("A", CtSeries.Body(source.Geometry))], s_algorithm);
        void Refused(string expected, Action<DicomDataset> change)
        {
            DicomDataset dataset = DicomFile.Open(_folder.File("a.dcm")).Dataset;
            dataset.NotValidated();
            change(dataset);
            new DicomFile(dataset).Save(_folder.File("bad.dcm"));
            DicomReadException refused = Assert.Throws<DicomReadException>(() => SegmentationReader.Read(_folder.File("bad.dcm"), Phantoms.Options));
            Assert.Contains(expected, refused.Sentence, StringComparison.Ordinal);
            Assert.NotEqual(ReadFault.Defect, refused.Fault);
        }

        DicomDataset Frame(DicomDataset dataset, int frame) => dataset.GetSequence(DicomTag.PerFrameFunctionalGroupsSequence).Items[frame];
        Refused("of its 7 frames", dataset => dataset.AddOrUpdate(DicomTag.NumberOfFrames, 7));
        Refused("need", dataset => dataset.AddOrUpdate(new DicomOtherByte(DicomTag.PixelData, new MemoryByteBuffer(new byte[4]))));
        Refused("need", dataset => dataset.Remove(DicomTag.PixelData));
        Refused("is of segment 9", dataset => Frame(dataset, 1).GetSequence(DicomTag.SegmentIdentificationSequence).Items[0].AddOrUpdate(DicomTag.ReferencedSegmentNumber, (ushort)9));
        Refused("belongs to no segment", dataset => Frame(dataset, 1).Remove(DicomTag.SegmentIdentificationSequence));
        Refused("does not say where it lies", dataset => Frame(dataset, 1).Remove(DicomTag.PlanePositionSequence));
        Refused("lies between the places of the others", dataset => Frame(dataset, 1).GetSequence(DicomTag.PlanePositionSequence).Items[0].AddOrUpdate(DicomTag.ImagePositionPatient, "0", "0", "0"));
        Refused("mm apart in steps of", dataset => Frame(dataset, 0).GetSequence(DicomTag.PlanePositionSequence).Items[0].AddOrUpdate(DicomTag.ImagePositionPatient, "0", "0", "9e9"));
        Refused("does not say how its frames lie", dataset => dataset.Remove(DicomTag.SharedFunctionalGroupsSequence));
        Refused("have the number 1", dataset => dataset.GetSequence(DicomTag.SegmentSequence).Items.Add(dataset.GetSequence(DicomTag.SegmentSequence).Items[0]));
        Refused("expected a binary segmentation of one bit a pixel, found FRACTIONAL", dataset => dataset.AddOrUpdate(DicomTag.SegmentationType, "FRACTIONAL"));
        Refused("expected a Segmentation, found 'CT Image Storage'", dataset => dataset.AddOrUpdate(DicomTag.SOPClassUID, DicomUID.CTImageStorage));
        Assert.Equal(SkipReason.TooLarge, Assert.Throws<DicomReadException>(() => SegmentationReader.Read(_folder.File("a.dcm"), Phantoms.Options with { MaximumValues = 100 })).Reason);
    }

    [Fact]
    public void ALabelThatIsNoCodeStringIsRefused()
    {
        SourceSeries source = Source();
        Assert.Throws<ArgumentException>(() => SegmentationWriter.Write(_folder.File("a.dcm"), source, [new("A", new bool[source.Geometry.Shape.Length])], s_algorithm, new() { Label = "kidneys" }));
        Assert.Throws<ArgumentException>(() => SegmentationWriter.Write(_folder.File("a.dcm"), source, [], s_algorithm));
    }

    private byte[] Again(SourceSeries source, DerivedStructure[] structures)
    {
        SegmentationWriter.Write(_folder.File("again.dcm"), source, structures, s_algorithm);
        return File.ReadAllBytes(_folder.File("again.dcm"));
    }

    private SourceSeries Source() => CtSeries.Write(_folder.File("ct"), CtSeries.Geometry(new ImageShape(5, 13, 11), new(1, 0, 0), new(0, 1, 0), 0, 0, 0));
}
