using System.Diagnostics;
using Xunit;

namespace MLNetScinti.Cli.Tests;

/// <summary>A library that is absent or damaged is one sentence that names it, and exit code 3: never the end of the process, never pages.</summary>
public sealed class NativeTests(StudyFolder studies) : IClassFixture<StudyFolder>
{
    [Theory]
    [InlineData("libtorch_cpu.so", 0.5, "is cut short or damaged")]
    [InlineData("libtorch_cpu.so", 0.99, "is cut short or damaged")]
    [InlineData("libtorch_cpu.so", 1e-7, "is cut short or damaged")]
    [InlineData("libtorch_cpu.so", 0.0, "is cut short or damaged")]
    [InlineData("libtorch_cpu.so", null, "is in none of")]
    [InlineData("libc10.so", null, "is not there")]
    [InlineData("libc10.so", 0.7, "is cut short or damaged")]
    [InlineData("libtorch.so", null, "is not there")]
    [InlineData("libgomp*", null, "which is neither beside it nor among the system's libraries")]
    [InlineData("libgomp*", 0.5, "is cut short or damaged")]
    [InlineData("libLibTorchSharp.so", null, "is in none of")]
    [InlineData("libLibTorchSharp.so", 0.9, "is cut short or damaged")]
    [InlineData("libc10.so", -1.0, "could not be loaded")]
    public void ALibraryOfLibtorch(string file, double? kept, string words) => MustBeNamed(file, kept, words, "networks", "dmsa-2d-coronal", "--measure", "--batch", "1");

    [Theory]
    [InlineData("libonnxruntime.so", null, "is in none of")]
    [InlineData("libonnxruntime.so", 0.5, "is cut short or damaged")]
    [InlineData("libtorch_cpu.so", 0.5, "is cut short or damaged")]
    public void ALibraryOfARun(string file, double? kept, string words) => MustBeNamed(file, kept, words, "run", "small.yaml", "--output", $"natives-{kept}");

    [Theory]
    [InlineData("Microsoft.ML.OnnxRuntime.dll", null)]
    [InlineData("TorchSharp.dll", null)]
    [InlineData("TorchSharp.dll", 0.5)]
    [InlineData("Microsoft.ML.Data.dll", 0.5)]
    [InlineData("MLNetScinti.Networks.dll", null)]
    public void AManagedPartOfTheProgram(string file, double? kept) => MustBeNamed(file, kept, "belongs to this program", "run", "small.yaml", "--output", $"managed-{kept}");

    private void MustBeNamed(string file, double? kept, string words, params string[] command)
    {
        // Hard links cost nothing, and lie where the program lies: on one disk. What is changed is another file, never the linked one.
        string copy = Path.Combine(Path.GetDirectoryName(Scinti.Folder)!, $"natives-{Guid.NewGuid():N}");
        try
        {
            using (Process link = Process.Start("cp", ["-al", Scinti.Folder, copy]))
            {
                link.WaitForExit();
                Assert.Equal(0, link.ExitCode);
            }

            string library = Assert.Single(Directory.GetFiles(copy, file)), original = Path.Combine(Scinti.Folder, Path.GetFileName(library));
            long length = new FileInfo(original).Length;
            File.Delete(library);
            if (kept is -1)
            {
                // Whole, and of no processor that there is.
                byte[] content = File.ReadAllBytes(original);
                (content[18], content[19]) = (0xFE, 0xFE);
                File.WriteAllBytes(library, content);
            }
            else if (kept is { } part)
            {
                using FileStream from = File.OpenRead(original), to = File.Create(library);
                byte[] piece = new byte[1 << 20];
                for (long left = (long)(length * part); left > 0;)
                {
                    int read = from.Read(piece, 0, (int)Math.Min(left, piece.Length));
                    to.Write(piece, 0, read);
                    left -= read;
                }
            }

            (int code, _, string error) = Scinti.Run(Scinti.StartIn(copy, studies.Root, command));
            string last = error.TrimEnd().Split('\n')[^1];
            Assert.True(code == 3, $"{code}: {error}");
            Assert.StartsWith("scinti: ", last, StringComparison.Ordinal);
            Assert.Contains(Path.GetFileName(library), last, StringComparison.Ordinal);
            Assert.Contains(words, last, StringComparison.Ordinal);
            Assert.Contains("build", last, StringComparison.Ordinal);
            Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
            Assert.Equal(length, new FileInfo(original).Length);
        }
        finally
        {
            Directory.Delete(copy, recursive: true);
        }
    }
}
