using System.Buffers.Binary;
using FellowOakDicom;
using FellowOakDicom.Imaging;
using FellowOakDicom.Imaging.Codec;
using FellowOakDicom.IO.Buffer;
using Xunit;

namespace FoDicom.Subset.Tests;

/// <summary>Files that were made to do harm.</summary>
public sealed class HostileFileTests
{
    [Theory]
    [InlineData(200)]
    [InlineData(20_000)]
    public void Sequences_nested_without_end_are_survived(int depth)
    {
        using MemoryStream nested = new();
        nested.Write(Head());
        for (int i = 0; i < depth; i++)
        {
            nested.Write([0x54, 0x00, 0x12, 0x00, (byte)'S', (byte)'Q', 0, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0xFE, 0xFF, 0x00, 0xE0, 0xFF, 0xFF, 0xFF, 0xFF]);
        }

        try
        {
            DicomFile file = DicomFile.Open(new MemoryStream(nested.ToArray()));
            Assert.True(file.Dataset.Contains(DicomTag.EnergyWindowInformationSequence));
        }
        catch (DicomFileException)
        {
            Assert.True(depth > 1000, "What equipment writes is nested far less deeply, and must be read.");
        }
    }

    [Theory]
    [InlineData("OB", 0xFFFFFFF0u)]
    [InlineData("UN", 0x7FFFFFFFu)]
    [InlineData("UT", 0xFFFFFFFEu)]
    [InlineData("SQ", 0xFFFFFFF0u)]
    public void A_length_beyond_the_file_costs_no_memory(string vr, uint length)
    {
        byte[] element = [0x09, 0x00, 0x10, 0x10, (byte)vr[0], (byte)vr[1], 0, 0, .. BitConverter.GetBytes(length), 1, 2, 3, 4];
        long before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            Assert.True(DicomFile.Open(new MemoryStream([.. Head(), .. element])).IsPartial);
        }
        catch (DicomFileException)
        {
            // Refusing the file is as good.
        }

        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 8 << 20);
    }

    [Fact]
    public void Elements_in_reverse_order_are_sorted()
    {
        using MemoryStream stream = new();
        stream.Write(Head());
        for (int element = 60_000; element > 0; element -= 2)
        {
            stream.Write([0x10, 0x01, (byte)element, (byte)(element >> 8), (byte)'U', (byte)'S', 0, 0]);
        }

        DicomFile file = DicomFile.Open(new MemoryStream(stream.ToArray()));
        Assert.Equal(30_002, file.Dataset.Count());
        Assert.Equal(file.Dataset.Select(item => item.Tag).Order(), file.Dataset.Select(item => item.Tag));
    }

    [Fact]
    public void The_last_of_two_elements_of_one_tag_counts()
    {
        byte[] twice =
        [
            .. Head(), 0x28, 0x00, 0x10, 0x00, (byte)'U', (byte)'S', 2, 0, 1, 0,
            0x28, 0x00, 0x10, 0x00, (byte)'U', (byte)'S', 2, 0, 7, 0,
        ];
        DicomDataset dataset = DicomFile.Open(new MemoryStream(twice)).Dataset;
        Assert.Equal(7, dataset.GetSingleValue<int>(DicomTag.Rows));
        Assert.Single(dataset, item => item.Tag == DicomTag.Rows);
    }

    [Fact]
    public void Frames_that_are_not_there_cost_no_memory()
    {
        DicomDataset dataset = Samples.Image();
        dataset.AddOrUpdate(DicomTag.Rows, (ushort)16_000).AddOrUpdate(DicomTag.Columns, (ushort)16_000);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.ThrowsAny<ArgumentException>(() => DicomPixelData.Create(dataset).GetFrame(0).Data);
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 1 << 20);
    }

    [Theory]
    [InlineData("1.2.840.10008.1.2.5")]
    [InlineData("1.2.840.10008.1.2.4.70")]
    public void Compressed_frames_that_cannot_hold_their_pixels_are_refused(string syntax)
    {
        byte[] frame = new byte[128];
        if (syntax == DicomTransferSyntax.RLELossless.UID.UID)
        {
            BinaryPrimitives.WriteInt32LittleEndian(frame, 2);
            BinaryPrimitives.WriteInt32LittleEndian(frame.AsSpan(4), 64);
            BinaryPrimitives.WriteInt32LittleEndian(frame.AsSpan(8), 66);
        }
        else
        {
            byte[] start = [0xFF, 0xD8, 0xFF, 0xC3, 0, 11, 16, 0x3E, 0x80, 0x3E, 0x80, 1, 1, 0x11, 0];
            start.CopyTo(frame, 0);
        }

        DicomDataset dataset = Samples.Header(DicomTransferSyntax.Parse(syntax), rows: 16_000, columns: 16_000);
        DicomPixelData.Create(dataset, newPixelData: true).AddFrame(new MemoryByteBuffer(frame));
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.ThrowsAny<Exception>(() => dataset.Clone(DicomTransferSyntax.ExplicitVRLittleEndian));
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 16 << 20);
    }

    /// <summary>A file up to the end of a first small element.</summary>
    private static byte[] Head() => Samples.Saved(new DicomDataset
    {
        { DicomTag.SOPClassUID, DicomUID.NuclearMedicineImageStorage },
        { DicomTag.SOPInstanceUID, "1.2.3" },
    });
}
