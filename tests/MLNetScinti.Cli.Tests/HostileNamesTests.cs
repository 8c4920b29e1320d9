using System.Diagnostics;
using MLNetScinti.Imaging;
using MLNetScinti.Testing;
using Xunit;

namespace MLNetScinti.Cli.Tests;

/// <summary>Names, folders and signals that are not made for us: what a command answers to them, and with which code.</summary>
public sealed class HostileNamesTests(FinishedRun finished) : IClassFixture<FinishedRun>
{
    private const string Escape = "\u001b]0;taken over\u0007\u001b[31m\u202e\nscinti: all is well.dcm";
    private const string Formula = "=cmd|' calc'!A1.dcm";

    [Fact]
    public void NoNameReachesTheConsoleAsACommandNorATableAsAFormula()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        string folder = Copy("hostile-names", 4);
        string[] files = [.. Directory.GetFiles(folder, "*.dcm").Order(StringComparer.Ordinal)];
        File.Move(files[0], Path.Combine(folder, Escape));
        File.Move(files[1], Path.Combine(folder, Formula));
        File.WriteAllText(Path.Combine(folder, "broken\u001b[2J\u0007\nstudies: 99"), "no image");

        foreach (string[] arguments in (string[][])[["scan", folder], ["score", finished.Folder, folder], ["inspect", Path.Combine(folder, Escape), "--no-picture"], ["inspect", Path.Combine(folder, "broken\u001b[2J\u0007\nstudies: 99")], ["run", "hostile.yaml"], ["run", "no\u001b[2Jsuch\nfile.yaml"]])
        {
            File.WriteAllText(Path.Combine(finished.Studies.Root, "hostile.yaml"), StudyFolder.Pipeline.Replace("folder: studies", "folder: hostile-names", StringComparison.Ordinal));
            (int code, string output, string error) = Scinti.Run(finished.Studies.Root, arguments);
            Assert.True(code is 0 or 2 or 4 or 5, error);
            Assert.DoesNotContain(output + error, letter => letter != '\n' && PlainText.IsCommand(letter));
            Assert.DoesNotMatch("(?m)^(scinti: all is well|studies: 99)", output + error);
        }

        (int scored, string text, string said) = Scinti.Run(finished.Studies.Root, "score", finished.Folder, folder);
        // What is no image at all is no loss.
        Assert.True(scored == 0, said);
        Assert.Contains($"'{Formula},", text, StringComparison.Ordinal);
        Assert.DoesNotMatch("(?m)(^|,)\"?[=+@\t\r]", text);
    }

    [Fact]
    public void WhatWasLeftOutIsToldBeforeTheSplitFails()
    {
        string folder = Copy("left-out", 12);
        foreach (string file in Directory.GetFiles(folder, "*.dcm").Order(StringComparer.Ordinal).Take(3))
        {
            File.WriteAllBytes(file, File.ReadAllBytes(file)[..2000]);
        }

        File.WriteAllText(Path.Combine(finished.Studies.Root, "left-out.yaml"), StudyFolder.Pipeline.Replace("folder: studies", "folder: left-out", StringComparison.Ordinal));
        (int code, _, string error) = Scinti.Run(finished.Studies.Root, "run", "left-out.yaml");
        Assert.Equal(5, code);
        Assert.Equal(3, error.Split('\n').Count(line => line.StartsWith("  left out: study", StringComparison.Ordinal)));
        Assert.True(System.Text.RegularExpressions.Regex.IsMatch(error, @"but there are 9\. 3 of 12 files were left out \([0-9] \w+(, [0-9] \w+)*\); the first of them: "), error);
    }

    [Fact]
    public void AnOddFirstFileLeavesOutItselfAlone()
    {
        string folder = Copy("odd-first", 12);
        string first = Directory.GetFiles(folder, "*.dcm").Min(StringComparer.Ordinal)!;
        Dicom.NuclearMedicineWriter.WriteReconTomo(Path.Combine(folder, "a-odd.dcm"), new Volume(ImageGeometry.Axial(24, 24, 16, 9, 9)), new Dicom.NuclearMedicineStudy { PatientId = "another", Radiopharmaceutical = "DMSA" });
        File.AppendAllText(Path.Combine(folder, "labels.csv"), "a-odd.dcm,L,normal,3\na-odd.dcm,R,normal,3\n");
        (int code, string output, string error) = Scinti.Run(finished.Studies.Root, "score", finished.Folder, folder);
        Assert.True(code == 4, error);
        Assert.Contains("24 kidneys scored, 1 files left out", error, StringComparison.Ordinal);
        Assert.Contains("left out: a-odd.dcm: ", error, StringComparison.Ordinal);
        Assert.Contains(Path.GetFileName(first), output, StringComparison.Ordinal);
    }

    /// <summary>One rule says which of two files with one image stays, whatever the command.</summary>
    [Fact]
    public void ScanScoreAndRunLeaveOutTheSameCopies()
    {
        string folder = Copy("copies", 6);
        string[] files = [.. Directory.GetFiles(folder, "*.dcm").Order(StringComparer.Ordinal)];
        File.Copy(files[2], Path.Combine(folder, "a-copy.dcm"));
        Directory.CreateDirectory(Path.Combine(folder, "study"));
        File.Copy(files[4], Path.Combine(folder, "study", "copy.dcm"));
        string[] LeftOut(string said) => [.. System.Text.RegularExpressions.Regex.Matches(said, @"(?m)^(?:left out: )?(\S+): (?:left out \(Repeated\): )?its identifier \(SOP Instance UID\) is that of (\S+): the same image").Select(match => $"{match.Groups[1].Value} {match.Groups[2].Value}").Order(StringComparer.Ordinal)];
        (int code, string output, string error) = Scinti.Run(finished.Studies.Root, "scan", folder);
        Assert.True(code == 0, error);
        string[] expected = [$"{Path.GetFileName(files[2])} a-copy.dcm", $"{Path.GetFileName(files[4])} study/copy.dcm"];
        Assert.Equal(expected, LeftOut(output));
        (code, output, error) = Scinti.Run(finished.Studies.Root, "score", finished.Folder, folder);
        Assert.True(code == 0, error);
        Assert.Equal(expected, LeftOut(error));
        Assert.Contains("12 kidneys scored, 2 files left out", error, StringComparison.Ordinal);
        Assert.Equal(12, output.Split('\n').Skip(1).Count(line => line.Length > 0));
        File.WriteAllText(Path.Combine(finished.Studies.Root, "copies.yaml"), StudyFolder.Pipeline.Replace("folder: studies", "folder: copies", StringComparison.Ordinal));
        File.AppendAllLines(Path.Combine(folder, "labels.csv"), File.ReadAllLines(Path.Combine(folder, "labels.csv")).SelectMany(line => line.StartsWith(Path.GetFileName(files[2]), StringComparison.Ordinal) ? [line.Replace(Path.GetFileName(files[2]), "a-copy.dcm", StringComparison.Ordinal)]
            : line.StartsWith(Path.GetFileName(files[4]), StringComparison.Ordinal) ? [line.Replace(Path.GetFileName(files[4]), "study/copy.dcm", StringComparison.Ordinal)] : Array.Empty<string>()).ToArray());
        (_, _, error) = Scinti.Run(finished.Studies.Root, "run", "copies.yaml", "--output", "copies-out");
        foreach (string pair in expected)
        {
            Assert.Contains($"  left out: {pair.Split(' ')[0]}: it holds the same image as {pair.Split(' ')[1]}", error, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("TERM", 143, "told to end (SIGTERM)")]
    [InlineData("HUP", 129, "the terminal was closed (SIGHUP)")]
    [InlineData("INT", 130, "interrupted")]
    public void ASignalKeepsTheCheckpointAndTheSameCommandGoesOn(string signal, int expected, string word)
    {
        // Under nohup nobody is to hear of a terminal that is closed, nor of an interruption in a shell's background; no process of ours does.
        if (OperatingSystem.IsWindows() || IsIgnored(signal switch { "HUP" => 1, "INT" => 2, _ => 15 }))
        {
            return;
        }

        string folder = Path.Combine(finished.Studies.Root, $"signal-{signal}"), checkpoint = Path.Combine(folder, "training.checkpoint");
        // Where the machine is busy, a small run may end before the signal comes: then it is sent to another one.
        for (int trial = 1; ; trial++)
        {
            using Process process = Process.Start(Scinti.Start(finished.Studies.Root, "run", "small.yaml", "--output", folder))!;
            process.OutputDataReceived += (_, _) => { };
            process.BeginOutputReadLine();
            Task<string> error = process.StandardError.ReadToEndAsync();
            while (!File.Exists(checkpoint) && !process.HasExited)
            {
                Thread.Sleep(5);
            }

            using (Process kill = Process.Start("kill", [$"-{signal}", $"{process.Id}"]))
            {
                kill.WaitForExit();
            }

            process.WaitForExit();
            if (process.ExitCode == 0 && trial < 10)
            {
                Directory.Delete(folder, recursive: true);
                continue;
            }

            Assert.Equal(expected, process.ExitCode);
            Assert.Equal($"scinti: {word}; the same command goes on where this one stopped.\n", error.GetAwaiter().GetResult());
            break;
        }

        Assert.True(File.Exists(checkpoint));
        (int code, _, string said) = Scinti.Run(finished.Studies.Root, "run", "small.yaml", "--output", folder);
        Assert.True(code == 0, said);
        Assert.Equal(File.ReadAllBytes(Path.Combine(finished.Folder, "model.onnx")), File.ReadAllBytes(Path.Combine(folder, "model.onnx")));
    }

    private static bool IsIgnored(int signal)
    {
        const string status = "/proc/self/status";
        return File.Exists(status) && File.ReadLines(status).FirstOrDefault(line => line.StartsWith("SigIgn:", StringComparison.Ordinal)) is { } line
            && (ulong.Parse(line.AsSpan("SigIgn:".Length).Trim(), System.Globalization.NumberStyles.HexNumber, System.Globalization.CultureInfo.InvariantCulture) & (1UL << (signal - 1))) != 0;
    }

    [Fact]
    public void AFolderThatCannotBeWrittenIsNotOneThatAnotherRunWrites()
    {
        string folder = Path.Combine(finished.Studies.Root, "unwritable");
        Directory.CreateDirectory(Path.Combine(folder, ".run.lock"));
        (int code, _, string error) = Scinti.Run(finished.Studies.Root, "run", "small.yaml", "--output", folder);
        Assert.Equal(1, code);
        Assert.Contains("the results cannot be written into this folder", error, StringComparison.Ordinal);
        Assert.DoesNotContain("another run", error, StringComparison.Ordinal);

        string file = Path.Combine(finished.Studies.Root, "a-file");
        File.WriteAllText(file, "");
        (code, _, error) = Scinti.Run(finished.Studies.Root, "run", "small.yaml", "--output", file);
        Assert.Equal(1, code);
        Assert.Single(error.TrimEnd().Split('\n'));
    }

    [Fact]
    public void AFullDiskIsOneLineAndADeviceStaysADevice()
    {
        if (!File.Exists("/dev/full"))
        {
            return;
        }

        (int code, _, string error) = Scinti.Run(finished.Studies.Root, "score", finished.Folder, "studies", "--output", "/dev/full");
        Assert.Equal(1, code);
        Assert.Contains("No space left on device", error, StringComparison.Ordinal);
        Assert.Single(error.TrimEnd().Split('\n'));
        Assert.Throws<IOException>(() => File.WriteAllText("/dev/full", "x"));
    }

    [Fact]
    public void AModelThatWasChangedIsRefused()
    {
        string folder = Path.Combine(finished.Studies.Root, "changed-model");
        Directory.CreateDirectory(folder);
        foreach (string file in Directory.GetFiles(finished.Folder))
        {
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        }

        byte[] model = File.ReadAllBytes(Path.Combine(folder, "model.onnx"));
        model[^1000] ^= 1;
        File.WriteAllBytes(Path.Combine(folder, "model.onnx"), model);
        (int code, _, string error) = Scinti.Run(finished.Studies.Root, "score", folder, "studies");
        Assert.Equal(2, code);
        Assert.Contains("model.onnx is not the file that was written with the model", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("device: cpu", "device: cuda", 2, "this computer or this build of libtorch has no GPU")]
    [InlineData("folder: studies", "folder: /proc/self", 5, "the operating system's own")]
    public void WhatCannotBeDoneIsOneLineAndNoDefect(string from, string to, int expected, string message)
    {
        if (to.StartsWith("device", StringComparison.Ordinal) && Directory.Exists("/proc/driver/nvidia"))
        {
            return;
        }

        Assert.Contains(from, StudyFolder.Pipeline, StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(finished.Studies.Root, "cannot.yaml"), StudyFolder.Pipeline.Replace(from, to, StringComparison.Ordinal));
        (int code, string output, string error) = Scinti.Run(finished.Studies.Root, "run", "cannot.yaml", "--output", $"cannot-{to.Split(':')[0]}");
        Assert.True(code == expected, $"{code}: {error}");
        Assert.DoesNotContain("Reading", output, StringComparison.Ordinal);
        Assert.Contains(message, error, StringComparison.Ordinal);
        Assert.DoesNotContain("defect", error, StringComparison.Ordinal);
    }

    [Fact]
    public void OnlyOnePlaceWritesToTheConsole() => Assert.Equal(
        ["Terminal.cs"],
        Directory.GetFiles(Path.Combine(TestData.Repository, "src", "MLNetScinti.Cli"), "*.cs").Where(file => System.Text.RegularExpressions.Regex.IsMatch(File.ReadAllText(file), @"\bConsole\.(Write|Out|Error|SetOut|SetError)")).Select(Path.GetFileName));

    private string Copy(string name, int studies)
    {
        string folder = Path.Combine(finished.Studies.Root, name);
        Directory.CreateDirectory(folder);
        foreach (string file in Directory.GetFiles(finished.Studies.Studies, "*.dcm").Order(StringComparer.Ordinal).Take(studies))
        {
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        }

        File.Copy(Path.Combine(finished.Studies.Studies, "labels.csv"), Path.Combine(folder, "labels.csv"));
        return folder;
    }
}
