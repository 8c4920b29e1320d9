using System.Runtime.Intrinsics.X86;

namespace MLNetScinti.Networks.Training;

/// <summary>What the processor can compute that .NET's own flags do not tell.</summary>
internal static class ProcessorArithmetic
{
    /// <summary>Whether it multiplies bfloat16 numbers: AVX512-BF16 (CPUID 7.1, EAX bit 5) or AMX-BF16 (CPUID 7.0, EDX bit 22), Intel SDM volume 2A.</summary>
    public static bool HasBFloat16 { get; } = Look();

    private static bool Look()
    {
        if (!X86Base.IsSupported || !Avx512F.IsSupported || X86Base.CpuId(0, 0).Eax < 7)
        {
            return false;
        }

        (int subleaves, _, _, int edx) = X86Base.CpuId(7, 0);
        return (edx & (1 << 22)) != 0 || (subleaves >= 1 && (X86Base.CpuId(7, 1).Eax & (1 << 5)) != 0);
    }
}
