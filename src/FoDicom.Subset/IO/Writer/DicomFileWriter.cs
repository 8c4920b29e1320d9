using System.Buffers.Binary;
using System.IO.Compression;
using FellowOakDicom.IO.Buffer;

namespace FellowOakDicom.IO.Writer;

/// <summary>Preamble, meta information in explicit VR little endian (PS3.10 section 7.1), dataset.</summary>
internal static class DicomFileWriter
{
    public static void Write(Stream stream, DicomFileMetaInformation meta, DicomDataset dataset, DicomWriteOptions options)
    {
        DicomTransferSyntax syntax = meta.TransferSyntax;
        meta.Remove(new DicomTag(0x0002, 0x0000));
        using MemoryStream head = new();
        new DatasetWriter(head, DicomTransferSyntax.ExplicitVRLittleEndian, new DicomWriteOptions { KeepGroupLengths = true }).Write(meta);
        meta.AddOrUpdate(new DicomUnsignedLong(new DicomTag(0x0002, 0x0000), (uint)head.Length));

        stream.Write(new byte[128]);
        stream.Write("DICM"u8);
        new DatasetWriter(stream, DicomTransferSyntax.ExplicitVRLittleEndian, new DicomWriteOptions { KeepGroupLengths = true }).Write(meta);
        if (!syntax.IsDeflate)
        {
            new DatasetWriter(stream, syntax, options).Write(dataset);
            stream.Flush();
            return;
        }

        using MemoryStream deflated = new();
        using (DeflateStream deflate = new(deflated, CompressionLevel.Optimal, leaveOpen: true))
        {
            new DatasetWriter(deflate, syntax, options).Write(dataset);
        }

        EvenLengthBuffer.Create(new MemoryByteBuffer(deflated.ToArray())).CopyToStream(stream);
        stream.Flush();
    }
}

public class DicomWriteOptions
{
    public DicomWriteOptions()
    {
    }

    public DicomWriteOptions(DicomWriteOptions options)
    {
        ExplicitLengthSequences = options.ExplicitLengthSequences;
        ExplicitLengthSequenceItems = options.ExplicitLengthSequenceItems;
        KeepGroupLengths = options.KeepGroupLengths;
        LargeObjectSize = options.LargeObjectSize;
    }

    public static DicomWriteOptions Default => new();

    public bool ExplicitLengthSequences { get; set; }

    public bool ExplicitLengthSequenceItems { get; set; }

    public bool KeepGroupLengths { get; set; }

    public uint LargeObjectSize { get; set; } = 1024 * 1024;
}

/// <summary>Writes data elements (PS3.5 section 7).</summary>
internal sealed class DatasetWriter(Stream stream, DicomTransferSyntax syntax, DicomWriteOptions options)
{
    private const uint Undefined = 0xFFFFFFFF;
    private readonly bool _big = syntax.Endian == Endian.Big;

    public void Write(DicomDataset dataset)
    {
        foreach (DicomItem item in dataset)
        {
            switch (item)
            {
                case DicomSequence sequence:
                    Sequence(sequence);
                    break;
                case DicomFragmentSequence fragments:
                    Fragments(fragments);
                    break;
                case DicomElement element when element.Tag.Element != 0 || options.KeepGroupLengths:
                    Element(element);
                    break;
                default:
                    break;
            }
        }
    }

    private static void Padded(IByteBuffer buffer, byte padding, Stream stream)
    {
        buffer.CopyToStream(stream);
        if ((buffer.Size & 1) != 0)
        {
            stream.WriteByte(padding);
        }
    }

    private void Element(DicomElement element)
    {
        IByteBuffer buffer = element.Buffer;
        long length = (buffer.Size + 1) & ~1L;
        DicomVR vr = element.ValueRepresentation;
        // What does not fit in 16 bits of length is written as of unknown representation (PS3.5 section 6.2.2).
        Head(element.Tag, vr.Is16bitLength && length > ushort.MaxValue ? DicomVR.UN : vr, (uint)length);
        Padded(_big && vr.UnitSize > 1 ? new SwappedByteBuffer(buffer, vr.UnitSize) : buffer, vr.PaddingValue, stream);
    }

    private void Sequence(DicomSequence sequence)
    {
        if (options.ExplicitLengthSequences)
        {
            using MemoryStream content = new();
            new DatasetWriter(content, syntax, options).Items(sequence);
            Head(sequence.Tag, DicomVR.SQ, (uint)content.Length);
            content.WriteTo(stream);
            return;
        }

        Head(sequence.Tag, DicomVR.SQ, Undefined);
        Items(sequence);
        Mark(0xE0DD, 0);
    }

    private void Items(DicomSequence sequence)
    {
        foreach (DicomDataset item in sequence.Items)
        {
            if (options.ExplicitLengthSequenceItems)
            {
                using MemoryStream content = new();
                new DatasetWriter(content, syntax, options).Write(item);
                Mark(0xE000, (uint)content.Length);
                content.WriteTo(stream);
            }
            else
            {
                Mark(0xE000, Undefined);
                Write(item);
                Mark(0xE00D, 0);
            }
        }
    }

    private void Fragments(DicomFragmentSequence fragments)
    {
        Head(fragments.Tag, fragments.ValueRepresentation, Undefined);
        Mark(0xE000, (uint)fragments.OffsetTable.Count * 4);
        foreach (uint offset in fragments.OffsetTable)
        {
            UInt32(offset);
        }

        foreach (IByteBuffer fragment in fragments.Fragments)
        {
            Mark(0xE000, (uint)((fragment.Size + 1) & ~1L));
            Padded(fragment, 0, stream);
        }

        Mark(0xE0DD, 0);
    }

    private void Head(DicomTag tag, DicomVR vr, uint length)
    {
        UInt16(tag.Group);
        UInt16(tag.Element);
        if (!syntax.IsExplicitVR)
        {
            UInt32(length);
            return;
        }

        stream.WriteByte((byte)vr.Code[0]);
        stream.WriteByte((byte)vr.Code[1]);
        if (vr.Is16bitLength)
        {
            UInt16((ushort)length);
        }
        else
        {
            UInt16(0);
            UInt32(length);
        }
    }

    private void Mark(ushort element, uint length)
    {
        UInt16(0xFFFE);
        UInt16(element);
        UInt32(length);
    }

    private void UInt16(ushort value)
    {
        Span<byte> bytes = stackalloc byte[2];
        if (_big)
        {
            BinaryPrimitives.WriteUInt16BigEndian(bytes, value);
        }
        else
        {
            BinaryPrimitives.WriteUInt16LittleEndian(bytes, value);
        }

        stream.Write(bytes);
    }

    private void UInt32(uint value)
    {
        Span<byte> bytes = stackalloc byte[4];
        if (_big)
        {
            BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        }
        else
        {
            BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        }

        stream.Write(bytes);
    }
}
