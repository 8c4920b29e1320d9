namespace FellowOakDicom.IO.Buffer;

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
