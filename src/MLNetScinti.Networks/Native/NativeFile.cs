using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace MLNetScinti.Networks.Native;

/// <summary>
/// A native library's file, looked at before it is loaded: the loader maps what the headers promise, and a process that touches a
/// page behind the end of a file that was cut short is ended by the system. Layout: System V ABI, ELF-64, chapters "ELF Header",
/// "Program Header" and "Dynamic Section". Files of other systems and of 32 bits are left to the loader.
/// </summary>
internal sealed class NativeFile
{
    private const uint Load = 1, Dynamic = 2, Note = 4;

    private readonly FileStream _file;
    private readonly string _path;
    private readonly List<Segment> _segments = [];

    private NativeFile(FileStream file, string path)
    {
        (_file, _path) = (file, path);
        byte[] header = Read(0, 64, "its header");
        long programs = Long(header, 32), sections = Long(header, 40);
        int programSize = Half(header, 54), programCount = Half(header, 56);
        MustHold(sections, Half(header, 58) * (long)Half(header, 60), "its section headers");
        byte[] table = Read(programs, checked(programSize * programCount), "its program headers");
        for (int program = 0; program < programCount; program++)
        {
            ReadOnlySpan<byte> entry = table.AsSpan(program * programSize);
            Segment segment = new(BinaryPrimitives.ReadUInt32LittleEndian(entry), Long(entry, 8), Long(entry, 16), Long(entry, 32));
            MustHold(segment.Offset, segment.Size, "its segments");
            _segments.Add(segment);
        }
    }

    /// <summary>Refuses a library that is absent or cut short, and any beside it that it needs.</summary>
    /// <exception cref="NativeLibraryException">It is; the message names the file and what to do.</exception>
    public static void MustBeWhole(string path) => MustBeWhole(path, new HashSet<string>(StringComparer.Ordinal));

    /// <summary>The libraries that it names as needed.</summary>
    public static IReadOnlyList<string> NeededBy(string path) => Look(path, static file => file.Needed()) ?? [];

    /// <summary>What its linker marked it by, in hexadecimal; empty where it has no such mark.</summary>
    public static string BuildId(string path) => Look(path, static file => file.BuildMark()) ?? "";

    private static void MustBeWhole(string path, HashSet<string> seen)
    {
        if (!seen.Add(path))
        {
            return;
        }

        foreach (string beside in NeededBy(path).Select(needed => Path.Combine(Path.GetDirectoryName(path)!, needed)).Where(File.Exists))
        {
            MustBeWhole(beside, seen);
        }
    }

    private static T? Look<T>(string path, Func<NativeFile, T> look)
        where T : class
    {
        try
        {
            using FileStream file = File.OpenRead(path);
            Span<byte> kind = stackalloc byte[6];
            return file.ReadAtLeast(kind, kind.Length, throwOnEndOfStream: false) == kind.Length && kind.SequenceEqual((ReadOnlySpan<byte>)[0x7F, (byte)'E', (byte)'L', (byte)'F', 2, 1])
                ? look(new NativeFile(file, path))
                : file.Length < 64 ? throw CutShort(path, file.Length, "its header") : null;
        }
        catch (Exception problem) when (problem is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new NativeLibraryException($"{path} is not there: {NativeLibraries.PutBack}", problem);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new NativeLibraryException($"{path} cannot be read: {problem.Message}", problem);
        }
        catch (Exception problem) when (problem is ArgumentException or OverflowException)
        {
            throw new NativeLibraryException($"{path} is damaged, its headers make no sense: {NativeLibraries.PutBack}", problem);
        }
    }

    private List<string> Needed()
    {
        const long needed = 1, strings = 5;
        Segment dynamic = _segments.Find(segment => segment.Type == Dynamic);
        byte[] entries = Read(dynamic.Offset, (int)Math.Min(dynamic.Size, 1 << 20), "its dynamic section");
        List<long> names = [];
        long table = -1;
        for (int at = 0; at + 16 <= entries.Length && Long(entries, at) is var tag && tag != 0; at += 16)
        {
            if (tag == needed)
            {
                names.Add(Long(entries, at + 8));
            }
            else if (tag == strings)
            {
                long address = Long(entries, at + 8);
                Segment home = _segments.Find(segment => segment.Type == Load && address >= segment.Address && address - segment.Address < segment.Size);
                table = home.Offset + (address - home.Address);
            }
        }

        return table < 0 ? [] : [.. names.Select(name => Text(table + name))];
    }

    private string BuildMark()
    {
        const uint mark = 3;
        foreach (Segment note in _segments.Where(segment => segment.Type == Note))
        {
            byte[] bytes = Read(note.Offset, (int)Math.Min(note.Size, 1 << 16), "its notes");
            for (int at = 0; at + 12 <= bytes.Length;)
            {
                int name = (int)Word(bytes, at), size = (int)Word(bytes, at + 4);
                int content = at + 12 + ((name + 3) & ~3);
                if (Word(bytes, at + 8) == mark && bytes.AsSpan(at + 12, name).SequenceEqual("GNU\0"u8))
                {
                    return Convert.ToHexStringLower(bytes.AsSpan(content, size));
                }

                at = checked(content + ((size + 3) & ~3));
            }
        }

        return "";
    }

    private string Text(long at)
    {
        byte[] bytes = Read(at, (int)Math.Clamp(_file.Length - at, 0, 256), "its names");
        int end = Array.IndexOf(bytes, (byte)0);
        return Encoding.UTF8.GetString(bytes, 0, end < 0 ? bytes.Length : end);
    }

    private byte[] Read(long at, int length, string what)
    {
        MustHold(at, length, what);
        byte[] bytes = new byte[length];
        _file.Position = at;
        _file.ReadExactly(bytes);
        return bytes;
    }

    private void MustHold(long at, long length, string what)
    {
        if (at < 0 || length < 0 || at > _file.Length || length > _file.Length - at)
        {
            throw CutShort(_path, _file.Length, what);
        }
    }

    private static NativeLibraryException CutShort(string path, long length, string what) =>
        new(string.Create(CultureInfo.InvariantCulture, $"{path} is cut short or damaged ({length} bytes; {what} would lie behind them): {NativeLibraries.PutBack}"));

    private static int Half(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt16LittleEndian(bytes.Slice(at, 2));

    private static uint Word(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt32LittleEndian(bytes.Slice(at, 4));

    private static long Long(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadInt64LittleEndian(bytes.Slice(at, 8));

    private readonly record struct Segment(uint Type, long Offset, long Address, long Size);
}
