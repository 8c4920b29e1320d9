using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using MLNetScinti.Imaging;

namespace MLNetScinti.Networks.Native;

/// <summary>
/// TorchSharp's binding is built with GCC 13 and asks for version GLIBCXX_3.4.32 of the C++ library, which Debian 12,
/// Ubuntu 22.04 and Red Hat 9 do not have. It takes one symbol from it: <c>std::ios_base_library_init()</c>, which starts
/// the standard streams where nothing else has; on an older library they start by themselves. So a copy of the binding,
/// never the file itself, has that symbol bound to a function without arguments and without effect that it calls anyway
/// (<c>c10::GradMode::is_enabled()</c>), and the version marked as one that may be absent.
/// Offsets and flags: System V ABI, ELF-64, chapters "Symbol Table" and "Symbol Versioning" (LSB 5.0, section 10.7).
/// </summary>
internal static class OlderRuntime
{
    private const string Version = "GLIBCXX_3.4.32";
    private const string Wanted = "_ZSt21ios_base_library_initv";
    private const string Harmless = "_ZN3c108GradMode10is_enabledEv";
    private const ushort Weak = 2;

    /// <summary>The library as it is where the system has what it asks for, else its copy in the cache of this user.</summary>
    /// <exception cref="NativeLibraryException">The copy cannot be made or kept.</exception>
    public static string Fitting(string library)
    {
        if (!OperatingSystem.IsLinux() || RuntimeInformation.ProcessArchitecture != Architecture.X64 || SystemHas(Version))
        {
            return library;
        }

        byte[] content = File.ReadAllBytes(library);
        if (content.AsSpan().IndexOf(Encoding.ASCII.GetBytes(Wanted)) < 0 || content.AsSpan().IndexOf(Encoding.ASCII.GetBytes(Version)) < 0)
        {
            return library;
        }

        string name = Convert.ToHexStringLower(SHA256.HashData(content))[..16];
        try
        {
            string folder = Path.Combine(CacheFolder(), "native", name);
            string copy = Path.Combine(folder, Path.GetFileName(library));
            byte[] fitted = Fit(content, library);
            if (File.Exists(copy) && File.ReadAllBytes(copy).AsSpan().SequenceEqual(fitted))
            {
                return copy;
            }

            AtomicFile.Write(copy, fitted);
            return copy;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new NativeLibraryException(
                $"this system's libstdc++ lacks {Version}, which {library} asks for, and a fitting copy could not be written: {problem.Message} Set XDG_CACHE_HOME to a folder that can be written.", problem);
        }
    }

    /// <summary>The library with the symbol bound elsewhere and its version marked as optional.</summary>
    /// <exception cref="NativeLibraryException">It is no such library.</exception>
    internal static byte[] Fit(byte[] content, string name)
    {
        byte[] fitted = [.. content];
        try
        {
            ElfFile elf = new(fitted);
            int wanted = elf.FindSymbol(Wanted), harmless = elf.FindSymbol(Harmless);
            if (wanted < 0 || harmless < 0)
            {
                throw new NativeLibraryException($"this system's libstdc++ lacks {Version}, which {name} asks for, and no {(wanted < 0 ? Wanted : Harmless)} is in it: use a system with GCC 13's libstdc++ or newer.");
            }

            elf.BindLike(wanted, harmless);
            elf.FlagVersion(Version, Weak);
            return fitted;
        }
        catch (ArgumentOutOfRangeException problem)
        {
            throw new NativeLibraryException($"{name} is not a whole 64-bit ELF library.", problem);
        }
    }

    // The C++ library that the process would load names its versions in its string table.
    private static bool SystemHas(string version)
    {
        if (!NativeLibrary.TryLoad("libstdc++.so.6", out nint handle))
        {
            return true;
        }

        try
        {
            string? file = File.ReadLines("/proc/self/maps").Select(line => line[(line.IndexOf('/', StringComparison.Ordinal) is var at and >= 0 ? at : line.Length)..])
                .FirstOrDefault(path => Path.GetFileName(path).StartsWith("libstdc++.so", StringComparison.Ordinal));
            return file is null || File.ReadAllBytes(file).AsSpan().IndexOf(Encoding.ASCII.GetBytes(version + "\0")) >= 0;
        }
        catch (IOException)
        {
            return true;
        }
        finally
        {
            NativeLibrary.Free(handle);
        }
    }

    private static string CacheFolder()
    {
        string? cache = Environment.GetEnvironmentVariable("XDG_CACHE_HOME");
        string home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        return Path.Combine(!string.IsNullOrEmpty(cache) ? cache : home.Length > 0 ? Path.Combine(home, ".cache") : Path.GetTempPath(), "mlnetscinti");
    }

    /// <summary>The dynamic symbols of a little-endian ELF-64 file, changed in place.</summary>
    private sealed class ElfFile
    {
        private const int SymbolSize = 24;
        private readonly byte[] _content;
        private readonly Section _symbols, _names, _versions, _needs;

        public ElfFile(byte[] content)
        {
            _content = content;
            if (!content.AsSpan(0, 6).SequenceEqual((ReadOnlySpan<byte>)[0x7F, (byte)'E', (byte)'L', (byte)'F', 2, 1]))
            {
                throw new ArgumentOutOfRangeException(nameof(content));
            }

            const uint dynamicSymbols = 11, versionNeeds = 0x6FFFFFFE, symbolVersions = 0x6FFFFFFF;
            Section[] sections = [.. Enumerable.Range(0, Half(60)).Select(index => Read((int)Long(40) + (index * Half(58))))];
            _symbols = sections.First(section => section.Type == dynamicSymbols);
            _names = sections[_symbols.Link];
            _versions = sections.First(section => section.Type == symbolVersions);
            _needs = sections.First(section => section.Type == versionNeeds);
        }

        public int FindSymbol(string name)
        {
            for (int symbol = 0; symbol < _symbols.Size / SymbolSize; symbol++)
            {
                if (IsName((int)Word(_symbols.Offset + (symbol * SymbolSize)), name))
                {
                    return symbol;
                }
            }

            return -1;
        }

        /// <summary>Gives one undefined symbol the name and version of another.</summary>
        public void BindLike(int symbol, int other)
        {
            _content.AsSpan(_symbols.Offset + (other * SymbolSize), 4).CopyTo(_content.AsSpan(_symbols.Offset + (symbol * SymbolSize)));
            _content.AsSpan(_versions.Offset + (other * 2), 2).CopyTo(_content.AsSpan(_versions.Offset + (symbol * 2)));
        }

        public void FlagVersion(string version, ushort flag)
        {
            for (int need = _needs.Offset; ;)
            {
                int entry = need + (int)Word(need + 8);
                for (int left = Half(need + 2); left > 0; left--)
                {
                    if (IsName((int)Word(entry + 8), version))
                    {
                        BinaryPrimitives.WriteUInt16LittleEndian(_content.AsSpan(entry + 4), (ushort)(Half(entry + 4) | flag));
                    }

                    entry += (int)Word(entry + 12);
                }

                if (Word(need + 12) is var next && next == 0)
                {
                    return;
                }

                need += (int)next;
            }
        }

        private bool IsName(int offset, string name)
        {
            ReadOnlySpan<byte> rest = _content.AsSpan(_names.Offset + offset);
            return rest.Length > name.Length && rest[name.Length] == 0 && rest[..name.Length].SequenceEqual(Encoding.ASCII.GetBytes(name));
        }

        private Section Read(int at) => new(Word(at + 4), (int)Long(at + 24), (int)Long(at + 32), (int)Word(at + 40));

        private int Half(int at) => BinaryPrimitives.ReadUInt16LittleEndian(_content.AsSpan(at, 2));

        private uint Word(int at) => BinaryPrimitives.ReadUInt32LittleEndian(_content.AsSpan(at, 4));

        private long Long(int at) => BinaryPrimitives.ReadInt64LittleEndian(_content.AsSpan(at, 8));

        private readonly record struct Section(uint Type, int Offset, int Size, int Link);
    }
}
