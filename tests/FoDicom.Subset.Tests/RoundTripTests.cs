using FellowOakDicom;
using FellowOakDicom.Imaging;
using FellowOakDicom.Imaging.Codec;
using FellowOakDicom.IO.Buffer;
using FellowOakDicom.IO.Writer;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace FoDicom.Subset.Tests;

public sealed class RoundTripTests
{
    [Fact]
    public void Run_lengths_give_back_any_frame()
    {
        Prop.ForAll(Gen.Choose(0, int.MaxValue - 1).ToArbitrary(), seed =>
        {
            Random random = new(seed);
            ushort bits = (ushort)(random.Next(2) == 0 ? 8 : 16);
            DicomDataset dataset = Samples.Header(rows: (ushort)random.Next(1, 40), columns: (ushort)random.Next(1, 40), bits: bits);
            DicomPixelData pixels = DicomPixelData.Create(dataset, newPixelData: true);
            byte[] frame = new byte[pixels.UncompressedFrameSize];
            int variety = random.Next(1, 5);
            for (int i = 0; i < frame.Length; i++)
            {
                frame[i] = i > 0 && random.Next(variety) > 0 ? frame[i - 1] : (byte)random.Next(256);
            }

            pixels.AddFrame(new MemoryByteBuffer(frame));
            DicomDataset packed = dataset.Clone(DicomTransferSyntax.RLELossless);
            Assert.Equal(frame, DicomPixelData.Create(packed.Clone(DicomTransferSyntax.ExplicitVRLittleEndian)).GetFrame(0).Data);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public void Sequences_of_either_kind_of_length_read_back(bool sequences, bool items)
    {
        DicomDataset dataset = Samples.Image().Add(DicomTag.DetectorInformationSequence,
            new DicomDataset { { DicomTag.RadionuclideCodeSequence, new DicomDataset { { DicomTag.CodeValue, "C-163A8" } }, new DicomDataset() } },
            new DicomDataset { { DicomTag.CollimatorType, "PARA" } });
        using MemoryStream stream = new();
        new DicomFile(dataset).Save(stream, new DicomWriteOptions { ExplicitLengthSequences = sequences, ExplicitLengthSequenceItems = items });
        DicomDataset read = Samples.Opened(stream.ToArray()).Dataset;
        IList<DicomDataset> detectors = read.GetSequence(DicomTag.DetectorInformationSequence).Items;
        Assert.Equal(2, detectors.Count);
        Assert.Equal(2, detectors[0].GetSequence(DicomTag.RadionuclideCodeSequence).Items.Count);
        Assert.Equal("C-163A8", detectors[0].GetSequence(DicomTag.RadionuclideCodeSequence).Items[0].GetString(DicomTag.CodeValue));
        Assert.Equal("PARA", detectors[1].GetString(DicomTag.CollimatorType));
        Assert.Equal(3, DicomPixelData.Create(read).NumberOfFrames);
    }

    [Fact]
    public void Large_pixel_data_stays_in_the_file()
    {
        DicomDataset dataset = Samples.Header(rows: 512, columns: 512);
        DicomPixelData pixels = DicomPixelData.Create(dataset, newPixelData: true);
        byte[] frame = new byte[512 * 512 * 2];
        new Random(3).NextBytes(frame);
        pixels.AddFrame(new MemoryByteBuffer(frame));
        Samples.InFile(Samples.Saved(dataset), path =>
        {
            DicomFile file = DicomFile.Open(path);
            IByteBuffer buffer = file.Dataset.GetDicomItem<DicomElement>(DicomTag.PixelData).Buffer;
            Assert.IsType<FileByteBuffer>(buffer);
            Assert.False(buffer.IsMemory);
            Assert.Equal(frame, DicomPixelData.Create(file.Dataset).GetFrame(0).Data);
            byte[] part = new byte[10];
            buffer.GetByteRange(1000, 10, part);
            Assert.Equal(frame[1000..1010], part);
            Assert.True(DicomFile.Open(path, FileReadOption.ReadAll).Dataset.GetDicomItem<DicomElement>(DicomTag.PixelData).Buffer.IsMemory);
            return 0;
        });
    }

    [Fact]
    public void Reading_stops_where_it_is_told_to()
    {
        byte[] bytes = Samples.Saved(Samples.Image());
        DicomFile file = DicomFile.Open(new MemoryStream(bytes), System.Text.Encoding.ASCII, state => state.Tag.Group >= 0x7FE0);
        Assert.False(file.Dataset.Contains(DicomTag.PixelData));
        Assert.Equal(4, file.Dataset.GetSingleValue<int>(DicomTag.Rows));
    }

    [Fact]
    public async Task The_asynchronous_twins_do_the_same()
    {
        string path = Path.Combine(Path.GetTempPath(), $"scinti-{Guid.NewGuid():N}");
        try
        {
            await new DicomFile(Samples.Image()).SaveAsync(path);
            DicomFile file = await DicomFile.OpenAsync(path);
            Assert.Equal(Samples.Saved(Samples.Image()), await File.ReadAllBytesAsync(path));
            Assert.Equal(3, DicomPixelData.Create(file.Dataset).NumberOfFrames);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Frames_of_several_fragments_are_found_by_the_offset_table()
    {
        DicomDataset dataset = Samples.Header(DicomTransferSyntax.JPEG2000Lossless).Add(DicomTag.NumberOfFrames, 2);
        DicomOtherByteFragment fragments = new(DicomTag.PixelData);
        fragments.OffsetTable.Add(0);
        fragments.OffsetTable.Add(22);
        fragments.Fragments.Add(new MemoryByteBuffer([1, 2]));
        fragments.Fragments.Add(new MemoryByteBuffer([3, 4, 5, 6]));
        fragments.Fragments.Add(new MemoryByteBuffer([7, 8]));
        dataset.Add(fragments);
        DicomPixelData pixels = DicomPixelData.Create(Samples.Opened(Samples.Saved(dataset)).Dataset);
        Assert.Equal([1, 2, 3, 4, 5, 6], pixels.GetFrame(0).Data);
        Assert.Equal([7, 8], pixels.GetFrame(1).Data);
    }
}
