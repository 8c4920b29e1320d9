namespace FellowOakDicom.IO.Buffer;

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
