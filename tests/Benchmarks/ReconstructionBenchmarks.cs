using BenchmarkDotNet.Attributes;
using MLNetScinti.Imaging;
using MLNetScinti.Simulation;

namespace MLNetScinti.Benchmarks;

/// <summary>OSEM as the simulator does it, one iteration of 8 subsets of 120 views of 128 bins, on one thread.</summary>
public class ReconstructionBenchmarks
{
    private readonly Projections _counts = new(120, 128, 32);

    [GlobalSetup]
    public void Fill()
    {
        CounterRandom random = new(1, 0, 0, "benchmarks");
        for (int line = 0; line < 120 * 128; line++)
        {
            foreach (ref float count in _counts.Line(line / 128, line % 128))
            {
                count = random.NextPoisson(20);
            }
        }

        _ = OrderedSubsets.For(128, 120, 8);
    }

    [Benchmark]
    public float[] Osem() => OrderedSubsets.For(128, 120, 8).Reconstruct(_counts, 0, 32, iterations: 1, threads: 1);
}
