using MLNetScinti.Evaluation.Reporting;
using MLNetScinti.Imaging;

namespace MLNetScinti.Evaluation.Tests;

/// <summary>A report of the size of the paper's test: twenty patients, two kidneys each, scores drawn from two normal distributions.</summary>
internal static class SampleReport
{
    /// <summary>The words and groupings as a system declares them.</summary>
    public static readonly TaskWords Words = new() { Case = "kidney", Cases = "kidneys", Positive = "abnormal", Negative = "normal", Finding = "defect", Findings = "defects" };

    public static readonly IReadOnlyList<Grouping> Groupings =
    [
        Grouping.ByValue("Side", "Side"),
        Grouping.ByRange("Age", "Age", (2, "under 2 years"), (12, "2 to 11 years"), (18, "12 to 17 years"), (double.PositiveInfinity, "18 years and over")),
        Grouping.ByRange("Volume of true defects", "Defects", (1, "under 1 ml"), (3, "1 to 3 ml"), (10, "3 to 10 ml"), (double.PositiveInfinity, "10 ml and over")) with { OfPositives = true },
        Grouping.ByThirds("Counts", "Counts"),
        Grouping.ByValue("Camera", "Camera"),
        Grouping.ByValue("Country", "Country"),
    ];

    public static BinaryEvaluation Binary(this EvaluationReport report) => (BinaryEvaluation)report.Evaluation;

    public static EvaluationReport Make(Func<EvaluationOptions, EvaluationOptions>? change = null)
    {
        EvaluationOptions options = new() { Model = "dmsa-2.5d", Words = Words, Groupings = Groupings, WithPaperProtocol = true, BootstrapReplicates = 500 };
        options = change?.Invoke(options) ?? options;
        BinaryEvaluation evaluation = BinaryEvaluation.Of(new ValidationScores(Cases("V", 20, 1)), new TestScores(Cases("T", 20, 2)), options);
        return new()
        {
            Title = "DMSA kidney SPECT: normal or abnormal",
            Evaluation = evaluation,
            Run = new()
            {
                Command = "scinti run pipelines/dmsa-2.5d.yaml --preset quick",
                Seed = 1,
                Versions = new Dictionary<string, string>(StringComparer.Ordinal) { ["MLNetScinti"] = "0.1.0", ["ML.NET"] = "5.0.0", ["ONNX Runtime"] = "1.29.0" },
                Hashes = new Dictionary<string, string>(StringComparer.Ordinal) { ["dmsa.onnx"] = new string('a', 64), ["dmsa-2.5d.yaml"] = new string('b', 64) },
                Started = new DateTimeOffset(2026, 3, 1, 9, 30, 0, TimeSpan.Zero),
                Durations = [new("reading", TimeSpan.FromSeconds(12.4)), new("training", TimeSpan.FromMinutes(7.2)), new("scoring", TimeSpan.FromSeconds(2.1))],
                Hardware = "2 cores, CPU",
                Threads = 2,
                Earlier = [new EarlierRun("dmsa-2026-02", new DateTimeOffset(2026, 2, 1, 9, 0, 0, TimeSpan.Zero), new Dictionary<string, EarlierFigure>(StringComparer.Ordinal) { ["areaUnderRoc"] = new(0.81, 0.66, 0.91) }, 40, 20, SameCases: true)],
            },
            Data = new()
            {
                Origin = DataOrigin.Simulated,
                Description = "A simulated cohort of DMSA SPECT studies of children, written as DICOM and read back.",
                Offered = 122,
                Read = 120,
                Skipped = [new("study-0007", "The file ends in the middle of the pixel data."), new("study-0050", "Modality CT, expected NM.")],
                Splits = [new("training", 80, 160, new ClassCount("abnormal", 47)), new("validation", 20, 40, new ClassCount("abnormal", 20)), new("test", 20, 40, new ClassCount("abnormal", 20))],
                Flow =
                [
                    new FlowStep("Found") { Inputs = 122, LeftOut = [new FlowExit("truncated", 1), new FlowExit("other kind of image", 1)] },
                    new FlowStep("Read") { Inputs = 120 },
                    new FlowStep("Labelled") { Inputs = 120, Patients = 120, Cases = 240, Classes = [new ClassCount("abnormal", 87)] },
                    new FlowStep("Test") { Patients = 20, Cases = 40, Classes = [new ClassCount("abnormal", 20)] },
                ],
                Cohort = new CohortTable(["training", "validation", "test"],
                [
                    new CohortRow("Age, years", "patients", [new CohortCell(80, 80) { Quartiles = (2, 5, 9) }, new CohortCell(20, 20) { Quartiles = (3, 6, 10) }, new CohortCell(18, 20) { Quartiles = (2, 6, 9) }]),
                    new CohortRow("Sex", "patients", [new CohortCell(80, 80) { Values = [new ClassCount("female", 51), new ClassCount("male", 29)] }, new CohortCell(3, 20) { TooFew = true }, new CohortCell(0, 20)]),
                ]),
                Facts = [new("Matrix", "128 x 128, 1.748 mm"), new("Views", "120 over 360 degrees"), new("Labels", "truth of the simulation")],
            },
            Model = new()
            {
                Name = "dmsa-2.5d",
                Network = "Three views (maximum intensity projections), seven 3 x 3 convolutions each, joined; 512 dense; sigmoid.",
                Parameters = 4_812_353,
                TrainingData = "80 simulated patients, 160 kidneys.",
                Limits = ["Never seen a real patient.", "One simulated camera, one collimator, one activity per weight.", "Fails on kidneys that touch in all three projections."],
                Settings = [new("Loss", "binary cross-entropy, class weights 1.413 and 3.421"), new("Optimiser", "Adam, 1e-4"), new("Epochs", "60, batch 4")],
                Source = "Lin et al. 2023, 2.5D model.",
            },
            History = new([.. Enumerable.Range(1, 60).Select(Epoch)], 41),
            Pictures = [.. evaluation.Misjudged.SelectMany(wrong => new[] { "Transverse", "Sagittal", "Coronal" }.Select((name, i) =>
                new CasePicture(wrong.Case.CaseId, Picture(i), name, $"{name} maximum intensity projection of {wrong.Case.CaseId}")))],
        };
    }

    private static ScoredCase[] Cases(string prefix, int patients, ulong seed)
    {
        List<ScoredCase> cases = [];
        for (int p = 0; p < patients; p++)
        {
            CounterRandom random = new(seed, 0, (ulong)p, "sample");
            for (int side = 0; side < 2; side++)
            {
                bool abnormal = ((p / 5) & (1 << side)) != 0;
                float score = (float)random.NextNormal(abnormal ? 1.6 : -1.8, 1.6);
                cases.Add(new($"{prefix}{p:000}-{(side == 0 ? 'L' : 'R')}", $"{prefix}{p:000}", abnormal, score, 1 / (1 + MathF.Exp(-score)))
                {
                    Facts = Facts.Of(("Side", side == 0 ? "left" : "right"), ("Age", Math.Round(17 * random.NextDouble(), 1))).WithKnown("Defects", abnormal ? 0.5 + (6 * random.NextDouble()) : null),
                });
            }
        }

        return [.. cases];
    }

    private static TrainingEpoch Epoch(int epoch)
    {
        CounterRandom random = new(3, epoch, 0, "sample");
        double loss = 0.15 + (0.8 * Math.Exp(-epoch / 15.0));
        return new(epoch, loss + (0.02 * random.NextNormal()), loss + 0.08 + (0.003 * Math.Max(0, epoch - 35)) + (0.03 * random.NextNormal()), Math.Clamp(0.5 + (epoch / 100.0), 0, 0.925));
    }

    private static byte[] Picture(int view)
    {
        const int Size = 64;
        byte[] grey = new byte[Size * Size];
        for (int y = 0; y < Size; y++)
        {
            for (int x = 0; x < Size; x++)
            {
                double dx = (x - 32.0) / (10 + (3 * view)), dy = (y - 32.0) / 20, hole = Math.Exp(-(((x - 36.0) * (x - 36.0)) + ((y - 24.0) * (y - 24.0))) / 18);
                double value = (dx * dx) + (dy * dy);
                grey[(y * Size) + x] = (byte)(255 * Math.Clamp((1.3 - value) / 1.1, 0, 1) * (1 - (0.8 * hole)));
            }
        }

        return PngEncoder.Encode(new PngImage(Size, Size, 1, grey));
    }
}
