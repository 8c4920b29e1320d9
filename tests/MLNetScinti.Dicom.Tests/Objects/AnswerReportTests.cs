using FellowOakDicom;
using MLNetScinti.Dicom.Reports;
using MLNetScinti.Dicom.StructureSets;
using MLNetScinti.Imaging;
using MLNetScinti.Testing;
using Xunit;

namespace MLNetScinti.Dicom.Tests.Objects;

/// <summary>What a model says of a study, why it says nothing, and the picture of it: in the study of its images, and accepted by validators.</summary>
public sealed class AnswerReportTests : IDisposable
{
    private static readonly AlgorithmIdentity s_algorithm = new("three views", "1.0") { ModelHash = new string('d', 64), Request = "a request" };

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void AnswersAreFiledWithTheirImages()
    {
        (SourceStudy source, DicomDataset image) = Source();
        Write(source);
        foreach (string file in (string[])["answer.dcm", "refusal.dcm", "capture.dcm"])
        {
            DicomDataset made = DicomFile.Open(_folder.File(file)).Dataset;
            foreach (DicomTag tag in (DicomTag[])[DicomTag.StudyInstanceUID, DicomTag.PatientID, DicomTag.PatientName, DicomTag.StudyDate])
            {
                Assert.Equal(image.GetSingleValueOrDefault(tag, ""), made.GetSingleValueOrDefault(tag, ""));
            }

            Assert.StartsWith("AI, research use: three views 1.0", made.GetSingleValue<string>(DicomTag.SeriesDescription), StringComparison.Ordinal);
        }

        string answer = Texts(DicomFile.Open(_folder.File("answer.dcm")).Dataset);
        Assert.Contains("case 1, left: Its pixels are larger.", answer, StringComparison.Ordinal);
        Assert.Contains("could not answer, because it is of another nuclide.", Texts(DicomFile.Open(_folder.File("refusal.dcm")).Dataset), StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => AnswerReportWriter.Write(_folder.File("no.dcm"), source, [], s_algorithm));
        Assert.Throws<ArgumentException>(() => AnswerReportWriter.Write(_folder.File("no.dcm"), source, [new("a", "b", [new("c", double.NaN, null)], [])], s_algorithm));
    }

    /// <summary>Neither the order of the files, nor another version of the program, nor other figures make another object of one request; another request and another model do.</summary>
    [Fact]
    public void OneRequestIsOneObject()
    {
        (SourceStudy source, _) = Source();
        string[] files = Directory.GetFiles(_folder.File("ct"));
        string UidOf(SourceStudy of, AlgorithmIdentity algorithm, double probability)
        {
            AnswerReportWriter.Write(_folder.File("uid.dcm"), of, [new("case 1", "abnormal", [new("abnormal", probability, 0.5)], [])], algorithm);
            return DicomFile.Open(_folder.File("uid.dcm")).Dataset.GetSingleValue<string>(DicomTag.SOPInstanceUID);
        }

        string uid = UidOf(source, s_algorithm, 0.7);
        Assert.Equal(uid, UidOf(SourceStudy.Read([.. files.Reverse()], Reading), s_algorithm with { Version = "2.0" }, 0.8));
        Assert.NotEqual(uid, UidOf(source, s_algorithm with { Request = "another" }, 0.7));
        Assert.NotEqual(uid, UidOf(source, s_algorithm with { ModelHash = new string('e', 64) }, 0.7));
        Assert.NotEqual(uid, UidOf(SourceStudy.Read(files[1..], Reading), s_algorithm, 0.7));
        Assert.NotEqual(UidOf(source, s_algorithm with { Request = "" }, 0.7), UidOf(source, s_algorithm with { Request = "" }, 0.8));

        // So with masks: the last digits of another processor may move a voxel.
        SourceSeries series = SourceSeries.Read(files, Reading);
        string Drawn(bool more)
        {
            bool[] mask = CtSeries.Body(series.Geometry);
            mask[0] |= more;
            StructureSetWriter.Write(_folder.File("drawn.dcm"), series, [new DerivedStructure("a", mask)], s_algorithm);
            return DicomFile.Open(_folder.File("drawn.dcm")).Dataset.GetSingleValue<string>(DicomTag.SOPInstanceUID);
        }

        Assert.Equal(Drawn(more: false), Drawn(more: true));
    }

    [PeerFact("dciodvfy", "dsrdump")]
    public void TheValidatorFindsNoErrors()
    {
        Write(Source().Source);
        foreach (string file in (string[])["answer.dcm", "refusal.dcm", "capture.dcm"])
        {
            (_, string output, string error) = Peer.Run("dciodvfy", _folder.File(file));
            Assert.Equal("", string.Join("; ", (output + error).Split('\n').Where(line => line.Contains("Error", StringComparison.Ordinal))));
        }

        (int code, string dumped, string problem) = Peer.Run("dsrdump", "+Pc", "+Pl", _folder.File("answer.dcm"));
        Assert.True(code == 0, problem);
        Assert.Contains("\"Probability of abnormal\")=\"0.7\"", dumped, StringComparison.Ordinal);
        Assert.Contains("\"Threshold of abnormal\")=\"0.5\"", dumped, StringComparison.Ordinal);
        Assert.Matches("121071,DCM,\"Finding\"\\)=\\(CALL[0-9A-F]{10},99MLNETSCINTI,\"abnormal\"\\)", dumped);
    }

    [PeerFact("java", "DicomSRValidator")]
    public void TheTemplateValidatorAcceptsThem()
    {
        Write(Source().Source);
        foreach (string file in (string[])["answer.dcm", "refusal.dcm"])
        {
            (_, string output, string error) = Peer.Run("java", "-XX:TieredStopAtLevel=1", "-Djdk.xml.xpathTotalOpLimit=0", "-Djdk.xml.xpathExprGrpLimit=0", "-Djdk.xml.xpathExprOpLimit=0", "-cp", "/usr/share/java/pixelmed.jar", "com.pixelmed.validate.DicomSRValidator", _folder.File(file));
            Assert.Contains("Found Root Template TID_1500", output + error, StringComparison.Ordinal);
            string problems = string.Join("; ", (output + error).Split('\n').Where(line => line.Contains("Error", StringComparison.Ordinal) || line.Contains("Warning", StringComparison.Ordinal)));
            Assert.True(problems.Length == 0, problems);
        }
    }

    private static DicomReadOptions Reading => new() { PseudonymKey = PseudonymKey.Simulated };

    private void Write(SourceStudy source)
    {
        AnswerReportWriter.Write(_folder.File("answer.dcm"), source, [new("case 1, left", "abnormal", [new("abnormal", 0.7, 0.5)], ["Its pixels are larger."]), new("case 2, right", "normal", [new("abnormal", 0.2, null)], [])], s_algorithm);
        AnswerReportWriter.WriteRefusal(_folder.File("refusal.dcm"), source, "it is of another nuclide.", s_algorithm);
        SecondaryCaptureWriter.Write(_folder.File("capture.dcm"), source, MarkedPicture.Of(new PngImage(3, 5, 3, new byte[45]), new PngImage(7, 1, 3, new byte[21])), "case 1: abnormal", s_algorithm);
    }

    private (SourceStudy Source, DicomDataset Image) Source()
    {
        _ = CtSeries.Write(_folder.File("ct"), CtSeries.Geometry(new ImageShape(5, 13, 11), new(1, 0, 0), new(0, 1, 0), 0, 0, 0));
        string[] files = Directory.GetFiles(_folder.File("ct"));
        return (SourceStudy.Read(files, Reading), DicomFile.Open(files[0]).Dataset);
    }

    private static string Texts(DicomDataset item) => string.Join('|', item.GetSequence(DicomTag.ContentSequence).Items.Select(one =>
        one.GetSingleValueOrDefault(DicomTag.TextValue, "") + (one.Contains(DicomTag.ContentSequence) ? Texts(one) : "")));
}
