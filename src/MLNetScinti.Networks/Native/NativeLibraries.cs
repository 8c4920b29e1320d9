using System.Reflection;
using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using TorchSharp;

namespace MLNetScinti.Networks.Native;

/// <summary>Between which machines one seed gives one result.</summary>
public enum Reproducibility
{
    /// <summary>The same bits on one kind of processor, at any number of threads; the quickest arithmetic it has.</summary>
    Processor,

    /// <summary>The same bits on every x86-64 processor with AVX2: arithmetic that they all have, by code that they all run.</summary>
    Portable,
}

/// <summary>A native library could not be loaded: one sentence says which file, why, and what to do.</summary>
public sealed class NativeLibraryException : Exception
{
    /// <summary>With the sentence.</summary>
    public NativeLibraryException(string message)
        : base(message)
    {
    }

    /// <summary>With the sentence and what stands behind it.</summary>
    public NativeLibraryException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}

/// <summary>
/// The one place that loads libtorch and TorchSharp's binding to it, and ONNX Runtime, by absolute path and before anyone looks for
/// them: an assembly that a notebook refers to brings no search path for native libraries, and a system's own libtorch must not
/// be taken in place of the one that TorchSharp was built for. Whatever computes with TorchSharp calls <see cref="Load()"/>
/// first, whatever runs a model <see cref="LoadOnnxRuntime"/>; both are cheap from the second call on.
/// </summary>
public static class NativeLibraries
{
    /// <summary>What to do where a file is not as its package holds it.</summary>
    internal const string PutBack = "build again from a clean output folder, so that the package's own file is put there.";

    private const string Binding = "LibTorchSharp";
    private static readonly Lock s_lock = new();
    private static Reproducibility? s_loaded;
    private static nint s_binding;
    private static NativeLibraryException? s_failure;
    private static string? s_onnxRuntime;
    private static string? s_libtorch;

    /// <summary>What the process's arithmetic was set to when libtorch was loaded; null before.</summary>
    public static Reproducibility? Loaded => s_loaded;

    /// <summary>
    /// libtorch's version, and by which its file is told from another build of it: "2.10.0 (e59a73f8)". Nothing is loaded for it.
    /// </summary>
    /// <exception cref="NativeLibraryException">The file is absent or damaged.</exception>
    public static string LibtorchVersion
    {
        get
        {
            if (s_libtorch is { } known)
            {
                return known;
            }

            // The binding is of use with the very version of libtorch that it was built for. It says which (torch.__version__), but
            // to ask the class would have it look for the library: the constant behind is read without.
            string built = typeof(torch).GetField("libtorchPackageVersion", BindingFlags.NonPublic | BindingFlags.Public | BindingFlags.Static) is { IsLiteral: true } constant
                ? (string)constant.GetRawConstantValue()! : $"of TorchSharp {typeof(torch).Assembly.GetName().Version}";
            string version = Version.TryParse(built, out Version? number) ? number.ToString(3) : built;
            string mark = OperatingSystem.IsLinux() && NativeFile.BuildId(Path.Combine(Folder("libtorch_cpu.so"), "libtorch_cpu.so")) is { Length: >= 8 } id ? $" ({id[..8]})" : "";
            return s_libtorch = version + mark;
        }
    }

    /// <summary>Loads ONNX Runtime, which runs models, and returns its version.</summary>
    /// <exception cref="NativeLibraryException">Its library is absent, damaged, or the system lacks what it needs.</exception>
    public static string LoadOnnxRuntime()
    {
        lock (s_lock)
        {
            if (s_onnxRuntime is { } version)
            {
                return version;
            }

            // It would keep a file of events in the user's home and send them to its makers: nothing leaves a hospital unasked.
            Set("ORT_DISABLE_TELEMETRY", "1");

            // On Windows the system has an older one of its own, and the package's search goes past it.
            string file = OperatingSystem.IsMacOS() ? "libonnxruntime.dylib" : "libonnxruntime.so";
            if (!OperatingSystem.IsWindows())
            {
                _ = LoadFile(Path.Combine(Folder(file, "Microsoft.ML.OnnxRuntime, or Microsoft.ML.OnnxRuntime.Gpu"), file));
            }

            try
            {
                return s_onnxRuntime = OrtEnv.Instance().GetVersionString();
            }
            catch (Exception problem) when (problem is DllNotFoundException or EntryPointNotFoundException or TypeInitializationException or BadImageFormatException)
            {
                throw new NativeLibraryException($"ONNX Runtime could not start its native library: {FirstLine(problem)}: {PutBack}", problem);
            }
        }
    }

    /// <summary>Loads the libraries as they are already, or for one kind of processor.</summary>
    /// <exception cref="NativeLibraryException">A library is absent, or the system lacks what it needs.</exception>
    public static void Load()
    {
        lock (s_lock)
        {
            Load(s_loaded ?? Reproducibility.Processor);
        }
    }

    /// <summary>Loads the libraries with arithmetic that repeats as asked. A process does that once: what decides it is read by the libraries when they start.</summary>
    /// <exception cref="NativeLibraryException">A library is absent, the system lacks what it needs, or they are loaded with other arithmetic.</exception>
    public static void Load(Reproducibility reproducibility)
    {
        lock (s_lock)
        {
            if (s_failure is { } failure)
            {
                throw new NativeLibraryException(failure.Message, failure);
            }

            if (s_loaded is { } loaded)
            {
                if (loaded != reproducibility)
                {
                    throw new NativeLibraryException(
                        $"this process computes with 'reproducible: {Word(loaded)}' already and cannot change to '{Word(reproducibility)}': run that in a process of its own.");
                }

                return;
            }

            try
            {
                SetEnvironment(reproducibility);
                LoadInOrder();
                s_loaded = reproducibility;
            }
            catch (NativeLibraryException problem)
            {
                s_failure = problem;
                throw;
            }
        }
    }

    /// <summary>The word of a definition for a mode.</summary>
    public static string Word(Reproducibility reproducibility) => reproducibility == Reproducibility.Portable ? "portable" : "processor";

    // MKL takes its code by the alignment of memory unless told to repeat itself, so two runs with one seed would differ in
    // their last digits. These are read when the libraries start: .NET's own environment does not reach them on Unix.
    private static void SetEnvironment(Reproducibility reproducibility)
    {
        bool portable = reproducibility == Reproducibility.Portable;
        // What the computer's owner has set is looked at before it is set here.
        _ = ProcessorKind.Name;
        Set("MKL_CBWR", portable ? "COMPATIBLE" : "AUTO");
        if (portable)
        {
            Set("ONEDNN_MAX_CPU_ISA", "AVX2");
            Set("ATEN_CPU_CAPABILITY", "avx2");
        }

        // Threads of OpenMP that spin for long starve each other as soon as anything else runs. It decides no result, so who set it keeps it.
        if (string.IsNullOrEmpty(Environment.GetEnvironmentVariable("GOMP_SPINCOUNT")))
        {
            Set("GOMP_SPINCOUNT", "20000");
        }

        KeepFreedMemory();
    }

    // A training step takes and gives back the same blocks of memory over and over. glibc hands them to the system in between, and gets each
    // page back cleared, by a fault (4,000 to 16,000 a step of the network that is measured beside its peers). It keeps up to half a
    // gigabyte instead; larger blocks still come and go one by one. Who set this otherwise keeps it, and no other library has it.
    private static void KeepFreedMemory()
    {
        const int TrimThreshold = -1, MappingThreshold = -3;
        if (!OperatingSystem.IsLinux() || ((string[])["MALLOC_TRIM_THRESHOLD_", "MALLOC_MMAP_THRESHOLD_", "GLIBC_TUNABLES"]).Any(name => !string.IsNullOrEmpty(Environment.GetEnvironmentVariable(name))))
        {
            return;
        }

        try
        {
            _ = SetAllocation(MappingThreshold, 32 << 20);
            _ = SetAllocation(TrimThreshold, 512 << 20);
        }
        catch (EntryPointNotFoundException)
        {
            // musl: it has nothing to set.
        }
    }

    [DllImport("libc", EntryPoint = "mallopt")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern int SetAllocation(int parameter, int value);

    private static void Set(string name, string value)
    {
        Environment.SetEnvironmentVariable(name, value);
        if (!OperatingSystem.IsWindows())
        {
            _ = SetNative(name, value, 1);
        }
    }

    [DllImport("libc", EntryPoint = "setenv", CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern int SetNative(string name, string value, int overwrite);

    private static void LoadInOrder()
    {
        // On Windows the binding's own search finds what lies beside it, with CUDA's parts in the order that they need.
        if (!OperatingSystem.IsWindows())
        {
            string extension = OperatingSystem.IsMacOS() ? "dylib" : "so";
            string folder = Folder($"libtorch_cpu.{extension}");
            foreach (string library in (string[])["c10", "torch_cpu", "torch"])
            {
                LoadFile(Path.Combine(folder, $"lib{library}.{extension}"));
            }

            string binding = Path.Combine(Folder($"lib{Binding}.{extension}"), $"lib{Binding}.{extension}");
            if (OperatingSystem.IsLinux())
            {
                NativeFile.MustBeWhole(binding);
            }

            s_binding = LoadFile(OlderRuntime.Fitting(binding));
            try
            {
                NativeLibrary.SetDllImportResolver(typeof(torch).Assembly, static (name, _, _) => name == Binding ? s_binding : 0);
            }
            catch (InvalidOperationException)
            {
                // Whoever came first resolves it: the library is loaded under its own name, which is how it will be found.
            }
        }

        try
        {
            torch.InitializeDeviceType(DeviceType.CPU);
            _ = torch.get_num_threads();
        }
        catch (Exception problem) when (problem is NotSupportedException or DllNotFoundException or EntryPointNotFoundException or TypeInitializationException or BadImageFormatException)
        {
            throw new NativeLibraryException($"TorchSharp {typeof(torch).Assembly.GetName().Version} could not start its native library: {FirstLine(problem)}", problem);
        }
    }

    private static nint LoadFile(string path)
    {
        if (OperatingSystem.IsLinux())
        {
            NativeFile.MustBeWhole(path);
        }

        try
        {
            return NativeLibrary.Load(path);
        }
        catch (Exception problem) when (problem is DllNotFoundException or BadImageFormatException)
        {
            string[] missing = [.. (OperatingSystem.IsLinux() ? NativeFile.NeededBy(path) : []).Where(needed => !File.Exists(Path.Combine(Path.GetDirectoryName(path)!, needed)) && !NativeLibrary.TryLoad(needed, out _))];
            throw new NativeLibraryException(missing.Length > 0
                ? $"{path} needs {string.Join(" and ", missing)}, which is neither beside it nor among the system's libraries: {PutBack[..^1]}, or install it."
                : $"{path} could not be loaded ({LoadersWords(problem)}): {PutBack}", problem);
        }
    }

    // Before the loader's own words .NET has advice for those who build native libraries.
    private static string LoadersWords(Exception problem) =>
        problem.Message.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).LastOrDefault()?.TrimEnd('.') ?? problem.GetType().Name;

    // Beside the program or this assembly, or in the folders that a package has for each platform.
    private static string Folder(string file, string packages = "TorchSharp-cpu, or one of the TorchSharp-cuda packages")
    {
        string platform = Path.Combine("runtimes", RuntimeInformation.RuntimeIdentifier, "native");
        string?[] places = [AppContext.BaseDirectory, PlaceOf(typeof(NativeLibraries).Assembly), PlaceOf(typeof(torch).Assembly)];
        string[] folders = [.. places.OfType<string>().SelectMany(place => (string[])[place, Path.Combine(place, platform)])];
        return folders.FirstOrDefault(folder => File.Exists(Path.Combine(folder, file)))
            ?? throw new NativeLibraryException(
                $"{file} is in none of {string.Join(", ", folders.Distinct(StringComparer.Ordinal))}: build with its package for {RuntimeInformation.RuntimeIdentifier} ({packages}).");
    }

    private static string? PlaceOf(Assembly assembly) => assembly.Location is { Length: > 0 } location ? Path.GetDirectoryName(location) : null;

    private static string FirstLine(Exception problem)
    {
        Exception cause = problem is TypeInitializationException { InnerException: { } inner } ? inner : problem;
        return cause.Message.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).FirstOrDefault() ?? cause.GetType().Name;
    }
}
