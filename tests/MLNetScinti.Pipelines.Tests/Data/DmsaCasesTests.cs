using FellowOakDicom;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLNetScinti.Dicom;
using MLNetScinti.Imaging;
using MLNetScinti.Pipelines.Data;
using MLNetScinti.Systems.Dmsa;
using MLNetScinti.Testing;
using Xunit;

namespace MLNetScinti.Pipelines.Tests.Data;

[Collection("small cohort")]
public sealed class DmsaCasesTests(SmallCohort cohort) : IDisposable
{
    private static readonly MLContext s_ml = new(seed: 1);
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void EachStudyGivesTwoKidneysInOrderWithTheirTruth()
    {
        CaseView view = Load(cohort.Folder);
        List<KidneyRow> rows = KidneyRow.Read(view);

        Assert.Empty(view.LeftOut);
        Assert.Equal(cohort.Files.SelectMany(file => new[] { (file, "L"), (file, "R") }), rows.Select(row => (row.File, row.Side)));
        Assert.Equal(
            cohort.Cohort.SelectMany(patient => new bool?[] { patient.Anatomy.Of(BodySide.Left).IsAbnormal, patient.Anatomy.Of(BodySide.Right).IsAbnormal }),
            rows.Select(row => row.Label));
        Assert.All(rows, row =>
        {
            Assert.InRange(row.Image.Max(), 1e-3f, row.StudyMaximum);
            Assert.InRange(row.Confidence, 0.1f, 1f);
        });
        // The hottest voxel of a DMSA study is in a kidney, so one of the two boxes holds it.
        Assert.All(rows.Chunk(2), pair => Assert.Equal(pair[0].StudyMaximum, Math.Max(pair[0].Image.Max(), pair[1].Image.Max())));
    }

    [Fact]
    public void TheImageIsWhatTheSeparationCutsOutOfTheStudy()
    {
        KidneyRow right = KidneyRow.Read(Load(cohort.Folder))[1];

        ScintigraphyImage image = new DicomImageReader(new DicomReadOptions { PseudonymKey = SmallCohort.Key }).Read(Path.Combine(cohort.Folder, cohort.Files[0]));
        KidneySeparation separation = KidneySeparation.Find(image.ToVolume());
        float[] expected = separation.Crop(image.ToVolume(), BodySide.Right, 32).Voxels;

        // The view turns the sections head first; the cohort's files have them feet first.
        ImageShape shape = new(32, 32, 32);
        float[] turned = new float[expected.Length];
        for (int section = 0; section < 32; section++)
        {
            expected.AsSpan(section * 1024, 1024).CopyTo(turned.AsSpan((31 - section) * 1024));
        }

        // Where the box's middle falls between two sections, turning moves it by one.
        float[] shifted = [.. turned.Skip(1024), .. new float[1024]];
        float[] other = [.. new float[1024], .. turned.SkipLast(1024)];
        double distance = new[] { turned, shifted, other }.Min(candidate => candidate.Zip(right.Image, (a, b) => Math.Abs(a - b)).Sum() / expected.Sum());
        Assert.Equal(shape.Length, right.Image.Length);
        Assert.True(distance < 0.02, $"{distance:P1} of the counts are elsewhere");
        Assert.Equal(image.Header.Patient.Pseudonym, right.PatientID);
    }

    [Fact]
    public void RowsNamePatientsByPseudonymOnly()
    {
        foreach (KidneyRow row in KidneyRow.Read(Load(cohort.Folder)))
        {
            Assert.Matches("^P-[0-9A-Z]{12}$", row.PatientID);
            Assert.Matches($"^{row.PatientID}-[0-9A-Z]{{6}}-{row.Side}$", row.CaseId);
            Assert.DoesNotContain("SIM", row.PatientID + row.CaseId, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void TheSchemaSaysWhatTheRowsHold()
    {
        CaseView view = Load(cohort.Folder);
        Assert.Equal(
            ["File", "CaseId", "PatientID", "Part", "ContentHash", "Image", "StudyMaximum", "VoxelMillilitres", "SplitFunction", "Side", "Sex", "Age", "SeparationConfidence", "DefectVolume", "Counts", "Kidney", "Scan", "Label"],
            view.Schema.Select(column => column.Name));
        Assert.Equal(new VectorDataViewType(NumberDataViewType.Single, 32, 32, 32), view.Schema["Image"].Type);
        Assert.False(view.CanShuffle);
        Assert.Null(view.GetRowCount());
    }

    [Fact]
    public void NoFileIsOpenedBeforeACursorMoves()
    {
        cohort.CopyTo(_folder.Path, patients: 3);
        CaseView view = Load(_folder.Path);
        using DataViewRowCursor cursor = view.GetRowCursor(view.Schema);
        File.WriteAllText(_folder.File(cohort.Files[1]), "overwritten before the cursor moved");
        Assert.Empty(view.LeftOut);
        int rows = 0;
        while (cursor.MoveNext())
        {
            rows++;
        }

        Assert.Equal((4, cohort.Files[1]), (rows, Assert.Single(view.LeftOut).File));
    }

    [Fact]
    public void AColumnThatNeedsNoPixelsDecodesNothingOnceTheStudiesAreKnown()
    {
        cohort.CopyTo(_folder.Path, patients: 3);
        CaseView view = Load(_folder.Path);
        string[] before = [.. view.GetColumn<string>(view.Schema["CaseId"])];
        foreach (string file in cohort.Files.Take(3))
        {
            File.Delete(_folder.File(file));
        }

        Assert.Equal(before, view.GetColumn<string>(view.Schema["CaseId"]));
        Assert.Equal(6, before.Length);
    }

    [Fact]
    public void EveryPassAndAnyParallelismGiveTheSameRows()
    {
        CaseView view = Load(cohort.Folder);
        string[] first = Summaries(view);
        Assert.Equal(first, Summaries(view));
        foreach (int parallelism in (int[])[1, 4])
        {
            Assert.Equal(first, Summaries(Load(cohort.Folder, parallelism)));
        }

        using DataViewRowCursor cursor = Assert.Single(view.GetRowCursorSet(view.Schema, 4));
        Assert.True(cursor.MoveNext());
    }

    [Fact]
    public void EachBadFileIsLeftOutWithItsReasonAndTheRestIsRead()
    {
        cohort.CopyTo(_folder.Path, patients: 4);
        byte[] good = File.ReadAllBytes(_folder.File(cohort.Files[0]));
        File.WriteAllBytes(_folder.File("a-truncated.dcm"), good[..(good.Length / 2)]);
        File.WriteAllBytes(_folder.File("b-empty.dcm"), []);
        _folder.Write("c-text.dcm", "not DICOM at all");
        File.Move(_folder.File(cohort.Files[3]), _folder.File("d-renamed.jpg"));
        PlanarImage view = new(64, 64, 4, 4, [.. Enumerable.Range(0, 64 * 64).Select(i => (float)(i % 50))]);
        NuclearMedicineWriter.WriteStatic(_folder.File("e-static.dcm"), view, view, new NuclearMedicineStudy { PatientId = "STATIC-PATIENT" });
        NuclearMedicineWriter.WriteReconTomo(_folder.File("f-matrix.dcm"), new Volume(ImageGeometry.Axial(32, 32, 20, 8, 8)), new NuclearMedicineStudy { PatientId = "OTHER-MATRIX" });
        NuclearMedicineWriter.WriteReconTomo(_folder.File("g-long.dcm"), new Volume(ImageGeometry.Axial(64, 64, 97, 4, 4)), new NuclearMedicineStudy { PatientId = "LONG" });
        ImageGeometry coronal = ImageGeometry.Axial(64, 64, 20, 4, 4) with { ColumnDirection = new Point3(0, 0, -1), SectionDirection = new Point3(0, 1, 0) };
        NuclearMedicineWriter.WriteReconTomo(_folder.File("h-coronal.dcm"), new Volume(coronal), new NuclearMedicineStudy { PatientId = "CORONAL" });
        // The labels know the file that was renamed by its old name only.
        string labels = File.ReadAllText(_folder.File("labels.csv")).Replace(cohort.Files[3], "d-renamed.jpg", StringComparison.Ordinal);
        File.WriteAllText(_folder.File("labels.csv"), labels);
        Directory.CreateDirectory(_folder.File("sub"));
        File.WriteAllBytes(_folder.File("sub/i-unlabelled.dcm"), good);

        CaseView kidneys = SmallCohort.Load(_folder.Path);
        List<KidneyRow> rows = KidneyRow.Read(kidneys);

        Assert.Equal([cohort.Files[0], cohort.Files[1], cohort.Files[2], "d-renamed.jpg"], rows.Select(row => row.File).Distinct(StringComparer.Ordinal));
        Assert.Equal(
            [("a-truncated.dcm", "Truncated"), ("b-empty.dcm", "Empty"), ("c-text.dcm", "NotDicom"), ("e-static.dcm", "WrongKind"), ("f-matrix.dcm", "NoLabel"),
                ("g-long.dcm", "TooManySections"), ("h-coronal.dcm", "NotAxial"), ("sub/i-unlabelled.dcm", "NoLabel")],
            kidneys.LeftOut.Select(study => (study.File, study.Reason)));
        Assert.All(kidneys.LeftOut, study =>
        {
            Assert.True(study.Sentence.Length > 20, study.Sentence);
            Assert.DoesNotContain("PATIENT", study.Sentence, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', study.Sentence);
        });
        Assert.Equal(12, kidneys.StudyCount);
    }

    [Fact]
    public void AnEmptyFolderIsRefusedAndAFileThatIsNoStudyNamed()
    {
        Assert.Contains("found no file", Assert.Throws<NoStudyException>(() => SmallCohort.Load(_folder.Path, labels: null)).Message, StringComparison.Ordinal);
        Assert.Throws<DirectoryNotFoundException>(() => SmallCohort.Load(_folder.File("nowhere"), labels: null));
        _folder.Write("notes.txt", "nothing here");
        CaseView view = SmallCohort.Load(_folder.Path, labels: null);
        Assert.Empty(KidneyRow.Read(view));
        Assert.Equal(("notes.txt", "NotDicom"), (Assert.Single(view.LeftOut).File, view.LeftOut[0].Reason));
    }

    [Fact]
    public void WithoutALabelsTableThereIsNoTruth()
    {
        CaseView view = SmallCohort.Load(cohort.Folder, labels: null);
        Assert.Null(view.Schema.GetColumnOrNull("Label"));
        Assert.All(KidneyRow.Read(view), row => Assert.Null(row.Label));
    }

    [Fact]
    public void WhatIsKnownOfAKidneyIsAFact()
    {
        CaseView view = SmallCohort.Load(cohort.Folder);
        Case[] kidneys = [.. view.Read(images: false)];
        Assert.Equal(["left", "right"], kidneys.Take(2).Select(one => one.Facts.Text("Side")));
        Assert.All(kidneys, one => Assert.Equal(one.Target is ClassTarget { Index: 1 }, one.Facts.Number("DefectVolume") > 0));
        Assert.All(kidneys, one => Assert.Contains(one.Facts.Text("Kidney"), (string[])["usual", "variant"]));
    }

    /// <summary>Another key gives other pseudonyms, and the same split, as nothing secret decides it.</summary>
    [Fact]
    public void TheSplitIsTheSameUnderAnyKey()
    {
        string[] Tested(string key)
        {
            using CaseView view = new(new FolderCases(cohort.Folder, SmallCohort.System, new FolderOptions { PseudonymKey = new PseudonymKey(TestSecret.Of(key)) }));
            PatientSplit split = s_ml.Data.SplitByPatient(view, new PatientSplitOptions { TrainPatients = 4, ValidationPatients = 4, TestPatients = 4, Seed = 3 });
            return [.. split.Test.Cases!.Read(images: false).Select(one => one.File).Distinct(StringComparer.Ordinal)];
        }

        string[] one = Tested("one key for tests"), other = Tested("another key for tests");
        Assert.Equal(4, one.Length);
        Assert.Equal(one, other);
    }

    [Fact]
    public void WarningsOfStudiesAreCountedByKind()
    {
        cohort.CopyTo(_folder.Path, patients: 3);
        foreach ((string file, int accumulated) in cohort.Files.Take(2).Zip([7, 11]))
        {
            // Counts that the camera did not count: a text of ten characters in place of another.
            byte[] bytes = File.ReadAllBytes(_folder.File(file));
            byte[] tag = [0x18, 0, 0x70, 0, (byte)'I', (byte)'S'];
            int at = bytes.AsSpan().IndexOf(tag);
            bytes.AsSpan(at + 8, BitConverter.ToUInt16(bytes, at + 6)).Fill((byte)' ');
            System.Text.Encoding.ASCII.GetBytes($"{accumulated}").CopyTo(bytes, at + 8);
            File.WriteAllBytes(_folder.File(file), bytes);
        }

        using CaseView view = Load(_folder.Path);
        Assert.Empty(view.Warnings);
        _ = view.Fingerprint();
        Assert.Equal([KeyValuePair.Create("Counts Accumulated says #, the pixels add up to #.", 2)], view.Warnings);

        // What is simulated is beyond doubt.
        using CaseView all = Load(cohort.Folder);
        _ = all.Fingerprint();
        Assert.Empty(all.Warnings);
    }

    [Theory]
    [InlineData(SplitProtocol.CopiesTestedToo)]
    [InlineData(SplitProtocol.ImagesAfterCopies)]
    public void CopiesAreKnownByWhatTheyWereMadeFromAndByNoPseudonym(SplitProtocol protocol)
    {
        cohort.CopyTo(_folder.Path, patients: 6);
        TrainingCopies copies = new(new Dictionary<string, double>(StringComparer.Ordinal) { ["abnormal"] = 2 }, 1, new Augmentation([new RandomFlip(horizontal: true, vertical: false)]));
        (string Fingerprint, string[] Tested) Divided(string key)
        {
            using CaseView view = new(new FolderCases(_folder.Path, SmallCohort.System, new FolderOptions { PseudonymKey = new PseudonymKey(TestSecret.Of(key)) }));
            using CaseView rows = new(new CopiedCases(view, copies, protocol, 1));
            PatientSplit split = s_ml.Data.SplitByPatient(rows, new PatientSplitOptions { TrainPatients = 3, ValidationPatients = 1, TestPatients = 2, Seed = 3 });
            return (rows.Fingerprint(), [.. split.Test.Cases!.Read(images: false).Select(one => one.File).Order(StringComparer.Ordinal)]);
        }

        (string one, string[] tested) = Divided("one key for tests");
        Assert.Equal(tested, Divided("another key for tests").Tested);

        // Other pixels are other cases, whatever the files are called.
        string file = _folder.File(cohort.Files[2]);
        byte[] bytes = File.ReadAllBytes(file);
        for (int at = bytes.Length - 40_000; at < bytes.Length - 20_000; at += 2)
        {
            bytes[at] ^= 1;
        }

        File.WriteAllBytes(file, bytes);
        Assert.NotEqual(one, Divided("one key for tests").Fingerprint);
    }

    [Fact]
    public void AStockViewOnCasesHidesNobody()
    {
        cohort.CopyTo(_folder.Path, patients: 6);
        using CaseView view = Load(_folder.Path);
        IDataView[] stock =
        [
            s_ml.Data.Cache(view), s_ml.Data.TakeRows(view, 1000), s_ml.Data.ShuffleRows(view, seed: 1), s_ml.Data.FilterByCustomPredicate(view, (PatientRow row) => row.PatientId.Length == 0),
            s_ml.Transforms.CopyColumns("Again", CaseSchema.PatientId).Fit(view).Transform(view),
        ];
        SplitMembership own = s_ml.Data.SplitByPatient(view, new PatientSplitOptions { TrainPatients = 3, ValidationPatients = 1, TestPatients = 2 }).Membership;
        Assert.NotEmpty(own.Levels);
        foreach (IDataView other in stock)
        {
            Assert.Same(view, CasesBehind.Of(other));
            SplitMembership membership = s_ml.Data.SplitByPatient(other, new PatientSplitOptions { TrainPatients = 3, ValidationPatients = 1, TestPatients = 2 }).Membership;
            Assert.Equal((own.Levels.Count, own.Patches.Count, own.Instances.Count), (membership.Levels.Count, membership.Patches.Count, membership.Instances.Count));
            Assert.Equal(own.Patients.Select(patient => (patient.PatientId, patient.Side)).Order(), membership.Patients.Select(patient => (patient.PatientId, patient.Side)).Order());
        }

        // Only those who are in the view are judged: others of the same folder may have been learnt from.
        string first = view.Read(images: false).First().PatientId;
        // A predicate names the rows that go.
        IDataView alone = s_ml.Data.FilterByCustomPredicate(view, (PatientRow row) => row.PatientId != first);
        SplitMembership trained = s_ml.Data.SplitByPatient(view.RestrictTo(view.Read(images: false).Select(one => one.PatientId).Where(id => id != first).ToHashSet(StringComparer.Ordinal)), new PatientSplitOptions { TrainPatients = 3, ValidationPatients = 1, TestPatients = 1 }).Membership;
        trained.MustNotKnow(alone, "a model");
        Assert.Throws<PatientSplitException>(() => trained.MustNotKnow(s_ml.Data.Cache(view), "a model"));
    }

    private sealed class PatientRow
    {
        [ColumnName(CaseSchema.PatientId)]
        public string PatientId { get; set; } = "";
    }

    [Fact]
    public void StudiesInDifferentUnitsAreToldAndCounted()
    {
        cohort.CopyTo(_folder.Path, patients: 3);
        string one = _folder.File(cohort.Files[1]);
        FellowOakDicom.DicomFile file = FellowOakDicom.DicomFile.Open(one, FellowOakDicom.FileReadOption.ReadAll);
        file.Dataset.AddOrUpdate(FellowOakDicom.DicomTag.Units, "BQML");
        file.Save(one);

        using CaseView view = Load(_folder.Path);
        _ = view.Fingerprint();
        KeyValuePair<string, int> warning = Assert.Single(view.Warnings, warning => warning.Key.Contains("not in one unit", StringComparison.Ordinal));
        Assert.Equal(1, warning.Value);
        Assert.Contains("(Counts in 2, BecquerelPerMillilitre in 1)", warning.Key, StringComparison.Ordinal);
    }

    [Fact]
    public void AStudyWithoutKidneysIsLeftOut()
    {
        cohort.CopyTo(_folder.Path, patients: 1);
        Volume empty = new(ImageGeometry.Axial(64, 64, 40, 4.42, 4.42));
        empty[20, 30, 30] = 100;
        NuclearMedicineWriter.WriteReconTomo(_folder.File("z.dcm"), empty, new NuclearMedicineStudy { PatientId = "Z" });
        File.AppendAllText(_folder.File("labels.csv"), $"z.dcm{new string(',', 3)},L,normal{new string(',', 11)}\nz.dcm{new string(',', 3)},R,normal{new string(',', 11)}\n");

        CaseView view = Load(_folder.Path);

        Assert.Equal(2, KidneyRow.Read(view).Count);
        Assert.Equal(("z.dcm", "KidneysNotSeparated"), (Assert.Single(view.LeftOut).File, view.LeftOut[0].Reason));
    }

    [Fact]
    public void StudiesAreTurnedIntoOneOrientation()
    {
        Volume volume = new DicomImageReader().Read(Path.Combine(cohort.Folder, cohort.Files[0])).ToVolume();
        NuclearMedicineStudy study = new() { PatientId = "TURNED" };
        NuclearMedicineWriter.WriteReconTomo(_folder.File("plain.dcm"), volume, study);
        NuclearMedicineWriter.WriteReconTomo(_folder.File("sections.dcm"), Mirrored(volume, sections: true, rows: false, columns: false), study);
        NuclearMedicineWriter.WriteReconTomo(_folder.File("plane.dcm"), Mirrored(volume, sections: false, rows: true, columns: true), study);
        NuclearMedicineWriter.WriteReconTomo(_folder.File("columns.dcm"), Mirrored(volume, sections: true, rows: false, columns: true), study);
        // Otherwise three of them are left out as copies of the first.
        CaseView view = new(new FolderCases(_folder.Path, SmallCohort.System, new FolderOptions { Labels = null, PseudonymKey = SmallCohort.Key, WithContent = false }));

        List<KidneyRow> rows = KidneyRow.Read(view);

        Assert.Empty(view.LeftOut);
        Assert.Equal(8, rows.Count);
        Assert.All(rows.GroupBy(row => row.Side), side => Assert.All(side, row => Assert.Equal(side.First().Image, row.Image)));
        Assert.NotEqual(rows[0].Image, rows[1].Image);
    }

    [Fact]
    public void NoMoreStudiesThanAskedForAreInMemory()
    {
        int alive = 0, most = 0, done = 0;
        foreach (int item in ReadAhead.Ordered(Enumerable.Range(0, 40), 3, (item, _) =>
        {
            int now = Interlocked.Increment(ref alive);
            InterlockedMax(ref most, now);
            Thread.Sleep(item % 3);
            return item;
        }))
        {
            Assert.Equal(done++, item);
            Interlocked.Decrement(ref alive);
        }

        Assert.Equal(40, done);
        Assert.InRange(most, 1, 3);
    }

    [Fact]
    public void APassOverManyStudiesHoldsOnlyAFewOfThem()
    {
        // 36 studies of 96 x 64 x 64 voxels: 54 MiB if they were kept.
        for (int copy = 0; copy < 3; copy++)
        {
            cohort.CopyTo(_folder.File($"{copy}"));
            File.Delete(_folder.File($"{copy}/labels.csv"));
            File.Delete(_folder.File($"{copy}/cohort.json"));
            foreach (string file in Directory.GetFiles(_folder.File($"{copy}")))
            {
                // An image that came before is left out.
                DicomFile again = DicomFile.Open(file, FileReadOption.ReadAll);
                again.Dataset.AddOrUpdate(DicomTag.SOPInstanceUID, $"{again.Dataset.GetSingleValue<string>(DicomTag.SOPInstanceUID)}.{copy}");
                new DicomFile(again.Dataset).Save(file);
            }
        }

        using CaseView view = new(new FolderCases(_folder.Path, SmallCohort.System, new FolderOptions { Labels = null, PseudonymKey = SmallCohort.Key, WithContent = false }), new CaseViewOptions { Keep = false, Parallelism = 2 });
        long before = GC.GetTotalMemory(forceFullCollection: true), most = 0;
        int rows = 0;
        using DataViewRowCursor cursor = view.GetRowCursor(view.Schema);
        VBuffer<float> image = default;
        ValueGetter<VBuffer<float>> getter = cursor.GetGetter<VBuffer<float>>(view.Schema["Image"]);
        while (cursor.MoveNext())
        {
            getter(ref image);
            if (++rows % 12 == 0)
            {
                most = Math.Max(most, GC.GetTotalMemory(forceFullCollection: true) - before);
            }
        }

        Assert.Equal(72, rows);
        Assert.True(most < 24L << 20, $"{most >> 20} MiB");
    }

    [Fact]
    public void AReaderThatStopsEarlyLeavesNothingRunning()
    {
        int started = 0;
        foreach (int item in ReadAhead.Ordered(Enumerable.Range(0, 1000), 2, (item, _) => Interlocked.Increment(ref started)))
        {
            break;
        }

        int atEnd = started;
        Thread.Sleep(20);
        Assert.InRange(atEnd, 1, 2);
        Assert.Equal(atEnd, started);
    }

    [Fact]
    public void AnErrorOfTheWorkReachesTheReaderInItsPlace()
    {
        List<int> read = [];
        Assert.Throws<FormatException>(() =>
        {
            foreach (int item in ReadAhead.Ordered(Enumerable.Range(0, 10), 4, (item, _) => item == 5 ? throw new FormatException("5") : item))
            {
                read.Add(item);
            }
        });
        Assert.Equal([0, 1, 2, 3, 4], read);
    }

    private static void InterlockedMax(ref int target, int value)
    {
        int seen = Volatile.Read(ref target);
        while (value > seen)
        {
            int was = Interlocked.CompareExchange(ref target, value, seen);
            seen = was == seen ? value : was;
        }
    }

    private static string[] Summaries(IDataView view) => [.. KidneyRow.Stream(view).Select(row => row.Summary)];

    private static CaseView Load(string folder, int parallelism = 2) => SmallCohort.Load(folder, parallelism);

    /// <summary>The same counts at the same places of the patient, with some axes of the matrix the other way round.</summary>
    private static Volume Mirrored(Volume volume, bool sections, bool rows, bool columns)
    {
        ImageGeometry source = volume.Geometry;
        static Point3 Turn(Point3 direction, bool turn) => turn ? new Point3(-direction.X, -direction.Y, -direction.Z) : direction;
        int At(bool turn, int index, int count) => turn ? count - 1 - index : index;
        ImageGeometry to = source with
        {
            Origin = source.PositionOf(At(columns, 0, source.Columns), At(rows, 0, source.Rows), At(sections, 0, source.Sections)),
            RowDirection = Turn(source.RowDirection, columns),
            ColumnDirection = Turn(source.ColumnDirection, rows),
            SectionDirection = Turn(source.SectionDirection, sections),
        };
        Volume mirrored = new(to);
        for (int s = 0; s < source.Sections; s++)
        {
            for (int r = 0; r < source.Rows; r++)
            {
                for (int c = 0; c < source.Columns; c++)
                {
                    mirrored[s, r, c] = volume[At(sections, s, source.Sections), At(rows, r, source.Rows), At(columns, c, source.Columns)];
                }
            }
        }

        return mirrored;
    }
}
