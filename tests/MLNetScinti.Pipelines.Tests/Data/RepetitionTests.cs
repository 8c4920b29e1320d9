using FellowOakDicom;
using Microsoft.ML;
using MLNetScinti.Dicom;
using MLNetScinti.Evaluation.Reporting;
using MLNetScinti.Testing;
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
        // The two whose values and identifier it has are two studies still.
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
        Copy(0, "again.dcm", dataset => Anothers(Turned(dataset, "coarse"), "4712"));
        using CaseView view = Settled();
        Assert.Empty(view.LeftOut);
        AlikeStudies alike = Assert.Single(view.Alike);
        Assert.Equal((_cohort.Files[0], "again.dcm"), (alike.One, alike.Other));
        Assert.InRange(alike.Correlation, ImageLikeness.Alike, 1.0001);
        Assert.DoesNotContain("dcm", alike.ToString(), StringComparison.Ordinal);
    }

    public static TheoryData<string> Turns => ["rows", "columns", "frames", "rows columns frames", "move", "move rows frames", "move move columns", "scale", "scale columns", "cut", "frame"];

    /// <summary>The same pixels are the same pixels however they are stored: the file is left out, its patient is on the other's side, and a model knows them again.</summary>
    [Theory]
    [MemberData(nameof(Turns))]
    public void ATurnedMovedOrRescaledCopyUnderAnotherNumberCostsThatFile(string turns)
    {
        Copy(0, "turned.dcm", dataset => Anothers(Turned(dataset, turns), "SIM-5-000002"));
        using CaseView view = Settled();
        Assert.Equal(("turned.dcm", "Repeated", _cohort.Files[0]), Assert.Single(view.LeftOut) is var left ? (left.File, left.Reason, left.Other) : default);
        Assert.Contains("mirrored, turned, moved, cut or on another scale, under another patient's number", view.LeftOut[0].Sentence, StringComparison.Ordinal);
        OnOneSide(view, _cohort.Files[0], _cohort.Files[1]);

        using TemporaryFolder others = new();
        foreach (SplitSide side in (SplitSide[])[SplitSide.Train, SplitSide.Validation, SplitSide.Test])
        {
            PatientSplit split = s_ml.Data.SplitByPatient(Original(), train: 0.5, validation: 0.25);
            CaseView set = (side switch { SplitSide.Train => (PatientSet)split.Train, SplitSide.Validation => split.Validation, _ => split.Test }).Cases!;
            string study = set.Read(images: false).First().File;
            Write(others, study, "turned.dcm", dataset => Anothers(Turned(dataset, turns), "4712"), change: 0);
            File.WriteAllText(others.File("labels.csv"), "File,Side,Label\nturned.dcm,L,normal\nturned.dcm,R,normal\n");
            using CaseView other = SmallCohort.Load(others.Path);
            other.Settle();
            SplitMembership read = Read(split.Membership, others);
            if (side == SplitSide.Test)
            {
                read.MustNotKnow(other, "model");
            }
            else
            {
                Assert.Contains("by an image that was mirrored, turned, moved, cut or rescaled) was " + (side == SplitSide.Train ? "trained" : "validated"),
                    Assert.Throws<PatientSplitException>(() => read.MustNotKnow(other, "model")).Message, StringComparison.Ordinal);
                Assert.Throws<PatientSplitException>(() => SplitMembership.Union([SplitMembership.Unknown, read]).MustNotKnow(other, "model"));
            }
        }
    }

    /// <summary>What is left and what is right may have changed places with a mirror: labels that have done so too do not contradict, others do.</summary>
    [Fact]
    public void ContradictingLabelsOfATurnedCopyAreNamed()
    {
        int study = Enumerable.Range(0, 12).First(one => File.ReadAllLines(_folder.File("labels.csv")).Where(line => line.StartsWith(_cohort.Files[one], StringComparison.Ordinal)).Count(line => line.Contains(",abnormal,", StringComparison.Ordinal)) != 1);
        Copy(study, "turned.dcm", dataset => Anothers(Turned(dataset, "columns"), "4712"), contradict: true);
        using CaseView view = Settled();
        Assert.Equal([_cohort.Files[study], "turned.dcm"], view.LeftOut.Select(left => left.File));
        Assert.All(view.LeftOut, left => Assert.Equal("ContradictingLabels", left.Reason));
    }

    [Fact]
    public void ExchangedLabelsOfAMirroredCopyDoNotContradict()
    {
        int study = Enumerable.Range(0, 12).First(one => File.ReadAllLines(_folder.File("labels.csv")).Where(line => line.StartsWith(_cohort.Files[one], StringComparison.Ordinal)).Count(line => line.Contains(",abnormal,", StringComparison.Ordinal)) == 1);
        Copy(study, "turned.dcm", dataset => Anothers(Turned(dataset, "columns"), "4712"), contradict: true);
        using CaseView view = Settled();
        Assert.Equal(("turned.dcm", "Repeated"), Assert.Single(view.LeftOut) is var left ? (left.File, left.Reason) : default);
    }

    /// <summary>Rows and columns, and the axes of a volume, may be exchanged: a system may find nothing in such an image, and its marks stay.</summary>
    [Fact]
    public void MarksStayWhateverTheAxes()
    {
        const int frames = 9, rows = 40, columns = 31;
        Random random = new(3);
        float[] image = [.. Enumerable.Range(0, frames * rows * columns).Select(_ => MathF.Round((float)(random.NextDouble() * random.NextDouble() * 300)))];
        float[] Taken(int first, int second, int third, Func<int, int, int, int> from) => [.. Enumerable.Range(0, first * second * third).Select(i => (1.7f * image[from(i / (second * third), i / third % second, i % third)]) - 20)];
        ImageMarks marks = ImageMarks.Of(image, frames, rows, columns);
        ImageMarks exchanged = ImageMarks.Of(Taken(frames, columns, rows, (frame, row, column) => (((frame * rows) + column) * columns) + row), frames, columns, rows);
        Assert.Equal((marks.Levels, string.Join(' ', marks.Patches)), (exchanged.Levels, string.Join(' ', exchanged.Patches)));
        ImageMarks sliced = ImageMarks.Of(Taken(rows, frames, columns, (frame, row, column) => (((row * rows) + frame) * columns) + column), rows, frames, columns);
        Assert.Equal(marks.Levels, sliced.Levels);
        Assert.NotEqual(marks.Levels, ImageMarks.Of(Taken(frames, rows, columns, (frame, row, column) => (((frame * rows) + row) * columns) + Math.Min(column, 5)), frames, rows, columns).Levels);
    }

    /// <summary>What was moved by half a pixel, smoothed, written with few levels or on half the matrix no longer holds the values: it is told of, and kept on one side.</summary>
    [Theory]
    [InlineData("halve")]
    [InlineData("halve rows columns")]
    [InlineData("coarse")]
    [InlineData("coarse move frames")]
    [InlineData("between")]
    [InlineData("between columns")]
    public void ACopyThatWasWorkedOnIsReportedAndOnOneSide(string turns)
    {
        Copy(0, "again.dcm", dataset => Anothers(Turned(dataset, turns), "SIM-5-000002"));
        using CaseView view = Settled();
        Assert.Empty(view.LeftOut);
        AlikeStudies alike = Assert.Single(view.Alike);
        Assert.Equal((_cohort.Files[0], "again.dcm"), (alike.One, alike.Other));
        OnOneSide(view, _cohort.Files[0], "again.dcm");
        OnOneSide(view, _cohort.Files[0], _cohort.Files[1]);
    }

    [Fact]
    public void TwoPatientsAreNotAlikeAndShareNoMarks()
    {
        using CaseView view = Settled();
        Assert.Empty(view.LeftOut);
        Assert.Empty(view.Alike);
        ImageMarks[] marks = [.. view.Marks().SelectMany(one => one.Marks)];
        Assert.Equal(12, marks.Length);
        Assert.All(marks, one => Assert.Equal((64, ImageMarks.MostPatches), (one.Levels.Length, one.Patches.Count)));
        Assert.Equal(12, marks.Select(one => one.Levels).Distinct().Count());
        Assert.True(marks.SelectMany(one => one.Patches).Distinct().Count() > 12 * (ImageMarks.MostPatches - 1));
        // Neither key nor number is in them: another hospital finds the same.
        using CaseView other = new(new FolderCases(_folder.Path, SmallCohort.System, new FolderOptions { PseudonymKey = new PseudonymKey(TestSecret.Of("another")) }));
        other.Settle();
        Assert.Equal(marks.Select(one => one.Levels).Order(StringComparer.Ordinal), other.Marks().SelectMany(one => one.Marks).Select(one => one.Levels).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(1, 64, 64)]
    [InlineData(3, 40, 17)]
    [InlineData(1, 4, 4)]
    [InlineData(2, 1, 300)]
    public void WhatSaysNothingIsNoMark(int frames, int rows, int columns)
    {
        float[] values = new float[frames * rows * columns];
        foreach (Func<int, float> value in (Func<int, float>[])[_ => 0, _ => -3.5f, i => i % 2, i => i % 7 == 0 ? 1 : 0, i => i == values.Length / 2 ? 9 : 0, _ => float.NaN])
        {
            for (int i = 0; i < values.Length; i++)
            {
                values[i] = value(i);
            }

            ImageMarks marks = ImageMarks.Of(values, frames, rows, columns);
            Assert.Equal(("", 0), (marks.Levels, marks.Patches.Count));
        }
    }

    [Fact]
    public void SomeChangedPixelsMakeNoOtherImage()
    {
        Copy(0, "again.dcm", dataset => Anothers(dataset, "4712"), change: 40);
        Assert.Equal(("again.dcm", "Repeated"), Assert.Single(Settled().LeftOut) is var left ? (left.File, left.Reason) : default);
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

    private CaseView Original() => SmallCohort.Load(_cohort.Folder);

    private static SplitMembership Read(SplitMembership membership, TemporaryFolder folder)
    {
        File.WriteAllText(folder.File(SplitMembership.FileName), membership.ToJson());
        SplitMembership read = SplitMembership.Read(folder.File(SplitMembership.FileName));
        File.Delete(folder.File(SplitMembership.FileName));
        return read;
    }

    private static DicomDataset Anothers(DicomDataset dataset, string number) =>
        dataset.AddOrUpdate(DicomTag.PatientID, number).AddOrUpdate(DicomTag.SOPInstanceUID, "1.2.3.4").AddOrUpdate(DicomTag.StudyInstanceUID, "1.2.3");

    private static DicomDataset Turned(DicomDataset dataset, string turns)
    {
        int frames = dataset.GetSingleValue<int>(DicomTag.NumberOfFrames), rows = dataset.GetSingleValue<ushort>(DicomTag.Rows), columns = dataset.GetSingleValue<ushort>(DicomTag.Columns);
        ushort[] pixels = dataset.GetValues<ushort>(DicomTag.PixelData);
        foreach (string turn in turns.Split(' '))
        {
            (int beforeRows, int beforeColumns, ushort[] before) = (rows, columns, pixels);
            // Beyond the edge there is what is on the edge.
            int At(int frame, int row, int column) => before[(((frame * beforeRows) + Math.Clamp(row, 0, beforeRows - 1)) * beforeColumns) + Math.Clamp(column, 0, beforeColumns - 1)];
            (rows, columns) = turn switch { "exchange" => (columns, rows), "halve" => (rows / 2, columns / 2), "cut" => (rows - 6, columns - 3), _ => (rows, columns) };
            Func<int, int, int, int> value = turn switch
            {
                "rows" => (frame, row, column) => At(frame, beforeRows - 1 - row, column),
                "columns" => (frame, row, column) => At(frame, row, beforeColumns - 1 - column),
                "frames" => (frame, row, column) => At(frames - 1 - frame, row, column),
                "frame" => (frame, row, column) => At((frame + 1) % frames, row, column),
                "exchange" => (frame, row, column) => At(frame, column, row),
                "move" => (frame, row, column) => At(frame, row - 1, column),
                "cut" => (frame, row, column) => At(frame, row + 2, column + 3),
                "between" => (frame, row, column) => (At(frame, row, column) + At(frame, row, column + 1) + 1) / 2,
                "coarse" => (frame, row, column) => At(frame, row, column) / 5 * 5,
                "halve" => (frame, row, column) => (At(frame, 2 * row, 2 * column) + At(frame, 2 * row, (2 * column) + 1) + At(frame, (2 * row) + 1, 2 * column) + At(frame, (2 * row) + 1, (2 * column) + 1) + 2) / 4,
                "scale" => At,
                _ => throw new ArgumentOutOfRangeException(nameof(turns), turn, "no such turn"),
            };
            pixels = [.. Enumerable.Range(0, frames * rows * columns).Select(i => (ushort)value(i / (rows * columns), i / columns % rows, i % columns))];
            if (turn == "scale")
            {
                DicomDataset map = dataset.GetSequence(DicomTag.RealWorldValueMappingSequence).Items[0];
                map.AddOrUpdate(DicomTag.RealWorldValueSlope, 2 * map.GetSingleValue<double>(DicomTag.RealWorldValueSlope));
            }

            if (turn == "halve")
            {
                dataset.AddOrUpdate(DicomTag.PixelSpacing, [.. dataset.GetValues<decimal>(DicomTag.PixelSpacing).Select(spacing => 2 * spacing)]);
            }
        }

        dataset.AddOrUpdate(DicomTag.Rows, (ushort)rows).AddOrUpdate(DicomTag.Columns, (ushort)columns);
        return dataset.AddOrUpdate(new DicomOtherWord(DicomTag.PixelData, pixels));
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
