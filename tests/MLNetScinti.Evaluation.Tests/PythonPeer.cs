using System.Globalization;
using MLNetScinti.Testing;
using Xunit;

namespace MLNetScinti.Evaluation.Tests;

/// <summary>Has the system's Python compute something, and reads the numbers that it prints.</summary>
internal static class PythonPeer
{
    /// <summary>Runs a script; each line it prints is a line of numbers.</summary>
    public static double[][] Numbers(string script)
    {
        (int exitCode, string output, string error) = Peer.Run(Peer.Python, "-W", "ignore", "-c", script);
        Assert.True(exitCode == 0, error);
        return [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Number).ToArray())];
    }

    private static double Number(string text) => text switch
    {
        "inf" => double.PositiveInfinity,
        "nan" => double.NaN,
        _ => double.Parse(text, CultureInfo.InvariantCulture),
    };
}
