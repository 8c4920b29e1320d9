using System.Runtime.InteropServices;
using System.Security.Cryptography;
using FsCheck;
using FsCheck.Fluent;

namespace MLNetScinti.Imaging.Tests;

/// <summary>Random images for properties, and a bounded number of runs.</summary>
internal static class ImageProperties
{
    public static Gen<ImageShape> Shapes { get; } = Gen.OneOf(
        from rows in Gen.Choose(1, 12)
        from columns in Gen.Choose(1, 12)
        select new ImageShape(rows, columns),
        from sections in Gen.Choose(1, 6)
        from rows in Gen.Choose(1, 10)
        from columns in Gen.Choose(1, 10)
        select new ImageShape(sections, rows, columns));

    public static Gen<(ImageShape Shape, float[] Values)> Images { get; } =
        from shape in Shapes
        from seed in Gen.Choose(0, int.MaxValue)
        select (shape, Noise(shape, (ulong)seed));

    public static float[] Noise(ImageShape shape, ulong seed)
    {
        CounterRandom random = new(seed, 0, 0, "image");
        float[] values = new float[shape.Length];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = (float)random.NextDouble(-2, 5);
        }

        return values;
    }

    public static void Check<T>(Gen<T> generator, Func<T, bool> holds, int runs = 60) =>
        Prop.ForAll(generator.ToArbitrary(), holds).Check(Config.QuickThrowOnFailure.WithMaxTest(runs));

    public static float LargestDifference(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        if (a.Length != b.Length)
        {
            return float.PositiveInfinity;
        }

        float largest = 0;
        for (int i = 0; i < a.Length; i++)
        {
            float difference = Math.Abs(a[i] - b[i]);
            largest = float.IsNaN(difference) ? float.PositiveInfinity : Math.Max(largest, difference);
        }

        return largest;
    }

    /// <summary>The first half of the SHA-256 of the values' bits, as recorded files have it.</summary>
    public static string Hash(ReadOnlySpan<float> values) => Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes(values)))[..16];
}
