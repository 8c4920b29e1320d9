using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using FellowOakDicom;
using FellowOakDicom.Imaging;
using FellowOakDicom.Imaging.Codec;
using FellowOakDicom.IO.Buffer;
using FoDicom.Subset.Tests.Recorded;
using Xunit;

namespace FoDicom.Subset.Tests;

public sealed partial class FileTests
{
    private static readonly RecordedCases s_cases = new(RecordedFile.FoDicom, "file")
    {
        ["new DicomFile(nm): meta before Save"] = () => Meta(new DicomFile(Samples.Image())),
        ["new DicomFile(nm): meta after Save and Open"] = () => Meta(Samples.Opened(Samples.Saved(Samples.Image()))),
        ["file bytes"] = () =>
        {
            byte[] bytes = Samples.Saved(Samples.Image());
            return new
            {
                length = bytes.Length,
                preambleZero = bytes.AsSpan(0, 128).IndexOfAnyExcept((byte)0) < 0,
                magic = Encoding.ASCII.GetString(bytes, 128, 4),
                first32AfterMagic = Convert.ToHexString(bytes, 132, 32),
                last16 = Convert.ToHexString(bytes, bytes.Length - 16, 16),
                md5IsStable = bytes.AsSpan().SequenceEqual(Samples.Saved(Samples.Image())),
            };
        },
        ["round trip: elements and pixels"] = () =>
        {
            DicomDataset before = Samples.Image();
            DicomDataset after = Samples.Opened(Samples.Saved(before)).Dataset;
            DicomPixelData pixels = DicomPixelData.Create(after);
            return new
            {
                equal = Values(before).SequenceEqual(Values(after)),
                values = Values(after),
                pixels.NumberOfFrames,
                frame2 = Samples.Hex(pixels.GetFrame(2)),
                pixelVr = PixelRepresentation(after),
            };
        },
        ["default transfer syntax of new DicomDataset()"] = () => new { ds = new DicomDataset().InternalTransferSyntax.ToString(), file = new DicomFile().Dataset.Count() },
        ["new DicomDataset() (no syntax) saved"] = () => Samples.Opened(Samples.Saved(new DicomDataset
        {
            { DicomTag.SOPClassUID, DicomUID.NuclearMedicineImageStorage },
            { DicomTag.SOPInstanceUID, "1.2.3" },
        })).FileMetaInfo.TransferSyntax.ToString(),
        ["Implicit VR saved and opened"] = () =>
        {
            DicomFile file = RoundTrip(DicomTransferSyntax.ImplicitVRLittleEndian);
            return new { ts = file.FileMetaInfo.TransferSyntax.ToString(), px = FirstFrame(file), vr = PixelRepresentation(file.Dataset) };
        },
        ["Explicit VR Big Endian saved and opened: frame bytes"] = () =>
        {
            DicomFile file = RoundTrip(DicomTransferSyntax.ExplicitVRBigEndian);
            return new { ts = file.FileMetaInfo.TransferSyntax.ToString(), rows = file.Dataset.GetSingleValue<int>(DicomTag.Rows), px = FirstFrame(file) };
        },
        ["Deflated saved and opened"] = () =>
        {
            DicomFile file = RoundTrip(DicomTransferSyntax.DeflatedExplicitVRLittleEndian);
            return new { ts = file.FileMetaInfo.TransferSyntax.ToString(), px = FirstFrame(file) };
        },
        ["no SOPClassUID"] = () => Samples.Saved(Samples.Image().Remove(DicomTag.SOPClassUID)),
        ["no SOPInstanceUID"] = () => Samples.Saved(Samples.Image().Remove(DicomTag.SOPInstanceUID)),
        ["no SOPInstanceUID, SOPClassUID: new DicomFile alone"] = () => new DicomFile(Samples.Image().Remove(DicomTag.SOPClassUID, DicomTag.SOPInstanceUID)).ToString(),
        ["save to a missing directory"] = () =>
        {
            new DicomFile(Samples.Image()).Save(Path.Combine(Path.GetTempPath(), $"scinti-{Guid.NewGuid():N}", "x.dcm"));
            return null;
        },
        ["DicomImplementation"] = () => new { uid = DicomImplementation.ClassUID.UID, version = Recorded(DicomImplementation.Version) },
        ["RLE transcode of nm and back"] = () =>
        {
            DicomDataset dataset = Samples.Image();
            DicomDataset packed = dataset.Clone(DicomTransferSyntax.RLELossless);
            DicomFragmentSequence fragments = packed.GetDicomItem<DicomFragmentSequence>(DicomTag.PixelData);
            DicomPixelData back = DicomPixelData.Create(packed.Clone(DicomTransferSyntax.ExplicitVRLittleEndian));
            return new
            {
                ts = packed.InternalTransferSyntax.ToString(),
                DicomPixelData.Create(packed).NumberOfFrames,
                frame0 = Samples.Hex(DicomPixelData.Create(packed).GetFrame(0)),
                fragments = fragments.Fragments.Count,
                offsets = fragments.OffsetTable,
                same = Enumerable.Range(0, 3).All(frame => back.GetFrame(frame).Data.SequenceEqual(Samples.Frame(frame).Data)),
            };
        },
        ["JPEG 2000 transcode of nm"] = () => Samples.Image().Clone(DicomTransferSyntax.JPEG2000Lossless).ToString(),
        ["HasCodec"] = () => new[]
        {
            DicomTransferSyntax.RLELossless, DicomTransferSyntax.JPEGProcess1, DicomTransferSyntax.JPEGProcess14SV1,
            DicomTransferSyntax.JPEGLSLossless, DicomTransferSyntax.JPEG2000Lossless,
        }.ToDictionary(syntax => syntax.ToString(), syntax => (object?)new DefaultTranscoderManager().HasCodec(syntax), StringComparer.Ordinal),
        ["open: 100 garbage bytes"] = () => Open(Garbage(100)),
        ["open: 1000 garbage bytes"] = () => Open(Garbage(1000)),
        ["open: empty file"] = () => Open([]),
        ["open: 1000 zero bytes"] = () => Open(new byte[1000]),
        ["open: text file"] = () => Open(Text()),
        ["open: PNG header"] = () => Open([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, .. new byte[500]]),
        ["open: missing file"] = () => DicomFile.Open(Path.Combine(Path.GetTempPath(), $"scinti-{Guid.NewGuid():N}")).ToString(),
        ["open: preamble and DICM only"] = () => Open(Nm()[..132]),
        ["open: cut inside the file meta information (200 bytes)"] = () => Open(Nm()[..200]),
        ["open: cut inside the dataset before PixelData"] = () => Open(Nm()[..^(PixelDataLength + 15)]),
        ["open: cut 40 bytes before the end (inside PixelData)"] = () => Open(Nm()[..^40]),
        ["open: cut 1 byte before the end"] = () => Open(Nm()[..^1]),
        ["open: PixelData length says 1000000"] = () =>
        {
            byte[] bytes = Nm();
            BitConverter.TryWriteBytes(bytes.AsSpan(bytes.Length - 100), 1_000_000);
            return Open(bytes);
        },
        ["open: file without preamble and DICM, starting with group 0002"] = () => Open(Nm()[132..]),
        ["open: bare implicit VR dataset without meta"] = () => Open(WithoutMeta(DicomTransferSyntax.ImplicitVRLittleEndian)),
        ["open: bare explicit VR dataset without meta"] = () => Open(WithoutMeta(DicomTransferSyntax.ExplicitVRLittleEndian)),
        ["open: five bytes after the dataset"] = () => Open([.. Nm(), 1, 2, 3, 4, 5]),
        ["cut inside PixelData: GetFrame(2)"] = () => Samples.InFile(Nm()[..^40], path => DicomPixelData.Create(DicomFile.Open(path).Dataset).GetFrame(2)),
        ["HasValidHeader: nm, text, missing"] = () => new
        {
            nm = Samples.InFile(Nm(), DicomFile.HasValidHeader),
            text = Samples.InFile(Text(), DicomFile.HasValidHeader),
            empty = Samples.InFile([], DicomFile.HasValidHeader),
            missing = DicomFile.HasValidHeader(Path.Combine(Path.GetTempPath(), $"scinti-{Guid.NewGuid():N}")),
        },
        ["Open null"] = () => DicomFile.Open((string)null!),
        ["Open from a stream: stream left open, pixel data readable after the stream is closed?"] = () => FromStream(FileReadOption.Default),
        ["Open from a stream, ReadAll, then closed"] = () => FromStream(FileReadOption.ReadAll),
        ["Open, SkipLargeTags"] = () => Samples.InFile(Nm(), path =>
        {
            DicomFile file = DicomFile.Open(path, FileReadOption.SkipLargeTags, largeObjectSize: 64);
            return new { has = file.Dataset.Contains(DicomTag.PixelData), partial = file.IsPartial };
        }),
        ["file deleted after Open (read on demand): large pixel data"] = () =>
        {
            DicomDataset large = Samples.Header(rows: 512, columns: 512);
            DicomPixelData.Create(large, newPixelData: true).AddFrame(new MemoryByteBuffer(new byte[512 * 512 * 2]));
            DicomFile file = Samples.InFile(Samples.Saved(large), path => DicomFile.Open(path));
            return RecordedValue.Probe(() => DicomPixelData.Create(file.Dataset).GetFrame(0).Data.Length);
        },
    };

    // 4 bytes of tag, 8 of representation and length, 3 frames of 32.
    private const int PixelDataLength = 108;

    public static TheoryData<string> Names => s_cases.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void Files_are_written_and_read_as_recorded(string name) => s_cases.Assert(name);

    private static byte[] Nm() => Samples.Saved(Samples.Image());

    private static byte[] Text() => Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("This is no DICOM file. ", 40)));

    private static byte[] Garbage(int count)
    {
        byte[] bytes = new byte[count];
        new Random(7).NextBytes(bytes);
        // Never, by chance, the start of something.
        bytes[0] = 0xC3;
        bytes[1] = 0x5A;
        return bytes;
    }

    private static byte[] WithoutMeta(DicomTransferSyntax syntax)
    {
        byte[] bytes = Samples.Saved(Samples.Image(syntax));
        int length = BitConverter.ToInt32(bytes, 140);
        return bytes[(144 + length)..];
    }

    private static object Open(byte[] bytes) => Samples.InFile<object>(bytes, path =>
    {
        DicomFile file = DicomFile.Open(path);
        return new
        {
            file.Format,
            file.IsPartial,
            elements = file.Dataset.Count(),
            meta = file.FileMetaInfo.Count(),
            ts = RecordedValue.Probe(() => file.FileMetaInfo.TransferSyntax.ToString()),
            internalTs = file.Dataset.InternalTransferSyntax.ToString(),
            last = file.Dataset.Last().ToString(),
        };
    });

    private static int FromStream(FileReadOption option)
    {
        DicomFile file;
        using (MemoryStream stream = new(Nm()))
        {
            file = DicomFile.Open(stream, option);
            Assert.True(stream.CanRead);
        }

        return DicomPixelData.Create(file.Dataset).GetFrame(1).Data.Length;
    }

    private static DicomFile RoundTrip(DicomTransferSyntax syntax) => Samples.Opened(Samples.Saved(Samples.Image(syntax)));

    private static string FirstFrame(DicomFile file) => Samples.Hex(DicomPixelData.Create(file.Dataset).GetFrame(0));

    private static string PixelRepresentation(DicomDataset dataset) => dataset.GetDicomItem<DicomItem>(DicomTag.PixelData).ValueRepresentation.Code;

    private static List<string> Values(DicomDataset dataset) =>
        [.. dataset.Where(item => item.Tag != DicomTag.PixelData).Select(item => $"{item.Tag} {item.ValueRepresentation} {dataset.GetString(item.Tag)}")];

    private static IEnumerable<string> Meta(DicomFile file) => file.FileMetaInfo.Select(item =>
    {
        string value = item is DicomOtherByte bytes ? "bytes " + Samples.Hex(bytes.Buffer) : file.FileMetaInfo.GetString(item.Tag);
        return string.Create(CultureInfo.InvariantCulture, $"{item.Tag} {item.Tag.DictionaryEntry.Keyword} {item.ValueRepresentation} = {Recorded(value)}");
    }).ToList();

    /// <summary>The version of the package varies, what is said about it does not.</summary>
    private static string Recorded(string text) => Version().Replace(text, "fo-dicom 5.1.3");

    [GeneratedRegex(@"fo-dicom 5\.[0-9]+\.[0-9]+", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Version();
}
