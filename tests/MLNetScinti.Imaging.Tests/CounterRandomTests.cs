using Xunit;

namespace MLNetScinti.Imaging.Tests;

public sealed class CounterRandomTests
{
    // The known answers that the authors of Philox publish with it (Random123, philox4x32 with 10 rounds).
    [Theory]
    [InlineData(0u, 0u, 0u, 0u, 0u, 0u, 0x6627e8d5u, 0xe169c58du, 0xbc57ac4cu, 0x9b00dbd8u)]
    [InlineData(0xffffffffu, 0xffffffffu, 0xffffffffu, 0xffffffffu, 0xffffffffu, 0xffffffffu, 0x408f276du, 0x41c83b0eu, 0xa20bc7c6u, 0x6d5451fdu)]
    [InlineData(0x243f6a88u, 0x85a308d3u, 0x13198a2eu, 0x03707344u, 0xa4093822u, 0x299f31d0u, 0xd16cfe09u, 0x94fdccebu, 0x5001e420u, 0x24126ea1u)]
    public void PhiloxGivesThePublishedAnswers(uint c0, uint c1, uint c2, uint c3, uint k0, uint k1, uint a, uint b, uint c, uint d) =>
        Assert.Equal((a, b, c, d), CounterRandom.Block(c0, c1, c2, c3, k0, k1));

    [Fact]
    public void TheSameNameGivesTheSameDrawsAndAnyOtherNameOthers()
    {
        ulong First(ulong seed, long epoch, ulong sample, string operation) => new CounterRandom(seed, epoch, sample, operation).NextUInt64();
        ulong[] draws =
        [
            First(1, 2, 3, "a"), First(2, 2, 3, "a"), First(1, 3, 3, "a"), First(1, 2, 4, "a"), First(1, 2, 3, "b"),
            First(2, 1, 3, "a"), First(3, 2, 1, "a"), First(1, 3, 2, "a"),
        ];
        Assert.Equal(First(1, 2, 3, "a"), draws[0]);
        Assert.Equal(draws.Length, draws.Distinct().Count());
    }

    [Fact]
    public void DrawsDoNotDependOnThreadsOrOrder()
    {
        double Draw(int sample)
        {
            CounterRandom random = new(9, 1, (ulong)sample, "order");
            return random.NextDouble() + random.NextNormal();
        }

        double[] inOrder = [.. Enumerable.Range(0, 500).Select(Draw)];
        double[] backwards = new double[500];
        Parallel.For(0, 500, i => backwards[499 - i] = Draw(499 - i));
        Assert.Equal(inOrder, backwards);
    }

    [Fact]
    public void MomentsAreRight()
    {
        CounterRandom random = new(4, 0, 0, "moments");
        const int n = 200_000;
        double sum = 0, square = 0, normal = 0, normalSquare = 0;
        for (int i = 0; i < n; i++)
        {
            double u = random.NextDouble();
            sum += u;
            square += u * u;
            double z = random.NextNormal();
            normal += z;
            normalSquare += z * z;
        }

        Assert.Equal(0.5, sum / n, 0.004);
        Assert.Equal(1.0 / 3, square / n, 0.004);
        Assert.Equal(0, normal / n, 0.012);
        Assert.Equal(1, normalSquare / n, 0.02);
    }

    [Fact]
    public void IntegersAreUniform()
    {
        CounterRandom random = new(4, 0, 0, "integers");
        int[] counts = new int[7];
        for (int i = 0; i < 70_000; i++)
        {
            counts[random.NextInt32(7)]++;
        }

        // Chi-square with 6 degrees of freedom: 22.5 is exceeded once in a thousand.
        Assert.True(counts.Sum(count => (count - 10_000.0) * (count - 10_000.0) / 10_000) < 22.5);
    }

    [Theory]
    [InlineData(0.03)]
    [InlineData(1.7)]
    [InlineData(11.5)]
    [InlineData(14)]
    [InlineData(80)]
    [InlineData(4000)]
    public void PoissonCountsHaveThePoissonDistribution(double mean)
    {
        CounterRandom random = new(11, 0, 0, "poisson");
        const int n = 60_000;
        double sum = 0, square = 0;
        Dictionary<int, int> counts = [];
        for (int i = 0; i < n; i++)
        {
            int k = random.NextPoisson(mean);
            sum += k;
            square += (double)k * k;
            counts[k] = counts.GetValueOrDefault(k) + 1;
        }

        double average = sum / n;
        double deviation = Math.Sqrt(mean / n);
        Assert.Equal(mean, average, 5 * deviation);
        Assert.Equal(1, ((square / n) - (average * average)) / mean, 0.05 + (5 * Math.Sqrt(1 / (mean * n))));

        // Every frequent count as often as the probability says.
        foreach ((int k, int seen) in counts)
        {
            double logProbability = -mean + (k * Math.Log(mean));
            for (int i = 2; i <= k; i++)
            {
                logProbability -= Math.Log(i);
            }

            double expected = n * Math.Exp(logProbability);
            if (expected > 30)
            {
                Assert.Equal(expected, seen, 5 * Math.Sqrt(expected));
            }
        }
    }

    [Fact]
    public void ImpossibleMeansAreRefused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new CounterRandom(1, 1, 1, "x").NextPoisson(double.NaN));
}
