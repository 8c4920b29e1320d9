using Microsoft.Win32.SafeHandles;

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

public readonly struct Endian : IEquatable<Endian>
{
    public static readonly Endian Little = new(big: false);
    public static readonly Endian Big = new(big: true);

    private readonly bool _big;

    private Endian(bool big) => _big = big;

    public static Endian LocalMachine => BitConverter.IsLittleEndian ? Little : Big;

    public static bool operator ==(Endian a, Endian b) => a._big == b._big;

    public static bool operator !=(Endian a, Endian b) => a._big != b._big;

    public bool Equals(Endian other) => this == other;

    public override bool Equals(object obj) => obj is Endian other && this == other;

    public override int GetHashCode() => _big.GetHashCode();

    public override string ToString() => _big ? "Big Endian" : "Little Endian";
}
