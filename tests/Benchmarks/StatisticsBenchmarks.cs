using BenchmarkDotNet.Attributes;
using MLNetScinti.Evaluation;
using MLNetScinti.Evaluation.Statistics;

namespace MLNetScinti.Benchmarks;

/// <summary>Areas under ROC curves with their intervals.</summary>
[MemoryDiagnoser]
public class StatisticsBenchmarks
{
    private double[] _first = [], _second = [];
    private bool[] _labels = [];
    private int[] _patients = [];

    [Params(40, 600, 10_000)]
    public int Cases { get; set; }

    [GlobalSetup]
    public void Draw()
    {
        Random random = new(1);
        _labels = [.. Enumerable.Range(0, Cases).Select(_ => random.NextDouble() < 0.4)];
        _first = [.. _labels.Select(label => Math.Round(random.NextDouble() + (label ? 0.3 : 0), 2))];
        _second = [.. _labels.Select(label => Math.Round(random.NextDouble() + (label ? 0.4 : 0), 2))];
        _patients = [.. Enumerable.Range(0, Cases).Select(kidney => kidney / 2)];
    }

    [Benchmark]
    public AucComparison DeLongComparison() => DeLong.Compare(_first, _second, _labels);

    [Benchmark]
    public ConfidenceInterval? Bootstrap()
    {
        WeightedRanking ranking = new(_first, _labels);
        return new PatientBootstrap(_patients, 2000).Intervals([ranking.Area])[0];
    }
}
