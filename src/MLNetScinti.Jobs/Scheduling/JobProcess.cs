using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using MLNetScinti.Dicom;
using MLNetScinti.Imaging;

namespace MLNetScinti.Jobs.Scheduling;

/// <summary>How far a job's process says that it is. It goes through a file that the process is told by <see cref="Variable"/>: what it prints is for people.</summary>
/// <param name="Percent">How far, from 0 to 100; null where that is not known.</param>
/// <param name="Text">The same in words, with the time that is left.</param>
public sealed record ProgressNote(int? Percent, string Text)
{
    /// <summary>Tells a process that it is a job's, and where to say how far it is.</summary>
    public const string Variable = "SCINTI_JOB_STATE";

    /// <summary>Writes it.</summary>
    public void Write(string file) => AtomicFile.Write(file, JsonSerializer.Serialize(this));

    internal static ProgressNote? Read(string file)
    {
        try
        {
            return File.Exists(file) ? JsonSerializer.Deserialize<ProgressNote>(File.ReadAllText(file)) : null;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }
}

/// <summary>What a process of this program is to do.</summary>
/// <param name="Words">The command and its arguments.</param>
/// <param name="Folder">The folder in which it runs.</param>
public sealed record JobCommand(IReadOnlyList<string> Words, string Folder)
{
    /// <summary>What it has to keep to.</summary>
    public JobLimits Limits { get; init; } = JobLimits.None;

    /// <summary>Names of environment variables that it is not given: those that hold a secret which it has no use for.</summary>
    public IReadOnlyList<string> Withheld { get; init; } = [];
}

/// <summary>How a job's process ended.</summary>
/// <param name="Code">Its exit code.</param>
/// <param name="Reason">Why it was ended from here; empty where it ended by itself.</param>
/// <param name="MostMemory">The most memory that it was seen to hold, in bytes.</param>
public sealed record JobEnd(int Code, string Reason, long MostMemory);

/// <summary>
/// A process of this program for one piece of work: what it prints goes to the job's log, what it holds and how long it takes is watched. It ends with this
/// process: it reads a line that this one holds open, and stops in good order when that is closed, whoever closed it.
/// </summary>
/// <param name="program">The program and what comes before its commands.</param>
/// <param name="job">What it is to do.</param>
/// <param name="log">Where what it prints goes.</param>
/// <param name="progress">Is told how far it is.</param>
public sealed class JobProcess(IReadOnlyList<string> program, JobCommand job, JobLog log, Action<ProgressNote> progress)
{
    private static readonly TimeSpan s_poll = TimeSpan.FromMilliseconds(200), s_grace = TimeSpan.FromSeconds(20);

    /// <summary>Runs it to its end, or until it is told to stop.</summary>
    /// <param name="cancel">Tells it to stop in good order.</param>
    public async Task<JobEnd> Run(CancellationToken cancel)
    {
        string state = PrivateFolder.NewName(".json");
        using Process process = new() { StartInfo = Start(state) };
        process.OutputDataReceived += (_, line) => Keep("out", line.Data);
        process.ErrorDataReceived += (_, line) => Keep("error", line.Data);
        try
        {
            process.Start();
        }
        catch (Win32Exception problem)
        {
            return new(127, $"the program could not be started: {problem.Message}", 0);
        }

        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        try
        {
            return await Watch(process, state, cancel).ConfigureAwait(false);
        }
        finally
        {
            File.Delete(state);
        }

        void Keep(string source, string? text)
        {
            if (text is { Length: > 0 })
            {
                log.Write(source, text);
            }
        }
    }

    private async Task<JobEnd> Watch(Process process, string state, CancellationToken cancel)
    {
        long began = Stopwatch.GetTimestamp(), asked = 0, most = 0;
        string reason = "";
        ProgressNote? told = null;
        Task ended = process.WaitForExitAsync(CancellationToken.None);
        while (await Task.WhenAny(ended, Task.Delay(s_poll, CancellationToken.None)).ConfigureAwait(false) != ended)
        {
            long memory = Memory(process);
            most = Math.Max(most, memory);
            if (ProgressNote.Read(state) is { } note && note != told)
            {
                progress(told = note);
            }

            if (asked == 0 && Stop(memory, Stopwatch.GetElapsedTime(began), cancel) is { } why)
            {
                (reason, asked) = (why, Stopwatch.GetTimestamp());
                log.Write("job", $"told to end: {why}");
                Hang(process);
            }
            // Whoever takes too much memory does not get more of it while saving.
            if (asked != 0 && (Stopwatch.GetElapsedTime(asked) > s_grace || (job.Limits.Memory > 0 && memory > job.Limits.Memory)))
            {
                Kill(process);
            }
        }

        await ended.ConfigureAwait(false);
        if (ProgressNote.Read(state) is { } last && last != told)
        {
            progress(last);
        }

        return new(process.ExitCode, reason, most);
    }

    private string? Stop(long memory, TimeSpan taken, CancellationToken cancel) =>
        job.Limits.Memory > 0 && memory > job.Limits.Memory ? string.Create(CultureInfo.InvariantCulture, $"it held {memory / 1e9:0.00} GB of memory, and may hold {job.Limits.Memory / 1e9:0.00} GB")
        : job.Limits.Time is { } time && taken > time ? $"it took longer than {time}"
        : cancel.IsCancellationRequested ? "the node ends, or the job was removed"
        : null;

    private ProcessStartInfo Start(string state)
    {
        ProcessStartInfo start = new(program[0], [.. program.Skip(1), .. job.Words])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            WorkingDirectory = job.Folder,
        };
        start.Environment[ProgressNote.Variable] = state;
        foreach (string variable in (string[])[ScheduleStore.PostgresVariable, ScheduleStore.PostgresFileVariable, .. job.Withheld])
        {
            start.Environment.Remove(variable);
        }

        return start;
    }

    private static long Memory(Process process)
    {
        try
        {
            process.Refresh();
            return process.HasExited ? 0 : process.WorkingSet64;
        }
        catch (InvalidOperationException)
        {
            return 0;
        }
    }

    private static void Hang(Process process)
    {
        try
        {
            // The line says that somebody still watches: whoever reads only its end hurries.
            process.StandardInput.WriteLine("stop");
            process.StandardInput.Flush();
        }
        catch (IOException)
        {
            // It is gone already.
        }
    }

    private static void Kill(Process process)
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (Exception problem) when (problem is InvalidOperationException or Win32Exception or AggregateException)
        {
            // It is gone already.
        }
    }
}
