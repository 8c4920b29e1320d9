using System.Buffers.Binary;
using FellowOakDicom.IO.Buffer;

namespace FellowOakDicom.IO.Reader;

/// <summary>Bytes from a stream that knows its length, read forward through a window.</summary>
internal sealed class ByteSource
{
    private const int Window = 64 * 1024;

    private readonly Stream _stream;
    private readonly long _start;
    private byte[] _window;
    private int _at;
    private int _filled;
    private long _windowPosition;

    public ByteSource(Stream stream, IFileReference file)
    {
        _stream = stream;
        File = file;
        _start = stream.Position;
        Length = stream.Length - _start;
        _window = new byte[(int)Math.Min(Window, Length)];
    }

    /// <summary>Where large values can be read again later, or null.</summary>
    public IFileReference File { get; }

    public long Length { get; }

    public bool IsBigEndian { get; set; }

    public long Position => _windowPosition + _at;

    public long Left => Length - Position;

    /// <summary>The next bytes, which stay unread. At most a window's worth.</summary>
    public ReadOnlySpan<byte> Peek(int count)
    {
        if (_filled - _at < count)
        {
            Refill(count);
        }

        return _window.AsSpan(_at, count);
    }

    public bool Has(long count) => count <= Left;

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

    /// <summary>A copy of the next bytes. The caller has asked <see cref="Has"/>, so that what is allocated is really there.</summary>
    public byte[] Bytes(int count)
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

    /// <summary>The next bytes, to be read when they are asked for. They stay unread.</summary>
    public IByteBuffer Later(long count) =>
        File is null ? new StreamByteBuffer(_stream, _start + Position, count) : new FileByteBuffer(File, Position, count);

    public void Skip(long count) => Go(Position + count);

    public void Go(long position)
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
