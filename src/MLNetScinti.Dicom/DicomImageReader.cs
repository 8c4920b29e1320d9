using System.Reflection;
using FellowOakDicom;
using FellowOakDicom.Imaging;
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
    private readonly DicomReadOptions _options = options ?? new();

    /// <summary>What it accepts and assumes.</summary>
    internal DicomReadOptions Options => _options;

    /// <summary>Reads what a file says about its image, without decoding the pixels.</summary>
    /// <exception cref="DicomReadException">The file cannot be read as an image.</exception>
    public ImageHeader ReadHeader(string path) => Guard(path, () =>
    {
        using OpenedFile opened = OpenedFile.Open(path);
        return HeaderReading.Read(opened.File, path, _options, opened.Coding).Header;
    });

    /// <summary>Reads a file's image.</summary>
    /// <exception cref="DicomReadException">The file cannot be read as an image.</exception>
    public ScintigraphyImage Read(string path) => Read(path, reuse: null);

    /// <summary>
    /// Reads a file's image into the values of an earlier one. Who reads many images one after the other saves more time with
    /// this than the reading itself takes: fresh memory for a volume is slow to come by.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="reuse">The values of an image that is no longer needed, or null. They are overwritten where there are as many of them as this image has; otherwise new ones are made.</param>
    /// <exception cref="DicomReadException">The file cannot be read as an image.</exception>
    public ScintigraphyImage Read(string path, float[]? reuse) => Guard(path, () => ReadPixels(path, reuse is null ? null : new PixelMemory(reuse)));

    /// <summary>Reads a file's image into memory that is used again and again, whatever the images' sizes. The image is of use until the next one is read into it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="memory">The memory.</param>
    /// <exception cref="DicomReadException">The file cannot be read as an image.</exception>
    public ScintigraphyImage Read(string path, PixelMemory memory) => Guard(path, () => ReadPixels(path, memory ?? throw new ArgumentNullException(nameof(memory))));

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

    /// <summary>
    /// Reads a file's header and makes sure that its pixels can be read here. The length of plain pixels tells; compressed ones
    /// are decoded and thrown away, as nothing else tells what becomes of them.
    /// </summary>
    internal ImageHeader ReadDecodableHeader(string path) => Guard(path, () =>
    {
        using OpenedFile opened = OpenedFile.Open(path);
        (ImageHeader header, PixelFormat format) = HeaderReading.Read(opened.File, path, _options, opened.Coding);
        StoredFrames? frames = StoredFrames.Of(opened.Dataset, header, format);
        if (frames is null)
        {
            ReadDecoded(opened, header, memory: null);
            return header;
        }

        for (int frame = 0; frames.IsCompressed && frame < header.Frames.Count; frame++)
        {
            frames.Frame(frame);
        }

        return header;
    });

    private ExternalCodec Codec => _options.ExternalCodec ?? ExternalCodec.Installed;

    private ScintigraphyImage ReadPixels(string path, PixelMemory? memory)
    {
        using OpenedFile opened = OpenedFile.Open(path);
        (ImageHeader header, PixelFormat format) = HeaderReading.Read(opened.File, path, _options, opened.Coding);
        return StoredFrames.Of(opened.Dataset, header, format) is StoredFrames frames
            ? Make(header, format, PixelReading.Read(frames, header, format, memory))
            : ReadDecoded(opened, header, memory);
    }

    private ScintigraphyImage ReadDecoded(OpenedFile compressed, ImageHeader header, PixelMemory? memory)
    {
        string path = header.File, decoded = Decode(compressed, header);
        try
        {
            using OpenedFile opened = OpenedFile.Open(decoded);
            (ImageHeader raw, PixelFormat format) = HeaderReading.Read(opened.File, path, _options, opened.Coding);
            if (raw.Rows != header.Rows || raw.Columns != header.Columns || raw.Frames.Count != header.Frames.Count)
            {
                throw new DicomReadException(path, SkipReason.InconsistentHeader, $"the compressed pixels hold {raw.Frames.Count} frames of {raw.Rows} x {raw.Columns}, the header promises {header.Frames.Count} of {header.Rows} x {header.Columns}: ask its source for another export.");
            }

            StoredFrames frames = StoredFrames.Of(opened.Dataset, raw, format) ?? throw new DicomReadException(path, SkipReason.UnsupportedCodec, $"gdcmconv left the {header.TransferSyntax} pixels compressed: ask the source for an uncompressed copy.");
            return Make(header, format, PixelReading.Read(frames, raw with { Scales = header.Scales }, format, memory));
        }
        finally
        {
            PrivateFolder.Drop(decoded);
        }
    }

    /// <summary>Decodes a file with the external program, its frames in one piece each.</summary>
    private string Decode(OpenedFile compressed, ImageHeader header)
    {
        bool isWhole = StoredFrames.AreWhole(compressed.Dataset);
        string joined = Codec.Program is not null && StoredFrames.Join(compressed.Dataset, header.Frames.Count) ? PrivateFolder.NewName(".dcm") : "";
        try
        {
            if (joined.Length > 0)
            {
                compressed.File.Save(joined);
            }

            return Codec.Decode(header.File, header.TransferSyntax, isWhole, joined, _options.Stop());
        }
        finally
        {
            if (joined.Length > 0)
            {
                File.Delete(joined);
            }
        }
    }

    private static ScintigraphyImage Make(ImageHeader header, PixelFormat format, PixelValues pixels)
    {
        ScintigraphyImage image = new(header, pixels.Values, pixels.Padded);
        ValueChecks checks = ValueChecks.Of(image, format, pixels);
        return ReferenceEquals(checks.Header, header) ? image : new ScintigraphyImage(checks.Header, pixels.Values, pixels.Padded);
    }

    /// <summary>Whatever goes wrong within comes out as one kind of exception, which says whose fault it is.</summary>
    internal static T Guard<T>(string path, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception exception) when (exception is DicomReadException or PseudonymKeyException or OperationCanceledException)
        {
            throw;
        }
        catch (Exception exception) when (Cause(exception) is IOException and not EndOfStreamException or UnauthorizedAccessException)
        {
            throw new DicomReadException(path, SkipReason.Unreadable, $"the file could not be read ({OneLine(Cause(exception))}): check its rights and the disk.", exception);
        }
        catch (OutOfMemoryException exception)
        {
            throw new DicomReadException(path, SkipReason.TooLarge, "the image does not fit into memory: use a machine with more of it.", exception);
        }
        catch (Exception exception) when (exception is DicomImagingException or DicomCodecException)
        {
            throw new DicomReadException(path, SkipReason.UnsupportedPixelFormat, $"the DICOM library does not take its pixels ({exception.GetType().Name}): ask its source for an uncompressed copy.", exception);
        }
        catch (Exception exception) when (exception is DicomException or EndOfStreamException or InvalidDataException)
        {
            // What the library meets in damaged data. Its messages quote the data, the patient's name as well.
            throw new DicomReadException(path, SkipReason.InconsistentHeader, $"the data set does not hold together ({exception.GetType().Name}): if other viewers do not open it either, send it again from its source.", exception);
        }
        catch (Exception exception) when (!IsDefect(exception))
        {
            // Not the file's fault, and no reason to stop at the others.
            throw new DicomReadException(path, SkipReason.Defect, $"this program failed on it ({exception.GetType().Name}), which is a defect and no fault of the file: please report it.", exception);
        }
    }

    /// <summary>Whether something is wrong with this program or its installation, which must not be said of a file.</summary>
    internal static bool IsDefect(Exception exception) =>
        exception is MissingMemberException or TypeLoadException or TypeInitializationException or ReflectionTypeLoadException or BadImageFormatException or FileLoadException or DllNotFoundException
        || (exception.InnerException is Exception inner && IsDefect(inner));

    private static Exception Cause(Exception exception) => exception is DicomFileException { InnerException: Exception inner } ? inner : exception;

    private static string OneLine(Exception exception) => DatasetReading.Clean(exception.Message);
}
