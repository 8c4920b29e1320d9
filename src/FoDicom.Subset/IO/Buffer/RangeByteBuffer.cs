namespace FellowOakDicom.IO.Buffer;

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
