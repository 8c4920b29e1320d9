using System.Buffers;
using FellowOakDicom;

namespace MLNetScinti.Dicom;

/// <summary>
/// A DICOM file that passed the checks that every file has to pass before it is parsed. One of usual size is read into
/// memory once, and its pixels are taken from there; of a larger one, or where only the header is asked for, the pixels stay
/// in the file. The data set is of use only until this is disposed of.
/// </summary>
internal sealed class OpenedFile : IDisposable
{
    // A file as large as this is read at once; the buffers are pooled, so they must not grow without bound.
    private const long LargestReadAtOnce = 64L << 20;
    private const int Piece = 128 << 10;
    private const int PreambleLength = 132;
    private const int LargeValue = 4096;

    private byte[]? _rented;

    private OpenedFile(DicomFile file, byte[]? rented)
    {
        File = file;
        _rented = rented;
    }

    /// <summary>What was opened.</summary>
    public DicomFile File { get; }

    /// <summary>Its data set.</summary>
    public DicomDataset Dataset => File.Dataset;

    /// <summary>Opens a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="withPixels">Whether its pixels will be asked for, too.</param>
    /// <exception cref="DicomReadException">There is no such file, or it is no DICOM file, or one that is damaged or made to do harm.</exception>
    public static OpenedFile Open(string path, bool withPixels)
    {
        FileInfo info = new(path);
        if (!info.Exists)
        {
            throw new DicomReadException(path, SkipReason.Unreadable, Directory.Exists(path) ? "expected a file, found a folder: give one of its files, or check the folder's rights." : "there is no such file: check the path.");
        }

        if (info.Length == 0)
        {
            throw new DicomReadException(path, SkipReason.Empty, "the file is empty: copy it again from its source.");
        }

        using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        bool whole = withPixels && info.Length <= LargestReadAtOnce;
        byte[] buffer = ArrayPool<byte>.Shared.Rent((int)(whole ? info.Length : Math.Min(info.Length, NestingGuard.Looked)));
        byte[]? keep = null;
        try
        {
            int length = ReadChecked(path, stream, buffer);
            ReadOnlySpan<byte> start = buffer.AsSpan(0, length);
            bool magic = start.Length >= PreambleLength && start[(PreambleLength - 4)..PreambleLength].SequenceEqual("DICM"u8);
            // A file that grew while it was read is read again by its name.
            whole &= length < buffer.Length || stream.ReadByte() < 0;
            DicomFile opened = Parse(path, magic, info.Length, whole ? new MemoryStream(buffer, 0, length, writable: false) : null);
            keep = whole ? buffer : null;
            return new OpenedFile(opened, keep);
        }
        finally
        {
            if (keep is null)
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_rented is byte[] rented)
        {
            _rented = null;
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    /// <summary>Reads as much as there is room for, and looks at each piece while it is in the processor's cache.</summary>
    private static int ReadChecked(string path, FileStream stream, byte[] buffer)
    {
        NestingGuard guard = new();
        int length = 0;
        while (length < buffer.Length && stream.Read(buffer, length, Math.Min(Piece, buffer.Length - length)) is int read and > 0)
        {
            length += read;
            guard.Look(buffer.AsSpan(0, length));
        }

        return guard.Deepest <= NestingGuard.DeepestAllowed
            ? length
            : throw new DicomReadException(path, SkipReason.InconsistentHeader, $"sequences are nested {guard.Deepest} deep, expected at most {NestingGuard.DeepestAllowed}: the file is damaged or made to do harm, leave it out.");
    }

    private static DicomFile Parse(string path, bool magic, long length, Stream? content)
    {
        DicomFile opened;
        try
        {
            opened = content is null
                ? DicomFile.Open(path, FileReadOption.ReadLargeOnDemand, LargeValue)
                : DicomFile.Open(content, FileReadOption.ReadLargeOnDemand, LargeValue);
        }
        catch (DicomFileException exception) when (exception.InnerException is not (IOException or UnauthorizedAccessException) || exception.InnerException is EndOfStreamException)
        {
            throw magic
                ? new DicomReadException(path, SkipReason.Truncated, $"the file begins as DICOM and ends or breaks within its header ({length} bytes): copy it again from its source.", exception)
                : new DicomReadException(path, SkipReason.NotDicom, "this is not a DICOM file: leave it out.", exception);
        }

        if (!magic && !opened.Dataset.Contains(DicomTag.SOPClassUID) && !opened.Dataset.Contains(DicomTag.Modality))
        {
            throw new DicomReadException(path, SkipReason.NotDicom, "this is not a DICOM file: leave it out.");
        }

        return opened;
    }
}
