namespace FellowOakDicom.IO.Buffer;

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
