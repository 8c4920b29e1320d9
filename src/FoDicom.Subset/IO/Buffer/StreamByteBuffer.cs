namespace FellowOakDicom.IO.Buffer;

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
