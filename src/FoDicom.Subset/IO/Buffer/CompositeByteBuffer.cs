namespace FellowOakDicom.IO.Buffer;

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
