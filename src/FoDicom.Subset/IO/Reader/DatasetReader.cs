using System.Globalization;
using FellowOakDicom.IO.Buffer;

namespace FellowOakDicom.IO.Reader;

/// <summary>
/// Reads data elements (PS3.5 section 7). Whatever a file claims, nothing is allocated that the file does not hold, every
/// step consumes bytes, and sequences nest to a bound.
/// </summary>
internal sealed class DatasetReader
{
    public const uint Undefined = 0xFFFFFFFF;
    private const int DeepestNesting = 256;
    private const uint ItemTag = 0xFFFEE000;
    private const uint ItemEnd = 0xFFFEE00D;
    private const uint SequenceEnd = 0xFFFEE0DD;
    private const uint PixelDataTag = 0x7FE00010;

    private readonly ByteSource _source;
    private readonly DicomTransferSyntax _syntax;
    private readonly Func<ParseState, bool> _stop;
    private readonly FileReadOption _option;
    private readonly long _large;
    private readonly ParseState _state;
    private bool _explicit;

    public DatasetReader(ByteSource source, DicomTransferSyntax syntax, Func<ParseState, bool> stop, FileReadOption option, int largeObjectSize)
    {
        _source = source;
        _syntax = syntax;
        _explicit = syntax.IsExplicitVR;
        _stop = stop;
        _state = stop is null ? null : new ParseState();
        _option = option == FileReadOption.Default ? FileReadOption.ReadLargeOnDemand : option;
        _large = largeObjectSize > 0 ? largeObjectSize : 64 * 1024;
    }

    /// <summary>Reads to the end of the source.</summary>
    public DicomReaderResult Read(DicomDataset dataset) => Elements(dataset, _source.Length, 0, inItem: false);

    private DicomReaderResult Elements(DicomDataset dataset, long end, int depth, bool inItem)
    {
        List<DicomItem> items = new(depth == 0 ? 128 : 8);
        try
        {
            while (_source.Position < end)
            {
                if (!_source.Has(8))
                {
                    return DicomReaderResult.Suspended;
                }

                ushort group = _source.UInt16();
                ushort element = _source.UInt16();
                uint number = ((uint)group << 16) | element;
                if (number is ItemEnd or SequenceEnd or ItemTag)
                {
                    _source.Skip(4);
                    if (number == ItemTag || !inItem)
                    {
                        continue;
                    }

                    if (number == SequenceEnd)
                    {
                        // The item was not closed: leave the sequence's end to the sequence.
                        _source.Go(_source.Position - 8);
                    }

                    return DicomReaderResult.Success;
                }

                DicomTag tag = new(group, element);
                if (_stop is not null && Stops(tag, depth))
                {
                    return DicomReaderResult.Stopped;
                }

                DicomReaderResult result = One(dataset, items, tag, number, depth);
                if (result != DicomReaderResult.Success)
                {
                    return result;
                }
            }

            return DicomReaderResult.Success;
        }
        finally
        {
            dataset.Fill(items);
        }
    }

    private bool Stops(DicomTag tag, int depth)
    {
        _state.PreviousTag = _state.Tag;
        _state.Tag = tag;
        _state.SequenceDepth = depth;
        if (!_stop(_state))
        {
            return false;
        }

        _source.Go(_source.Position - 4);
        return true;
    }

    private DicomReaderResult One(DicomDataset dataset, List<DicomItem> items, DicomTag tag, uint number, int depth)
    {
        DicomVR vr;
        uint length;
        if (_explicit)
        {
            ReadOnlySpan<byte> header = _source.Peek(4);
            vr = DicomVR.Find(header[0], header[1]) ?? DicomVR.UN;
            _source.Skip(2);
            if (vr.Is16bitLength)
            {
                length = _source.UInt16();
            }
            else
            {
                _source.Skip(2);
                if (!_source.Has(4))
                {
                    return DicomReaderResult.Suspended;
                }

                length = _source.UInt32();
            }

            if (vr == DicomVR.UN && length != Undefined)
            {
                // What its writer did not know, the dictionary may. A sequence stays closed: nobody says how its items are coded.
                DicomVR known = ImplicitRepresentation(tag, number, length);
                vr = known == DicomVR.SQ ? vr : known;
            }
        }
        else
        {
            length = _source.UInt32();
            vr = ImplicitRepresentation(tag, number, length);
        }

        if (length == Undefined)
        {
            return vr == DicomVR.SQ || (vr == DicomVR.UN && number != PixelDataTag)
                ? Sequence(dataset, items, tag, long.MaxValue, depth, implicitItems: vr == DicomVR.UN)
                : Fragments(items, tag, vr);
        }

        if (vr == DicomVR.SQ)
        {
            return Sequence(dataset, items, tag, _source.Position + length, depth, implicitItems: false);
        }

        if (!_source.Has(length))
        {
            return DicomReaderResult.Suspended;
        }

        if (length > _large && _option == FileReadOption.SkipLargeTags)
        {
            _source.Skip(length);
            return DicomReaderResult.Success;
        }

        DicomElement made = ElementFactory.Create(vr, tag, Value(vr, length));
        if (made is DicomStringElement text)
        {
            text.Encoding = dataset.TextEncoding;
            if (number == 0x00080005)
            {
                dataset.StartEncoding(DicomEncoding.GetEncoding(made.Get<string[]>()));
            }
        }

        items.Add(made);
        return DicomReaderResult.Success;
    }

    private static DicomVR ImplicitRepresentation(DicomTag tag, uint number, uint length)
    {
        if (tag.IsReservation)
        {
            return DicomVR.LO;
        }

        DicomDictionaryEntry entry = tag.IsPrivate ? null : DicomDictionary.Default.Find(number);
        DicomVR vr = entry is null ? DicomVR.UN
            : entry.ValueRepresentations is [_, ..] several && several.Contains(DicomVR.OW) ? DicomVR.OW
            : entry.ValueRepresentations[0];
        return length == Undefined && vr == DicomVR.UN ? DicomVR.SQ : vr == DicomVR.NONE ? DicomVR.UN : vr;
    }

    private IByteBuffer Value(DicomVR vr, uint length)
    {
        if (length == 0)
        {
            return EmptyBuffer.Value;
        }

        bool swap = _source.IsBigEndian && vr.ByteSwap > 1;
        if (length > _large && _option == FileReadOption.ReadLargeOnDemand)
        {
            IByteBuffer onDemand = _source.Later(length);
            _source.Skip(length);
            return swap ? new SwappedByteBuffer(onDemand, vr.ByteSwap) : onDemand;
        }

        if (length > MemoryByteBuffer.MaxArrayLength)
        {
            throw new DicomReaderException(string.Create(CultureInfo.InvariantCulture, $"A value of {length} bytes does not fit in memory."));
        }

        byte[] bytes = _source.Bytes((int)length);
        if (swap)
        {
            SwappedByteBuffer.Swap(bytes, vr.ByteSwap);
        }

        return new MemoryByteBuffer(bytes);
    }

    private DicomReaderResult Sequence(DicomDataset parent, List<DicomItem> items, DicomTag tag, long end, int depth, bool implicitItems)
    {
        if (depth >= DeepestNesting)
        {
            throw new DicomReaderException($"Sequences nest deeper than {DeepestNesting} levels.");
        }

        DicomSequence sequence = new(tag);
        items.Add(sequence);
        bool explicitOutside = _explicit;
        // An undefined-length value of unknown representation is in implicit VR (PS3.5 section 6.2.2).
        _explicit &= !implicitItems;
        try
        {
            while (_source.Position < end)
            {
                if (!_source.Has(8))
                {
                    return DicomReaderResult.Suspended;
                }

                uint number = ((uint)_source.UInt16() << 16) | _source.UInt16();
                uint length = _source.UInt32();
                if (number == SequenceEnd)
                {
                    return DicomReaderResult.Success;
                }

                if (number == ItemEnd)
                {
                    continue;
                }

                if (number != ItemTag)
                {
                    throw new DicomReaderException(string.Create(CultureInfo.InvariantCulture,
                        $"Unexpected tag in sequence {tag}: ({number >> 16:x4},{number & 0xFFFF:x4}) where an item was expected."));
                }

                DicomDataset item = new(parent.InternalTransferSyntax) { ValidateItems = false };
                item.StartEncoding(parent.TextEncoding);
                sequence.Items.Add(item);
                bool open = length == Undefined;
                DicomReaderResult result = Elements(item, open ? long.MaxValue : _source.Position + length, depth + 1, inItem: open);
                if (result != DicomReaderResult.Success)
                {
                    return result;
                }
            }

            return DicomReaderResult.Success;
        }
        finally
        {
            _explicit = explicitOutside;
        }
    }

    private DicomReaderResult Fragments(List<DicomItem> items, DicomTag tag, DicomVR vr)
    {
        DicomFragmentSequence fragments = vr == DicomVR.OW ? new DicomOtherWordFragment(tag) : new DicomOtherByteFragment(tag);
        if (_option != FileReadOption.SkipLargeTags)
        {
            items.Add(fragments);
        }

        for (bool first = true; ; first = false)
        {
            if (!_source.Has(8))
            {
                return DicomReaderResult.Suspended;
            }

            uint number = ((uint)_source.UInt16() << 16) | _source.UInt16();
            uint length = _source.UInt32();
            if (number == SequenceEnd)
            {
                return DicomReaderResult.Success;
            }

            if (number != ItemTag)
            {
                throw new DicomReaderException(string.Create(CultureInfo.InvariantCulture,
                    $"Unexpected tag in DICOM fragment sequence: ({number >> 16:x4},{number & 0xFFFF:x4})"));
            }

            if (!_source.Has(length))
            {
                return DicomReaderResult.Suspended;
            }

            if (!first)
            {
                fragments.Fragments.Add(Value(DicomVR.OB, length));
                continue;
            }

            for (uint at = 0; at + 4 <= length; at += 4)
            {
                fragments.OffsetTable.Add(_source.UInt32());
            }

            _source.Skip(length % 4);
        }
    }

    /// <summary>The transfer syntax of a file without meta information, guessed from its first element.</summary>
    internal static DicomTransferSyntax Guess(ByteSource source)
    {
        ReadOnlySpan<byte> head = source.Peek(6);
        if (DicomVR.Find(head[4], head[5]) is not null)
        {
            return source.IsBigEndian ? DicomTransferSyntax.ExplicitVRBigEndian : DicomTransferSyntax.ExplicitVRLittleEndian;
        }

        return source.IsBigEndian
            ? throw new DicomReaderException("Attempted to read invalid DICOM file")
            : DicomTransferSyntax.ImplicitVRLittleEndian;
    }
}
