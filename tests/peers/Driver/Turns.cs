using System.Diagnostics;
using System.Globalization;

namespace MLNetScinti.Peers;

/// <summary>
/// One block of work for each line on standard input, which says how often the work is to be done. The answer is how many
/// milliseconds the block took, by the clock and of processor time. The first answer, before any line, is what the peer has to know.
/// </summary>
internal static class Turns
{
    public static void Serve(double answer, Action work) => Serve([answer], work);

    public static void Serve(double[] answer, Action work)
    {
        Console.WriteLine(string.Join(' ', answer.Select(value => value.ToString("R", CultureInfo.InvariantCulture))));
        while (Console.ReadLine() is string line)
        {
            int times = int.Parse(line, CultureInfo.InvariantCulture);
            long start = Stopwatch.GetTimestamp();
            TimeSpan busy = Environment.CpuUsage.TotalTime;
            for (int i = 0; i < times; i++)
            {
                work();
            }

            TimeSpan clock = Stopwatch.GetElapsedTime(start), processor = Environment.CpuUsage.TotalTime - busy;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{clock.TotalMilliseconds:F4} {processor.TotalMilliseconds:F4}"));
        }
    }
}
