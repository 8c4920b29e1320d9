using System.Collections.Concurrent;
using System.Diagnostics;

namespace MLNetScinti.Testing;

/// <summary>Other programs that tests compare with.</summary>
public static class Peer
{
    /// <summary>The system's Python, which has Debian's packages; another Python on the path need not.</summary>
    public const string Python = "/usr/bin/python3";

    private static readonly ConcurrentDictionary<string, bool> s_known = new(StringComparer.Ordinal);

    /// <summary>Whether an executable ("dciodvfy"), a Python module ("python:onnx") or real data ("data:ct-kidney") is there.</summary>
    public static bool IsThere(string peer) => s_known.GetOrAdd(peer, Look);

    /// <summary>Runs a program to its end.</summary>
    public static (int ExitCode, string Output, string Error) Run(string program, params IEnumerable<string> arguments)
    {
        ProcessStartInfo start = new(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start.");
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.GetAwaiter().GetResult());
    }

    private static bool Look(string peer)
    {
        if (peer.StartsWith("data:", StringComparison.Ordinal))
        {
            return TestData.ReasonToSkip([peer["data:".Length..]]) is null;
        }

        if (!peer.StartsWith("python:", StringComparison.Ordinal))
        {
            return (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
                .Any(folder => folder.Length > 0 && File.Exists(Path.Combine(folder, peer)));
        }

        return File.Exists(Python) && Run(Python, "-c", $"import {peer["python:".Length..]}").ExitCode == 0;
    }
}
