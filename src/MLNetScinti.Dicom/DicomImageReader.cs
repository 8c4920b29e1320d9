using FellowOakDicom;
using FellowOakDicom.Imaging.Codec;

namespace MLNetScinti.Dicom;

/// <summary>
/// Reads DICOM files as images of counts. Files are recognised by what is in them, never by their name. Whatever the
/// file holds, the answer is an image or a <see cref="DicomReadException"/>.
/// </summary>
/// <remarks>A reader has no state: one can be used by many threads at once.</remarks>
/// <param name="options">What to accept; null for everything.</param>
public sealed class DicomImageReader(DicomReadOptions? options = null)
{
    private const long LargestReadAtOnce = 256L << 20;

    private readonly DicomReadOptions _options = options ?? new();

    /// <summary>Reads what a file says about its image, without decoding the pixels.</summary>
    /// <exception cref="DicomReadException">The file cannot be read as an image.</exception>
    public ImageHeader ReadHeader(string path) => Guard(path, () => HeaderReading.Read(Open(path), path, _options).Header);

    /// <summary>Reads a file's image.</summary>
    /// <exception cref="DicomReadException">The file cannot be read as an image.</exception>
    public ScintigraphyImage Read(string path) => Guard(path, () => ReadPixels(path));

    /// <summary>Reads a file's image, or says why not.</summary>
    /// <param name="path">The file.</param>
    /// <param name="image">The image, or null.</param>
    /// <param name="skipped">Why there is none, or null.</param>
    /// <returns>Whether there is an image.</returns>
    public bool TryRead(string path, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out ScintigraphyImage? image, [System.Diagnostics.CodeAnalysis.NotNullWhen(false)] out SkippedFile? skipped)
    {
        try
        {
            image = Read(path);
            skipped = null;
            return true;
        }
        catch (DicomReadException exception)
        {
            image = null;
            skipped = exception.ToSkippedFile();
            return false;
        }
    }

    /// <summary>Reads a file's header and makes sure that its pixels can be decoded here.</summary>
    internal ImageHeader ReadDecodableHeader(string path) => Guard(path, () =>
    {
        DicomFile opened = Open(path);
        ImageHeader header = HeaderReading.Read(opened, path, _options).Header;
        if (Codec.Program is null && !PixelReading.CanDecode(opened.Dataset))
        {
            Codec.Decode(path, header.TransferSyntax);
        }

        return header;
    });

    private ExternalCodec Codec => _options.ExternalCodec ?? ExternalCodec.Installed;

    private ScintigraphyImage ReadPixels(string path)
    {
        DicomFile opened = Open(path, withPixels: true);
        (ImageHeader header, PixelFormat format) = HeaderReading.Read(opened, path, _options);
        try
        {
            float[] values = PixelReading.Read(opened.Dataset, header, format, out long padded);
            return Make(header, values, padded);
        }
        catch (DicomCodecException exception) when (PixelReading.IsOfTheCore(opened.Dataset.InternalTransferSyntax))
        {
            throw new DicomReadException(path, SkipReason.DamagedPixelData, $"the {header.TransferSyntax} pixels do not decode: the compressed data is damaged, send the file again from its source.", exception);
        }
        catch (DicomCodecException)
        {
            return ReadDecoded(path, header);
        }
    }

    private ScintigraphyImage ReadDecoded(string path, ImageHeader header)
    {
        string decoded = Codec.Decode(path, header.TransferSyntax);
        try
        {
            DicomFile opened = Open(decoded, withPixels: true);
            (ImageHeader raw, PixelFormat format) = HeaderReading.Read(opened, path, _options);
            if (raw.Rows != header.Rows || raw.Columns != header.Columns || raw.Frames.Count != header.Frames.Count)
            {
                throw new DicomReadException(path, SkipReason.DamagedPixelData, $"gdcmconv gave {raw.Frames.Count} frames of {raw.Rows} x {raw.Columns}, the header promises {header.Frames.Count} of {header.Rows} x {header.Columns}: send the file again from its source.");
            }

            float[] values = PixelReading.Read(opened.Dataset, raw, format, out long padded);
            return Make(header, values, padded);
        }
        finally
        {
            File.Delete(decoded);
        }
    }

    private static ScintigraphyImage Make(ImageHeader header, float[] values, long padded)
    {
        ScintigraphyImage image = new(header, values, padded);
        if (header is { Unit: ImageUnit.Counts, CountsAccumulated: long accumulated } && header.Modality == "NM")
        {
            double total = image.Total;
            if (Math.Abs(total - accumulated) > 0.01 * Math.Max(total, accumulated))
            {
                string warning = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"Counts Accumulated says {accumulated}, the pixels add up to {total:0}.");
                return new ScintigraphyImage(header with { Warnings = [.. header.Warnings, warning] }, values, padded);
            }
        }

        return image;
    }

    private static DicomFile Open(string path, bool withPixels = false)
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

        int depth = NestingGuard.Depth(path);
        if (depth > NestingGuard.DeepestAllowed)
        {
            throw new DicomReadException(path, SkipReason.InconsistentHeader, $"sequences are nested {depth} deep, expected at most {NestingGuard.DeepestAllowed}: the file is damaged or made to do harm, leave it out.");
        }

        bool magic = HasMagic(path);
        DicomFile opened;
        try
        {
            // For a header, pixels stay in the file. For pixels, one read of a file of usual size is quicker than one for each frame.
            FileReadOption option = withPixels && info.Length <= LargestReadAtOnce ? FileReadOption.ReadAll : FileReadOption.ReadLargeOnDemand;
            opened = DicomFile.Open(path, option, 4096);
        }
        catch (DicomFileException exception) when (exception.InnerException is not (IOException or UnauthorizedAccessException) || exception.InnerException is EndOfStreamException)
        {
            throw magic
                ? new DicomReadException(path, SkipReason.Truncated, $"the file begins as DICOM and ends or breaks within its header ({info.Length} bytes): copy it again from its source.", exception)
                : new DicomReadException(path, SkipReason.NotDicom, "this is not a DICOM file: leave it out.", exception);
        }

        if (!magic && !opened.Dataset.Contains(DicomTag.SOPClassUID) && !opened.Dataset.Contains(DicomTag.Modality))
        {
            throw new DicomReadException(path, SkipReason.NotDicom, "this is not a DICOM file: leave it out.");
        }

        return opened;
    }

    /// <summary>Whether "DICM" follows 128 bytes of preamble (PS3.10 7.1).</summary>
    private static bool HasMagic(string path)
    {
        using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        Span<byte> start = stackalloc byte[132];
        return stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) == start.Length && start[128..].SequenceEqual("DICM"u8);
    }

    /// <summary>Whatever goes wrong within comes out as one kind of exception.</summary>
    private static T Guard<T>(string path, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (DicomReadException)
        {
            throw;
        }
        catch (Exception exception) when (Cause(exception) is IOException and not EndOfStreamException or UnauthorizedAccessException)
        {
            throw new DicomReadException(path, SkipReason.Unreadable, $"the file could not be read ({OneLine(Cause(exception))}): check its rights and the disk.", exception);
        }
        catch (DicomCodecException exception)
        {
            throw new DicomReadException(path, SkipReason.DamagedPixelData, $"the pixels do not decode: send the file again from its source.", exception);
        }
        catch (OutOfMemoryException exception)
        {
            throw new DicomReadException(path, SkipReason.TooLarge, "the image does not fit into memory: use a machine with more of it.", exception);
        }
        catch (Exception exception)
        {
            // The DICOM library meets damaged data in many places, and answers with many types.
            throw new DicomReadException(path, SkipReason.InconsistentHeader, $"the data set is damaged ({exception.GetType().Name}): send the file again from its source.", exception);
        }
    }

    private static Exception Cause(Exception exception) => exception is DicomFileException { InnerException: Exception inner } ? inner : exception;

    private static string OneLine(Exception exception) => DatasetReading.Clean(exception.Message);
}
