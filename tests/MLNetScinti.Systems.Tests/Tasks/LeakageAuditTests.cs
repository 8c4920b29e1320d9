using MLNetScinti.Dicom;
using MLNetScinti.Evaluation;
using MLNetScinti.Imaging;
using MLNetScinti.Pipelines;
using MLNetScinti.Pipelines.Audits;
using MLNetScinti.Pipelines.Definitions;
using MLNetScinti.Pipelines.Runs;
using MLNetScinti.Systems.Tests.Cases;
using MLNetScinti.Systems.Tests.NewSystems;
using Xunit;

namespace MLNetScinti.Systems.Tests.Tasks;

/// <summary>What papers' splits do: found where patients can be known again, and not found where they cannot.</summary>
[Collection("training")]
public sealed class LeakageAuditTests
{
    private const int Patients = 60;

    private static readonly string[] s_classes = ["high", "middle", "low"];

    [Fact]
    public void SplittingImagesIsFoundOutWherePatientsAreKnownAgain()
    {
        // What each patient looks like has nothing to do with the label: whoever calls more than chance right remembers.
        using TemporaryFolder folder = new();
        LeakageVerdict verdict = Audit(folder, signature: true);
        Assert.True(verdict.IsFound, string.Join(' ', verdict.Sentences));
        Assert.True(verdict.ByImage.Right.Value > 0.6, $"{verdict.ByImage.Right.Value}");
        Assert.Contains("flatters this pipeline", verdict.Sentences[1], StringComparison.Ordinal);
        Assert.Equal((12, 12), (verdict.ByPatient.Rows, verdict.ByPatient.Patients));
        Assert.Equal((48, 12), (verdict.WithCopies.Rows, verdict.WithCopies.Patients));
        // Copies are not patients: reckoned as such, the interval is too narrow.
        ConfidenceInterval naive = verdict.WithCopies.AsIfIndependent, honest = verdict.WithCopies.Right.Interval!;
        Assert.True(naive.Upper - naive.Lower < honest.Upper - honest.Lower, $"{naive} {honest}");

        string report = File.ReadAllText(Path.Combine(folder.File("audit"), "images-after-copies", "report.html"));
        Assert.Contains("tested on what was trained on", report, StringComparison.Ordinal);
        Assert.Contains("say nothing of other patients", report, StringComparison.Ordinal);
        Assert.DoesNotContain("tested on what was trained on", File.ReadAllText(Path.Combine(folder.File("audit"), "patients", "report.html")), StringComparison.Ordinal);
    }

    [Fact]
    public void NothingIsFoundWhereImagesTellNothing()
    {
        using TemporaryFolder folder = new();
        LeakageVerdict verdict = Audit(folder, signature: false);
        Assert.False(verdict.IsFound, string.Join(' ', verdict.Sentences));
        Assert.Contains("could not be shown", verdict.Sentences[1], StringComparison.Ordinal);
        Assert.Contains("would be found half the time", verdict.Sentences[1], StringComparison.Ordinal);
    }

    [Fact]
    public void AProtocolThatSplitsAfterCopyingNeedsCopies()
    {
        using TemporaryFolder folder = new();
        string yaml = Definition(folder, signature: true);
        string text = File.ReadAllText(yaml);
        File.WriteAllText(yaml, text.Replace("test: 12", "test: 12, protocol: images-after-copies", StringComparison.Ordinal));
        Assert.Equal(SplitProtocol.ImagesAfterCopies, PipelineReader.Read(yaml, [ThreeClassSystem.Entry]).Split.Protocol);
        File.WriteAllText(yaml, string.Join('\n', File.ReadAllLines(yaml).Where(line => !line.StartsWith("augmentation", StringComparison.Ordinal))));
        Assert.Contains("split.protocol", Assert.Throws<DefinitionException>(() => PipelineReader.Read(yaml, [ThreeClassSystem.Entry])).Message, StringComparison.Ordinal);
        File.WriteAllText(yaml, string.Join('\n', text.Split('\n').Where(line => !line.StartsWith("augmentation", StringComparison.Ordinal))));
        Assert.Throws<DefinitionException>(() => new LeakageAudit(PipelineReader.Read(yaml, [ThreeClassSystem.Entry]), new RunSettings { Command = "audit" }, new SilentObserver()));
    }

    private static LeakageVerdict Audit(TemporaryFolder folder, bool signature) => new LeakageAudit(
        PipelineReader.Read(Definition(folder, signature), [ThreeClassSystem.Entry]), new RunSettings { Command = "audit leakage", Output = folder.File("audit"), Threads = 2 }, new SilentObserver()).Run();

    private static string Definition(TemporaryFolder folder, bool signature)
    {
        string studies = folder.File("studies");
        Directory.CreateDirectory(studies);
        List<string> table = ["File,Label"];
        for (int patient = 0; patient < Patients; patient++)
        {
            int number = patient;
            PlanarImage View(string side)
            {
                CounterRandom random = new(11, 0, (ulong)number, side);
                // The signature: some squares of the patient's own, which copies share and other patients do not.
                float[] pixels = new float[32 * 32];
                for (int i = 0; i < pixels.Length; i++)
                {
                    pixels[i] = signature ? 0 : (float)Math.Round(random.NextDouble() * 200);
                }

                for (int square = 0; signature && square < 6; square++)
                {
                    int row = (int)(random.NextDouble() * 26), column = (int)(random.NextDouble() * 26);
                    for (int r = 0; r < 5; r++)
                    {
                        pixels.AsSpan(((row + r) * 32) + column, 5).Fill(200);
                    }
                }

                return new PlanarImage(32, 32, 4.8, 4.8, pixels);
            }

            NuclearMedicineWriter.WriteStatic(Path.Combine(studies, $"{patient:000}.dcm"), View("anterior"), View("posterior"), new NuclearMedicineStudy { PatientId = $"patient {patient}", UidSeed = "leak" });
            table.Add($"{patient:000}.dcm,{s_classes[(int)(new CounterRandom(5, 0, (ulong)patient, "label").NextDouble() * 3)]}");
        }

        File.WriteAllLines(Path.Combine(studies, "labels.csv"), table);
        string file = folder.File("leak.yaml");
        File.WriteAllText(file, $$"""
            name: leak
            seed: 3
            system: three-places
            views: { size: 32 }
            data: { folder: {{studies}} }
            split: { train: 40, validation: 8, test: 12 }
            network: { architecture: two-view }
            training: { epochs: 30, batch-size: 8, learning-rate: 0.01, device: cpu, lanes: 1 }
            augmentation: { copies: { by-class: { high: 4, middle: 4, low: 4 }, translate-pixels: {{(signature ? "0.3" : "6")}}, rotate-degrees: {{(signature ? "1" : "90")}} } }
            output: {{folder.File("run")}}

            """);
        return file;
    }
}
