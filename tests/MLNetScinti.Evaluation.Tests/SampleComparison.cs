using MLNetScinti.Evaluation.Reporting;
using MLNetScinti.Imaging;

namespace MLNetScinti.Evaluation.Tests;

/// <summary>Five models and a baseline on forty kidneys of twenty patients, drawn so that no two are told apart.</summary>
internal static class SampleComparison
{
    public static ComparisonReport Make(int patients = 20, double baseline = 1.2)
    {
        ComparedModel[] models =
        [
            Network("dmsa-3d", "the whole volume", 1.6, patients),
            Network("dmsa-2.5d", "three projections, a branch each", 2.1, patients),
            Network("dmsa-2d-coronal", "coronal projection", 1.7, patients),
            Network("dmsa-2d-sagittal", "sagittal projection", 1.4, patients),
            Network("dmsa-2d-transverse", "transverse projection", 1.6, patients),
            new() { Evaluation = Evaluation("features", baseline, patients, paper: false), Description = "asymmetry, volume, variation of the cortex; logistic regression", Training = "L-BFGS", IsBaseline = true },
        ];
        EvaluationReport sample = SampleReport.Make(options => options with { BootstrapReplicates = 0 });
        return ComparisonReport.Of("Five models of DMSA kidney SPECT", models, sample.Data, sample.Run with { Command = "scinti compare pipelines/dmsa-*.yaml --preset quick" }) with
        {
            Protocol = "Trained here with the preset quick: 12 epochs instead of the paper's 300.",
        };
    }

    private static ComparedModel Network(string name, string description, double distance, int patients) => new()
    {
        Evaluation = Evaluation(name, distance, patients, paper: true),
        Description = description,
        Training = "12 epochs, preset quick",
        Duration = TimeSpan.FromSeconds(100 * distance),
        ReportLink = $"{name}/report.html",
        Published = Published(name),
        Card = SampleReport.Make(options => options with { BootstrapReplicates = 0 }).Model with { Name = name },
        Run = new() { Command = $"scinti run pipelines/{name}.yaml --preset quick", Seed = 1, Hashes = new Dictionary<string, string>(StringComparer.Ordinal) { ["model.onnx"] = new string('c', 64) } },
    };

    /// <summary>Figures as a paper prints them, where the counts follow from the shares or are printed too.</summary>
    private static PublishedResult Published(string name)
    {
        (string row, ConfusionCounts counts, double[] figures) = name switch
        {
            "dmsa-3d" => ("3D images", new ConfusionCounts(18, 2, 4, 16), (double[])[0.91, 0.850, 0.900, 0.800, 0.818, 0.857, 0.70]),
            "dmsa-2.5d" => ("2.5D MIPs", new ConfusionCounts(18, 2, 1, 19), [0.94, 0.925, 0.900, 0.950, 0.947, 0.923, 0.85]),
            "dmsa-2d-coronal" => ("2D MIP (coronal)", new ConfusionCounts(15, 5, 1, 19), [0.92, 0.850, 0.750, 0.950, 0.938, 0.833, 0.70]),
            "dmsa-2d-sagittal" => ("2D MIP (sagittal)", new ConfusionCounts(16, 4, 2, 18), [0.87, 0.850, 0.800, 0.900, 0.889, 0.842, 0.70]),
            _ => ("2D MIP (transaxial)", new ConfusionCounts(18, 2, 4, 16), [0.92, 0.850, 0.900, 0.800, 0.818, 0.857, 0.70]),
        };
        string[] keys = ["areaUnderRoc", "accuracy", "sensitivity", "specificity", "positivePredictiveValue", "f1", "kappa"];
        return new()
        {
            Source = "Lin et al. 2023, Table 1",
            Name = row,
            Protocol = ThresholdProtocol.Paper,
            Counts = counts,
            CountsArePrinted = name == "dmsa-2.5d",
            Figures = keys.Zip(figures).ToDictionary(pair => pair.First, pair => pair.Second, StringComparer.Ordinal),
        };
    }

    private static BinaryEvaluation Evaluation(string name, double distance, int patients, bool paper) => BinaryEvaluation.Of(
        new ValidationScores(Cases("V", name, distance, patients)),
        new TestScores(Cases("T", name, distance, patients)),
        new() { Model = name, Words = SampleReport.Words, BootstrapReplicates = 200, WithPaperProtocol = paper });

    private static IEnumerable<ScoredCase> Cases(string prefix, string name, double distance, int patients)
    {
        for (int p = 0; p < patients; p++)
        {
            CounterRandom common = new(7, 0, (ulong)p, prefix), own = new(7, 1, (ulong)p, prefix + name);
            for (int side = 0; side < 2; side++)
            {
                bool abnormal = (((p % 20) / 5) & (1 << side)) != 0;
                float score = (float)((abnormal ? distance : -distance) + common.NextNormal() + own.NextNormal());
                yield return new($"{prefix}{p:000}-{(side == 0 ? 'L' : 'R')}", $"{prefix}{p:000}", abnormal, score, 1 / (1 + MathF.Exp(-score)));
            }
        }
    }
}
