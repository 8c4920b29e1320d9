using System.Buffers;
using FellowOakDicom;

namespace MLNetScinti.Dicom;

/// <summary>
/// A DICOM file that was opened once. One of usual size is read into memory where its pixels are asked for, and they are
/// taken from there; of a larger one, or where only the header is asked for, they stay in the file, which stays open. The
/// data set is of use only until this is disposed of.
/// </summary>
internal sealed class OpenedFile : IDisposable
{
    /// <summary>Deeper than any object of the standard: structured reports reach ten or so. Parsers call themselves for each level, and no process survives the end of its stack.</summary>
    public const int DeepestAllowed = 64;

    // A file as large as this is read at once; the buffers are pooled, so they must not grow without bound.
    private const long LargestReadAtOnce = 64L << 20;
    private const int Piece = 64 << 10;
    private const int LargeValue = 4096;

    private readonly Stream _stream;
    private byte[]? _rented;

    private OpenedFile(DicomFile file, Stream stream, byte[]? rented)
    {
        File = file;
        _stream = stream;
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

        bool whole = withPixels && info.Length <= LargestReadAtOnce;
        Stream stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, whole ? 0 : Piece);
        byte[]? rented = null;
        try
        {
            if (whole)
            {
                rented = ArrayPool<byte>.Shared.Rent((int)info.Length);
                int length = stream.ReadAtLeast(rented, (int)info.Length, throwOnEndOfStream: false);
                stream.Dispose();
                stream = new MemoryStream(rented, 0, length, writable: false);
            }

            OpenedFile opened = new(Parse(path, stream), stream, rented);
            (stream, rented) = (Stream.Null, null);
            return opened;
        }
        finally
        {
            stream.Dispose();
            if (rented is not null)
            {
                ArrayPool<byte>.Shared.Return(rented);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stream.Dispose();
        if (_rented is byte[] rented)
        {
            _rented = null;
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    private static DicomFile Parse(string path, Stream stream)
    {
        FilePrelude prelude = FilePrelude.Read(path, stream);
        stream.Position = 0;
        DicomFile opened;
        try
        {
            // The library tells how deep it is at every element, whatever it takes for one: nobody else can know.
            opened = DicomFile.Open(stream, DicomEncoding.Default, static state => state.SequenceDepth > DeepestAllowed ? throw new NestingException() : false, FileReadOption.ReadLargeOnDemand, LargeValue);
        }
        catch (DicomFileException exception) when (exception.InnerException is NestingException)
        {
            throw new DicomReadException(path, SkipReason.InconsistentHeader, $"sequences are nested more than {DeepestAllowed} deep, which no object of the standard needs: the file is damaged or made to do harm, leave it out.", exception);
        }
        catch (DicomFileException exception) when ((exception.InnerException is not (IOException or UnauthorizedAccessException) || exception.InnerException is EndOfStreamException) && !DicomImageReader.IsDefect(exception))
        {
            throw prelude is { HasPreamble: true, IsCut: true } || (prelude.HasPreamble && exception.InnerException is EndOfStreamException)
                ? new DicomReadException(path, SkipReason.Truncated, $"the file begins as DICOM and ends within its header ({stream.Length} bytes): copy it again from its source.", exception)
                : prelude.HasPreamble
                ? new DicomReadException(path, SkipReason.InconsistentHeader, "the file begins as DICOM, and its data set does not parse: it is damaged, or not coded as it says; copy it again, and if that changes nothing, ask its source for another export.", exception)
                : new DicomReadException(path, SkipReason.NotDicom, "this is not a DICOM file: leave it out.", exception);
        }

        if (!prelude.HasPreamble && !opened.Dataset.Contains(DicomTag.SOPClassUID) && !opened.Dataset.Contains(DicomTag.Modality))
        {
            throw new DicomReadException(path, SkipReason.NotDicom, "this is not a DICOM file: leave it out.");
        }

        return opened;
    }

    private sealed class NestingException : Exception;
}
