using MLNetScinti.Testing;
using Xunit;

namespace MLNetScinti.Networks.Tests;

/// <summary>One small training in processes of its own: what decides libtorch's arithmetic is read once a process.</summary>
public sealed class PortableTrainingTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("scinti-portable").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("processor")]
    [InlineData("portable")]
    public void TheSameSeedGivesTheSameBitsInAnotherProcessAndAfterAResume(string mode)
    {
        string whole = Train([], mode, "3");
        Assert.Equal(whole, Train([], mode, "3"));
        string checkpoint = Path.Combine(_folder, "training.checkpoint");
        Assert.NotEqual(whole, Train([], mode, "1", checkpoint));
        Assert.Equal(whole, Train([], mode, "3", checkpoint));
    }

    /// <summary>Two lanes give the same bits on one core as on two.</summary>
    [PeerFact("taskset")]
    public void TheNumberOfCoresChangesNothing() => Assert.Equal(Train([], "processor", "2"), Train(["taskset", "-c", "0"], "processor", "2"));

    /// <summary>Arithmetic that every processor has gives the same bytes on processors of two makers and several ages.</summary>
    [PeerFact("qemu-x86_64")]
    public void APortableTrainingHasTheSameBytesOnOtherProcessors()
    {
        string here = Train([], "portable", "2");
        Assert.All((string[])["Haswell", "EPYC", "Skylake-Client"], processor => Assert.Equal(here, Train(["qemu-x86_64", "-cpu", processor], "portable", "2")));
    }

    private static string Train(string[] around, params string[] arguments)
    {
        string program = Path.Combine(AppContext.BaseDirectory, "PortableTraining.dll");
        string[] command = [.. around, Environment.ProcessPath!, program, .. arguments];
        (int exitCode, string output, string error) = Peer.Run(command[0], command[1..]);

        // The emulator of QEMU 7.2 now and then ends a .NET process with SIGSEGV (one of some sixty starts). That says nothing
        // of the bytes, so such a process is started again; bytes that differ, or an error of the program's own, are not excused.
        for (int again = 0; around is ["qemu-x86_64", ..] && exitCode is 128 + 11 or 128 + 6 && again < 5; again++)
        {
            (exitCode, output, error) = Peer.Run(command[0], command[1..]);
        }

        Assert.True(exitCode == 0, $"exit code {exitCode}: {error}");
        Assert.Matches("^[0-9a-f]{64} loss ", output);
        return output;
    }
}
