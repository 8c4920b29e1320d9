using System.Diagnostics;
using MLNetScinti.Evaluation.Reporting;

namespace MLNetScinti.Pipelines.Runs;

/// <summary>Measures how long the stages of a run take.</summary>
internal sealed class StageClock
{
    private readonly List<StageDuration> _durations = [];

    /// <summary>When the run began.</summary>
    public DateTimeOffset Started { get; } = DateTimeOffset.UtcNow;

    /// <summary>What was measured so far, in order.</summary>
    public IReadOnlyList<StageDuration> Durations => _durations;

    public T Time<T>(string stage, Func<T> work)
    {
        long start = Stopwatch.GetTimestamp();
        T result = work();
        _durations.Add(new StageDuration(stage, Stopwatch.GetElapsedTime(start)));
        return result;
    }

    public void Time(string stage, Action work) => Time(stage, () =>
    {
        work();
        return 0;
    });
}
