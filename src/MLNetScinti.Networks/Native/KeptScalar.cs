using System.Collections.Concurrent;
using TorchSharp;

namespace MLNetScinti.Networks.Native;

/// <summary>
/// Numbers as libtorch takes them. TorchSharp gives one a finaliser that frees its memory, and nothing keeps a temporary alive while native
/// code reads it: a collection in that moment frees it under libtorch's hands. Those that are made here live as long as the process; they
/// are few, since they come from definitions and from the code, and not from data.
/// </summary>
internal static class KeptScalar
{
    private static readonly ConcurrentDictionary<double, Scalar> s_kept = new();

    /// <summary>A number that is another one each time: the caller disposes of it, after the last call that reads it.</summary>
    public static Scalar New(double value) => value;

    /// <summary>The number, always the same object.</summary>
    public static Scalar Of(double value)
    {
        if (!s_kept.TryGetValue(value, out Scalar? kept))
        {
            kept = s_kept.GetOrAdd(value, New);
        }

        return kept;
    }
}
