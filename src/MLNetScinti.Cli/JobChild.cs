using System.Diagnostics;
using MLNetScinti.Dicom;
using MLNetScinti.Evaluation.Reporting;
using MLNetScinti.Imaging;
using MLNetScinti.Jobs.Scheduling;
using MLNetScinti.Pipelines;

namespace MLNetScinti.Cli;

/// <summary>
/// This process, where a node of a schedule started it: it says how far it is, ends with its node, and names no file of a patient, since what it prints is kept in a log.
/// </summary>
internal sealed class JobChild
{
    private static readonly Lazy<JobChild?> s_current = new(Find);
    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(3), s_pause = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly string _state;
    private long _last;

    private JobChild(string state) => _state = state;

    /// <summary>The job; null where a person started this process.</summary>
    public static JobChild? Current => s_current.Value;

    /// <summary>A study that gave no case, in a form for whoever reads what is printed.</summary>
    public static string Shown(LeftOutStudy study)
    {
        if (Current is null)
        {
            return study.OnConsole();
        }

        SkippedInput named = study.Named();
        return PlainText.OneLine($"{named.Name}: {named.Reason}");
    }

    /// <summary>Says how far this is, not more often than once a second.</summary>
    /// <param name="share">How far, from 0 to 1; null where that is not known.</param>
    /// <param name="text">The same in words.</param>
    public void Report(double? share, string text)
    {
        lock (_lock)
        {
            if (_last != 0 && Stopwatch.GetElapsedTime(_last) < s_pause && share is not 1)
            {
                return;
            }

            _last = Stopwatch.GetTimestamp();
            try
            {
                new ProgressNote(share is { } known ? (int)(100 * Math.Clamp(known, 0, 1)) : null, text.Trim()).Write(_state);
            }
            catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
            {
                // Nobody is there to read it.
            }
        }
    }

    /// <summary>Ends this process where its node says so or is gone.</summary>
    /// <param name="stop">Asks the work to stop in good order.</param>
    public static void EndWithNode(Action stop) => ParentLine.Listen(stop, () =>
    {
        // Another node goes on with this soon, and finds nobody in the folder.
        stop();
        Thread.Sleep(s_grace);
        PrivateFolder.Remove();
        using Process self = Process.GetCurrentProcess();
        self.Kill();
    });

    private static JobChild? Find()
    {
        string? state = Environment.GetEnvironmentVariable(ProgressNote.Variable);
        // What this process starts is no job.
        Environment.SetEnvironmentVariable(ProgressNote.Variable, null);
        return string.IsNullOrEmpty(state) ? null : new JobChild(state);
    }
}
