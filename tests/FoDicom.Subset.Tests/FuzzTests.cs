using FellowOakDicom;
using FellowOakDicom.Imaging;
using FellowOakDicom.Imaging.Codec;
using FsCheck;
using FsCheck.Fluent;
using Xunit;
using TestData = MLNetScinti.Testing.TestData;

namespace FoDicom.Subset.Tests;

/// <summary>Files from hostile or broken sources: they cost an exception of this library, never the process.</summary>
public sealed class FuzzTests
{
    private const int Files = 2000;

    // Real files are small; what is read from them must stay in proportion.
    private const long MostBytesPerByte = 256;
    private const long AlwaysAllowed = 64 << 20;

    private static readonly Lazy<byte[][]> s_originals = new(() => [.. Synthetic(), .. Real()]);

    [Fact]
    public void Mutated_files_never_crash_hang_or_fill_the_memory()
    {
        int opened = 0;
        int refused = 0;
        Arbitrary<(int Original, int Seed)> arbitrary = Gen.Choose(0, int.MaxValue - 1)
            .SelectMany(seed => Gen.Choose(0, s_originals.Value.Length - 1).Select(original => (original, seed)))
            .ToArbitrary();
        Prop.ForAll(arbitrary, one =>
        {
            byte[] bytes = Mutated(s_originals.Value[one.Original], one.Seed);
            long before = GC.GetAllocatedBytesForCurrentThread();
            if (Use(bytes))
            {
                opened++;
            }
            else
            {
                refused++;
            }

            long used = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(used < (MostBytesPerByte * bytes.Length) + AlwaysAllowed, $"{used} bytes of memory for a file of {bytes.Length} bytes");
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(Files));

        // Else the mutations are so harsh, or so gentle, that nothing was tested.
        Assert.True(opened > Files / 10, $"{opened} of {Files} mutated files were opened");
        Assert.True(refused > Files / 100, $"{refused} of {Files} mutated files were refused");
    }

    /// <summary>Opens, reads all values and decodes the first frames; tells whether it could be opened.</summary>
    private static bool Use(byte[] bytes)
    {
        DicomFile file;
        try
        {
            file = DicomFile.Open(new MemoryStream(bytes), FileReadOption.ReadAll);
        }
        catch (DicomException)
        {
            return false;
        }

        Values(file.Dataset);
        try
        {
            DicomPixelData pixels = DicomPixelData.Create(file.Dataset);
            for (int frame = 0; frame < Math.Min(4, pixels.NumberOfFrames); frame++)
            {
                _ = pixels.GetFrame(frame).Data.Length;
            }

            if (file.Dataset.InternalTransferSyntax.IsEncapsulated)
            {
                DicomTranscoder transcoder = new(file.Dataset.InternalTransferSyntax, DicomTransferSyntax.ExplicitVRLittleEndian);
                _ = transcoder.DecodeFrame(file.Dataset, 0).Data.Length;
            }
        }
        catch (DicomException)
        {
            // Said what is wrong.
        }
        catch (ArgumentException)
        {
            // A frame that lies outside of the pixel data.
        }
        catch (InvalidCastException)
        {
            // Rows of another representation than US.
        }
        catch (Exception exception) when (exception is FormatException or OverflowException or IndexOutOfRangeException)
        {
            // Rows that are text, frames that are not there.
        }

        return true;
    }

    private static void Values(DicomDataset dataset)
    {
        foreach (DicomItem item in dataset)
        {
            if (item is DicomSequence sequence)
            {
                foreach (DicomDataset nested in sequence.Items)
                {
                    Values(nested);
                }
            }
            else if (item is DicomElement element)
            {
                Assert.True(element.Count >= 0);
                dataset.TryGetString(item.Tag, out _);
                dataset.TryGetSingleValue(item.Tag, out double _);
            }
        }
    }

    private static byte[] Mutated(byte[] original, int seed)
    {
        Random random = new(seed);
        byte[] bytes = [.. original];
        int changes = 1 + random.Next(4);
        for (int change = 0; change < changes; change++)
        {
            // Half of the changes hit the head, where the structure is.
            int at = random.Next(random.Next(2) == 0 ? bytes.Length : Math.Min(bytes.Length, 4096));
            switch (random.Next(7))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 2:
                    bytes = bytes[..at];
                    break;
                case 3:
                    Write(bytes, at, [0xFF, 0xFF, 0xFF, 0xFF]);
                    break;
                case 4:
                    Write(bytes, at, BitConverter.GetBytes(random.Next()));
                    break;
                case 5:
                    Write(bytes, at, [0xFE, 0xFF, random.Next(2) == 0 ? (byte)0x00 : (byte)0xDD, 0xE0]);
                    break;
                default:
                    int count = random.Next(Math.Min(64, bytes.Length - at));
                    bytes = [.. bytes[..at], .. bytes[(at + count)..]];
                    break;
            }

            if (bytes.Length == 0)
            {
                return bytes;
            }
        }

        return bytes;
    }

    private static void Write(byte[] bytes, int at, ReadOnlySpan<byte> value)
    {
        if (at + value.Length <= bytes.Length)
        {
            value.CopyTo(bytes.AsSpan(at));
        }
    }

    private static IEnumerable<byte[]> Synthetic()
    {
        DicomTransferSyntax[] syntaxes =
        [
            DicomTransferSyntax.ImplicitVRLittleEndian, DicomTransferSyntax.ExplicitVRLittleEndian,
            DicomTransferSyntax.ExplicitVRBigEndian, DicomTransferSyntax.DeflatedExplicitVRLittleEndian,
        ];
        foreach (DicomTransferSyntax syntax in syntaxes)
        {
            yield return Samples.Saved(Rich(syntax));
        }

        yield return Samples.Saved(Rich(DicomTransferSyntax.ExplicitVRLittleEndian).Clone(DicomTransferSyntax.RLELossless));
    }

    /// <summary>An image with nested sequences, private elements, tags and texts.</summary>
    private static DicomDataset Rich(DicomTransferSyntax syntax)
    {
        DicomDataset dataset = Samples.Image(syntax)
            .Add(DicomTag.FrameIncrementPointer, DicomTag.SliceVector)
            .Add(DicomTag.SliceVector, (ushort)1, (ushort)2, (ushort)3)
            .Add(DicomTag.SpecificCharacterSet, "ISO_IR 100")
            .Add(DicomTag.PatientName, "Müller^Jürgen")
            .Add(DicomTag.ImageComments, new string('x', 500))
            .Add(DicomVR.LO, new DicomTag(0x0009, 0x0001, "ACME"), "private");
        DicomDataset nested = new() { { DicomTag.EnergyWindowName, "Tc99m" } };
        for (int depth = 0; depth < 6; depth++)
        {
            nested = new DicomDataset { { DicomTag.EnergyWindowInformationSequence, nested, new DicomDataset() } };
        }

        return dataset.Add(DicomTag.DetectorInformationSequence, nested);
    }

    private static IEnumerable<byte[]> Real()
    {
        string[] names =
        [
            "spect/NM-MONO2-16-13x-heart", "bone-scan/NM1_RLE", "bone-scan/NM1_JPLL", "pet/GH184.dcm", "rtdose/rtdose.dcm",
            "rtdose/rtdose_rle.dcm", "rtstruct/rt.dcm", "rtstruct/plan-rtstruct.dcm", "seg/seg_image_ct_binary.dcm", "i131/PetriDish",
        ];
        return TestData.Root is null ? [] : names.Select(name => Path.Combine(TestData.Root, name)).Where(File.Exists).Select(File.ReadAllBytes);
    }
}
