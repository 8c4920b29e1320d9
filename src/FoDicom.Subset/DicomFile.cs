using System.Diagnostics.CodeAnalysis;
using System.Text;
using FellowOakDicom.IO;
using FellowOakDicom.IO.Reader;
using FellowOakDicom.IO.Writer;

namespace FellowOakDicom;

public class DicomFile
{
    private const int SmallestFile = 132;

    public DicomFile()
    {
        FileMetaInfo = new DicomFileMetaInformation();
        Dataset = [];
        Format = DicomFileFormat.DICOM3;
    }

    public DicomFile(DicomDataset dataset)
    {
        Dataset = dataset;
        FileMetaInfo = new DicomFileMetaInformation(dataset);
        Format = DicomFileFormat.DICOM3;
    }

    private DicomFile(DicomFileMetaInformation meta)
    {
        FileMetaInfo = meta;
        Dataset = new DicomDataset { ValidateItems = false };
        Format = DicomFileFormat.DICOM3;
    }

    public IFileReference File { get; protected set; }

    public DicomFileFormat Format { get; protected set; }

    public DicomFileMetaInformation FileMetaInfo { get; protected set; }

    public DicomDataset Dataset { get; protected set; }

    public bool IsPartial { get; protected set; }

    public static DicomFile Open(string fileName, FileReadOption readOption = FileReadOption.Default, int largeObjectSize = 0) =>
        Open(fileName, DicomEncoding.Default, null, readOption, largeObjectSize);

    [SuppressMessage("Design", "CA1031", Justification = "Whatever goes wrong, the caller is told which file it was.")]
    public static DicomFile Open(string fileName, Encoding fallbackEncoding, Func<ParseState, bool> stop = null,
        FileReadOption readOption = FileReadOption.Default, int largeObjectSize = 0)
    {
        ArgumentNullException.ThrowIfNull(fallbackEncoding);
        DicomFile file = new(new DicomFileMetaInformation(read: true));
        try
        {
            using FileStream stream = new(fileName, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
            file.File = new FileReference(fileName);
            file.Read(stream, file.File, fallbackEncoding, stop, readOption, largeObjectSize);
            return file;
        }
        catch (Exception broken)
        {
            throw new DicomFileException(file, broken.Message, broken);
        }
    }

    public static DicomFile Open(Stream stream, FileReadOption readOption = FileReadOption.Default, int largeObjectSize = 0) =>
        Open(stream, DicomEncoding.Default, null, readOption, largeObjectSize);

    [SuppressMessage("Design", "CA1031", Justification = "Whatever goes wrong, the caller learns that it was this file.")]
    public static DicomFile Open(Stream stream, Encoding fallbackEncoding, Func<ParseState, bool> stop = null,
        FileReadOption readOption = FileReadOption.Default, int largeObjectSize = 0)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(fallbackEncoding);
        DicomFile file = new(new DicomFileMetaInformation(read: true));
        try
        {
            Stream seekable = stream;
            if (!stream.CanSeek)
            {
                seekable = new MemoryStream();
                stream.CopyTo(seekable);
                seekable.Position = 0;
            }

            file.Read(seekable, reference: null, fallbackEncoding, stop, readOption, largeObjectSize);
            return file;
        }
        catch (Exception broken)
        {
            throw new DicomFileException(file, broken.Message, broken);
        }
    }

    public static Task<DicomFile> OpenAsync(string fileName, FileReadOption readOption = FileReadOption.Default, int largeObjectSize = 0) =>
        OpenAsync(fileName, DicomEncoding.Default, null, readOption, largeObjectSize);

    public static Task<DicomFile> OpenAsync(string fileName, Encoding fallbackEncoding, Func<ParseState, bool> stop = null,
        FileReadOption readOption = FileReadOption.Default, int largeObjectSize = 0) =>
        Task.Run(() => Open(fileName, fallbackEncoding, stop, readOption, largeObjectSize));

    public static Task<DicomFile> OpenAsync(Stream stream, FileReadOption readOption = FileReadOption.Default, int largeObjectSize = 0) =>
        OpenAsync(stream, DicomEncoding.Default, null, readOption, largeObjectSize);

    public static Task<DicomFile> OpenAsync(Stream stream, Encoding fallbackEncoding, Func<ParseState, bool> stop = null,
        FileReadOption readOption = FileReadOption.Default, int largeObjectSize = 0) =>
        Task.Run(() => Open(stream, fallbackEncoding, stop, readOption, largeObjectSize));

    [SuppressMessage("Design", "CA1031", Justification = "A file that cannot be read has no valid header.")]
    public static bool HasValidHeader(string path)
    {
        try
        {
            using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
            Span<byte> head = stackalloc byte[SmallestFile];
            return stream.ReadAtLeast(head, SmallestFile, throwOnEndOfStream: false) == SmallestFile && head[128..].SequenceEqual("DICM"u8);
        }
        catch (Exception)
        {
            return false;
        }
    }

    public void Save(string fileName, DicomWriteOptions options = null)
    {
        Prepare();
        using FileStream stream = new(fileName, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 1 << 16);
        DicomFileWriter.Write(stream, FileMetaInfo, Dataset, options ?? DicomWriteOptions.Default);
        File = new FileReference(fileName);
    }

    public void Save(Stream stream, DicomWriteOptions options = null)
    {
        Prepare();
        DicomFileWriter.Write(stream, FileMetaInfo, Dataset, options ?? DicomWriteOptions.Default);
    }

    public Task SaveAsync(string fileName, DicomWriteOptions options = null) => Task.Run(() => Save(fileName, options));

    public Task SaveAsync(Stream stream, DicomWriteOptions options = null) => Task.Run(() => Save(stream, options));

    public override string ToString() => $"DICOM File [{Format}]";

    protected virtual void OnSave()
    {
    }

    private void Prepare()
    {
        if (Format is DicomFileFormat.ACRNEMA1 or DicomFileFormat.ACRNEMA2)
        {
            throw new DicomFileException(this, "Unable to save ACR-NEMA file");
        }

        if (Format == DicomFileFormat.DICOM3NoFileMetaInfo)
        {
            FileMetaInfo = new DicomFileMetaInformation(Dataset);
            Format = DicomFileFormat.DICOM3;
        }

        OnSave();
    }

    private void Read(Stream stream, IFileReference reference, Encoding fallback, Func<ParseState, bool> stop, FileReadOption option, int large)
    {
        if (stream.Length - stream.Position < SmallestFile)
        {
            throw new DicomFileException(this, $"Not a valid DICOM file: {this}");
        }

        DicomFileReader reader = new();
        DicomReaderResult result = reader.Read(new ByteSource(stream, reference, option, large), FileMetaInfo, Dataset, fallback, stop);
        Format = reader.Format;
        if (result is DicomReaderResult.Processing or DicomReaderResult.Error)
        {
            // An end of something that never began.
            throw new DicomFileException(this, $"Failed to parse {this} - probably not a valid DICOM file");
        }

        IsPartial = result is DicomReaderResult.Stopped or DicomReaderResult.Suspended;
    }
}

public enum DicomFileFormat
{
    Unknown,
    DICOM3,
    DICOM3NoPreamble,
    DICOM3NoFileMetaInfo,
    ACRNEMA1,
    ACRNEMA2,
}

public enum FileReadOption
{
    Default,
    ReadLargeOnDemand,
    SkipLargeTags,
    ReadAll,
}
