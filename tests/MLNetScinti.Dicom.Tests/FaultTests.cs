using FellowOakDicom;
using FellowOakDicom.Imaging;
using FellowOakDicom.Imaging.Codec;
using FellowOakDicom.IO.Buffer;
using MLNetScinti.Testing;
using Xunit;

namespace MLNetScinti.Dicom.Tests;

/// <summary>Damage, a limit, a missing decoder and a defect are four things, and only where a copy would help is one asked for.</summary>
public sealed class FaultTests : IDisposable
{
    // Where pydicom of Debian keeps its test files.
    private const string PydicomFiles = "/usr/lib/python3/dist-packages/pydicom/data";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static DicomReadException Refused(string file, DicomReadOptions? options = null)
    {
        DicomReadException refused = Assert.Throws<DicomReadException>(() => new DicomImageReader(options ?? Phantoms.Options).Read(file));
        Assert.True(refused.Fault == ReadFault.Damage || !AsksForACopy(refused.Sentence), refused.Sentence);
        Assert.Equal(refused.Fault, refused.ToSkippedFile().Fault);
        ScannedFile scanned = Assert.Single(DicomFolder.Scan(file, options ?? Phantoms.Options));
        Assert.Equal(refused.ToSkippedFile(), scanned.Skipped);
        return refused;
    }

    private static bool AsksForACopy(string sentence) => sentence.Contains("again", StringComparison.Ordinal);

    private string Compressed(DicomTransferSyntax syntax, params byte[][] fragments)
    {
        DicomDataset dataset = new(syntax);
        foreach (DicomItem item in HandMadeFile.Image("NM", 1).Remove(DicomTag.PixelData))
        {
            dataset.Add(item);
        }

        DicomOtherByteFragment sequence = new(DicomTag.PixelData);
        foreach (byte[] fragment in fragments)
        {
            sequence.Fragments.Add(new MemoryByteBuffer(fragment));
        }

        dataset.Add(sequence);
        return dataset.Save(_folder);
    }

    [Fact]
    public void AnUnknownTransferSyntaxIsALimitAndNamed()
    {
        DicomReadException refused = Refused(Cases.File("unknown-transfer-syntax"));
        Assert.Equal((SkipReason.UnsupportedCodec, ReadFault.Limit), (refused.Reason, refused.Fault));
        Assert.Contains("1.2.3.4.5.6.7 is not known", refused.Sentence, StringComparison.Ordinal);
        Assert.DoesNotContain("damaged", refused.Sentence, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1.2.840.10008.1.2.4.201")]
    [InlineData("1.2.840.10008.1.2.4.102")]
    public void AKnownSyntaxThatNothingDecodesIsNamedToo(string uid)
    {
        DicomReadException refused = Refused(Compressed(DicomTransferSyntax.Parse(uid), new byte[64]));
        Assert.Equal((SkipReason.UnsupportedCodec, ReadFault.Limit), (refused.Reason, refused.Fault));
        Assert.Contains(uid, refused.Sentence, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1.2.840.10008.1.2.4.94", "JPIP Referenced")]
    [InlineData("1.2.840.10008.1.2.4.95", "JPIP Referenced Deflate")]
    [InlineData("1.2.840.10008.1.2.4.204", "JPIP HTJ2K Referenced")]
    [InlineData("1.2.840.10008.1.2.4.205", "JPIP HTJ2K Referenced Deflate")]
    [InlineData("1.2.840.10008.1.2.7.1", "SMPTE ST 2110-20")]
    [InlineData("1.2.840.10008.1.2.1", "leaves them on a server")]
    public void PixelsThatAreOnAServerAreALimit(string uid, string name)
    {
        DicomDataset dataset = HandMadeFile.Image("NM", 1).Remove(DicomTag.PixelData);
        dataset.AddOrUpdate(DicomTag.PixelDataProviderURL, "https://pacs.example/jpip?target=1");
        DicomReadException refused = Refused(Coded(dataset, uid, isDeflated: uid is "1.2.840.10008.1.2.4.95" or "1.2.840.10008.1.2.4.205"));
        Assert.Equal((SkipReason.UnsupportedCodec, ReadFault.Limit), (refused.Reason, refused.Fault));
        Assert.Contains(name, refused.Sentence, StringComparison.Ordinal);
        Assert.DoesNotContain("damaged", refused.Sentence, StringComparison.Ordinal);
        Assert.DoesNotContain("pacs.example", refused.Sentence, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1.2.840.10008.1.2.4.92")]
    [InlineData("1.2.840.10008.1.2.4.100")]
    [InlineData("1.2.840.10008.1.2.4.107")]
    [InlineData("1.2.840.10008.1.2.4.108")]
    [InlineData("1.2.840.10008.1.2.4.110")]
    [InlineData("1.2.840.10008.1.2.4.203")]
    [InlineData("1.2.840.10008.1.2.8.1")]
    [InlineData("1.2.840.10008.1.2.4.66")]
    [InlineData("1.3.6.1.4.1.99999.7")]
    public void WhatNothingHereDecodesIsALimitHoweverManyFramesItHolds(string uid)
    {
        foreach (int fragments in new[] { 1, 3 })
        {
            byte[] start = [0xFF, 0x4F, 0xFF, 0x51, .. new byte[60]];
            DicomReadException refused = Refused(Coded(HandMadeFile.Image("NM", 1).Remove(DicomTag.PixelData), uid, isDeflated: false, [.. Enumerable.Repeat(start, fragments)]));
            Assert.Equal((SkipReason.UnsupportedCodec, ReadFault.Limit), (refused.Reason, refused.Fault));
            Assert.Contains(uid, refused.Sentence, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("1.3.6.1.4.1.99999.7")]
    [InlineData("1.2.840.10008.1.2.6.2")]
    public void ADataSetInACodingThatNobodyHereKnowsIsNotCalledDamaged(string uid)
    {
        byte[] file = File.ReadAllBytes(Coded(HandMadeFile.Image("NM", 1).Remove(DicomTag.PixelData), uid, isDeflated: false));
        int start = 144 + BitConverter.ToInt32(file, 140);
        new Random(5).NextBytes(file.AsSpan(start));
        file[start] = 0x77;
        File.WriteAllBytes(_folder.File("sealed.dcm"), file);
        DicomReadException refused = Refused(_folder.File("sealed.dcm"));
        Assert.NotEqual(ReadFault.Damage, refused.Fault);
    }

    /// <summary>A file of any transfer syntax: elements are explicit, and written here byte by byte around what the library writes.</summary>
    private string Coded(DicomDataset dataset, string uid, bool isDeflated, params byte[][] fragments)
    {
        byte[] plain = File.ReadAllBytes(dataset.Save(_folder, "plain.dcm"));
        byte[] syntax = [2, 0, 0x10, 0, (byte)'U', (byte)'I'];
        int at = plain.AsSpan().IndexOf(syntax);
        int length = plain[at + 6];
        byte[] name = System.Text.Encoding.ASCII.GetBytes(uid.Length % 2 == 0 ? uid : uid + '\0');
        // The length of the group is that of what comes behind it.
        int group = BitConverter.ToInt32(plain, 140);
        byte[] head = [.. plain.AsSpan(0, 140), .. BitConverter.GetBytes(group - length + name.Length), .. plain.AsSpan(144, at + 6 - 144), (byte)name.Length, 0, .. name, .. plain.AsSpan(at + 8 + length, 144 + group - at - 8 - length)];
        byte[] body = plain[(144 + group)..];
        if (fragments.Length > 0)
        {
            body = [.. body, 0xE0, 0x7F, 0x10, 0, (byte)'O', (byte)'B', 0, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0xFE, 0xFF, 0, 0xE0, 0, 0, 0, 0,
                .. fragments.SelectMany(fragment => new byte[] { 0xFE, 0xFF, 0, 0xE0, (byte)fragment.Length, 0, 0, 0 }.Concat(fragment)), 0xFE, 0xFF, 0xDD, 0xE0, 0, 0, 0, 0];
        }

        if (isDeflated)
        {
            using MemoryStream packed = new();
            using (System.IO.Compression.DeflateStream deflate = new(packed, System.IO.Compression.CompressionLevel.Optimal, leaveOpen: true))
            {
                deflate.Write(body);
            }

            body = packed.ToArray();
        }

        File.WriteAllBytes(_folder.File("coded.dcm"), [.. head, .. body]);
        return _folder.File("coded.dcm");
    }

    [Fact]
    public void AMissingDecoderIsTheInstallations()
    {
        string file = Compressed(DicomTransferSyntax.JPEG2000Lossless, new byte[64]);
        foreach (ExternalCodec codec in new[] { ExternalCodec.None, ExternalCodec.At(_folder.File("no-such-program")) })
        {
            DicomReadException refused = Refused(file, Phantoms.Options with { ExternalCodec = codec });
            Assert.Equal((SkipReason.UnsupportedCodec, ReadFault.MissingDecoder), (refused.Reason, refused.Fault));
            Assert.Contains("fo-dicom.Codecs", refused.Sentence, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void ADecoderThatDoesNotEndIsALimitAndStopsWhenItIsTold()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        string program = _folder.File("slow");
        File.WriteAllText(program, "#!/bin/sh\nsleep 60\n");
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        ExternalCodec codec = ExternalCodec.At(program);
        string file = Compressed(DicomTransferSyntax.JPEG2000Lossless, new byte[64]);

        DicomReadException refused = Assert.Throws<DicomReadException>(() => new DicomImageReader(Phantoms.Options with { ExternalCodec = codec with { TimeLimit = TimeSpan.FromMilliseconds(200) } }).Read(file));
        Assert.Equal((SkipReason.DamagedPixelData, ReadFault.Limit), (refused.Reason, refused.Fault));

        // A minute is the limit: a decoder that was not ended would hold this test for as long.
        using CancellationTokenSource stop = new(TimeSpan.FromMilliseconds(200));
        long start = System.Diagnostics.Stopwatch.GetTimestamp();
        Assert.ThrowsAny<OperationCanceledException>(() => new DicomImageReader((Phantoms.Options with { ExternalCodec = codec }).StoppedBy(stop.Token)).Read(file));
        Assert.ThrowsAny<OperationCanceledException>(() => DicomFolder.Scan(file, (Phantoms.Options with { ExternalCodec = codec }).StoppedBy(stop.Token)).ToList());
        Assert.True(System.Diagnostics.Stopwatch.GetElapsedTime(start) < codec.TimeLimit, "the decoder was waited for");
    }

    [Fact]
    public void TwoFragmentsAFrameWithoutATableAreRead()
    {
        ScintigraphyImage image = Phantoms.Reader.Read(Cases.File("jpeg-two-fragments-a-frame-no-offset-table"));
        Assert.Equal(Phantoms.Reader.Read(Cases.File("genuine-fo-dicom-numbers")).Values, image.Values);
    }

    /// <summary>gdcmconv finds no frame of several fragments, with a table or without: it gets them joined.</summary>
    [Theory]
    [InlineData("jpegls-two-fragments-no-table")]
    [InlineData("jpegls-two-fragments-table")]
    [InlineData("j2k-two-fragments-no-table")]
    [InlineData("j2k-two-fragments-table")]
    public void TwoFragmentsAFrameAreReadByTheExternalDecoder(string name)
    {
        if (ExternalCodec.Installed.Program is null)
        {
            DicomReadException missing = Assert.Throws<DicomReadException>(() => Phantoms.Reader.Read(Cases.File(name)));
            Assert.Equal(ReadFault.MissingDecoder, missing.Fault);
            return;
        }

        DicomImageReader reader = new(Phantoms.Options with { ExternalCodec = ExternalCodec.Installed });
        Assert.Equal(Phantoms.Reader.Read(Cases.File("genuine-fo-dicom-numbers")).Values, reader.Read(Cases.File(name)).Values);
        Assert.Equal(8, reader.ReadDecodableHeader(Cases.File(name)).Frames.Count);
    }

    [Fact]
    public void WhatIsCodedOtherwiseThanItSaysIsReadOrNotCalledTruncated()
    {
        if (Phantoms.Reader.TryRead(Cases.File("implicit-data-declared-explicit"), out ScintigraphyImage? image, out SkippedFile? skipped))
        {
            Assert.Equal((8, 16, 12), (image.Header.Frames.Count, image.Header.Rows, image.Header.Columns));
            Assert.Equal(199, image.Maximum);
        }
        else
        {
            Assert.NotEqual(SkipReason.Truncated, skipped.Reason);
            Assert.Contains("not coded as it says", skipped.Sentence, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void AnUncompressedDataSetIsReadAsItIsCodedWhateverTheFileSays()
    {
        DicomTransferSyntax[] syntaxes = [DicomTransferSyntax.ImplicitVRLittleEndian, DicomTransferSyntax.ExplicitVRLittleEndian, DicomTransferSyntax.ExplicitVRBigEndian];
        foreach (DicomDataset dataset in new[] { HandMadeFile.Image("NM", 3), HandMadeFile.Image("NM", 700) })
        {
            foreach (DicomTransferSyntax actual in syntaxes)
            {
                string file = _folder.File("coded.dcm");
                new DicomFile(dataset).Clone(actual).Save(file);
                float[] expected = Phantoms.Reader.Read(file).Values;
                byte[] written = File.ReadAllBytes(file);
                foreach (DicomTransferSyntax declared in syntaxes.Where(syntax => syntax != actual))
                {
                    File.WriteAllBytes(file, Declared(written, declared.UID.UID));
                    ScintigraphyImage image = Phantoms.Reader.Read(file);
                    Assert.Equal(expected, image.Values);
                    Assert.Contains(image.Header.Warnings, warning => warning.Contains("not how its data set is coded", StringComparison.Ordinal));
                    Assert.True(Assert.Single(DicomFolder.Scan(file, Phantoms.Options)).IsImage);
                }

                File.WriteAllBytes(file, written);
                Assert.DoesNotContain(Phantoms.Reader.Read(file).Header.Warnings, warning => warning.Contains("coded", StringComparison.Ordinal));
            }
        }
    }

    /// <summary>The same file with another transfer syntax in its meta information, whose length is set right.</summary>
    private static byte[] Declared(byte[] file, string syntax)
    {
        int at = file.AsSpan().IndexOf(new byte[] { 2, 0, 0x10, 0, (byte)'U', (byte)'I' }) + 8, length = BitConverter.ToUInt16(file, at - 2);
        byte[] name = System.Text.Encoding.ASCII.GetBytes(syntax.Length % 2 == 0 ? syntax : syntax + '\0');
        byte[] declared = [.. file[..at], .. name, .. file[(at + length)..]];
        declared[at - 2] = (byte)name.Length;
        declared[140] = (byte)(declared[140] + name.Length - length);
        return declared;
    }

    [Fact]
    public void WhatWasCutOffIsAskedForAgain()
    {
        byte[] whole = File.ReadAllBytes(HandMadeFile.Image("NM", 3).Save(_folder));
        byte[] rows = [0x28, 0, 0x00, 0x01, (byte)'U', (byte)'S'];
        for (int length = 140; length < whole.Length; length += 7)
        {
            string file = _folder.File("cut.dcm");
            File.WriteAllBytes(file, whole[..length]);
            DicomReadException refused = Refused(file);
            // Between two elements nothing tells that more should come, unless the header has described pixels.
            if (refused.Reason != SkipReason.NoPixelData || whole.AsSpan(0, length).IndexOf(rows) >= 0)
            {
                Assert.Equal(ReadFault.Damage, refused.Fault);
                Assert.True(refused.Reason is SkipReason.Truncated or SkipReason.NoPixelData, refused.Message);
                Assert.Contains("copy it again", refused.Sentence, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void WhatIsNotReadHereIsALimit()
    {
        Assert.Equal(ReadFault.Limit, Refused(HandMadeFile.Image("NM", 1).With(DicomTag.BitsAllocated, (ushort)64).Save(_folder)).Fault);
        Assert.Equal(ReadFault.Limit, Refused(HandMadeFile.Image("NM", 1).With(DicomTag.BitsAllocated, (ushort)12).Save(_folder)).Fault);
        Assert.Equal(ReadFault.Limit, Refused(HandMadeFile.Image("NM", 1).Save(_folder), Phantoms.Options with { MaximumValues = 11 }).Fault);
        DicomDataset real = HandMadeFile.Image("NM", 1).Remove(DicomTag.PixelData);
        real.Add(new DicomOtherFloat(DicomTag.FloatPixelData, new float[12]));
        Assert.Equal((SkipReason.UnsupportedPixelFormat, ReadFault.Limit), Refused(real.Save(_folder)) is var refused ? (refused.Reason, refused.Fault) : default);
    }

    /// <summary>CTs of Philips that were compressed by their maker hold the pixels elsewhere: nothing is cut off, and sending it again changes nothing.</summary>
    [Fact]
    public void PixelsInTheMakersOwnElementAreALimitAndNoDamage()
    {
        DicomDataset ct = HandMadeFile.Image("CT", 1).Remove(DicomTag.PixelData);
        ct.Add(new DicomLongString(new DicomTag(0x07A1, 0x0010), "ELSCINT1"));
        ct.Add(new DicomOtherByte(new DicomTag(0x07A1, 0x100A, "ELSCINT1"), [0xA5, 0x64, 0, 0x45]));
        ct.Add(new DicomCodeString(new DicomTag(0x07A1, 0x1011, "ELSCINT1"), "PMSCT_RLE1"));
        DicomReadException refused = Refused(ct.Save(_folder));
        Assert.Equal((SkipReason.UnsupportedCodec, ReadFault.Limit), (refused.Reason, refused.Fault));
        Assert.Contains("ELSCINT1", refused.Sentence, StringComparison.Ordinal);
        Assert.DoesNotContain("again", refused.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void WhatIsNoImageIsNobodysFault()
    {
        Assert.Equal(ReadFault.None, Refused(HandMadeFile.Image("SR", 1).Save(_folder)).Fault);
        Assert.Equal(ReadFault.None, Refused(HandMadeFile.Image("MR", 1).Save(_folder)).Fault);
        Assert.Equal(ReadFault.None, Refused(HandMadeFile.Image("NM", 1).With(DicomTag.SamplesPerPixel, (ushort)3).Save(_folder)).Fault);
        File.WriteAllText(_folder.File("a.txt"), "labels");
        Assert.Equal(ReadFault.None, Refused(_folder.File("a.txt")).Fault);
        Assert.Equal(ReadFault.Access, Assert.Throws<DicomReadException>(() => Phantoms.Reader.Read(_folder.File("nowhere"))).Fault);
    }

    [Theory]
    [InlineData("1.2.840.10008.1.2.5", new byte[] { 0xEE, 0xEE, 0xEE, 0xEE })]
    [InlineData("1.2.840.10008.1.2.4.70", new byte[] { 0xFF, 0xD8, 0xFF, 0xC4 })]
    [InlineData("1.2.840.10008.1.2.4.70", new byte[] { 1, 2, 3, 4 })]
    public void CompressedPixelsThatDoNotDecodeAreDamaged(string uid, byte[] stored)
    {
        DicomReadException refused = Refused(Compressed(DicomTransferSyntax.Parse(uid), [.. stored, .. new byte[60]]));
        Assert.Equal((SkipReason.DamagedPixelData, ReadFault.Damage), (refused.Reason, refused.Fault));
    }

    [Fact]
    public void AJpegOfAnotherProcessIsALimit()
    {
        // A baseline frame under the name of a lossless one.
        DicomReadException refused = Refused(Compressed(DicomTransferSyntax.JPEGProcess14SV1, [0xFF, 0xD8, 0xFF, 0xC0, 0x00, 0x0B, 8, 0, 4, 0, 3, 1, 1, 0x11, 0, .. new byte[40], 0xFF, 0xD9]));
        Assert.Equal((SkipReason.UnsupportedCodec, ReadFault.Limit), (refused.Reason, refused.Fault));
    }

    [PeerFact("gdcmconv")]
    public void CutOffAndOddCodestreamsAreToldApart()
    {
        DicomReadException cut = Refused(Compressed(DicomTransferSyntax.JPEG2000Lossless, [0xFF, 0x4F, 0xFF, 0x51, .. new byte[60]]));
        Assert.Equal((SkipReason.DamagedPixelData, ReadFault.Damage), (cut.Reason, cut.Fault));
        Assert.Contains("cut off", cut.Sentence, StringComparison.Ordinal);
        Assert.Contains("another viewer", Refused(Compressed(DicomTransferSyntax.JPEG2000Lossless, [0xFF, 0x4F, 0xFF, 0x51, .. new byte[60], 0xFF, 0xD9])).Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void HeadersThatTheSourceWroteWronglyAreNotAskedForAgain()
    {
        foreach (DicomDataset dataset in new[]
        {
            HandMadeFile.Image("NM", 1).Remove(DicomTag.Rows), HandMadeFile.Image("NM", 1).With(DicomTag.BitsStored, (ushort)17), HandMadeFile.Image("", 1), HandMadeFile.Image("NM", 1).Remove(DicomTag.BitsAllocated),
        })
        {
            DicomReadException refused = Refused(dataset.Save(_folder));
            Assert.Equal(SkipReason.InconsistentHeader, refused.Reason);
            Assert.False(AsksForACopy(refused.Sentence), refused.Sentence);
        }
    }

    public static TheoryData<Exception, ReadFault?> Thrown => new()
    {
        { new NullReferenceException(), ReadFault.Defect },
        { new IndexOutOfRangeException(), ReadFault.Defect },
        { new InvalidOperationException(), ReadFault.Defect },
        { new DicomDataException("Gerda"), ReadFault.Damage },
        { new EndOfStreamException(), ReadFault.Damage },
        { new InvalidDataException(), ReadFault.Damage },
        { new DicomCodecException("x"), ReadFault.Limit },
        { new DicomImagingException("x"), ReadFault.Limit },
        { new InsufficientMemoryException(), ReadFault.Limit },
        { new IOException("disk"), ReadFault.Access },
        { new UnauthorizedAccessException(), ReadFault.Access },
        { new MissingMethodException(), null },
        { new TypeLoadException(), null },
        { new DllNotFoundException(), null },
    };

    [Theory]
    [MemberData(nameof(Thrown))]
    public void WhateverIsThrownWithinSaysWhoseFaultItIs(Exception thrown, ReadFault? fault)
    {
        int Fail() => throw thrown;
        if (fault is null)
        {
            // The installation is broken, for every file alike.
            Assert.Throws(thrown.GetType(), () => DicomImageReader.Guard("file", Fail));
            return;
        }

        DicomReadException refused = Assert.Throws<DicomReadException>(() => DicomImageReader.Guard("file", Fail));
        Assert.Equal(fault, refused.Fault);
        Assert.Same(thrown, refused.InnerException);
        Assert.DoesNotContain("Gerda", refused.Message, StringComparison.Ordinal);
        Assert.Equal(fault == ReadFault.Defect, refused.Sentence.Contains("defect", StringComparison.Ordinal));
    }

    [Fact]
    public void AScanAndReadingDecideAlike()
    {
        string[] folders = [.. new[] { TestData.Root, TestData.Root is null ? null : Path.Combine(TestData.Root, "..", "cases"), PydicomFiles, Path.GetDirectoryName(Cases.File("x")) }.OfType<string>().Where(Directory.Exists)];
        int images = 0, others = 0;
        foreach (ScannedFile scanned in folders.SelectMany(folder => DicomFolder.Scan(folder, Phantoms.Options)))
        {
            bool isRead = Phantoms.Reader.TryRead(scanned.File, out _, out SkippedFile? skipped);
            Assert.True(scanned.IsImage == isRead, $"{scanned.File}: {scanned.Skipped?.Sentence ?? skipped?.Sentence}");
            Assert.Equal(skipped, scanned.Skipped);
            Assert.NotEqual(ReadFault.Defect, skipped?.Fault);
            Assert.True(skipped is null or { Fault: ReadFault.Damage } || !AsksForACopy(skipped.Sentence), skipped?.ToString());
            _ = isRead ? images++ : others++;
        }

        Assert.True(images >= 9 && others >= 2, $"{images} images, {others} others");
    }

    [Theory]
    [InlineData("Counts Accumulated says 1200, the pixels add up to 1300.", "Counts Accumulated says #, the pixels add up to #.")]
    [InlineData("Rescale Slope is -2.5E-07: the more", "Rescale Slope is #: the more")]
    [InlineData("Units (0054,1001) is missing", "Units (0054,1001) is missing")]
    [InlineData("No photopeak of Tc-99m lies in 340 to 390.5 keV", "No photopeak of Tc-99m lies in # to # keV")]
    [InlineData("7 pixels (3 below, 4 above)", "# pixels (# below, # above)")]
    public void AKindOfWarningHasNoNumbersOfTheFile(string warning, string kind) => Assert.Equal(kind, WarningKind.Of(warning));
}
