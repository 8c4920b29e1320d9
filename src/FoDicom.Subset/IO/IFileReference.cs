namespace FellowOakDicom.IO;

public interface IFileReference
{
    bool Exists { get; }

    bool IsTempFile { get; set; }

    string Name { get; }

    Stream OpenRead();

    byte[] GetByteRange(long offset, int count);

    void GetByteRange(long offset, int count, byte[] output);
}
