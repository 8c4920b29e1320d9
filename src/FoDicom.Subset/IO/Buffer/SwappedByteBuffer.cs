namespace FellowOakDicom.IO.Buffer;

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
