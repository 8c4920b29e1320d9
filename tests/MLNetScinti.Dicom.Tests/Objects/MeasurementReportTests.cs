using FellowOakDicom;
using MLNetScinti.Dicom.Reports;
using MLNetScinti.Dicom.Segmentations;
using MLNetScinti.Imaging;
using MLNetScinti.Testing;
using Xunit;

namespace MLNetScinti.Dicom.Tests.Objects;

/// <summary>Structured reports: every figure comes back with its unit, interval, algorithm and side, and validators accept them.</summary>
public sealed class MeasurementReportTests : IDisposable
{
    private static readonly AlgorithmIdentity s_algorithm = new("scinti-unet", "1.0") { ModelHash = new string('d', 64) };
    private static readonly AlgorithmIdentity s_dose = new("kernel Lu-177 4.42 mm", "2");

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void AReportComesBack()
    {
        (string uid, WrittenSegmentation segmentation, MeasuredStructure[] structures) = Write("a.dcm");
        MeasurementReport read = MeasurementReportReader.Read(_folder.File("a.dcm"), Phantoms.Options);
        Assert.Equal((uid, segmentation.InstanceUid), (read.InstanceUid, read.SegmentationUid));
        Assert.Empty(read.Warnings);
        Assert.Equal(2, read.Structures.Count);
        foreach ((MeasuredStructure told, MeasuredStructure found) in structures.Zip(read.Structures))
        {
            Assert.Equal((told.Name, told.TrackingUid, told.SegmentNumber, told.Type, told.Side), (found.Name, found.TrackingUid, found.SegmentNumber, found.Type, found.Side));
            Assert.Equal(told.Measurements.Select(one => one with { Algorithm = one.Algorithm ?? s_algorithm }), found.Measurements);
        }

        Assert.Equal(File.ReadAllBytes(_folder.File("a.dcm")), Again());
    }

    [Fact]
    public void WhatCannotBeReportedIsRefused()
    {
        (_, WrittenSegmentation segmentation, MeasuredStructure[] structures) = Write("a.dcm");
        SourceSeries source = Source();
        void Refused(string expected, params MeasuredStructure[] wrong) =>
            Assert.Contains(expected, Assert.Throws<ArgumentException>(() => MeasurementReportWriter.Write(_folder.File("no.dcm"), source, segmentation, wrong, s_algorithm)).Message, StringComparison.Ordinal);
        Refused("nothing to report");
        Refused("one finite measurement", structures[0] with { Measurements = [] });
        Refused("one finite measurement", structures[0] with { Measurements = [Measurement.Volume(double.NaN)] });
        Refused("does not go from", structures[0] with { Measurements = [Measurement.Volume(1, new(2, 1))] });
        Refused("not the finding of segment 2", structures[0] with { SegmentNumber = 2 });
    }

    [Fact]
    public void HostileFilesCostAFileAndOneSentence()
    {
        Write("a.dcm");
        void Refused(string expected, Action<DicomDataset> change)
        {
            DicomDataset dataset = DicomFile.Open(_folder.File("a.dcm")).Dataset;
            dataset.NotValidated();
            change(dataset);
            new DicomFile(dataset).Save(_folder.File("bad.dcm"));
            DicomReadException refused = Assert.Throws<DicomReadException>(() => MeasurementReportReader.Read(_folder.File("bad.dcm"), Phantoms.Options));
            Assert.Contains(expected, refused.Sentence, StringComparison.Ordinal);
            Assert.NotEqual(ReadFault.Defect, refused.Fault);
        }

        Refused("is no number, or has no unit", dataset => FirstNumber(dataset).GetSequence(DicomTag.MeasuredValueSequence).Items[0].NotValidated().AddOrUpdate(new DicomDecimalString(DicomTag.NumericValue, "NaN")));
        Refused("is no number, or has no unit", dataset => FirstNumber(dataset).GetSequence(DicomTag.MeasuredValueSequence).Items[0].Remove(DicomTag.MeasurementUnitsCodeSequence));
        Refused("expected a measurement report", dataset => dataset.Remove(DicomTag.ConceptNameCodeSequence));
        Refused("expected a measurement report", dataset => dataset.AddOrUpdate(DicomTag.Modality, "CT"));
        Refused("nested more than", dataset =>
        {
            DicomDataset at = dataset;
            for (int i = 0; i < 300; i++)
            {
                DicomDataset inner = [];
                at.AddOrUpdate(new DicomSequence(DicomTag.ContentSequence, inner));
                at = inner;
            }
        });

        // A value that is missing, and a concept, are told.
        DicomDataset gap = DicomFile.Open(_folder.File("a.dcm")).Dataset;
        FirstNumber(gap).Remove(DicomTag.MeasuredValueSequence);
        new DicomFile(gap).Save(_folder.File("gap.dcm"));
        MeasurementReport read = MeasurementReportReader.Read(_folder.File("gap.dcm"), Phantoms.Options);
        Assert.Equal("Volume has no value: it could not be measured.", Assert.Single(read.Warnings));
        Assert.Equal(2, read.Structures[0].Measurements.Count);
    }

    [PeerFact("dciodvfy", "dsrdump")]
    public void TheValidatorFindsNoErrorsAndTheToolkitReadsIt()
    {
        Write("a.dcm");
        (_, string output, string error) = Peer.Run("dciodvfy", _folder.File("a.dcm"));
        Assert.Equal("", string.Join("; ", (output + error).Split('\n').Where(line => line.Contains("Error", StringComparison.Ordinal))));
        Assert.Contains("Comprehensive3DSR", output + error, StringComparison.Ordinal);
        (int code, output, error) = Peer.Run("dsrdump", "+Pc", "+Pl", _folder.File("a.dcm"));
        Assert.True(code == 0, error);
        Assert.Contains("(128533,DCM,\"Mean Absorbed Radiation Dose\")=\"2.741\" (Gy,UCUM,\"Gray\")", output, StringComparison.Ordinal);
        Assert.Contains($"model sha256={s_algorithm.ModelHash}", output, StringComparison.Ordinal);
    }

    [PeerFact("java", "DicomSRValidator")]
    public void TheTemplateValidatorAcceptsIt()
    {
        Write("a.dcm");
        (_, string output, string error) = Peer.Run("java", "-XX:TieredStopAtLevel=1", "-Djdk.xml.xpathTotalOpLimit=0", "-Djdk.xml.xpathExprGrpLimit=0", "-Djdk.xml.xpathExprOpLimit=0", "-cp", "/usr/share/java/pixelmed.jar", "com.pixelmed.validate.DicomSRValidator", _folder.File("a.dcm"));
        Assert.Contains("Found Root Template TID_1500", output + error, StringComparison.Ordinal);
        Assert.Contains("IOD validation complete", output + error, StringComparison.Ordinal);
        Assert.Equal("", string.Join("; ", (output + error).Split('\n').Where(line => line.Contains("Error", StringComparison.Ordinal) || line.Contains("Warning", StringComparison.Ordinal))));
    }

    private static DicomDataset FirstNumber(DicomDataset dataset) =>
        dataset.GetSequence(DicomTag.ContentSequence).Items[^1].GetSequence(DicomTag.ContentSequence).Items[0].GetSequence(DicomTag.ContentSequence).Items.First(item => item.GetString(DicomTag.ValueType) == "NUM");

    private (string Uid, WrittenSegmentation Segmentation, MeasuredStructure[] Structures) Write(string name)
    {
        SourceSeries source = Source();
        DerivedStructure[] found =
        [
            new("Kidney_L", CtSeries.Body(source.Geometry)) { Side = BodySide.Left, Type = CodedConcept.Kidney },
            new("Kidney_R", CtSeries.Body(source.Geometry, 2)) { Side = BodySide.Right, Type = CodedConcept.Kidney },
        ];
        WrittenSegmentation segmentation = SegmentationWriter.Write(_folder.File("seg.dcm"), source, found, s_algorithm);
        MeasuredStructure[] structures = [.. found.Select((structure, i) => MeasuredStructure.Of(structure, segmentation.Segments[i],
            Measurement.Volume(167.25, new(140, 190.5)), Measurement.Activity(98.56, new(91, 106)), Measurement.MeanAbsorbedDose(2.741, new(2.4, 3.1)) with { Algorithm = s_dose }))];
        return (MeasurementReportWriter.Write(_folder.File(name), source, segmentation, structures, s_algorithm), segmentation, structures);
    }

    private byte[] Again()
    {
        Write("again.dcm");
        return File.ReadAllBytes(_folder.File("again.dcm"));
    }

    private SourceSeries Source() => CtSeries.Write(_folder.File("ct"), CtSeries.Geometry(new ImageShape(5, 13, 11), new(1, 0, 0), new(0, 1, 0), 0, 0, 0));
}
