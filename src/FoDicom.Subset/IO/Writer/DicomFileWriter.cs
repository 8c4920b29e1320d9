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
