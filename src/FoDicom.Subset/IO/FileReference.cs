using Microsoft.Win32.SafeHandles;

namespace FellowOakDicom.IO;

/// <summary>A file by its name: opened for each reading, so that no handle outlives a call.</summary>
public sealed class FileReference(string fileName) : IFileReference
{
    public string Name { get; } = fileName;

    public bool Exists => File.Exists(Name);

    public bool IsTempFile { get; set; }

    public Stream OpenRead() => File.OpenRead(Name);

    public byte[] GetByteRange(long offset, int count)
    {
        byte[] output = new byte[count];
        GetByteRange(offset, count, output);
        return output;
    }

    public void GetByteRange(long offset, int count, byte[] output)
    {
        using SafeFileHandle handle = File.OpenHandle(Name);
        Span<byte> rest = output.AsSpan(0, count);
        while (rest.Length > 0)
        {
            int read = RandomAccess.Read(handle, rest, offset);
            if (read == 0)
            {
                throw new EndOfStreamException($"Unable to read {count} bytes at position {offset} of '{Name}': the file has become shorter.");
            }

            rest = rest[read..];
            offset += read;
        }
    }
}
