using FellowOakDicom;
using MLNetScinti.Imaging;
using Xunit;

namespace MLNetScinti.Dicom.Tests;

public sealed class FolderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void EveryFileIsNamedWithItsReasonAndTheRestIsRead()
    {
        Directory.CreateDirectory(_folder.File("b"));
        Directory.CreateDirectory(_folder.File("b/deeper"));
        DicomDataset still = HandMadeFile.Image("NM", 1).With(DicomTag.ImageType, "ORIGINAL", "PRIMARY", "STATIC", "EMISSION");
        string good = still.Save(_folder, "b/2");
        byte[] bytes = File.ReadAllBytes(good);
        File.WriteAllBytes(_folder.File("b/10"), bytes[..^5]);
        File.WriteAllBytes(_folder.File("b/deeper/empty.dcm"), []);
        File.WriteAllText(_folder.File("a.txt"), "labels");
        File.WriteAllBytes(_folder.File("renamed.xls"), bytes);
        HandMadeFile.Image("CT", 1).Save(_folder, "c.dcm");

        ScannedFile[] files = [.. DicomFolder.Scan(_folder.Path, Phantoms.Options with { Modalities = ["NM"] })];

        Assert.Equal(
            [("a.txt", SkipReason.NotDicom), ("b/10", SkipReason.Truncated), ("b/2", null), ("b/deeper/empty.dcm", SkipReason.Empty), ("c.dcm", SkipReason.WrongModality), ("renamed.xls", (SkipReason?)null)],
            files.Select(file => (file.RelativePath, file.Skipped?.Reason)));
        Assert.Equal([false, false, true, false, false, true], files.Select(file => file.IsImage));
    }

    [Fact]
    public void ASingleFileIsAScanOfOne()
    {
        string file = HandMadeFile.Image("NM", 1).Save(_folder);
        Assert.Equal("image.dcm", Assert.Single(DicomFolder.Scan(file, Phantoms.Options)).RelativePath);
    }

    [Fact]
    public void AMissingFolderIsSaidAtOnce() => Assert.Throws<DirectoryNotFoundException>(() => DicomFolder.Scan(_folder.File("nowhere")));

    [Fact]
    public void FilesComeOneAtATime()
    {
        for (int i = 0; i < 3; i++)
        {
            HandMadeFile.Image("NM", 1).Save(_folder, $"{i}.dcm");
        }

        using IEnumerator<ScannedFile> files = DicomFolder.Scan(_folder.Path, Phantoms.Options).GetEnumerator();
        Assert.True(files.MoveNext());

        // What is gone before its turn is answered when its turn comes, so nothing was read ahead.
        File.Delete(_folder.File("2.dcm"));
        Assert.True(files.MoveNext());
        Assert.True(files.MoveNext());
        Assert.Equal(SkipReason.Unreadable, files.Current.Skipped!.Reason);
    }

    [Fact]
    public void ALinkToAFolderAboveIsNotFollowed()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        HandMadeFile.Image("NM", 1).Save(_folder, "z.dcm");
        Directory.CreateDirectory(_folder.File("inner"));
        Directory.CreateSymbolicLink(_folder.File("inner/loop"), _folder.Path);
        Assert.Single(DicomFolder.Scan(_folder.Path, Phantoms.Options));
    }

    [Fact]
    public void EveryFolderIsGoneThroughOnceWhateverLinksThereAre()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        using TemporaryFolder elsewhere = new();
        foreach (string file in (string[])["a/1", "b/2", "z/real/3"])
        {
            Directory.CreateDirectory(Path.GetDirectoryName(_folder.File(file))!);
            File.WriteAllText(_folder.File(file), "x");
        }

        Directory.CreateDirectory(elsewhere.File("other/deep"));
        File.WriteAllText(elsewhere.File("other/4"), "x");
        File.WriteAllText(elsewhere.File("other/deep/5"), "x");
        // Two that lead to one another, one to itself, one up, one to a folder that has a name of its own, two to the same one elsewhere, one back.
        Directory.CreateSymbolicLink(_folder.File("a/to-b"), _folder.File("b"));
        Directory.CreateSymbolicLink(_folder.File("b/to-a"), _folder.File("a"));
        Directory.CreateSymbolicLink(_folder.File("self"), _folder.File("self"));
        Directory.CreateSymbolicLink(_folder.File("up"), "..");
        Directory.CreateSymbolicLink(_folder.File("root"), "/");
        Directory.CreateSymbolicLink(_folder.File("first"), _folder.File("z/real"));
        Directory.CreateSymbolicLink(_folder.File("else"), elsewhere.File("other"));
        Directory.CreateSymbolicLink(_folder.File("else-again"), elsewhere.File("other"));
        Directory.CreateSymbolicLink(_folder.File("else-deep"), elsewhere.File("other/deep"));
        Directory.CreateSymbolicLink(elsewhere.File("other/back"), _folder.Path);
        Directory.CreateSymbolicLink(_folder.File("processes"), "/proc/self");

        Assert.Equal(
            ["a/1", "b/2", "else/4", "else/deep/5", "self", "z/real/3"],
            FolderWalk.Files(_folder.Path).Select(file => Path.GetRelativePath(_folder.Path, file)));
    }

    [Theory]
    [InlineData("/proc/self")]
    [InlineData("/proc")]
    [InlineData("/sys/kernel")]
    [InlineData("/dev")]
    public void TheOperatingSystemsOwnFoldersAreNoFoldersOfFiles(string folder)
    {
        if (!Directory.Exists(folder))
        {
            return;
        }

        Assert.Contains("the operating system's own", Assert.Throws<DirectoryNotFoundException>(() => FolderWalk.Files(folder)).Message, StringComparison.Ordinal);
        Directory.CreateSymbolicLink(_folder.File("link"), folder);
        Assert.Throws<DirectoryNotFoundException>(() => FolderWalk.Files(_folder.File("link")));
        Assert.Empty(FolderWalk.Files(_folder.Path));
    }

    [Fact]
    public void APipeIsNotWaitedFor()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        using (System.Diagnostics.Process make = System.Diagnostics.Process.Start("mkfifo", [_folder.File("pipe")]))
        {
            make.WaitForExit();
        }

        File.CreateSymbolicLink(_folder.File("zero"), "/dev/zero");
        ScannedFile[] files = [.. DicomFolder.Scan(_folder.Path, Phantoms.Options)];
        Assert.Equal(["pipe", "zero"], files.Select(file => file.RelativePath));
        Assert.All(files, file => Assert.Equal((SkipReason.Unreadable, "expected a file, found a pipe, a socket or a device: leave it out."), (file.Skipped!.Reason, file.Skipped.Sentence)));
    }

    [Fact]
    public void ADeepFolderIsGoneThroughWithoutTheStack()
    {
        string folder = _folder.Path;
        for (int depth = 0; depth < 900; depth++)
        {
            folder += "/d";
        }

        Directory.CreateDirectory(folder);
        File.WriteAllText(folder + "/f", "x");
        Assert.Equal(folder + "/f", Assert.Single(FolderWalk.Files(_folder.Path)));
    }

    [Fact]
    public void CompressionThatNothingDecodesIsKnownFromTheScan()
    {
        DicomDataset dataset = new(DicomTransferSyntax.JPEG2000Lossless);
        foreach (DicomItem item in HandMadeFile.Image("NM", 1).Remove(DicomTag.PixelData))
        {
            dataset.Add(item);
        }

        DicomOtherByteFragment fragments = new(DicomTag.PixelData);
        fragments.Fragments.Add(new FellowOakDicom.IO.Buffer.MemoryByteBuffer(new byte[64]));
        dataset.Add(fragments);
        dataset.Save(_folder);
        ScannedFile file = Assert.Single(DicomFolder.Scan(_folder.Path, Phantoms.Options with { ExternalCodec = ExternalCodec.None }));
        Assert.Equal(SkipReason.UnsupportedCodec, file.Skipped!.Reason);
    }

    /// <summary>A series that was cut at one end has no gap: its files say how many sections there were.</summary>
    [Theory]
    [InlineData(5, true)]
    [InlineData(3, false)]
    public void APetSeriesThatWasCutIsToldOf(int announced, bool isTold)
    {
        AssembledSeries series = Assert.Single(SeriesAssembler.Assemble([.. Enumerable.Range(0, 3).Select(i => Section($"{i}", 5 * i, i + 1, modality: "PT", slices: announced))]));
        Assert.Equal(isTold, series.Warnings.Any(warning => warning.Contains("has 5 sections, and 3 are here", StringComparison.Ordinal)));
    }

    private ImageHeader Section(string name, double z, int instance, string series = "1.2.3.1", string modality = "CT", int slices = 1) => Phantoms.Reader.ReadHeader(
        HandMadeFile.Image(modality, 1)
            .With(DicomTag.NumberOfSlices, (ushort)slices)
            .With(DicomTag.SeriesInstanceUID, series)
            .With(DicomTag.InstanceNumber, instance)
            .With(DicomTag.SliceThickness, "5")
            .With(DicomTag.ImageOrientationPatient, "1", "0", "0", "0", "1", "0")
            .With(DicomTag.ImagePositionPatient, "-10", "-20", $"{z}")
            .WithPixels([.. Enumerable.Repeat((ushort)(1000 + z), 12)])
            .Save(_folder, name));

    [Fact]
    public void SectionsAreSortedByPositionNotByNumber()
    {
        AssembledSeries series = Assert.Single(SeriesAssembler.Assemble([Section("c", 5, 1), Section("a", 0, 2), Section("b", -5, 3)]));
        Volume volume = series.ReadVolume(Phantoms.Reader);

        Assert.Equal(new Point3(-10, -20, -5), volume.Geometry.Origin);
        Assert.Equal((5.0, new Point3(0, 0, 1)), (volume.Geometry.SectionSpacing, volume.Geometry.SectionDirection));
        Assert.Equal([995, 1000, 1005], Enumerable.Range(0, 3).Select(section => volume[section, 1, 1]));
        Assert.Empty(series.Warnings);
    }

    [Fact]
    public void MissingAndRepeatedSectionsAreFound()
    {
        AssembledSeries series = Assert.Single(SeriesAssembler.Assemble([Section("a", 0, 1), Section("b", 5, 2), Section("c", 10, 3), Section("d", 25, 6), Section("e", 5, 9)]));

        Assert.Equal([3, 4], series.MissingSections);
        Assert.Equal(6, series.Geometry.Sections);
        Assert.Equal(_folder.File("e"), Assert.Single(series.LeftOut).File);
        Assert.Contains("missing", Assert.Throws<DicomReadException>(() => series.ReadVolume(Phantoms.Reader)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void SeriesAreKeptApart() =>
        Assert.Equal(2, SeriesAssembler.Assemble([Section("a", 0, 1), Section("b", 0, 1, "1.2.3.2")]).Count);
}
