using FellowOakDicom.IO.Buffer;

namespace FellowOakDicom.IO.Reader;

/// <summary>
/// Reads data elements (PS3.5 section 7) and forgives what the genuine reader forgives, in the way in which it does: data
/// in another representation than was declared, sequences whose representation is unknown, items without a sequence,
/// ends that are missing. How it gets there follows from what it has to agree on: which step a reader is at when a file
/// breaks off decides what is kept of it.
/// </summary>
internal sealed class ElementReader(ByteSource source, Func<ParseState, bool> stop, bool isExplicit)
{
    // The genuine reader goes on until the stack is at its end, and the process with it.
    private const int DeepestNesting = 256;
    // As a Long String may be, and a padding space (PS3.5 table 6.2-1).
    private const int LongestMaker = 66;
    private const uint Undefined = 0xFFFFFFFF;
    private const uint ItemTag = 0xFFFEE000;
    private const uint ItemEnd = 0xFFFEE00D;
    private const uint SequenceEnd = 0xFFFEE0DD;

    private readonly ParseState _state = new();
    // Who reserved which block of private elements, items included, as the genuine reader keeps it.
    private readonly Dictionary<uint, string> _makers = [];
    private bool _isExplicit = isExplicit;
    private DicomReaderResult _result;
    private Step _step;
    private DicomTag _tag;
    private DicomVR _vr;
    private uint _length;
    private int _depth;
    private int _fragment;
    // Whether the sequence that was opened last has no length of its own to be taken back.
    private bool _isOpen;
    // A private sequence in the other representation, and how deep it stands.
    private bool _isTurned;
    private int _turnedAt;

    private enum Step
    {
        Tag,
        Representation,
        Length,
        Value,
    }

    private uint Number => _tag?.Number ?? 0;

    private DicomVR[] Known =>
        _tag.IsPrivate && _tag.Element >= 0x1000 && _makers.TryGetValue(((uint)_tag.Group << 16) | (uint)(_tag.Element >> 8), out string maker)
            && DicomDictionary.Default.Private(maker, Number) is DicomVR[] his
            ? his
            : DicomDictionary.Default[_tag].ValueRepresentations;

    /// <summary>The dataset that is read into.</summary>
    public required DatasetBuilder Target { get; init; }

    public DicomReaderResult Read()
    {
        Reset();
        Elements();
        return Number == SequenceEnd && _result == DicomReaderResult.Processing && source.IsAtEnd ? DicomReaderResult.Success : _result;
    }

    private void Reset()
    {
        _step = Step.Tag;
        _tag = null;
        _vr = null;
        _length = 0;
    }

    private void Elements()
    {
        _result = DicomReaderResult.Processing;
        while (!source.IsAtEnd && !source.IsAtMilestone && _result == DicomReaderResult.Processing)
        {
            if (!Tag() || !Representation() || !Length() || !Value())
            {
                return;
            }
        }

        if (source.IsAtMilestone)
        {
            source.PopMilestone();
        }
        else if (_result == DicomReaderResult.Processing)
        {
            _result = DicomReaderResult.Success;
        }
    }

    private bool Tag()
    {
        if (_step != Step.Tag)
        {
            return true;
        }

        source.Mark();
        if (!Has(4))
        {
            return false;
        }

        DicomTag previous = _state.Tag;
        _tag = new DicomTag(source.UInt16(), source.UInt16());
        if (stop is not null)
        {
            _state.PreviousTag = previous;
            _state.Tag = _tag;
            _state.SequenceDepth = _depth;
            if (stop(_state))
            {
                _result = DicomReaderResult.Stopped;
                return false;
            }
        }

        _step = Step.Representation;
        return true;
    }

    private bool Representation()
    {
        if (_step != Step.Representation)
        {
            return true;
        }

        _step = Step.Length;
        if (Number is ItemTag or ItemEnd or SequenceEnd)
        {
            _vr = DicomVR.NONE;
            return true;
        }

        if (_isExplicit || _isTurned)
        {
            if (!Has(2))
            {
                _step = Step.Representation;
                return false;
            }

            ReadOnlySpan<byte> letters = source.Peek(2);
            _vr = DicomVR.Find(letters[0], letters[1]);
            bool isBlank = letters[0] < 0x80 && letters[1] < 0x80 && char.IsWhiteSpace((char)letters[0]) && char.IsWhiteSpace((char)letters[1]);
            if (_vr is not null || isBlank)
            {
                _vr ??= Known[0];
                source.Skip(2);
            }
            else
            {
                // No representation: the element is taken for an implicit one, and its letters for its length.
                _vr = DicomVR.Implicit;
            }
        }
        else
        {
            DicomVR[] known = Known;
            _vr = ReferenceEquals(known, DicomDictionary.UnknownTag.ValueRepresentations) ? DicomVR.UN
                : known.Contains(DicomVR.OB) && known.Contains(DicomVR.OW) ? DicomVR.OW
                : known[0];
        }

        if (_vr == DicomVR.UN && _tag.IsReservation && !_isExplicit)
        {
            _vr = DicomVR.LO;
        }

        return true;
    }

    private bool Length()
    {
        if (_step != Step.Length)
        {
            return true;
        }

        bool isMark = Number is ItemTag or ItemEnd or SequenceEnd;
        if (!isMark && (_isExplicit || _isTurned) && _vr != DicomVR.Implicit)
        {
            if (!Has(_vr.Is16bitLength ? 2u : 6u))
            {
                return false;
            }

            if (_vr.Is16bitLength)
            {
                _length = source.UInt16();
            }
            else
            {
                // Writers of old gave SV and UV a short length, where there should be two zeros.
                ushort reserved = source.UInt16();
                _length = _vr == DicomVR.UV || _vr == DicomVR.SV ? reserved : 0u;
                if (_length == 0)
                {
                    _length = source.UInt32();
                    _vr = _length == Undefined && _vr == DicomVR.UN && _tag.IsPrivate ? DicomVR.SQ : _vr;
                }
            }
        }
        else
        {
            if (!Has(4))
            {
                return false;
            }

            _length = source.UInt32();
            if (!isMark && _length == Undefined && (_vr == DicomVR.Implicit || _vr == DicomVR.UN))
            {
                _vr = DicomVR.SQ;
            }
        }

        _step = Step.Value;
        return true;
    }

    private bool Value()
    {
        if (_step != Step.Value)
        {
            return true;
        }

        DicomVR parsed = _vr;
        if (_vr == DicomVR.Implicit || (_vr == DicomVR.UN && _isExplicit))
        {
            _vr = Known[0];
        }

        if (Number is ItemEnd or SequenceEnd)
        {
            return false;
        }

        if (_vr == DicomVR.SQ && _tag.IsPrivate && _length > 0)
        {
            if (!source.IsAtItem())
            {
                _vr = DicomVR.UN;
            }
            else if (source.IsExplicitAhead(_length) is bool isExplicitThere && isExplicitThere != _isExplicit)
            {
                _isTurned = true;
                _turnedAt = _depth;
                _isExplicit = !_isExplicit;
            }
        }

        long before = source.Position;
        if (Number == ItemTag)
        {
            // An item that belongs to no sequence is given one.
            source.Rewind();
            _vr = DicomVR.SQ;
        }

        if (_vr == DicomVR.SQ && Sequence(parsed, before))
        {
            return true;
        }

        if (_length == Undefined)
        {
            Target.BeginFragments(_tag, _vr);
            _step = Step.Tag;
            Fragments();
            return true;
        }

        if (!Has(_length))
        {
            return false;
        }

        IByteBuffer buffer = source.Buffer(_length, _vr.IsString ? 1 : _vr.UnitSize);
        Target.Add(_tag, _vr, buffer);
        if (_tag.IsReservation && buffer is { Size: > 0 and <= LongestMaker })
        {
            _makers[Number] = DicomEncoding.Default.GetString(buffer.Data).TrimEnd(' ');
        }

        Reset();
        return true;
    }

    /// <summary>Reads a sequence; false where it was none after all, and its bytes are still to be read as a value.</summary>
    private bool Sequence(DicomVR parsed, long before)
    {
        Target.BeginSequence(_tag);
        _step = Step.Tag;
        _isOpen = _length == Undefined;
        if (!_isOpen)
        {
            source.PushMilestone(_length == 0 ? (uint)(source.Position - before) : _length);
        }

        long start = source.Position;
        bool turnsAround = false;
        if (parsed == DicomVR.UN && !_tag.IsPrivate)
        {
            // What is unknown is in little-endian implicit form (PS3.5 section 6.2.2).
            _isOpen = true;
            turnsAround = source.IsBigEndian;
        }

        source.IsBigEndian &= !turnsAround;
        Items();
        source.IsBigEndian |= turnsAround;
        if (source.Position > start || _length == 0)
        {
            return true;
        }

        _step = Step.Value;
        _vr = parsed;
        return false;
    }

    private void Items()
    {
        _result = DicomReaderResult.Processing;
        while (!source.IsAtEnd && !source.IsAtMilestone)
        {
            if (!ItemMark() || !Item())
            {
                return;
            }
        }

        if (source.IsAtMilestone)
        {
            source.PopMilestone();
        }

        EndSequence();
    }

    private bool ItemMark()
    {
        if (_step != Step.Tag)
        {
            return true;
        }

        source.Mark();
        if (!Has(8))
        {
            return false;
        }

        _tag = new DicomTag(source.UInt16(), source.UInt16());
        if (Number is not (ItemTag or SequenceEnd))
        {
            source.Rewind();
            if (!_isOpen)
            {
                source.PopMilestone();
            }

            EndSequence();
            return false;
        }

        _length = source.UInt32();
        if (Number != SequenceEnd)
        {
            _step = Step.Value;
            return true;
        }

        // An end where a length was given as well.
        bool isEndToo = source.IsAtMilestone && source.MilestoneCount > _depth;
        if (!isEndToo)
        {
            EndSequence();
        }

        Reset();
        return isEndToo;
    }

    private bool Item()
    {
        if (_step != Step.Value)
        {
            return true;
        }

        if (_length != Undefined)
        {
            if (!Has(_length))
            {
                return false;
            }

            source.PushMilestone(_length);
        }

        if (_depth >= DeepestNesting)
        {
            throw new DicomReaderException($"Sequences nest deeper than {DeepestNesting} levels.");
        }

        Target.BeginItem();
        Reset();
        _depth++;
        Elements();
        _depth--;
        bool endsSequence = Number == SequenceEnd;
        Reset();
        Target.EndItem();
        if (endsSequence)
        {
            EndSequence();
            Reset();
        }

        return !endsSequence;
    }

    private void EndSequence()
    {
        Target.EndSequence();
        if (_isTurned && _depth == _turnedAt)
        {
            _isExplicit = !_isExplicit;
            _isTurned = false;
        }
    }

    private void Fragments()
    {
        _result = DicomReaderResult.Processing;
        while (!source.IsAtEnd)
        {
            source.Mark();
            if (!Has(8))
            {
                return;
            }

            DicomTag mark = new(source.UInt16(), source.UInt16());
            if (mark.Number is not (ItemTag or SequenceEnd))
            {
                throw new DicomReaderException($"Unexpected tag in DICOM fragment sequence: {mark}");
            }

            _length = source.UInt32();
            if (mark.Number == SequenceEnd)
            {
                Target.EndFragments();
                _fragment = 0;
                Reset();
                return;
            }

            _fragment++;
            if (!Has(_length))
            {
                _step = Step.Value;
                return;
            }

            Target.AddFragment(source.Buffer(_length, _fragment == 1 ? 4 : _vr.UnitSize));
            if (source.IsAtEnd)
            {
                Target.EndFragments();
            }
        }
    }

    private bool Has(uint count)
    {
        if (source.Left >= count)
        {
            return true;
        }

        _result = DicomReaderResult.Suspended;
        return false;
    }
}
