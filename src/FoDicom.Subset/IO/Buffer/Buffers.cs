namespace FellowOakDicom.IO.Buffer;

public interface IByteBuffer
{
    bool IsMemory { get; }

    long Size { get; }

    byte[] Data { get; }

    void GetByteRange(long offset, int count, byte[] output);

    void CopyToStream(Stream stream);

    Task CopyToStreamAsync(Stream stream, CancellationToken cancellationToken);
}

public sealed class MemoryByteBuffer : IByteBuffer
{
    public const int MaxArrayLength = 2_147_483_591;

    public MemoryByteBuffer(byte[] data) => Data = data ?? throw new ArgumentNullException(nameof(data));

    public bool IsMemory => true;

    public byte[] Data { get; }

    public long Size => Data.Length;

    public void GetByteRange(long offset, int count, byte[] output) => Data.AsSpan(checked((int)offset), count).CopyTo(output);

    public void CopyToStream(Stream stream) => stream.Write(Data);

    public Task CopyToStreamAsync(Stream stream, CancellationToken cancellationToken) => stream.WriteAsync(Data, cancellationToken).AsTask();
}

public sealed class EmptyBuffer : IByteBuffer
{
    public static readonly IByteBuffer Value = new EmptyBuffer();

    private EmptyBuffer()
    {
    }

    public bool IsMemory => true;

    public byte[] Data => [];

    public long Size => 0;

    public void GetByteRange(long offset, int count, byte[] output)
    {
        if (offset != 0 || count != 0)
        {
            throw new ArgumentOutOfRangeException(nameof(offset), "Offset and count cannot be greater than 0 in EmptyBuffer");
        }
    }

    public void CopyToStream(Stream stream)
    {
    }

    public Task CopyToStreamAsync(Stream stream, CancellationToken cancellationToken) => Task.CompletedTask;
}

public sealed class FileByteBuffer(IFileReference file, long position, long length) : IByteBuffer
{
    public bool IsMemory => false;

    public IFileReference File { get; } = file;

    public long Position { get; } = position;

    public long Size { get; } = length;

    public byte[] Data => ByteBufferCopy.ToArray(this);

    public void GetByteRange(long offset, int count, byte[] output)
    {
        if (offset < 0 || count < 0 || offset + count > Size)
        {
            throw new ArgumentOutOfRangeException(nameof(offset), "The range lies outside of the value.");
        }

        File.GetByteRange(Position + offset, count, output);
    }

    public void CopyToStream(Stream stream) => ByteBufferCopy.ToStream(this, stream);

    public Task CopyToStreamAsync(Stream stream, CancellationToken cancellationToken) => ByteBufferCopy.ToStreamAsync(this, stream, cancellationToken);
}

/// <summary>A large value of a dataset that was opened from a stream: it stays there, and the stream has to stay open.</summary>
internal sealed class StreamByteBuffer(Stream stream, long position, long length) : IByteBuffer
{
    public bool IsMemory => false;

    public long Size { get; } = length;

    public byte[] Data => ByteBufferCopy.ToArray(this);

    public void GetByteRange(long offset, int count, byte[] output)
    {
        if (offset < 0 || count < 0 || offset + count > Size)
        {
            throw new ArgumentOutOfRangeException(nameof(offset), "The range lies outside of the value.");
        }

        stream.Position = position + offset;
        stream.ReadExactly(output, 0, count);
    }

    public void CopyToStream(Stream s) => ByteBufferCopy.ToStream(this, s);

    public Task CopyToStreamAsync(Stream s, CancellationToken cancellationToken) => ByteBufferCopy.ToStreamAsync(this, s, cancellationToken);
}

public class RangeByteBuffer : IByteBuffer
{
    public RangeByteBuffer(IByteBuffer buffer, long offset, int length)
    {
        Internal = buffer;
        Offset = offset;
        Length = length;
    }

    public IByteBuffer Internal { get; }

    public long Offset { get; }

    public int Length { get; }

    public bool IsMemory => Internal.IsMemory;

    public long Size => Length;

    public byte[] Data
    {
        get
        {
            // Asked before the array is made: a file may claim frames that it does not hold.
            Check(0, Length);
            if (Length == Internal.Size)
            {
                return Internal.Data;
            }

            byte[] data = GC.AllocateUninitializedArray<byte>(Length);
            Internal.GetByteRange(Offset, Length, data);
            return data;
        }
    }

    public void GetByteRange(long offset, int count, byte[] output)
    {
        Check(offset, count);
        Internal.GetByteRange(Offset + offset, count, output);
    }

    public void CopyToStream(Stream stream) => ByteBufferCopy.ToStream(this, stream);

    public Task CopyToStreamAsync(Stream stream, CancellationToken cancellationToken) => ByteBufferCopy.ToStreamAsync(this, stream, cancellationToken);

    private void Check(long offset, int count)
    {
        if (offset < 0 || count < 0 || offset + count > Length || Offset < 0 || Offset + offset + count > Internal.Size)
        {
            throw new ArgumentException("Offset and length were out of bounds for the value, or count is greater than the number of bytes to its end.", nameof(offset));
        }
    }
}

public class CompositeByteBuffer : IByteBuffer
{
    public CompositeByteBuffer(IEnumerable<IByteBuffer> buffers) => Buffers = [.. buffers];

    public CompositeByteBuffer(params IByteBuffer[] buffers) => Buffers = [.. buffers];

    public IList<IByteBuffer> Buffers { get; }

    public bool IsMemory => Buffers.All(static buffer => buffer.IsMemory);

    public long Size
    {
        get
        {
            long size = 0;
            foreach (IByteBuffer buffer in Buffers)
            {
                size += buffer.Size;
            }

            return size;
        }
    }

    public byte[] Data => ByteBufferCopy.ToArray(this);

    public void GetByteRange(long offset, int count, byte[] output)
    {
        if (offset < 0 || count < 0 || count > output.Length)
        {
            throw new ArgumentOutOfRangeException(nameof(offset), "The range lies outside of the value.");
        }

        int done = 0;
        foreach (IByteBuffer buffer in Buffers)
        {
            if (done == count)
            {
                return;
            }

            if (offset >= buffer.Size)
            {
                offset -= buffer.Size;
                continue;
            }

            int part = (int)Math.Min(buffer.Size - offset, count - done);
            if (buffer is MemoryByteBuffer memory)
            {
                memory.Data.AsSpan((int)offset, part).CopyTo(output.AsSpan(done));
            }
            else
            {
                byte[] bytes = new byte[part];
                buffer.GetByteRange(offset, part, bytes);
                bytes.CopyTo(output, done);
            }

            done += part;
            offset = 0;
        }

        if (done < count)
        {
            throw new ArgumentOutOfRangeException(nameof(count), "The range lies outside of the value.");
        }
    }

    public void CopyToStream(Stream stream)
    {
        foreach (IByteBuffer buffer in Buffers)
        {
            buffer.CopyToStream(stream);
        }
    }

    public async Task CopyToStreamAsync(Stream stream, CancellationToken cancellationToken)
    {
        foreach (IByteBuffer buffer in Buffers)
        {
            await buffer.CopyToStreamAsync(stream, cancellationToken).ConfigureAwait(false);
        }
    }
}

/// <summary>A big-endian value as little-endian bytes, or the other way round.</summary>
internal sealed class SwappedByteBuffer(IByteBuffer buffer, int unit) : IByteBuffer
{
    public bool IsMemory => buffer.IsMemory;

    public long Size => buffer.Size;

    public byte[] Data => ByteBufferCopy.ToArray(this);

    public static void Swap(Span<byte> bytes, int unit)
    {
        for (int at = 0; at + unit <= bytes.Length; at += unit)
        {
            bytes.Slice(at, unit).Reverse();
        }
    }

    public void GetByteRange(long offset, int count, byte[] output)
    {
        long first = offset / unit * unit;
        long last = Math.Min((offset + count + unit - 1) / unit * unit, Size);
        byte[] whole = new byte[checked((int)(last - first))];
        buffer.GetByteRange(first, whole.Length, whole);
        Swap(whole, unit);
        whole.AsSpan((int)(offset - first), count).CopyTo(output);
    }

    public void CopyToStream(Stream stream) => ByteBufferCopy.ToStream(this, stream);

    public Task CopyToStreamAsync(Stream stream, CancellationToken cancellationToken) => ByteBufferCopy.ToStreamAsync(this, stream, cancellationToken);
}

/// <summary>A buffer of odd length with one more zero byte: DICOM values have even lengths.</summary>
public class EvenLengthBuffer : IByteBuffer
{
    private EvenLengthBuffer(IByteBuffer buffer) => Buffer = buffer;

    public IByteBuffer Buffer { get; }

    public bool IsMemory => Buffer.IsMemory;

    public long Size => Buffer.Size + 1;

    public byte[] Data => ByteBufferCopy.ToArray(this);

    public static IByteBuffer Create(IByteBuffer buffer) => (buffer.Size & 1) == 0 ? buffer : new EvenLengthBuffer(buffer);

    public void GetByteRange(long offset, int count, byte[] output)
    {
        if (offset < 0 || count < 0 || offset + count > Size)
        {
            throw new ArgumentOutOfRangeException(nameof(offset), "The range lies outside of the value.");
        }

        bool padded = offset + count == Size && count > 0;
        Buffer.GetByteRange(offset, padded ? count - 1 : count, output);
        if (padded)
        {
            output[count - 1] = 0;
        }
    }

    public void CopyToStream(Stream stream)
    {
        Buffer.CopyToStream(stream);
        stream.WriteByte(0);
    }

    public async Task CopyToStreamAsync(Stream stream, CancellationToken cancellationToken)
    {
        await Buffer.CopyToStreamAsync(stream, cancellationToken).ConfigureAwait(false);
        await stream.WriteAsync(new byte[1], cancellationToken).ConfigureAwait(false);
    }
}

/// <summary>What buffers that are not in memory have in common.</summary>
internal static class ByteBufferCopy
{
    private const int Block = 1 << 20;

    public static byte[] ToArray(IByteBuffer buffer)
    {
        if (buffer.Size > MemoryByteBuffer.MaxArrayLength)
        {
            throw new DicomDataException($"A value of {buffer.Size} bytes does not fit in one array: read it in parts with GetByteRange.");
        }

        byte[] data = GC.AllocateUninitializedArray<byte>((int)buffer.Size);
        buffer.GetByteRange(0, data.Length, data);
        return data;
    }

    public static void ToStream(IByteBuffer buffer, Stream stream)
    {
        byte[] block = new byte[Math.Min(Block, buffer.Size)];
        for (long at = 0; at < buffer.Size; at += block.Length)
        {
            int count = (int)Math.Min(block.Length, buffer.Size - at);
            buffer.GetByteRange(at, count, block);
            stream.Write(block, 0, count);
        }
    }

    public static async Task ToStreamAsync(IByteBuffer buffer, Stream stream, CancellationToken cancellationToken)
    {
        byte[] block = new byte[Math.Min(Block, buffer.Size)];
        for (long at = 0; at < buffer.Size; at += block.Length)
        {
            int count = (int)Math.Min(block.Length, buffer.Size - at);
            buffer.GetByteRange(at, count, block);
            await stream.WriteAsync(block.AsMemory(0, count), cancellationToken).ConfigureAwait(false);
        }
    }
}
