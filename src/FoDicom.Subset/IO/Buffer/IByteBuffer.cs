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
