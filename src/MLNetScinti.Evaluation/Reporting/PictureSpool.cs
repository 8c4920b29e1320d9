namespace MLNetScinti.Evaluation.Reporting;

/// <summary>A picture that is read when it is written somewhere else, and not held before.</summary>
public sealed class StoredPicture
{
    private readonly Func<byte[]> _read;

    private StoredPicture(Func<byte[]> read) => _read = read;

    /// <summary>A picture that is in memory all the same.</summary>
    /// <param name="png">The bytes of a PNG file.</param>
    public static StoredPicture Of(byte[] png)
    {
        ArgumentNullException.ThrowIfNull(png);
        return new(() => png);
    }

    /// <summary>A picture that is read each time.</summary>
    /// <param name="read">Gives the bytes of a PNG file.</param>
    public static StoredPicture Of(Func<byte[]> read)
    {
        ArgumentNullException.ThrowIfNull(read);
        return new(read);
    }

    /// <summary>The bytes of a PNG file.</summary>
    /// <exception cref="ObjectDisposedException">The spool that holds it is no more.</exception>
    public byte[] Read() => _read();
}

/// <summary>One file in which pictures wait, one behind the other, until a page is written: however many there are, memory does not hold them. It goes with its owner.</summary>
public sealed class PictureSpool : IDisposable
{
    private readonly FileStream _file;
    private long _end;

    /// <summary>Makes the file.</summary>
    /// <param name="file">A name that nothing has yet, where nobody else can look: pictures are of patients.</param>
    /// <exception cref="IOException">It cannot be made.</exception>
    public PictureSpool(string file) => _file = new FileStream(file, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Share = FileShare.None, Options = FileOptions.DeleteOnClose | FileOptions.RandomAccess });

    /// <summary>Keeps a picture.</summary>
    /// <param name="png">The bytes of a PNG file.</param>
    /// <exception cref="IOException">There is no room for it.</exception>
    public StoredPicture Keep(byte[] png)
    {
        ArgumentNullException.ThrowIfNull(png);
        long from = _end;
        int length = png.Length;
        RandomAccess.Write(_file.SafeFileHandle, png, from);
        _end += length;
        return StoredPicture.Of(() => Read(from, length));
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private byte[] Read(long from, int length)
    {
        byte[] png = new byte[length];
        int read = 0;
        while (read < length)
        {
            int more = RandomAccess.Read(_file.SafeFileHandle, png.AsSpan(read), from + read);
            read += more > 0 ? more : throw new EndOfStreamException("A picture that was kept is no longer there: something shortened the temporary file.");
        }

        return png;
    }
}
