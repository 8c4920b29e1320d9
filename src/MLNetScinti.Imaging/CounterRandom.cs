using System.Runtime.InteropServices;

namespace MLNetScinti.Imaging;

/// <summary>
/// A counter-based random generator (Philox 4x32-10: Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC11).
/// Its draws depend only on the four values it is made from and on how many draws came before, never on other generators,
/// threads or the order of work. A copy of the struct repeats what the original would draw.
/// </summary>
[StructLayout(LayoutKind.Auto)]
public struct CounterRandom
{
    private const int Rounds = 10;
    private readonly uint _key0;
    private readonly uint _key1;
    private readonly uint _stream0;
    private readonly uint _stream1;
    private ulong _block;
    private int _left;
    private uint _w0;
    private uint _w1;
    private uint _w2;
    private uint _w3;

    /// <summary>A generator for one operation on one sample in one epoch.</summary>
    /// <param name="seed">The run's seed.</param>
    /// <param name="epoch">The epoch, or another stage of the work.</param>
    /// <param name="sample">The sample's number.</param>
    /// <param name="operation">What is drawn.</param>
    public CounterRandom(ulong seed, long epoch, ulong sample, string operation)
    {
        // Key and upper half of the counter together are a 128-bit name of the stream; the lower half counts blocks.
        ulong name = StableHash.Of(operation);
        ulong key = Mix(Mix(Mix(Mix(seed) + (ulong)epoch) + sample) ^ name);
        ulong stream = Mix(Mix(Mix(Mix(name) + sample) + (ulong)epoch) ^ seed);
        (_key0, _key1) = ((uint)key, (uint)(key >> 32));
        (_stream0, _stream1) = ((uint)stream, (uint)(stream >> 32));
    }

    /// <summary>32 random bits.</summary>
    public uint NextUInt32()
    {
        if (_left == 0)
        {
            Fill();
        }

        return _left-- switch
        {
            4 => _w0,
            3 => _w1,
            2 => _w2,
            _ => _w3,
        };
    }

    /// <summary>64 random bits.</summary>
    public ulong NextUInt64() => ((ulong)NextUInt32() << 32) | NextUInt32();

    /// <summary>Uniform from 0 (included) to 1 (excluded), 53 bits.</summary>
    public double NextDouble() => (NextUInt64() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Uniform between two bounds.</summary>
    public double NextDouble(double minimum, double maximum) => minimum + ((maximum - minimum) * NextDouble());

    /// <summary>Uniform from 0 to <paramref name="maximum"/> - 1, without bias.</summary>
    public int NextInt32(int maximum)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maximum, 1);
        // Multiply and shift; values in the short last stretch are drawn again (Lemire, 2019).
        uint bound = (uint)maximum;
        uint rejected = (0u - bound) % bound;
        while (true)
        {
            ulong product = (ulong)NextUInt32() * bound;
            if ((uint)product >= rejected)
            {
                return (int)(product >> 32);
            }
        }
    }

    /// <summary>Uniform from <paramref name="minimum"/> to <paramref name="maximum"/> - 1.</summary>
    public int NextInt32(int minimum, int maximum) => minimum + NextInt32(maximum - minimum);

    /// <summary>True with the given probability.</summary>
    public bool NextBoolean(double probability = 0.5) => NextDouble() < probability;

    /// <summary>Normally distributed with mean 0 and standard deviation 1 (Box and Muller).</summary>
    public double NextNormal() => Math.Sqrt(-2 * Math.Log(1 - NextDouble())) * Math.Cos(2 * Math.PI * NextDouble());

    /// <summary>Normally distributed.</summary>
    public double NextNormal(double mean, double deviation) => mean + (deviation * NextNormal());

    /// <summary>A Poisson-distributed count.</summary>
    /// <param name="mean">The mean, 0 or more.</param>
    public int NextPoisson(double mean)
    {
        if (!(mean >= 0) || mean > 1e9)
        {
            throw new ArgumentOutOfRangeException(nameof(mean), mean, "A Poisson mean must lie between 0 and 1e9.");
        }

        return mean switch
        {
            0 => 0,
            < 12 => PoissonByMultiplication(mean),
            _ => PoissonByRejection(mean),
        };
    }

    /// <summary>Puts a list into random order (Fisher and Yates).</summary>
    public void Shuffle<T>(Span<T> items)
    {
        for (int i = items.Length - 1; i > 0; i--)
        {
            int j = NextInt32(i + 1);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }

    private int PoissonByMultiplication(double mean)
    {
        double limit = Math.Exp(-mean);
        double product = NextDouble();
        int count = 0;
        while (product > limit)
        {
            product *= NextDouble();
            count++;
        }

        return count;
    }

    // Transformed rejection with squeeze (PTRS): W. Hoermann, Insurance: Mathematics and Economics 12 (1993) 39-45.
    private int PoissonByRejection(double mean)
    {
        double b = 0.931 + (2.53 * Math.Sqrt(mean));
        double a = -0.059 + (0.02483 * b);
        double inverseAlpha = 1.1239 + (1.1328 / (b - 3.4));
        double accept = 0.9277 - (3.6224 / (b - 2));
        double logMean = Math.Log(mean);
        while (true)
        {
            double u = NextDouble() - 0.5;
            double v = NextDouble();
            double us = 0.5 - Math.Abs(u);
            double k = Math.Floor((((2 * a / us) + b) * u) + mean + 0.43);
            if (us >= 0.07 && v <= accept)
            {
                return (int)k;
            }

            if (k < 0 || (us < 0.013 && v > us))
            {
                continue;
            }

            if (Math.Log(v * inverseAlpha / ((a / (us * us)) + b)) <= (k * logMean) - mean - LogFactorial(k))
            {
                return (int)k;
            }
        }
    }

    // Stirling's series; the arguments here are counts near a mean of 12 or more.
    private static double LogFactorial(double k)
    {
        if (k < 10)
        {
            double product = 1;
            for (int i = 2; i <= (int)k; i++)
            {
                product *= i;
            }

            return Math.Log(product);
        }

        double inverse = 1 / k;
        double square = inverse * inverse;
        return (k * Math.Log(k)) - k + (0.5 * Math.Log(2 * Math.PI * k))
            + (inverse * ((1.0 / 12) - (square * ((1.0 / 360) - (square / 1260)))));
    }

    private static ulong Mix(ulong z)
    {
        z += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    private void Fill()
    {
        (_w0, _w1, _w2, _w3) = Block((uint)_block, (uint)(_block >> 32), _stream0, _stream1, _key0, _key1);
        _block++;
        _left = 4;
    }

    /// <summary>Philox 4x32-10 of one counter, for comparison with published values.</summary>
    internal static (uint A, uint B, uint C, uint D) Block(uint c0, uint c1, uint c2, uint c3, uint key0, uint key1)
    {
        for (int round = 0; round < Rounds; round++)
        {
            ulong p0 = 0xD2511F53UL * c0;
            ulong p1 = 0xCD9E8D57UL * c2;
            (c0, c1, c2, c3) = ((uint)(p1 >> 32) ^ c1 ^ key0, (uint)p1, (uint)(p0 >> 32) ^ c3 ^ key1, (uint)p0);
            key0 += 0x9E3779B9;
            key1 += 0xBB67AE85;
        }

        return (c0, c1, c2, c3);
    }
}

/// <summary>
/// The FNV-1a hash of a text, 64 bits, over its UTF-16 code units: a name's number that is the same on every machine and in every
/// run. For streams and orders that must not change; no protection against anybody.
/// </summary>
public static class StableHash
{
    /// <summary>The number of a text.</summary>
    public static ulong Of(ReadOnlySpan<char> text)
    {
        ulong hash = 14695981039346656037;
        foreach (char letter in text)
        {
            hash = (hash ^ letter) * 1099511628211;
        }

        return hash;
    }
}
