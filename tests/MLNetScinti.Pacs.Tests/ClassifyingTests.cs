using FellowOakDicom;
using MLNetScinti.Cli.Tests;
using MLNetScinti.Pacs.Results;
using Xunit;

namespace MLNetScinti.Pacs.Tests;

/// <summary>The process that answers for a study, with a model that classifies, hardly trained.</summary>
public sealed class ClassifyingTests : IDisposable
{
    private readonly StudyFolder _studies = new();

    public void Dispose() => _studies.Dispose();

    [Fact]
    public void AStudyHasAReportAndACaptureAndOneOfAnotherKindAReportOfWhy()
    {
        (int code, string output, string error) = Scinti.Run(_studies.Root, "run", "small.yaml", "--output", "model", "--set", "training.epochs=1");
        Assert.True(code == 0, output + error);
        StudyResult answered = Answer("one", folder => File.Copy(Directory.GetFiles(_studies.Studies, "*.dcm").Order(StringComparer.Ordinal).Last(), Path.Combine(folder, "1.dcm")));
        Assert.Equal(("", "SR SC"), (answered.Refusal, string.Join(' ', answered.Objects.Select(one => one.Kind))));
        DicomDataset report = Opened("one", answered.Objects[0]), capture = Opened("one", answered.Objects[1]);
        Assert.StartsWith(StudyFolder.PatientId, report.GetSingleValue<string>(DicomTag.PatientID), StringComparison.Ordinal);
        Assert.Equal("Geheimrat^Gundula", capture.GetSingleValue<string>(DicomTag.PatientName));
        // A case for each side, with what is called.
        Assert.Matches("case 1, .*: (ab)?normal \\(abnormal 0\\.[0-9]{3}, called from 0\\.[0-9]{3} on\\); case 2, ", capture.GetSingleValue<string>(DicomTag.ImageComments));

        // Lutetium is not what the model was trained on.
        StudyResult refused = Answer("two", folder => Planar.Write(Path.Combine(folder, "1.dcm")));
        Assert.Equal("SR", Assert.Single(refused.Objects).Kind);
        Assert.NotEqual("", refused.Refusal);
    }

    private StudyResult Answer(string name, Action<string> prepare)
    {
        string folder = Path.Combine(_studies.Root, name), images = Path.Combine(folder, "images"), request = Path.Combine(folder, "request.json"), made = Path.Combine(folder, "made");
        Directory.CreateDirectory(images);
        prepare(images);
        new StudyRequest(images, Path.Combine(_studies.Root, "model"), made, name).Write(request);
        (int code, string output, string error) = Scinti.Run(_studies.Root, "pacs", "study", request);
        Assert.True(code == 0, output + error);
        // What it prints is kept in a log.
        Assert.DoesNotContain("Gundula", output + error, StringComparison.Ordinal);
        Assert.DoesNotContain(StudyFolder.PatientId, output + error, StringComparison.Ordinal);
        return StudyResult.Read(Path.Combine(made, StudyResult.FileName));
    }

    private DicomDataset Opened(string name, ResultObject one) => DicomFile.Open(Path.Combine(_studies.Root, name, "made", one.File)).Dataset;
}
