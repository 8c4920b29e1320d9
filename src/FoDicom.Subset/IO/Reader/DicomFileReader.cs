using System.IO.Compression;
using System.Text;

namespace FellowOakDicom.IO.Reader;

/// <summary>A whole file: preamble, meta information (PS3.10 section 7.1) and dataset.</summary>
internal sealed class DicomFileReader
{
    private const int Preamble = 128;

    public DicomFileFormat Format { get; private set; }

    public DicomTransferSyntax Syntax { get; private set; } = DicomTransferSyntax.ExplicitVRLittleEndian;

    public DicomReaderResult Read(ByteSource source, DicomFileMetaInformation meta, DicomDataset dataset, Encoding fallback, Func<ParseState, bool> stop)
    {
        Begin(source);
        source.IsBigEndian = Syntax.Endian == Endian.Big;
        bool hasMeta = Format != DicomFileFormat.DICOM3NoFileMetaInfo;
        if (hasMeta)
        {
            DatasetBuilder found = new(meta, DicomEncoding.Default);
            if (new ElementReader(source, IsBehindMeta, Syntax.IsExplicitVR) { Target = found }.Read() != DicomReaderResult.Stopped)
            {
                throw new DicomReaderException("DICOM File Meta Info ended prematurely");
            }

            found.Finish();
            Syntax = Told(meta) ?? Syntax;
            source.Rewind();
            source.IsBigEndian = Syntax.Endian == Endian.Big;
        }

        bool isExplicit = Syntax.IsExplicitVR;
        DatasetBuilder builder = new(dataset, fallback);
        dataset.InternalTransferSyntax = Syntax;
        DicomReaderResult result = new ElementReader(hasMeta && Syntax.IsDeflate ? Inflated(source) : source, stop, isExplicit) { Target = builder }.Read();
        builder.Finish();
        Syntax = hasMeta ? Syntax : Told(dataset) ?? Syntax;
        dataset.InternalTransferSyntax = Syntax;
        return result;
    }

    // Its elements are in order: one that is not belongs to the dataset.
    private static bool IsBehindMeta(ParseState state) =>
        state.Tag.Number >= 0x0002FFFF || (state.PreviousTag is { Group: 2 } previous && previous.Number >= state.Tag.Number);

    private static DicomTransferSyntax Told(DicomDataset dataset) =>
        dataset.GetDicomItem<DicomElement>(DicomTag.TransferSyntaxUID) is DicomElement element ? DicomTransferSyntax.Parse(Encoding.UTF8.GetString(element.Buffer.Data)) : null;

    private static ByteSource Inflated(ByteSource source)
    {
        MemoryStream inflated = new();
        using (DeflateStream deflate = new(source.Rest(), CompressionMode.Decompress, leaveOpen: true))
        {
            deflate.CopyTo(inflated);
        }

        inflated.Position = 0;
        return new ByteSource(inflated, file: null, FileReadOption.ReadLargeOnDemand, 0);
    }

    /// <summary>What kind of file this is, and how its first element is coded.</summary>
    private void Begin(ByteSource source)
    {
        source.Mark();
        bool isMarked = source.Peek(Preamble + 4)[Preamble..].SequenceEqual("DICM"u8);
        if (isMarked)
        {
            source.Skip(Preamble + 4);
            source.Mark();
        }

        ushort group = source.UInt16();
        bool isBig = group > 0xFF;
        if (isBig)
        {
            group = System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(group);
        }

        source.IsBigEndian = isBig;
        if (group > 0xFF || source.Left < 4)
        {
            throw new DicomReaderException("Attempted to read invalid DICOM file");
        }

        Format = isMarked ? DicomFileFormat.DICOM3 : group == 2 ? DicomFileFormat.DICOM3NoPreamble : DicomFileFormat.DICOM3NoFileMetaInfo;
        string expected = new DicomTag(group, source.UInt16()).DictionaryEntry.ValueRepresentations[0].Code;
        ReadOnlySpan<byte> letters = source.Peek(2);
        bool isExplicit = expected.Length >= 2 && letters[0] == expected[0] && letters[1] == expected[1];
        Syntax = (isExplicit, isBig) switch
        {
            (true, false) => DicomTransferSyntax.ExplicitVRLittleEndian,
            (true, true) => DicomTransferSyntax.ExplicitVRBigEndian,
            (false, false) => DicomTransferSyntax.ImplicitVRLittleEndian,
            (false, true) => DicomTransferSyntax.ImplicitVRBigEndian,
        };
        source.Rewind();
    }
}

public class ParseState
{
    public DicomTag PreviousTag { get; set; }

    public DicomTag Tag { get; set; }

    public int SequenceDepth { get; set; }
}

public class DicomReaderException : DicomException
{
    public DicomReaderException(string message)
        : base(message)
    {
    }
}

public enum DicomReaderResult
{
    Processing,
    Success,
    Error,
    Stopped,
    Suspended,
}
