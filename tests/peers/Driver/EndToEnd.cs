using System.Diagnostics;
using System.Text.Json;
using Microsoft.ML;
using MLNetScinti.Pipelines;
using MLNetScinti.Pipelines.Runs;
using MLNetScinti.Systems.Dmsa;

namespace MLNetScinti.Peers;

/// <summary>
/// From DICOM files to answers, as <c>scinti score</c> goes: every study of a folder is read, its kidneys are separated and cut out, and a
/// network of the demo's size answers. There is no peer that does the same; the results are measured against what is promised.
/// </summary>
internal static class EndToEnd
{
    private const int Threads = 2;
    private const int Size = 64;
    private const double Width = 0.25;

    /// <summary>How long a study takes and how much is allocated for it, both by the middle one of several passes over the folder.</summary>
    public static void Measure(string studies, int rounds)
    {
        List<double> clock = [], processor = [], allocated = [];
        WithModel(bundle =>
        {
            for (int round = -1; round < rounds; round++)
            {
                long before = GC.GetTotalAllocatedBytes(precise: true), start = Stopwatch.GetTimestamp();
                TimeSpan busy = Environment.CpuUsage.TotalTime;
                int files = Score(bundle, studies, _ => { });
                if (round >= 0)
                {
                    clock.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds / files);
                    processor.Add((Environment.CpuUsage.TotalTime - busy).TotalMilliseconds / files);
                    allocated.Add((GC.GetTotalAllocatedBytes(precise: true) - before) / (double)files);
                }
            }
        });
        Console.WriteLine(JsonSerializer.Serialize(new
        {
            work = $"DICOM to scores, studies of the demo, 2.5D at {Size} and width {Width}, {Threads} threads",
            limits = new object[]
            {
                new { what = "studies a second", value = 1000 / Median(clock), atLeast = 60.0 },
                new { what = "studies in a second of processor time on two cores", value = 2 * 1000 / Median(processor), atLeast = 60.0 },
                new { what = "MiB allocated a study", value = Median(allocated) / (1 << 20), atMost = 4.0 },
            },
        }));
    }

    /// <summary>The largest working set so far, after a thousand studies, half of them, and all.</summary>
    public static void Flat(string studies)
    {
        Dictionary<int, double> peaks = [];
        int all = 0;
        WithModel(bundle => all = Score(bundle, studies, done => peaks[done] = Peak()));
        double first = peaks[1000], last = Peak();
        Console.WriteLine(JsonSerializer.Serialize(new
        {
            work = $"memory over {all} studies, DICOM to scores",
            limits = new object[]
            {
                new { what = "MiB at most after 1000", value = first },
                new { what = $"MiB at most after {all / 2}", value = peaks[all / 2] },
                new { what = $"MiB at most after {all}", value = last },
                // What the collector leaves lying around differs by more than this from run to run; what is kept of each study would be a multiple of the first figure.
                new { what = "times that after 1000", value = last / first, atMost = 1.25 },
            },
        }));
    }

    private static double Peak()
    {
        using Process process = Process.GetCurrentProcess();
        return process.PeakWorkingSet64 / (double)(1 << 20);
    }

    private static int Score(ModelBundle bundle, string studies, Action<int> done)
    {
        string last = "";
        int files = 0;
        foreach (ScoredFolderCase one in FolderScoring.Score(bundle, new DmsaSystem { Size = Size }, studies, Threads, study => throw new InvalidOperationException($"{study}")))
        {
            if (one.Case.File != last)
            {
                last = one.Case.File;
                done(++files);
            }
        }

        return files;
    }

    private static void WithModel(Action<ModelBundle> work)
    {
        string folder = Directory.CreateTempSubdirectory("scinti-peers").FullName;
        try
        {
            using ModelBundle bundle = Scoring.Bundle(new MLContext(seed: 1), folder, Size, Width);
            work(bundle);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static double Median(List<double> values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[sorted.Length / 2] + sorted[(sorted.Length - 1) / 2]) / 2;
    }
}
