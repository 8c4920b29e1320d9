namespace FellowOakDicom.IO.Buffer;

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
