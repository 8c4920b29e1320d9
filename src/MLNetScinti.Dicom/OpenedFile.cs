using System.Buffers;
using FellowOakDicom;
using Microsoft.Win32.SafeHandles;
using MLNetScinti.Dicom.Codecs;
using MLNetScinti.Imaging;

namespace MLNetScinti.Dicom;

/// <summary>
/// A DICOM file that was opened once. Its header is read through a small pooled buffer; pixels stay in the file, which stays open, and
/// are read from there straight to where they are converted. The data set is of use only until this is disposed of.
/// </summary>
internal sealed class OpenedFile : IDisposable
{
    /// <summary>Deeper than any object of the standard: structured reports reach ten or so. Parsers call themselves for each level, and no process survives the end of its stack.</summary>
    public const int DeepestAllowed = 64;

    private const int LargeValue = 4096;

    private readonly Stream _stream;

    private OpenedFile(DicomFile file, Stream stream, string? coding)
    {
        File = file;
        _stream = stream;
        Coding = coding;
    }

    /// <summary>How its data set is coded, where that is not what the file says; else null.</summary>
    public string? Coding { get; }

    /// <summary>What was opened.</summary>
    public DicomFile File { get; }

    /// <summary>Its data set.</summary>
    public DicomDataset Dataset => File.Dataset;

    /// <summary>Opens a file.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="DicomReadException">There is no such file, or it is no DICOM file, or one that is damaged or made to do harm.</exception>
    public static OpenedFile Open(string path)
    {
        FileInfo info = new(path);
        if (!info.Exists)
        {
            throw new DicomReadException(path, SkipReason.Unreadable, Directory.Exists(path) ? "expected a file, found a folder: give one of its files, or check the folder's rights." : $"{InputFile.Missing(path, "file")}.");
        }

        if (!InputFile.IsOrdinary(path))
        {
            throw new DicomReadException(path, SkipReason.Unreadable, "expected a file, found a pipe, a socket or a device: leave it out.");
        }

        if (info.Length == 0)
        {
            throw new DicomReadException(path, SkipReason.Empty, "the file is empty: copy it again from its source.");
        }

        PieceStream stream = new(path);
        try
        {
            FilePrelude prelude = FilePrelude.Read(path, stream);
            if (prelude.Corrected is { } beginning)
            {
                stream.BeginWith(beginning, prelude.End);
            }

            return new OpenedFile(Parse(path, prelude, stream), stream, prelude.Coding);
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _stream.Dispose();

    private static DicomFile Parse(string path, FilePrelude prelude, Stream stream)
    {
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
            throw prelude.HasPreamble && PixelCodings.IsForeign(prelude.Syntax)
                ? PixelCodings.Foreign(path, prelude.Syntax, exception)
                : prelude is { HasPreamble: true, IsCut: true } || (prelude.HasPreamble && exception.InnerException is EndOfStreamException)
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

    /// <summary>
    /// A file for many small reads and some large ones: small ones are served from a piece of it that is held, large ones go past that
    /// to where they are wanted, so that pixels are copied once, and into memory that the processor has at hand.
    /// </summary>
    private sealed class PieceStream : Stream
    {
        // The header of most files; what is larger goes on in larger pieces.
        private const int FirstPiece = 16 << 10;
        private const int Piece = 64 << 10;
        private const int Large = 16 << 10;

        private readonly SafeFileHandle _file;
        private readonly long _length;
        private byte[] _piece;
        private byte[] _beginning = [];
        private long _shift;
        private long _start;
        private int _held;

        public PieceStream(string path)
        {
            _file = System.IO.File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            _length = RandomAccess.GetLength(_file);
            _piece = ArrayPool<byte>.Shared.Rent(Piece);
        }

        public override bool CanRead => true;

        public override bool CanSeek => true;

        public override bool CanWrite => false;

        public override long Length => _length - _shift;

        /// <summary>Another beginning than the file has: these bytes stand in place of as many of the file's as are told.</summary>
        public void BeginWith(byte[] beginning, int instead) => (_beginning, _shift, _held) = (beginning, instead - beginning.Length, 0);

        public override long Position { get; set; }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        /// <summary>Reads as much as was asked for, unless the file ends: parsers ask once.</summary>
        public override int Read(Span<byte> buffer)
        {
            int done = 0;
            while (done < buffer.Length)
            {
                Span<byte> rest = buffer[done..];
                long into = Position - _start;
                int read;
                if (Position < _beginning.Length)
                {
                    read = Math.Min(rest.Length, _beginning.Length - (int)Position);
                    _beginning.AsSpan((int)Position, read).CopyTo(rest);
                }
                else if (into >= 0 && into < _held)
                {
                    read = Math.Min(rest.Length, _held - (int)into);
                    _piece.AsSpan((int)into, read).CopyTo(rest);
                }
                else if (rest.Length >= Large && Position > 0)
                {
                    read = RandomAccess.Read(_file, rest, Position + _shift);
                }
                else
                {
                    // The beginning is held however much of it is asked for: it is read again.
                    (_start, _held) = (Position, 0);
                    _held = RandomAccess.Read(_file, _piece.AsSpan(0, Position == 0 ? FirstPiece : Piece), Position + _shift);
                    if (_held == 0)
                    {
                        break;
                    }

                    continue;
                }

                if (read == 0)
                {
                    break;
                }

                Position += read;
                done += read;
            }

            return done;
        }

        public override int ReadByte()
        {
            byte one = 0;
            return Read(new Span<byte>(ref one)) == 1 ? one : -1;
        }

        public override long Seek(long offset, SeekOrigin origin) => Position = offset + origin switch
        {
            SeekOrigin.Begin => 0,
            SeekOrigin.Current => Position,
            _ => Length,
        };

        public override void Flush()
        {
        }

        public override void SetLength(long value) => throw new NotSupportedException("The file is open for reading.");

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("The file is open for reading.");

        protected override void Dispose(bool disposing)
        {
            if (disposing && !_file.IsClosed)
            {
                _file.Dispose();
                ArrayPool<byte>.Shared.Return(_piece);
                _piece = [];
                _held = 0;
            }

            base.Dispose(disposing);
        }
    }
}
