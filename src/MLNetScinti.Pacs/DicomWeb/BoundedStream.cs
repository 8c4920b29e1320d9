namespace MLNetScinti.Pacs.DicomWeb;

/// <summary>What comes from an archive: not more than was allowed, and not with longer pauses.</summary>
internal sealed class BoundedStream(Stream inner, long most, TimeSpan pause, string what) : Stream
{
    private long _read;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => _read; set => throw new NotSupportedException(); }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        stop.CancelAfter(pause);
        int count;
        try
        {
            count = await inner.ReadAsync(buffer, stop.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException problem) when (!cancellationToken.IsCancellationRequested)
        {
            throw new DicomWebException(ArchiveFault.Unreachable, FormattableString.Invariant($"{what}: nothing more came for {pause.TotalSeconds:0.#} s."), problem);
        }

        _read += count;
        return _read <= most ? count : throw new DicomWebException(ArchiveFault.TooLarge, FormattableString.Invariant($"{what}: expected at most {most} bytes, found more: allow more (archive.largest-study), or look at what the archive sends."));
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }
}
