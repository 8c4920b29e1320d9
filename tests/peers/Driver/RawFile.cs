using System.Runtime.InteropServices;

namespace MLNetScinti.Peers;

/// <summary>Numbers without a header, little-endian, as numpy's fromfile and tofile have them.</summary>
internal static class RawFile
{
    public static T[] Read<T>(string file)
        where T : unmanaged => MemoryMarshal.Cast<byte, T>(File.ReadAllBytes(file)).ToArray();

    public static void Write<T>(string file, ReadOnlySpan<T> values)
        where T : unmanaged => File.WriteAllBytes(file, MemoryMarshal.AsBytes(values));
}
