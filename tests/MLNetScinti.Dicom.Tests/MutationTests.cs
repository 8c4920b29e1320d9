using System.Buffers.Binary;
using FellowOakDicom;
using FellowOakDicom.Imaging.Codec;
using FsCheck;
using FsCheck.Fluent;
using MLNetScinti.Imaging;
using Xunit;
using TestData = MLNetScinti.Testing.TestData;

namespace MLNetScinti.Dicom.Tests;

/// <summary>
/// 10,000 damaged files: whatever is done to a file, the reader gives an image that is as large as its header says, or a
/// <see cref="DicomReadException"/> of one line; it neither hangs nor takes memory that the file does not justify.
/// </summary>
public sealed class MutationTests
{
    private const int Files = 10_000;

    // What a header of a small file may lie about is checked before anything is allocated: this is for the honest rest.
    private const long MostBytes = 48L << 20;

    // For a hang, not for speed: the whole property takes seconds.
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(5);

    private static readonly uint[] s_lengths = [0, 1, 2, 0x7F, 0xFF, 0x100, 0x7FFF, 0xFFFF, 0x10000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFE, 0xFFFFFFFF];

    private readonly record struct Mutation(int File, int Kind, int At, int Length, int Value);

    [Fact]
    public void TenThousandDamagedFilesNeitherCrashNorHangTheReader()
    {
        using TemporaryFolder folder = new();
        byte[][] seeds = [.. Seeds(folder)];
        string file = folder.File("damaged.dcm");
        DicomImageReader reader = new(Phantoms.Options with { ExternalCodec = ExternalCodec.None });
        int images = 0;
        int refused = 0;
        byte[] current = [];

        Gen<Mutation> one =
            from seed in Gen.Choose(0, seeds.Length - 1)
            from kind in Gen.Choose(0, 7)
            from at in Gen.Choose(0, 1_000_000)
            from length in Gen.Choose(1, 64)
            from value in Gen.Choose(0, int.MaxValue)
            select new Mutation(seed, kind, at, length, value);
        Gen<Mutation[]> several = from count in Gen.Choose(1, 3) from list in one.ArrayOf(count) select list;
        Property property = Prop.ForAll(several.ToArbitrary(), list =>
        {
            current = list.Aggregate(seeds[list[0].File], Damage);
            File.WriteAllBytes(file, current);
            long before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                ScintigraphyImage image = reader.Read(file);
                Assert.Equal(image.Header.ValueCount, image.Values.Length);
                images++;
            }
            catch (DicomReadException exception)
            {
                Assert.StartsWith(file + ": ", exception.Message, StringComparison.Ordinal);
                Assert.DoesNotContain(exception.Message, char.IsControl);
                refused++;
            }

            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, MostBytes);
        });

        Exception? failure = null;
        Thread thread = new(() =>
        {
            try
            {
                Check.One(Config.QuickThrowOnFailure.WithMaxTest(Files), property);
            }
            catch (Exception exception)
            {
                failure = exception;
            }
        });
        thread.IsBackground = true;
        thread.Start();
        Assert.True(thread.Join(s_patience), $"The reader hangs on this file: {Convert.ToBase64String(current)}");
        Assert.True(failure is null, $"{failure}\nThe file: {Convert.ToBase64String(current)}");

        // Both ends of the property were met, or it would say nothing.
        Assert.True(images > Files / 20 && refused > Files / 20, $"{images} images, {refused} refused");
    }

    private static byte[] Damage(byte[] source, Mutation mutation)
    {
        // Half of the damage goes where it hurts: into the first kilobyte, where meta information and header are.
        int within = mutation.Value % 2 == 0 ? Math.Min(source.Length, 1024) : source.Length;
        int at = within == 0 ? 0 : mutation.At % within;
        int length = Math.Min(mutation.Length, source.Length - at);
        byte[] copy = [.. source];
        switch (mutation.Kind)
        {
            case 0:
                if (length > 0)
                {
                    copy[at] ^= (byte)(1 << (mutation.Value & 7));
                }

                return copy;
            case 1:
                return copy[..at];
            case 2:
                return [.. copy[..at], .. copy[(at + length)..]];
            case 3:
                return [.. copy[..at], .. copy[at..(at + length)], .. copy[at..]];
            case 4:
                for (int i = 0; i < length; i++)
                {
                    copy[at + i] = (byte)(mutation.Value >> (i % 4 * 8));
                }

                return copy;
            case 5 when at + 4 <= copy.Length:
                BinaryPrimitives.WriteUInt32LittleEndian(copy.AsSpan(at), s_lengths[mutation.Value % s_lengths.Length]);
                return copy;
            case 6 when at + 2 <= copy.Length:
                BinaryPrimitives.WriteUInt16LittleEndian(copy.AsSpan(at), (ushort)s_lengths[mutation.Value % s_lengths.Length]);
                return copy;
            default:
                // A value representation that is another one.
                string codes = "AEASATCSDADSDTFLFDISLOLTOBODOFOLOWPNSHSLSQSSSTTMUCUIULUNURUSUT";
                int which = mutation.Value % (codes.Length / 2) * 2;
                int vr = FindRepresentation(copy, at);
                if (vr >= 0)
                {
                    copy[vr] = (byte)codes[which];
                    copy[vr + 1] = (byte)codes[which + 1];
                }

                return copy;
        }
    }

    private static int FindRepresentation(byte[] bytes, int from)
    {
        for (int i = from; i + 1 < bytes.Length; i++)
        {
            if (bytes[i] is >= (byte)'A' and <= (byte)'Z' && bytes[i + 1] is >= (byte)'A' and <= (byte)'Z')
            {
                return i;
            }
        }

        return -1;
    }

    private static IEnumerable<byte[]> Seeds(TemporaryFolder folder)
    {
        string file = folder.File("seed.dcm");
        NuclearMedicineWriter.WriteReconTomo(file, Phantoms.Counting(ImageGeometry.Axial(6, 5, 4, 4, 4)), Phantoms.Study);
        yield return File.ReadAllBytes(file);
        PlanarImage view = Phantoms.Planar(12, 5, (row, column) => row * column);
        NuclearMedicineWriter.WriteWholeBody(file, view, view, Phantoms.Study);
        yield return File.ReadAllBytes(file);
        NuclearMedicineWriter.WriteTomo(file, [view, view, view], Phantoms.Study with { Views = 3 });
        yield return File.ReadAllBytes(file);
        foreach (DicomTransferSyntax syntax in new[] { DicomTransferSyntax.ImplicitVRLittleEndian, DicomTransferSyntax.ExplicitVRBigEndian, DicomTransferSyntax.DeflatedExplicitVRLittleEndian, DicomTransferSyntax.RLELossless })
        {
            DicomFile.Open(file).Clone(syntax).Save(folder.File("coded.dcm"));
            yield return File.ReadAllBytes(folder.File("coded.dcm"));
        }

        if (TestData.Root is string root)
        {
            foreach (string real in new[] { "pet/GH184.dcm", "rtdose/rtdose.dcm", "rtdose/rtdose_rle.dcm", "rtstruct/rt.dcm", "seg/seg_image_ct_binary.dcm" })
            {
                string path = Path.Combine(root, real);
                if (File.Exists(path))
                {
                    yield return File.ReadAllBytes(path);
                }
            }
        }
    }
}
