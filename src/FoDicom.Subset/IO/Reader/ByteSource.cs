using System.Buffers.Binary;
using FellowOakDicom.IO.Buffer;

namespace FellowOakDicom.IO.Reader;

/// <summary>Bytes from a stream that knows its length, read forward through a window.</summary>
internal sealed class ByteSource
{
    // A header of most files; larger ones take more than one piece.
    private const int Window = 16 * 1024;
    private const int DefaultLarge = 64 * 1024;

    private readonly Stream _stream;
    private readonly IFileReference _file;
    private readonly FileReadOption _option;
    private readonly long _large;
    private readonly long _start;
    private readonly long _length;
    private readonly byte[] _window;
    private readonly Stack<long> _milestones = new();
    private int _at;
    private int _filled;
    private long _windowPosition;
    private long _mark;

    public ByteSource(Stream stream, IFileReference file, FileReadOption option, int largeObjectSize)
    {
        _stream = stream;
        _file = file;
        _option = option == FileReadOption.Default ? FileReadOption.ReadLargeOnDemand : option;
        _large = largeObjectSize > 0 ? largeObjectSize : DefaultLarge;
        _start = stream.Position;
        _length = stream.Length - _start;
        _window = GC.AllocateUninitializedArray<byte>((int)Math.Min(Window, _length));
    }

    public bool IsBigEndian { get; set; }

    public long Position => _windowPosition + _at;

    public long Left => _length - Position;

    public bool IsAtEnd => Left <= 0;

    /// <summary>Whether what was announced last with a length ends here.</summary>
    public bool IsAtMilestone => _milestones.Count > 0 && Position >= _milestones.Peek();

    public int MilestoneCount => _milestones.Count;

    public void PushMilestone(uint count) => _milestones.Push(Position + count);

    public void PopMilestone() => _milestones.Pop();

    public void Mark() => _mark = Position;

    public void Rewind() => Go(_mark);

    /// <summary>The next bytes, which stay unread. At most a window's worth.</summary>
    public ReadOnlySpan<byte> Peek(int count)
    {
        if (_filled - _at < count)
        {
            Refill(count);
        }

        return _window.AsSpan(_at, count);
    }

    public ushort UInt16()
    {
        ReadOnlySpan<byte> bytes = Peek(2);
        _at += 2;
        return IsBigEndian ? BinaryPrimitives.ReadUInt16BigEndian(bytes) : BinaryPrimitives.ReadUInt16LittleEndian(bytes);
    }

    public uint UInt32()
    {
        ReadOnlySpan<byte> bytes = Peek(4);
        _at += 4;
        return IsBigEndian ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes);
    }

    /// <summary>The next bytes as a little-endian value, at once or when they are asked for; null where large values are skipped. They are there: the caller has looked.</summary>
    public IByteBuffer Buffer(uint count, int unit)
    {
        if (count == 0)
        {
            return EmptyBuffer.Value;
        }

        bool swap = IsBigEndian && unit > 1;
        if (count >= _large && _option == FileReadOption.ReadLargeOnDemand)
        {
            IByteBuffer later = _file is null ? new StreamByteBuffer(_stream, _start + Position, count) : new FileByteBuffer(_file, Position, count);
            Skip(count);
            return swap ? new SwappedByteBuffer(later, unit) : later;
        }

        if (count >= _large && _option == FileReadOption.SkipLargeTags)
        {
            Skip(count);
            return null;
        }

        byte[] bytes = Bytes(checked((int)count));
        if (swap)
        {
            SwappedByteBuffer.Swap(bytes, unit);
        }

        return new MemoryByteBuffer(bytes);
    }

    public void Skip(long count) => Go(Position + count);

    /// <summary>The stream, at the next byte.</summary>
    public Stream Rest()
    {
        _stream.Position = _start + Position;
        return _stream;
    }

    /// <summary>Whether an item, or the end of a sequence, comes next.</summary>
    public bool IsAtItem()
    {
        Mark();
        uint number = ((uint)UInt16() << 16) | UInt16();
        Rewind();
        return number is 0xFFFEE000 or 0xFFFEE0DD;
    }

    /// <summary>Whether the first element of a sequence of some length has a representation written before its value; null where the sequence has none.</summary>
    public bool? IsExplicitAhead(uint length)
    {
        Mark();
        try
        {
            while (UInt16() == 0xFFFE && UInt16() == 0xE000 && UInt32() is uint item and < uint.MaxValue)
            {
                if (item > 0)
                {
                    break;
                }

                // Empty items tell nothing.
                length -= 8;
                if (length == 0)
                {
                    return null;
                }
            }

            UInt16();
            UInt16();
            ReadOnlySpan<byte> letters = Left >= 2 ? Peek(2) : default;
            return letters.Length == 2 && DicomVR.Find(letters[0], letters[1]) is not null;
        }
        finally
        {
            Rewind();
        }
    }

    private byte[] Bytes(int count)
    {
        byte[] bytes = GC.AllocateUninitializedArray<byte>(count);
        int kept = Math.Min(count, _filled - _at);
        _window.AsSpan(_at, kept).CopyTo(bytes);
        _at += kept;
        if (kept < count)
        {
            _stream.Position = _start + Position;
            _stream.ReadExactly(bytes, kept, count - kept);
            Restart(Position + count - kept);
        }

        return bytes;
    }

    private void Go(long position)
    {
        if (position >= _windowPosition && position <= _windowPosition + _filled)
        {
            _at = (int)(position - _windowPosition);
        }
        else
        {
            Restart(position);
        }
    }

    private void Restart(long position)
    {
        _windowPosition = position;
        _at = 0;
        _filled = 0;
    }

    private void Refill(int count)
    {
        if (count > Left)
        {
            throw new EndOfStreamException("Unable to read beyond the end of the stream.");
        }

        _window.AsSpan(_at, _filled - _at).CopyTo(_window);
        _windowPosition += _at;
        _filled -= _at;
        _at = 0;
        _stream.Position = _start + _windowPosition + _filled;
        _filled += _stream.ReadAtLeast(_window.AsSpan(_filled), count - _filled);
    }
}
