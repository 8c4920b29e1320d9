using FellowOakDicom;
using Microsoft.ML;
using MLNetScinti.Evaluation.Reporting;
using Xunit;

namespace MLNetScinti.Pipelines.Tests.Data;

/// <summary>A patient, or an image, on two sides of a split: whatever the files call it.</summary>
[Collection("small cohort")]
public sealed class RepetitionTests : IDisposable
{
    private static readonly MLContext s_ml = new(seed: 1);
    private readonly TemporaryFolder _folder = new();
    private readonly SmallCohort _cohort;

    public RepetitionTests(SmallCohort cohort)
    {
        _cohort = cohort;
        cohort.CopyTo(_folder.Path);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void ACopyCostsThatFile()
    {
        Copy(0, "copy.dcm", _ => { });
        LeftOutStudy left = Assert.Single(Settled().LeftOut);
        Assert.Equal(("copy.dcm", "Repeated", _cohort.Files[0]), (left.File, left.Reason, left.Other));
        Assert.Contains($"the same image as {_cohort.Files[0]}", left.Sentence, StringComparison.Ordinal);
    }

    /// <summary>The first by name stays, whichever is read first.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    public void ACopyIsLeftOutByEveryCursorAlsoBeforeASplit(int parallelism)
    {
        Copy(3, "A.dcm", _ => { });
        using CaseView view = SmallCohort.Load(_folder.Path, parallelism);
        string[] Files() => [.. view.Read(images: false).Select(one => one.File).Distinct(StringComparer.Ordinal)];
        string[] first = Files();
        Assert.Equal(12, first.Length);
        Assert.Contains("A.dcm", first);
        Assert.DoesNotContain(_cohort.Files[3], first);
        view.Settle();
        Assert.Equal(first, Files());
        Assert.Equal(_cohort.Files[3], Assert.Single(view.LeftOut).File);
    }

    [Fact]
    public void TheSamePixelsUnderAnotherNumberCostThatFileAndBothAreOnOneSide()
    {
        // One person with two numbers, a study under each, and one of them under both.
        Copy(0, "other.dcm", dataset => dataset.AddOrUpdate(DicomTag.PatientID, "SIM-5-000002").AddOrUpdate(DicomTag.SOPInstanceUID, "1.2.3.4").AddOrUpdate(DicomTag.StudyInstanceUID, "1.2.3"));
        using CaseView view = Settled();
        Assert.Equal(("other.dcm", "Repeated"), (Assert.Single(view.LeftOut).File, view.LeftOut[0].Reason));
        Assert.Contains("under another patient's number", view.LeftOut[0].Sentence, StringComparison.Ordinal);
        OnOneSide(view, _cohort.Files[0], _cohort.Files[1]);
    }

    [Fact]
    public void TheSameIdentifierWithOtherPixelsCostsThatFile()
    {
        string uid = DicomFile.Open(_folder.File(_cohort.Files[0])).Dataset.GetSingleValue<string>(DicomTag.SOPInstanceUID);
        Copy(1, "same-uid.dcm", dataset => dataset.AddOrUpdate(DicomTag.SOPInstanceUID, uid).AddOrUpdate(DicomTag.PatientID, "4712"), change: 3);
        using CaseView view = Settled();
        Assert.Equal("same-uid.dcm", Assert.Single(view.LeftOut).File);
        Assert.Contains($"SOP Instance UID) is that of {_cohort.Files[0]}", view.LeftOut[0].Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void ContradictingLabelsOfOneImageAreNamedAndNeitherIsUsed()
    {
        Copy(0, "copy.dcm", _ => { }, contradict: true);
        using CaseView view = Settled();
        Assert.Equal([_cohort.Files[0], "copy.dcm"], view.LeftOut.Select(study => study.File));
        Assert.All(view.LeftOut, study => Assert.Equal("ContradictingLabels", study.Reason));
        Assert.All(view.LeftOut, study => Assert.Matches("'(normal' here and 'abnormal|abnormal' here and 'normal)' there", study.Sentence));
        Assert.Equal(11, view.Read(images: false).Select(one => one.File).Distinct(StringComparer.Ordinal).Count());
        // What is written names neither file.
        Assert.All(view.LeftOut, study => Assert.DoesNotContain("dcm", study.ToString(), StringComparison.Ordinal));
        Assert.All(view.LeftOut, study => Assert.Matches("^F-[0-9A-Z]{12}: .*F-[0-9A-Z]{12}", study.ToString()));
    }

    [Fact]
    public void WhatOnlyLooksAlikeIsReportedAndUsed()
    {
        Copy(0, "again.dcm", dataset => dataset.AddOrUpdate(DicomTag.PatientID, "4712").AddOrUpdate(DicomTag.SOPInstanceUID, "1.2.3.4").AddOrUpdate(DicomTag.StudyInstanceUID, "1.2.3"), change: 40);
        using CaseView view = Settled();
        Assert.Empty(view.LeftOut);
        AlikeStudies alike = Assert.Single(view.Alike);
        Assert.Equal((_cohort.Files[0], "again.dcm"), (alike.One, alike.Other));
        Assert.InRange(alike.Correlation, ImageLikeness.Alike, 1.0001);
        Assert.DoesNotContain("dcm", alike.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void ANumberWithAndWithoutItsIssuerIsOnOneSide()
    {
        Change(2, dataset => dataset.AddOrUpdate(DicomTag.PatientID, "4711").AddOrUpdate(DicomTag.IssuerOfPatientID, "HOSPITAL"));
        Change(5, dataset => dataset.AddOrUpdate(DicomTag.PatientID, "04711"));
        using CaseView view = Settled();
        Assert.Empty(view.LeftOut);
        Assert.Single(view.SamePatients());
        OnOneSide(view, _cohort.Files[2], _cohort.Files[5]);
    }

    [Fact]
    public void ANameAndABirthDateUnderTwoNumbersAreOnOneSideWhereTheyAreAPersons()
    {
        Change(3, dataset => dataset.AddOrUpdate(DicomTag.PatientName, "Geheim^Gerda").AddOrUpdate(DicomTag.PatientBirthDate, "20110203"));
        Change(7, dataset => dataset.AddOrUpdate(DicomTag.PatientName, "GEHEIM^Gerda^").AddOrUpdate(DicomTag.PatientBirthDate, "20110203"));
        using CaseView view = Settled();
        Assert.Single(view.SamePatients());
        OnOneSide(view, _cohort.Files[3], _cohort.Files[7]);

        // What stands for all patients stands for nobody.
        for (int i = 0; i < 12; i++)
        {
            Change(i, dataset => dataset.AddOrUpdate(DicomTag.PatientName, "ANONYMOUS").AddOrUpdate(DicomTag.PatientBirthDate, "20110101"));
        }

        Assert.Empty(Settled().SamePatients());
    }

    [Fact]
    public void AModelKnowsAnImageByItsIdentifierToo()
    {
        using CaseView view = Settled();
        PatientSplit split = s_ml.Data.SplitByPatient(view, train: 0.5, validation: 0.25);
        string trained = split.Train.Cases!.Read(images: false).First().File;
        using TemporaryFolder others = new();
        string uid = DicomFile.Open(_folder.File(trained)).Dataset.GetSingleValue<string>(DicomTag.SOPInstanceUID);
        Write(others, trained, "renamed.dcm", dataset => dataset.AddOrUpdate(DicomTag.PatientID, "4712"), change: 40);
        File.WriteAllText(others.File("labels.csv"), "File,Side,Label\nrenamed.dcm,L,normal\nrenamed.dcm,R,normal\n");
        using CaseView other = SmallCohort.Load(others.Path);
        other.Settle();
        Assert.Contains("by an image's identifier", Assert.Throws<PatientSplitException>(() => split.Membership.MustNotKnow(other, "model")).Message, StringComparison.Ordinal);
        Assert.DoesNotContain(uid, split.Membership.ToJson(), StringComparison.Ordinal);
    }

    [Fact]
    public void WhereThePatientsComeFromTheFilesSay()
    {
        Assert.Equal(DataOrigin.Simulated, Settled().Origin);
        Change(2, dataset => dataset.AddOrUpdate(DicomTag.PatientName, "Geheim^Gerda"));
        Assert.Equal(DataOrigin.Mixed, Settled().Origin);
        for (int i = 0; i < 12; i++)
        {
            Change(i, dataset => dataset.AddOrUpdate(DicomTag.PatientName, "Geheim^Gerda"));
        }

        Assert.Equal(DataOrigin.Real, Settled().Origin);
    }

    private CaseView Settled()
    {
        CaseView view = SmallCohort.Load(_folder.Path);
        view.Settle();
        return view;
    }

    private static void OnOneSide(CaseView view, string one, string other)
    {
        for (ulong seed = 0; seed < 10; seed++)
        {
            PatientSplit split = s_ml.Data.SplitByPatient(view, new PatientSplitOptions { TrainFraction = 0.4, ValidationFraction = 0.3, Seed = seed });
            Assert.Contains((PatientSet[])[split.Train, split.Validation, split.Test], set => set.Cases!.Read(images: false).Select(kidney => kidney.File).ToHashSet(StringComparer.Ordinal).IsSupersetOf([one, other]));
        }
    }

    // A study again, with other words in its header and, where asked for, some pixels one count higher.
    private void Copy(int study, string name, Action<DicomDataset> change, bool contradict = false, int counts = 0)
    {
        Write(_folder, _cohort.Files[study], name, change, counts);
        string labels = _folder.File("labels.csv");
        IEnumerable<string> lines = File.ReadAllLines(labels).Where(line => line.StartsWith(_cohort.Files[study], StringComparison.Ordinal)).Select(line => line.Replace(_cohort.Files[study], name, StringComparison.Ordinal));
        File.AppendAllLines(labels, contradict ? lines.Select(line => line.Contains(",abnormal,", StringComparison.Ordinal) ? line.Replace(",abnormal,", ",normal,", StringComparison.Ordinal) : line.Replace(",normal,", ",abnormal,", StringComparison.Ordinal)) : lines);
    }

    private void Copy(int study, string name, Action<DicomDataset> edit, int change) => Copy(study, name, edit, contradict: false, change);

    private void Change(int study, Action<DicomDataset> edit) => Write(_folder, _cohort.Files[study], _cohort.Files[study], edit, 0);

    private void Write(TemporaryFolder folder, string study, string name, Action<DicomDataset> edit, int change)
    {
        DicomFile file = DicomFile.Open(Path.Combine(_folder.Path, study), FileReadOption.ReadAll);
        edit(file.Dataset);
        new DicomFile(file.Dataset).Save(folder.File(name));
        if (change > 0)
        {
            // The pixels are the last element.
            byte[] bytes = File.ReadAllBytes(folder.File(name));
            int pixels = file.Dataset.GetSingleValue<ushort>(DicomTag.Rows) * file.Dataset.GetSingleValue<ushort>(DicomTag.Columns) * file.Dataset.GetSingleValue<int>(DicomTag.NumberOfFrames);
            for (int i = 0; i < change; i++)
            {
                int low = bytes.Length - (2 * (pixels * (i + 1) / (change + 2)));
                bytes[low] += (byte)(bytes[low] < 255 ? 1 : 0);
            }

            File.WriteAllBytes(folder.File(name), bytes);
        }
    }
}
