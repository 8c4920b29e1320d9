using System.Diagnostics;
using System.Globalization;
using MLNetScinti.Imaging;
using Xunit;
using Xunit.Abstractions;

namespace MLNetScinti.Hostile.Tests.Mutation;

/// <summary>
/// Damaged files of every kind that the product reads, in one process: each is read, or refused in one line by an exception of the
/// product's own; none takes more than four seconds of the processor, or memory that the file does not justify.
/// </summary>
/// <remarks>
/// SCINTI_MUTATIONS sets how many, SCINTI_MUTATION_SEED which the first is: one number makes one input again. The number of the input in hand is
/// in mutation-seed.txt beside the tests, should one of them end the process.
/// </remarks>
public sealed class MutationTests(ITestOutputHelper output)
{
    private const int Fewest = 2_000;
    private const long FirstSeed = 20_260_101;
    private const long MostAllocated = 768L << 20;
    private const long MostWorkingSet = 3L << 30;
    private const int LongestMessage = 2_000;

    private static readonly TimeSpan s_most = TimeSpan.FromSeconds(4);

    // A hang is one that goes on; a process cannot be interrupted within one.
    private static readonly TimeSpan s_hang = TimeSpan.FromSeconds(30);

    private sealed class Figures
    {
        public int Read { get; set; }

        public int Refused { get; set; }

        public TimeSpan Longest { get; set; }

        public long MostAllocated { get; set; }
    }

    [Fact]
    public void DamagedFilesAreReadOrRefusedInOneLine()
    {
        int count = (int)Setting("SCINTI_MUTATIONS", Fewest);
        long first = Setting("SCINTI_MUTATION_SEED", FirstSeed);
        using TemporaryFolder folder = new();
        InputKind[] kinds = [new DicomInput(), new DefinitionInput(), new LabelsInput(), new ModelInput(), new CheckpointInput(), new NotebookInput(), new BundleInput(), new DerivedInput(), new FragmentsInput(), new AnnotationInput(), new TableInput(), new NiftiInput()];
        Figures[] figures = [.. kinds.Select(_ => new Figures())];
        List<string> found = [];
        long current = first;
        TimeSpan begun = TimeSpan.Zero;
        using Process self = Process.GetCurrentProcess();
        using FileStream kept = new(Path.Combine(AppContext.BaseDirectory, "mutation-seed.txt"), FileMode.Create, FileAccess.Write, FileShare.Read, 0);

        Thread worker = new(() =>
        {
            for (long seed = first; seed < first + count; seed++)
            {
                (current, begun) = (seed, Processor(self));
                kept.Position = 0;
                kept.Write(System.Text.Encoding.ASCII.GetBytes(seed.ToString(CultureInfo.InvariantCulture)));
                int kind = (int)(seed % kinds.Length);
                if (Try(kinds[kind], seed, folder, figures[kind], self) is { } problem)
                {
                    found.Add($"{kinds[kind].Name}, seed {seed}: {problem}");
                }
            }
        })
        {
            IsBackground = true,
        };
        worker.Start();
        while (!worker.Join(TimeSpan.FromSeconds(1)))
        {
            self.Refresh();
            Assert.True(self.TotalProcessorTime - begun < s_hang, $"The input of seed {current} ({kinds[current % kinds.Length].Name}) hangs.");
        }

        self.Refresh();
        foreach ((InputKind kind, Figures figure) in kinds.Zip(figures))
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{kind.Name,-10} {figure.Read,7} read {figure.Refused,7} refused, longest {figure.Longest.TotalMilliseconds,6:0} ms, most allocated {figure.MostAllocated >> 20,4} MiB"));
            kind.Dispose();
        }

        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"seeds {first} to {first + count - 1}, working set at most {self.PeakWorkingSet64 >> 20} MiB"));
        Assert.True(found.Count == 0, $"{found.Count} of {count}:\n{string.Join('\n', found.Take(60))}");
        Assert.InRange(self.PeakWorkingSet64, 0, MostWorkingSet);

        // Both ends were met, or it would say nothing.
        Assert.All(kinds.Zip(figures), pair => Assert.True(count < Fewest || (pair.Second.Read > 0 && pair.Second.Refused > 0), $"{pair.First.Name}: {pair.Second.Read} read, {pair.Second.Refused} refused"));
    }

    private static string? Try(InputKind kind, long seed, TemporaryFolder folder, Figures figures, Process self)
    {
        byte[] damaged = kind.Damaged(new Random(seed.GetHashCode()));
        string file = folder.File(kind.File);
        File.WriteAllBytes(file, damaged);
        TimeSpan start = Processor(self);
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        string? problem = null;
        try
        {
            kind.Read(file);
            figures.Read++;
        }
        catch (Exception refusal) when (kind.IsRefusal(refusal))
        {
            figures.Refused++;
            problem = refusal.Message.Any(PlainText.IsCommand) ? $"a command in the message: {PlainText.OneLine(refusal.Message)}"
                : refusal.Message.Length > LongestMessage ? $"a message of {refusal.Message.Length} characters: {refusal.Message[..200]}"
                : null;
        }
        catch (Exception foreign)
        {
            problem = PlainText.Short(foreign.ToString(), 1500);
        }

        TimeSpan taken = Processor(self) - start;
        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        figures.Longest = taken > figures.Longest ? taken : figures.Longest;
        figures.MostAllocated = Math.Max(figures.MostAllocated, allocated);
        return problem
            ?? (taken > s_most ? string.Create(CultureInfo.InvariantCulture, $"{taken.TotalSeconds:0.0} s of the processor for {damaged.Length} bytes")
            : allocated > MostAllocated ? $"{allocated >> 20} MiB for {damaged.Length} bytes"
            : null);
    }

    private static TimeSpan Processor(Process self)
    {
        lock (self)
        {
            self.Refresh();
            return self.TotalProcessorTime;
        }
    }

    private static long Setting(string name, long otherwise) =>
        long.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out long value) ? value : otherwise;
}
