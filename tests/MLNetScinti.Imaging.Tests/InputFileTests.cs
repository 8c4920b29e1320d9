using System.Diagnostics;
using Xunit;

namespace MLNetScinti.Imaging.Tests;

public sealed class InputFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("scinti-imaging-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("")]
    [InlineData("one")]
    [InlineData("one\ntwo\r\n\nthree")]
    public void AFileIsReadWhole(string text)
    {
        string file = Path.Combine(_folder, "file"), link = Path.Combine(_folder, "link");
        File.WriteAllText(file, text);
        File.CreateSymbolicLink(link, file);
        foreach (string path in (string[])[file, link])
        {
            Assert.True(InputFile.IsOrdinary(path));
            Assert.Equal(File.ReadAllBytes(file), InputFile.ReadAllBytes(path));
            Assert.Equal(text, InputFile.ReadAllText(path));
            Assert.Equal(File.ReadAllLines(file), InputFile.ReadAllLines(path));
        }
    }

    /// <summary>Root may look into every folder: who runs the tests as somebody else sees the second sentence too.</summary>
    [Fact]
    public void WhatIsNotThereAndWhatMayNotBeSeenAreTwoThings()
    {
        string nothing = Path.Combine(_folder, "nothing"), closed = Path.Combine(_folder, "closed");
        Assert.Equal("there is no such file: check the path", InputFile.Missing(nothing, "file"));
        if (OperatingSystem.IsLinux() && !Environment.IsPrivilegedProcess)
        {
            Directory.CreateDirectory(closed, UnixFileMode.None);
            Assert.Contains("may not be looked into", InputFile.Missing(Path.Combine(closed, "file"), "file"), StringComparison.Ordinal);
        }
    }

    /// <summary>A pipe that nobody writes to would be waited for without end, and a device be read without end.</summary>
    [Fact]
    public void WhatIsNoFileIsNotOpened()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        string pipe = Path.Combine(_folder, "pipe"), link = Path.Combine(_folder, "link"), loop = Path.Combine(_folder, "loop");
        using (Process made = Process.Start("mkfifo", [pipe]))
        {
            made.WaitForExit();
        }

        File.CreateSymbolicLink(link, pipe);
        foreach (string path in (string[])[pipe, link, "/dev/zero", "/dev/null"])
        {
            Assert.False(InputFile.IsOrdinary(path));
            foreach (Action open in (Action[])[() => InputFile.Open(path).Dispose(), () => InputFile.ReadAllBytes(path), () => InputFile.ReadAllText(path), () => InputFile.ReadAllLines(path)])
            {
                Assert.Equal($"{path}: expected a file, found a pipe, a socket or a device: give a file.", Assert.Throws<InvalidDataException>(open).Message);
            }
        }

        Assert.Contains("found a folder", Assert.Throws<InvalidDataException>(() => InputFile.Open(_folder)).Message, StringComparison.Ordinal);
        Assert.Throws<FileNotFoundException>(() => InputFile.Open(Path.Combine(_folder, "nowhere")));
        File.CreateSymbolicLink(loop, loop);
        Assert.ThrowsAny<IOException>(() => InputFile.Open(loop));
    }
}
