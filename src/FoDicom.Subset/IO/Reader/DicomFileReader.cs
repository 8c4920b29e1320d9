using System.Buffers.Binary;
using System.IO.Compression;

namespace FellowOakDicom.IO.Reader;

/// <summary>A whole file: preamble, meta information (PS3.10 section 7.1) and dataset.</summary>
internal sealed class DicomFileReader
{
    // Deflate shrinks a thousandfold at most. This bounds what a hostile file can make of itself.
    private const long AlwaysInflated = 256L << 20;
    private const long MostInflated = 1L << 30;
    private const long LikelyRatio = 64;

    public DicomFileFormat Format { get; private set; } = DicomFileFormat.DICOM3;

    public DicomReaderResult Result { get; private set; }

    public void Read(Stream stream, IFileReference file, DicomFileMetaInformation meta, DicomDataset dataset,
        Func<ParseState, bool> stop, FileReadOption option, int largeObjectSize)
    {
        ByteSource source = new(stream, file);
        DicomTransferSyntax syntax = Preamble(source) ? Meta(source, meta) : DatasetReader.Guess(source);
        dataset.InternalTransferSyntax = syntax;
        source.IsBigEndian = syntax.Endian == Endian.Big;
        if (syntax.IsDeflate)
        {
            source = new ByteSource(Inflate(stream, source), file: null);
        }

        Result = new DatasetReader(source, syntax, stop, option, largeObjectSize).Read(dataset);
    }

    private static MemoryStream Inflate(Stream stream, ByteSource source)
    {
        stream.Position = source.Position;
        MemoryStream inflated = new();
        long most = Math.Clamp(source.Left * LikelyRatio, AlwaysInflated, MostInflated);
        using DeflateStream deflate = new(stream, CompressionMode.Decompress, leaveOpen: true);
        byte[] block = new byte[64 * 1024];
        try
        {
            for (int read; (read = deflate.Read(block)) > 0;)
            {
                if (inflated.Length + read > most)
                {
                    throw new DicomReaderException($"The deflated dataset is larger than {most} bytes.");
                }

                inflated.Write(block, 0, read);
            }
        }
        catch (InvalidDataException broken)
        {
            // What could be inflated is read as a file that was cut off.
            if (inflated.Length == 0)
            {
                throw new DicomReaderException("The deflated dataset cannot be inflated: " + broken.Message);
            }
        }

        inflated.Position = 0;
        return inflated;
    }

    /// <summary>Finds where the meta information starts; false where there is none.</summary>
    private bool Preamble(ByteSource source)
    {
        if (source.Peek(132)[128..].SequenceEqual("DICM"u8))
        {
            source.Skip(132);
            return true;
        }

        if (source.Peek(4).SequenceEqual("DICM"u8))
        {
            source.Skip(4);
            Format = DicomFileFormat.DICOM3NoPreamble;
            return true;
        }

        ushort group = BinaryPrimitives.ReadUInt16LittleEndian(source.Peek(2));
        if (group == 2)
        {
            Format = DicomFileFormat.DICOM3NoPreamble;
            return true;
        }

        if (group > 0xFF)
        {
            group = BinaryPrimitives.ReverseEndianness(group);
            source.IsBigEndian = true;
        }

        if (group > 0xFF)
        {
            throw new DicomReaderException("Attempted to read invalid DICOM file");
        }

        Format = DicomFileFormat.DICOM3NoFileMetaInfo;
        return false;
    }

    private static DicomTransferSyntax Meta(ByteSource source, DicomFileMetaInformation meta)
    {
        // Without at least one tag there is nothing to stop at.
        source.Peek(4);
        DatasetReader reader = new(source, DicomTransferSyntax.ExplicitVRLittleEndian, static state => state.Tag.Group != 2, FileReadOption.ReadAll, 0);
        if (reader.Read(meta) != DicomReaderResult.Stopped)
        {
            throw new DicomReaderException("DICOM File Meta Info ended prematurely");
        }

        return meta.TransferSyntax;
    }
}
