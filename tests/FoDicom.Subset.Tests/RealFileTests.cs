using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using FellowOakDicom;
using FellowOakDicom.Imaging;
using FellowOakDicom.Imaging.Codec;
using FoDicom.Subset.Tests.Recorded;
using MLNetScinti.Testing;
using Xunit;

namespace FoDicom.Subset.Tests;

/// <summary>Every DICOM file of the folder of real images.</summary>
public sealed class RealFileTests
{
    private static readonly RecordedCases s_cases = Cases();

    public static TheoryData<string> Names => s_cases.Names;

    [DataTheory]
    [MemberData(nameof(Names))]
    public void A_real_file_is_read_as_recorded(string name) => s_cases.Assert(name);

    [DataFact("bone-scan/NM1_UNC.dcm", "bone-scan/NM1_RLE", "bone-scan/NM1_JPLL")]
    public void Lossless_codings_hold_the_same_pixels()
    {
        foreach (string name in new[] { "NM1_UNC.dcm", "NM1_RLE", "NM1_JPLL" })
        {
            DicomDataset dataset = DicomFile.Open(TestData.Path($"bone-scan/{name}")).Dataset;
            DicomPixelData pixels = DicomPixelData.Create(dataset.Clone(DicomTransferSyntax.ExplicitVRLittleEndian));
            Assert.Equal("6b5c1eff0ef65e36b0565f96507e96fd", Md5(pixels.GetFrame(0).Data));
        }
    }

    private static RecordedCases Cases()
    {
        RecordedCases cases = new(RecordedFile.FoDicom, "files");
        foreach (string name in RecordedFile.FoDicom.NamesIn("files"))
        {
            cases.Add(name, Comparison.Exact, recorded => Described(TestData.Path(name), recorded.GetProperty("output")));
        }

        return cases;
    }

    private static Dictionary<string, object?> Described(string path, JsonElement recorded)
    {
        DicomFile file = DicomFile.Open(path);
        DicomDataset dataset = file.Dataset;
        return RecordedValue.Map(
            ("format", file.Format),
            ("transferSyntax", RecordedValue.Probe(() => file.FileMetaInfo.TransferSyntax.UID.UID)),
            ("transferSyntaxName", RecordedValue.Probe(() => file.FileMetaInfo.TransferSyntax.ToString())),
            ("internalSyntax", dataset.InternalTransferSyntax.UID.UID),
            ("isPartial", file.IsPartial),
            ("metaElements", file.FileMetaInfo.Count()),
            ("elements", dataset.Count()),
            ("privateElements", dataset.Count(item => item.Tag.IsPrivate)),
            ("tags", Items(dataset, recorded.GetProperty("tags"))),
            ("sequences", Items(dataset, recorded.GetProperty("sequences"))),
            ("pixelData", recorded.GetProperty("pixelData").ValueKind == JsonValueKind.Null ? PixelsOf(dataset) : Pixels(dataset)),
            ("decoded", recorded.GetProperty("decoded").ValueKind == JsonValueKind.Null ? null : RecordedValue.Probe(() => Decoded(dataset))));
    }

    /// <summary>The items that were recorded, each described in the form that the recording has.</summary>
    private static Dictionary<string, object?> Items(DicomDataset dataset, JsonElement recorded)
    {
        Dictionary<string, object?> described = new(StringComparer.Ordinal);
        foreach (JsonProperty one in recorded.EnumerateObject())
        {
            DicomItem item = dataset.Single(item => Title(item) == one.Name);
            described[one.Name] = Described(item, dataset, one.Value);
        }

        return described;
    }

    private static string Title(DicomItem item) => $"({item.Tag.Group:x4},{item.Tag.Element:x4}) {item.Tag.DictionaryEntry.Keyword}";

    private static Dictionary<string, object?> Described(DicomItem item, DicomDataset dataset, JsonElement recorded)
    {
        Dictionary<string, object?> described = new(StringComparer.Ordinal) { ["vr"] = item.ValueRepresentation.Code };
        foreach (JsonProperty one in recorded.EnumerateObject())
        {
            described[one.Name] = (one.Name, item) switch
            {
                ("vr", _) => item.ValueRepresentation.Code,
                ("items", DicomSequence sequence) => sequence.Items.Count,
                ("first", DicomSequence sequence) => First(sequence, one.Value),
                ("fragments", DicomFragmentSequence fragments) => fragments.Fragments.Count,
                ("sizes", DicomFragmentSequence fragments) => fragments.Fragments.Take(4).Select(fragment => fragment.Size),
                ("offsetTable", DicomFragmentSequence fragments) => fragments.OffsetTable.Count,
                ("count", DicomElement element) => element.Count,
                ("bytes", DicomElement element) => element.Length,
                ("s", DicomElement) => dataset.GetString(item.Tag),
                ("values", DicomElement) => dataset.GetValues<string>(item.Tag),
                ("md5OfGetString", DicomElement) => Md5(Encoding.UTF8.GetBytes(dataset.GetString(item.Tag))),
                ("startsWith", DicomElement) => dataset.GetString(item.Tag)[..one.Value.GetString()!.Length],
                _ => $"{item.GetType().Name} has no {one.Name}",
            };
        }

        return described;
    }

    /// <summary>Whole items: an element that was not recorded must not be there.</summary>
    private static List<Dictionary<string, object?>> First(DicomSequence sequence, JsonElement recorded)
    {
        List<Dictionary<string, object?>> first = [];
        foreach ((DicomDataset item, JsonElement expected) in sequence.Items.Zip(recorded.EnumerateArray()))
        {
            Dictionary<string, object?> described = Items(item, expected);
            foreach (DicomItem extra in item.Where(one => !described.ContainsKey(Title(one))))
            {
                described[Title(extra)] = "not recorded";
            }

            first.Add(described);
        }

        return first;
    }

    private static string? PixelsOf(DicomDataset dataset) => dataset.Contains(DicomTag.PixelData) ? "pixel data that was not recorded" : null;

    private static object Pixels(DicomDataset dataset)
    {
        DicomPixelData pixels = DicomPixelData.Create(dataset);
        List<byte[]> frames = [.. Enumerable.Range(0, pixels.NumberOfFrames).Select(frame => pixels.GetFrame(frame).Data)];
        return new
        {
            pixels.NumberOfFrames,
            pixels.Width,
            pixels.Height,
            pixels.BitsAllocated,
            pixels.BitsStored,
            pixels.HighBit,
            pixels.PixelRepresentation,
            pixels.SamplesPerPixel,
            photometric = pixels.PhotometricInterpretation.ToString(),
            pixels.UncompressedFrameSize,
            pixels.BytesAllocated,
            pixels.IsLossy,
            type = pixels.GetType().Name,
            frames = frames.Take(4).Select(frame => new { bytes = frame.Length, md5 = Md5(frame) }),
            allFramesMd5 = Md5([.. frames.SelectMany(frame => frame)]),
        };
    }

    private static object Decoded(DicomDataset dataset)
    {
        DicomTranscoder transcoder = new(dataset.InternalTransferSyntax, DicomTransferSyntax.ExplicitVRLittleEndian);
        DicomPixelData pixels = DicomPixelData.Create(transcoder.Transcode(dataset));
        List<byte[]> frames = [.. Enumerable.Range(0, pixels.NumberOfFrames).Select(frame => pixels.GetFrame(frame).Data)];
        if (pixels.BitsAllocated > 16)
        {
            // As a whole it can be decoded, frame by frame it cannot.
            Assert.Throws<DicomImagingException>(() => transcoder.DecodeFrame(dataset, 0));
            return Sums(pixels, frames);
        }

        Assert.Equal(Md5(frames[^1]), Md5(transcoder.DecodeFrame(dataset, frames.Count - 1).Data));
        return Sums(pixels, frames);
    }

    private static object Sums(DicomPixelData pixels, List<byte[]> frames) => new
    {
        pixels.NumberOfFrames,
        frame0bytes = frames[0].Length,
        frame0md5 = Md5(frames[0]),
        allFramesMd5 = Md5([.. frames.SelectMany(frame => frame)]),
    };

#pragma warning disable CA5351 // The recording holds MD5 sums.
    private static string Md5(byte[] bytes) => Convert.ToHexStringLower(MD5.HashData(bytes));
#pragma warning restore CA5351
}
