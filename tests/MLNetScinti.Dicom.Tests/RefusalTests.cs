using FellowOakDicom;
using FellowOakDicom.Imaging.Codec;
using FellowOakDicom.IO.Buffer;
using Xunit;

namespace MLNetScinti.Dicom.Tests;

/// <summary>Files that are no images, or pretend: each is refused for its reason, in one line that names the file.</summary>
public sealed class RefusalTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private void AssertRefused(string file, SkipReason reason, params string[] words)
    {
        DicomReadException refused = Assert.Throws<DicomReadException>(() => Phantoms.Reader.Read(file));
        Assert.Equal(reason, refused.Reason);
        Assert.StartsWith(file + ": ", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refused.Message);
        Assert.All(words, word => Assert.Contains(word, refused.Message, StringComparison.Ordinal));
        Assert.False(Phantoms.Reader.TryRead(file, out ScintigraphyImage? image, out SkippedFile? skipped));
        Assert.Null(image);
        Assert.Equal(new SkippedFile(file, reason, refused.Sentence) { Fault = refused.Fault }, skipped);
    }

    private string Bytes(string name, byte[] bytes)
    {
        File.WriteAllBytes(_folder.File(name), bytes);
        return _folder.File(name);
    }

    [Fact]
    public void MissingEmptyAndForeignFiles()
    {
        AssertRefused(_folder.File("nothing.dcm"), SkipReason.Unreadable, "no such file");
        AssertRefused(_folder.Path, SkipReason.Unreadable, "folder");
        AssertRefused(Bytes("empty.dcm", []), SkipReason.Empty);
        AssertRefused(Bytes("text.dcm", [.. "Patient, Kidney, Result\n1, left, normal\n"u8]), SkipReason.NotDicom);
        AssertRefused(Bytes("short.dcm", [1, 2, 3]), SkipReason.NotDicom);
        AssertRefused(Bytes("zeros.dcm", new byte[5000]), SkipReason.NotDicom);
        AssertRefused(Bytes("picture.dcm", [0x89, .. "PNG\r\n"u8, 0x1A, 0x0A, .. new byte[600]]), SkipReason.NotDicom);
    }

    [Fact]
    public void TruncatedFiles()
    {
        byte[] whole = File.ReadAllBytes(HandMadeFile.Image("NM", 3).Save(_folder));
        AssertRefused(Bytes("magic.dcm", whole[..132]), SkipReason.Truncated);
        AssertRefused(Bytes("meta.dcm", whole[..200]), SkipReason.Truncated);
        AssertRefused(Bytes("header.dcm", whole[..^120]), SkipReason.Truncated, "copy it again");
        AssertRefused(Bytes("pixels.dcm", whole[..^1]), SkipReason.Truncated);
    }

    [Fact]
    public void AFileIsKnownByItsContentNotItsName()
    {
        string file = HandMadeFile.Image("NM", 1).Save(_folder, "holiday.jpg");
        Assert.Equal(12, Phantoms.Reader.Read(file).Values.Length);
    }

    [Fact]
    public void OtherModalitiesAndKinds()
    {
        AssertRefused(HandMadeFile.Image("MR", 1).Save(_folder, "mr.dcm"), SkipReason.WrongModality, "MR", "NM");
        string still = HandMadeFile.Image("NM", 1).With(DicomTag.ImageType, "ORIGINAL", "PRIMARY", "STATIC", "EMISSION").Save(_folder, "static.dcm");
        DicomImageReader petOnly = new(Phantoms.Options with { Modalities = ["PT"] });
        Assert.Equal(SkipReason.WrongModality, Assert.Throws<DicomReadException>(() => petOnly.Read(still)).Reason);
        DicomImageReader sectionsOnly = new(Phantoms.Options with { Kinds = [ImageKind.ReconTomo] });
        Assert.Equal(SkipReason.WrongKind, Assert.Throws<DicomReadException>(() => sectionsOnly.Read(still)).Reason);
    }

    [Fact]
    public void DicomWithoutAnImageToScore()
    {
        AssertRefused(HandMadeFile.Image("NM", 1).Remove(DicomTag.PixelData).Save(_folder, "a.dcm"), SkipReason.NoPixelData);
        AssertRefused(HandMadeFile.Image("SR", 1).Remove(DicomTag.PixelData).Save(_folder, "b.dcm"), SkipReason.NotAnImageToScore, "structured report");
        AssertRefused(HandMadeFile.Image("NM", 1).With(DicomTag.SamplesPerPixel, (ushort)3).With(DicomTag.PhotometricInterpretation, "RGB").Save(_folder, "c.dcm"), SkipReason.NotAnImageToScore, "colour");
    }

    [Fact]
    public void HeadersThatPromiseMoreThanThereIs()
    {
        AssertRefused(HandMadeFile.Image("NM", 2).With(DicomTag.NumberOfFrames, 3).Save(_folder, "a.dcm"), SkipReason.PixelDataTooShort, "72", "48");
        AssertRefused(HandMadeFile.Image("NM", 1).With(DicomTag.Rows, (ushort)65535).With(DicomTag.Columns, (ushort)65535).With(DicomTag.NumberOfFrames, 2_000_000_000).Save(_folder, "b.dcm"), SkipReason.PixelDataTooShort);
        AssertRefused(HandMadeFile.Image("NM", 1).With(DicomTag.Rows, (ushort)65535).With(DicomTag.Columns, (ushort)65535).Save(_folder, "c.dcm"), SkipReason.PixelDataTooShort);
        AssertRefused(HandMadeFile.Image("NM", 1).With(DicomTag.Rows, (ushort)0).Save(_folder, "c.dcm"), SkipReason.InconsistentHeader, "Rows");
        AssertRefused(HandMadeFile.Image("NM", 1).With(DicomTag.NumberOfFrames, -1).Save(_folder, "d.dcm"), SkipReason.InconsistentHeader);
        AssertRefused(HandMadeFile.Image("NM", 1).Remove(DicomTag.Columns).Save(_folder, "e.dcm"), SkipReason.InconsistentHeader, "Columns", "missing");
        AssertRefused(HandMadeFile.Image("NM", 1).With(DicomTag.BitsAllocated, (ushort)64).Save(_folder, "f.dcm"), SkipReason.UnsupportedPixelFormat);
        AssertRefused(HandMadeFile.Image("NM", 1).With(DicomTag.BitsStored, (ushort)17).Save(_folder, "g.dcm"), SkipReason.InconsistentHeader);
        AssertRefused(HandMadeFile.Image("", 1).Save(_folder, "h.dcm"), SkipReason.InconsistentHeader, "Modality");

        // A compressed megapixel cannot come out of a few bytes.
        DicomFile rle = new DicomFile(HandMadeFile.Image("NM", 1)).Clone(DicomTransferSyntax.RLELossless);
        rle.Dataset.AddOrUpdate(DicomTag.Rows, (ushort)10_000).AddOrUpdate(DicomTag.Columns, (ushort)10_000);
        rle.Save(_folder.File("i.dcm"));
        AssertRefused(_folder.File("i.dcm"), SkipReason.PixelDataTooShort);
        rle.Dataset.AddOrUpdate(DicomTag.Rows, (ushort)4).AddOrUpdate(DicomTag.Columns, (ushort)3).AddOrUpdate(DicomTag.NumberOfFrames, 2);
        rle.Save(_folder.File("j.dcm"));
        AssertRefused(_folder.File("j.dcm"), SkipReason.PixelDataTooShort, "fragments");
    }

    [Fact]
    public void SequencesNestedBeyondReasonDoNotOverflowTheStack()
    {
        // Each level opens an item of a sequence of undefined length and closes nothing.
        byte[] whole = File.ReadAllBytes(HandMadeFile.Image("NM", 1).Save(_folder));
        byte[] level = [0x54, 0x00, 0x12, 0x00, (byte)'S', (byte)'Q', 0, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0xFE, 0xFF, 0x00, 0xE0, 0xFF, 0xFF, 0xFF, 0xFF];
        string file = Bytes("deep.dcm", [.. whole[..^36], .. Enumerable.Repeat(level, 50_000).SelectMany(part => part)]);
        AssertRefused(file, SkipReason.InconsistentHeader, "nested more than 64 deep");

        // Many items side by side are no nesting.
        DicomDataset wide = HandMadeFile.Image("NM", 1).WithItems(DicomTag.EnergyWindowInformationSequence, [.. Enumerable.Range(0, 300).Select(_ => new DicomDataset().With(DicomTag.EnergyWindowName, "W"))]);
        Assert.Equal(300, Phantoms.Reader.ReadHeader(wide.Save(_folder, "wide.dcm")).EnergyWindows.Count);
    }

    [Fact]
    public void NestingIsCountedAsTheParserCountsIt()
    {
        static DicomDataset Nested(int depth) => depth == 0
            ? new DicomDataset().With(DicomTag.CodeValue, "end")
            : new DicomDataset().WithItems(DicomTag.ContentSequence, Nested(depth - 1));

        // As deep as is allowed, and one deeper; in every coding, deflated ones unfold by themselves.
        foreach (DicomTransferSyntax syntax in new[] { DicomTransferSyntax.ExplicitVRLittleEndian, DicomTransferSyntax.ImplicitVRLittleEndian, DicomTransferSyntax.ExplicitVRBigEndian, DicomTransferSyntax.DeflatedExplicitVRLittleEndian })
        {
            foreach (int depth in new[] { OpenedFile.DeepestAllowed, OpenedFile.DeepestAllowed + 1 })
            {
                DicomDataset dataset = HandMadeFile.Image("NM", 1);
                foreach (DicomItem item in Nested(depth))
                {
                    dataset.AddOrUpdate(item);
                }

                string file = _folder.File("nested.dcm");
                new DicomFile(dataset).Clone(syntax).Save(file);
                if (depth == OpenedFile.DeepestAllowed)
                {
                    Assert.Equal(12, Phantoms.Reader.Read(file).Values.Length);
                    Assert.Equal(3, Phantoms.Reader.ReadHeader(file).Columns);
                }
                else
                {
                    AssertRefused(file, SkipReason.InconsistentHeader, "nested more than 64 deep");
                }
            }
        }
    }

    [Fact]
    public void NestingBehindLargeValuesAndInTheMetaInformationIsFound()
    {
        byte[] whole = File.ReadAllBytes(HandMadeFile.Image("NM", 1).Save(_folder));
        byte[] level = [0x30, 0x00, 0x12, 0x00, (byte)'S', (byte)'Q', 0, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0xFE, 0xFF, 0x00, 0xE0, 0xFF, 0xFF, 0xFF, 0xFF];
        byte[] deep = [.. Enumerable.Repeat(level, 30_000).SelectMany(part => part)];

        // Five megabytes of values come first.
        byte[] large = [0x2F, 0x00, 0x12, 0x00, (byte)'O', (byte)'B', 0, 0, 0x00, 0x00, 0x50, 0x00, .. new byte[0x500000]];
        AssertRefused(Bytes("late.dcm", [.. whole[..^36], .. large, .. deep]), SkipReason.InconsistentHeader, "nested");

        // Group 2 knows no sequences, and its parser no bound.
        byte[] inMeta = [.. level];
        (inMeta[0], inMeta[2]) = (0x02, 0x13);
        AssertRefused(Bytes("meta.dcm", [.. whole[..144], .. Enumerable.Repeat(inMeta, 30_000).SelectMany(part => part), .. whole[144..]]), SkipReason.InconsistentHeader, "meta information");
    }

    [Fact]
    public void MetaInformationThatHidesWhatFollowsIsRefused()
    {
        byte[] whole = File.ReadAllBytes(HandMadeFile.Image("NM", 1).Save(_folder));
        byte[] large = [0x02, 0x00, 0x01, 0x00, (byte)'O', (byte)'B', 0, 0, 0x00, 0x00, 0x02, 0x00, .. new byte[0x20000]];
        AssertRefused(Bytes("large.dcm", [.. whole[..144], .. large, .. whole[158..]]), SkipReason.InconsistentHeader, "64 KiB");
    }

    [Fact]
    public void MarksOfItemsWithinBinaryValuesAreNoNesting()
    {
        byte[] marks = [.. Enumerable.Repeat<byte[]>([0xFE, 0xFF, 0x00, 0xE0, 0xFF, 0xFF, 0xFF, 0xFF], 200).SelectMany(part => part)];
        DicomDataset dataset = HandMadeFile.Image("NM", 1);
        dataset.AddOrUpdate(new DicomOtherByte(DicomTag.ICCProfile, new MemoryByteBuffer(marks)));
        Assert.Equal(12, Phantoms.Reader.Read(dataset.Save(_folder)).Values.Length);
    }

    [Fact]
    public void ADeflatedFileMayNotUnfoldWithoutBound()
    {
        byte[] whole = File.ReadAllBytes(Deflated(HandMadeFile.Image("NM", 1)));
        int start = Find(whole, "1.2.840.10008.1.2.1.99"u8) + 22;

        // The rest of the meta information is kept; behind it stands a private value of 100 MiB of zeros.
        byte[] group = [0x09, 0x00, 0x10, 0x00, (byte)'O', (byte)'B', 0, 0, 0x00, 0x00, 0x40, 0x06, .. new byte[0x6400000]];
        using MemoryStream folded = new();
        using (System.IO.Compression.DeflateStream deflate = new(folded, System.IO.Compression.CompressionLevel.Optimal, leaveOpen: true))
        {
            deflate.Write(group);
        }

        int end = start;
        while (whole[end] == 2 && whole[end + 1] == 0)
        {
            end += 8 + BitConverter.ToUInt16(whole, end + 6);
        }

        AssertRefused(Bytes("bomb.dcm", [.. whole[..end], .. folded.ToArray()]), SkipReason.TooLarge, "64 MiB");
        AssertRefused(Bytes("broken.dcm", [.. whole[..end], .. Enumerable.Repeat((byte)0xFF, 500)]), SkipReason.Truncated, "unfold");
    }

    private string Deflated(DicomDataset dataset)
    {
        string file = _folder.File("deflated.dcm");
        new DicomFile(dataset).Clone(DicomTransferSyntax.DeflatedExplicitVRLittleEndian).Save(file);
        return file;
    }

    private static int Find(byte[] bytes, ReadOnlySpan<byte> text) => bytes.AsSpan().IndexOf(text);

    [Fact]
    public void AnUnknownTransferSyntaxIsNamedByReadingAndByAScan()
    {
        string file = _folder.File("unknown.dcm");
        byte[] whole = File.ReadAllBytes(new DicomFile(HandMadeFile.Image("NM", 1)).Clone(DicomTransferSyntax.RLELossless) is DicomFile rle && Saved(rle, file) ? file : "");
        "1.2.840.10009.9.9.5"u8.CopyTo(whole.AsSpan(Find(whole, "1.2.840.10008.1.2.5"u8)));
        File.WriteAllBytes(file, whole);
        AssertRefused(file, SkipReason.UnsupportedCodec, "1.2.840.10009.9.9.5", "not known");
        Assert.Equal(SkipReason.UnsupportedCodec, Assert.Single(DicomFolder.Scan(file, Phantoms.Options)).Skipped?.Reason);
    }

    [Theory]
    [InlineData("1.2.840\n0009.9.9.5")]
    [InlineData("1.2.840.\u001b[2J.9.9.5")]
    [InlineData("1.2.840\r\u008509.9.9.")]
    [InlineData("Geheim^Gerda.......")]
    public void WhatStandsForATransferSyntaxIsShownOnlyWhereItIsAnIdentifier(string damaged)
    {
        string file = _folder.File("damaged.dcm");
        new DicomFile(HandMadeFile.Image("NM", 1)).Clone(DicomTransferSyntax.RLELossless).Save(file);
        byte[] whole = File.ReadAllBytes(file);
        System.Text.Encoding.UTF8.GetBytes(damaged.PadRight(19, '1')).AsSpan(..19).CopyTo(whole.AsSpan(Find(whole, "1.2.840.10008.1.2.5"u8)));
        File.WriteAllBytes(file, whole);
        AssertRefused(file, SkipReason.UnsupportedCodec, "not known");
        string message = Assert.Throws<DicomReadException>(() => Phantoms.Reader.Read(file)).Message;
        Assert.DoesNotContain(message, char.IsControl);
        Assert.DoesNotContain("Geheim", message, StringComparison.Ordinal);
    }

    [Fact]
    public void ATransferSyntaxThatSwallowedWhatFollowsIsNotShown()
    {
        string file = _folder.File("swallowed.dcm");
        new DicomFile(HandMadeFile.Image("NM", 1)).Clone(DicomTransferSyntax.RLELossless).Save(file);
        byte[] whole = File.ReadAllBytes(file);
        int syntax = Find(whole, "1.2.840.10008.1.2.5"u8);
        int modality = Find(whole, [0x08, 0x00, 0x60, 0x00, (byte)'C', (byte)'S']);
        BitConverter.TryWriteBytes(whole.AsSpan(syntax - 2), (ushort)(modality - syntax));
        File.WriteAllBytes(file, whole);
        AssertRefused(file, SkipReason.UnsupportedCodec, "(no identifier)");
        Assert.DoesNotContain("1.2.3.4", Assert.Throws<DicomReadException>(() => Phantoms.Reader.Read(file)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AMessageIsOneLineWhateverIsPutIntoIt()
    {
        DicomReadException exception = new("folder\nof/im\u001bage.dcm", SkipReason.Unreadable, "first\r\nsecond\u2028third.");
        Assert.Equal("folder of/im age.dcm: first  second third.", exception.Message);
        Assert.Equal("first  second third.", exception.Sentence);
        Assert.Equal("folder\nof/im\u001bage.dcm", exception.File);
        Assert.Equal(exception.Message, exception.ToSkippedFile().ToString());
        Assert.Equal("at a b.dcm", new SkippedFile("c.dcm", SkipReason.Repeated, "at a\nb.dcm").Sentence);
    }

    private static bool Saved(DicomFile file, string path)
    {
        file.Save(path);
        return true;
    }

    [Fact]
    public void DamagedCompressedPixels()
    {
        DicomDataset dataset = new(DicomTransferSyntax.RLELossless);
        foreach (DicomItem item in HandMadeFile.Image("NM", 1).Remove(DicomTag.PixelData))
        {
            dataset.Add(item);
        }

        DicomOtherByteFragment fragments = new(DicomTag.PixelData);
        fragments.Fragments.Add(new MemoryByteBuffer([.. Enumerable.Repeat((byte)0xEE, 80)]));
        dataset.Add(fragments);
        AssertRefused(dataset.Save(_folder), SkipReason.DamagedPixelData);
    }

    [Fact]
    public void AMessageNeverTellsWhoThePatientIs()
    {
        string file = HandMadeFile.Image("NM", 2).With(DicomTag.PatientName, "Geheim^Gerda").With(DicomTag.NumberOfFrames, 9).Save(_folder);
        DicomReadException refused = Assert.Throws<DicomReadException>(() => Phantoms.Reader.Read(file));
        Assert.DoesNotContain("Geheim", refused.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("4711", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ACodeThatSwallowedThePatientsNameIsNotShown()
    {
        // The length of the modality reaches to the end of the name: lengths are damaged like any other bytes.
        byte[] whole = File.ReadAllBytes(HandMadeFile.Image("NM", 1).With(DicomTag.PatientName, "Geheim^Gerda").Save(_folder));
        int modality = Find(whole, [0x08, 0x00, 0x60, 0x00, (byte)'C', (byte)'S']);
        int end = Find(whole, "Geheim^Gerda"u8) + 12;
        BitConverter.TryWriteBytes(whole.AsSpan(modality + 6), (ushort)(end - modality - 8));
        string file = Bytes("swallowed.dcm", whole);
        AssertRefused(file, SkipReason.WrongModality, "expected NM");
        DicomReadException refused = Assert.Throws<DicomReadException>(() => Phantoms.Reader.Read(file));
        Assert.DoesNotContain("Geheim", refused.ToString(), StringComparison.Ordinal);
        DicomImageReader petOnly = new(Phantoms.Options with { Modalities = ["PT"] });
        Assert.DoesNotContain("Geheim", Assert.Throws<DicomReadException>(() => petOnly.Read(file)).Message, StringComparison.Ordinal);

        // The same for what is no modality.
        string photometric = HandMadeFile.Image("NM", 1).With(DicomTag.SamplesPerPixel, (ushort)3).With(DicomTag.PhotometricInterpretation, "RGB").Save(_folder, "rgb.dcm");
        whole = File.ReadAllBytes(photometric);
        "^"u8.CopyTo(whole.AsSpan(Find(whole, "RGB"u8) + 1));
        AssertRefused(Bytes("rgb.dcm", whole), SkipReason.NotAnImageToScore, "colour", "3 samples");
        Assert.DoesNotContain("R^B", Assert.Throws<DicomReadException>(() => Phantoms.Reader.Read(photometric)).Message, StringComparison.Ordinal);
    }
}
