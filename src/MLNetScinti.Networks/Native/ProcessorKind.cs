using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using System.Text;

namespace MLNetScinti.Networks.Native;

/// <summary>What of the processor decides how libtorch computes. Leaves and bits of CPUID: Intel SDM, volume 2A, and AMD APM, volume 3.</summary>
public static class ProcessorKind
{
    // What cuts libtorch's and its libraries' choice of code short, wherever the computer's owner has set it.
    private static readonly string[] s_limits = ["ATEN_CPU_CAPABILITY", "ONEDNN_MAX_CPU_ISA", "DNNL_MAX_CPU_ISA", "MKL_ENABLE_INSTRUCTIONS"];

    /// <summary>Whether it multiplies bfloat16 numbers: AVX512-BF16 (CPUID 7.1, EAX bit 5) or AMX-BF16 (CPUID 7.0, EDX bit 22).</summary>
    public static bool HasBFloat16 { get; } = LookForBFloat16();

    /// <summary>
    /// The maker and the widest arithmetic, for example "AuthenticAMD, AVX-512": libraries take their code by both, and sums come out
    /// in other last digits. Limits that the environment sets stand behind.
    /// </summary>
    public static string Name { get; } = string.Join(", ", [Maker(), Level(), .. s_limits
        .Select(name => (Name: name, Value: Environment.GetEnvironmentVariable(name)))
        .Where(limit => !string.IsNullOrEmpty(limit.Value)).Select(limit => $"{limit.Name}={limit.Value}")]);

    /// <summary>The part of the processor that decides a result: all of <see cref="Name"/>, or nothing where arithmetic is taken that all of them have.</summary>
    public static string Deciding(Reproducibility reproducibility) => reproducibility == Reproducibility.Portable ? "any" : Name;

    private static string Maker()
    {
        if (!X86Base.IsSupported)
        {
            return RuntimeInformation.ProcessArchitecture.ToString();
        }

        (_, int b, int c, int d) = X86Base.CpuId(0, 0);
        Span<int> letters = [b, d, c];
        string name = Encoding.ASCII.GetString(MemoryMarshal.AsBytes(letters)).Trim('\0', ' ');
        return name.Length > 0 ? name : "x86-64";
    }

    // ATen and MKL take AVX-512 where F, BW, DQ and VL are there together. VNNI, which oneDNN looks at, changes integers alone.
    private static string Level() =>
        Avx512F.VL.IsSupported && Avx512BW.IsSupported && Avx512DQ.IsSupported ? "AVX-512"
        : Avx2.IsSupported && Fma.IsSupported ? "AVX2"
        : Avx.IsSupported ? "AVX"
        : X86Base.IsSupported ? "SSE"
        : string.Create(CultureInfo.InvariantCulture, $"{System.Numerics.Vector<byte>.Count * 8} bits");

    private static bool LookForBFloat16()
    {
        if (!X86Base.IsSupported || !Avx512F.IsSupported || X86Base.CpuId(0, 0).Eax < 7)
        {
            return false;
        }

        (int subleaves, _, _, int edx) = X86Base.CpuId(7, 0);
        return (edx & (1 << 22)) != 0 || (subleaves >= 1 && (X86Base.CpuId(7, 1).Eax & (1 << 5)) != 0);
    }
}
