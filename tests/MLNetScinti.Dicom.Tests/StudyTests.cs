using System.Globalization;
using FellowOakDicom;
using MLNetScinti.Testing;
using Xunit;

namespace MLNetScinti.Dicom.Tests;

public sealed class StudyTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private int _instances;

    public void Dispose() => _folder.Dispose();

    private static StudyIndexOptions Options(StudyBoundary boundary = StudyBoundary.Examination) => new() { Reading = Phantoms.Options, Boundary = boundary };

    private string Image(string name, string modality, string patient, string study, string series, Action<DicomDataset>? more = null, int frames = 1)
    {
        DicomDataset dataset = HandMadeFile.Image(modality, frames)
            .With(DicomTag.PatientID, patient)
            .With(DicomTag.StudyInstanceUID, study)
            .With(DicomTag.SeriesInstanceUID, series)
            .With(DicomTag.FrameOfReferenceUID, study + ".9")
            .With(DicomTag.SOPInstanceUID, string.Create(CultureInfo.InvariantCulture, $"1.2.3.4.{++_instances}"));
        more?.Invoke(dataset);
        return dataset.Save(_folder, name);
    }

    private string Section(string name, string patient, string study, string series, int z) => Image(name, "CT", patient, study, series, dataset => dataset
        .With(DicomTag.SliceThickness, "5")
        .With(DicomTag.AcquisitionDate, "20260102")
        .With(DicomTag.ImageOrientationPatient, "1", "0", "0", "0", "1", "0")
        .With(DicomTag.ImagePositionPatient, "0", "0", z.ToString(CultureInfo.InvariantCulture)));

    private string Spect(string name, string patient, string study, string date = "20260102") => Image(name, "NM", patient, study, study + ".1", dataset => dataset
        .With(DicomTag.ImageType, "ORIGINAL", "PRIMARY", "RECON TOMO", "EMISSION")
        .With(DicomTag.AcquisitionDate, date), frames: 3);

    [Fact]
    public void ASpectAndItsCtAreOneStudyAndTheSectionsOneSeries()
    {
        Section("ct3.dcm", "A", "1.5", "1.5.2", 10);
        Section("ct1.dcm", "A", "1.5", "1.5.2", 0);
        Section("ct2.dcm", "A", "1.5", "1.5.2", 5);
        Spect("spect.dcm", "A", "1.5");
        Spect("other.dcm", "B", "1.6");

        StudyIndex index = StudyIndex.Build(_folder.Path, Options());

        Assert.Equal((2, 3, 5), (index.Studies.Count, index.SeriesCount, index.FileCount));
        Assert.Empty(index.LeftOut);
        Study study = index.Studies[0];
        Assert.Equal([ImageKind.Ct, ImageKind.ReconTomo], study.Series.Select(series => series.Kind));
        ImageSeries ct = study.Series[0];
        Assert.Equal(["ct1.dcm", "ct2.dcm", "ct3.dcm"], ct.Files.Select(file => file.File));
        Assert.Equal((3, 5.0), (ct.ReadVolume(Phantoms.Reader).Geometry.Sections, ct.Geometry!.SectionSpacing));
        Assert.Same(ct, Assert.Single(study.Beside(study.Series[1])));
        Assert.Equal(3, study.Series[1].Read(Phantoms.Reader).Header.Frames.Count);
        Assert.Contains("several files", Assert.Throws<InvalidOperationException>(() => ct.Read()).Message.Replace("3 files", "several files", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.NotEqual(index.Studies[0].Patient.Pseudonym, index.Studies[1].Patient.Pseudonym);
    }

    [Fact]
    public void TheDatesOfAPatientAreOneStudyWhereTheyAreAskedToBe()
    {
        Spect("c.dcm", "A", "1.7", "20260105");
        Spect("a.dcm", "A", "1.5", "20260102");
        Spect("b.dcm", "A", "1.6", "20260103");

        Assert.Equal(3, StudyIndex.Build(_folder.Path, Options()).Studies.Count);
        Study study = Assert.Single(StudyIndex.Build(_folder.Path, Options(StudyBoundary.Patient)).Studies);
        Assert.Equal(["a.dcm", "b.dcm", "c.dcm"], study.Series.Select(series => series.Files[0].File));
        Assert.Equal([new DateOnly(2026, 1, 2), new DateOnly(2026, 1, 3), new DateOnly(2026, 1, 5)], study.Days);
    }

    [Fact]
    public void ViewsOfOneAcquisitionInSeveralFilesAreOneSeries()
    {
        void View(string name, int instance, string view) => Image(name, "NM", "A", "1.5", "1.5.1", dataset => dataset
            .With(DicomTag.ImageType, "ORIGINAL", "PRIMARY", "STATIC", "EMISSION").With(DicomTag.InstanceNumber, instance).With(DicomTag.ImageID, view));
        View("x.dcm", 2, "POSTERIOR");
        View("y.dcm", 1, "ANTERIOR");

        ImageSeries series = Assert.Single(Assert.Single(StudyIndex.Build(_folder.Path, Options()).Studies).Series);
        Assert.Equal(["y.dcm", "x.dcm"], series.Files.Select(file => file.File));
        Assert.Equal([DetectorView.Anterior, DetectorView.Posterior], series.ReadAll(Phantoms.Reader).Select(image => image.Header.Frames[0].View));
        Assert.Equal("NM Static, 3 x 4 x 2, anterior and posterior, 2 files", series.ToString());
    }

    [Fact]
    public void WhatIsLeftOutIsNamedWithItsReason()
    {
        string good = Spect("good.dcm", "A", "1.5");
        File.Copy(good, _folder.File("copy.dcm"));
        File.WriteAllText(_folder.File("labels.csv"), "no image");
        File.WriteAllText(_folder.File("notes.txt"), "no image");
        Section("s1.dcm", "A", "1.5", "1.5.2", 0);
        Section("s2.dcm", "A", "1.5", "1.5.2", 5);
        Section("s3.dcm", "A", "1.5", "1.5.2", 5);
        List<string> visited = [];

        StudyIndex index = StudyIndex.Build(_folder.Path, Options() with { Ignored = new HashSet<string>(["labels.csv"], StringComparer.Ordinal) }, file => visited.Add(file.RelativePath));

        Assert.Equal([("good.dcm", SkipReason.Repeated), ("notes.txt", SkipReason.NotDicom), ("s3.dcm", SkipReason.Repeated)], index.LeftOut.Select(file => (file.File, file.Reason)));
        Assert.Equal(["copy.dcm", "good.dcm", "notes.txt", "s1.dcm", "s2.dcm", "s3.dcm"], visited);
        Assert.All(index.LeftOut, file => Assert.DoesNotContain('\n', file.Sentence));
    }

    [Fact]
    public void IdentifiersThatPatientsShareDoNotMixThem()
    {
        Spect("a.dcm", "A", "1.5");
        Spect("b.dcm", "B", "1.5");
        StudyIndex index = StudyIndex.Build(_folder.Path, Options());
        Assert.Equal(2, index.Studies.Count);
        Assert.Equal(2, index.Studies.Select(study => study.Id).Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public void NothingInAnIndexSaysWhoThePatientIs()
    {
        Image("a.dcm", "NM", "4711-geheim", "1.5", "1.5.1", dataset => dataset.With(DicomTag.PatientName, "Geheim^Gerda"));
        StudyIndex index = StudyIndex.Build(_folder.Path, Options());
        string all = System.Text.Json.JsonSerializer.Serialize(index.Studies.Select(study => new { study.Id, Text = study.ToString(), Files = study.Series.SelectMany(series => series.Files) })) + index;
        Assert.DoesNotContain("eheim", all, StringComparison.Ordinal);
        Assert.StartsWith("S-", index.Studies[0].Id, StringComparison.Ordinal);
    }

    [Fact]
    public void AnIndexIsTheSameAgainAndDependsOnItsKey()
    {
        Spect("a.dcm", "A", "1.5");
        string[] Ids(string secret) => [.. StudyIndex.Build(_folder.Path, new() { Reading = new() { PseudonymKey = new PseudonymKey(TestSecret.Of(secret)) } }).Studies.Select(study => study.Id)];
        Assert.Equal(Ids("one"), Ids("one"));
        Assert.NotEqual(Ids("one"), Ids("two"));
    }
}
