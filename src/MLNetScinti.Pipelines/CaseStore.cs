using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;

namespace MLNetScinti.Pipelines;

/// <summary>
/// What was decoded of the cases of a view, so that a file is opened once a run: in memory up to a budget, in a file beyond it
/// that only this user can read and that goes with the process.
/// </summary>
internal sealed class CaseStore : IDisposable
{
    /// <summary>Bytes of images that are held in memory: more goes to disk.</summary>
    public const long MemoryBudget = 1L << 30;

    private readonly long _budget;
    private readonly Lock _lock = new();
    private readonly List<Place> _places = [];
    private long _held;
    private FileStream? _file;
    private MemoryMappedFile? _mapped;
    private MemoryMappedViewAccessor? _view;
    private long _mappedLength;

    public CaseStore(long budget = MemoryBudget) => _budget = budget;

    /// <summary>Bytes on disk.</summary>
    public long OnDisk => _file?.Length ?? 0;

    /// <summary>Keeps a case's images and says where.</summary>
    public int Add(IReadOnlyList<CaseImage> images)
    {
        lock (_lock)
        {
            long bytes = images.Sum(image => (long)image.Values.Length * sizeof(float));
            if (_held + bytes <= _budget)
            {
                _held += bytes;
                _places.Add(new Place(images, 0));
            }
            else
            {
                _file ??= PrivateFile.Create("cases");
                long start = _file.Length;
                _file.Position = start;
                foreach (CaseImage image in images)
                {
                    _file.Write(MemoryMarshal.AsBytes(image.Values.Span));
                }

                _places.Add(new Place([.. images.Select(image => image with { Values = default })], start));
            }

            return _places.Count - 1;
        }
    }

    /// <summary>A case's images again.</summary>
    public IReadOnlyList<CaseImage> Read(int place)
    {
        lock (_lock)
        {
            Place known = _places[place];
            if (known.Images.All(image => image.Values.Length == image.Shape.Length))
            {
                return known.Images;
            }

            Map();
            long at = known.Start;
            CaseImage[] images = new CaseImage[known.Images.Count];
            for (int i = 0; i < images.Length; i++)
            {
                float[] values = new float[known.Images[i].Shape.Length];
                _view!.SafeMemoryMappedViewHandle.ReadSpan((ulong)at, values.AsSpan());
                images[i] = known.Images[i] with { Values = values };
                at += (long)values.Length * sizeof(float);
            }

            return images;
        }
    }

    public void Dispose()
    {
        _view?.Dispose();
        _mapped?.Dispose();
        _file?.Dispose();
    }

    private void Map()
    {
        if (_view is not null && _mappedLength == _file!.Length)
        {
            return;
        }

        _view?.Dispose();
        _mapped?.Dispose();
        _file!.Flush();
        _mappedLength = _file.Length;
        _mapped = MemoryMappedFile.CreateFromFile(_file, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
        _view = _mapped.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
    }

    /// <summary>Where a case's images are: here, or in the file from a byte on.</summary>
    private sealed record Place(IReadOnlyList<CaseImage> Images, long Start);
}

/// <summary>A file for the life of the process that only this user can read: decoded images are no one else's business.</summary>
internal static class PrivateFile
{
    /// <summary>Makes an empty one; it is deleted when it is closed, and on Unix has no name even while it is open.</summary>
    public static FileStream Create(string purpose)
    {
        string path = Dicom.PrivateFolder.NewName($".{purpose}");
        FileStreamOptions options = new()
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Share = FileShare.Delete,
            BufferSize = 1 << 20,
            Options = FileOptions.DeleteOnClose,
        };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        FileStream file = new(path, options);
        if (!OperatingSystem.IsWindows())
        {
            // An open file lives on without its name: a process that is killed leaves nothing behind.
            File.Delete(path);
        }

        return file;
    }
}
