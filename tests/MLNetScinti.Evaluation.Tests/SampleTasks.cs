using MLNetScinti.Evaluation.Reporting;
using MLNetScinti.Imaging;

namespace MLNetScinti.Evaluation.Tests;

/// <summary>A report of each task beside the binary one: thirty patients, two cases each.</summary>
internal static class SampleTasks
{
    public const int Patients = 30;

    public static readonly string[] Classes = ["normal", "focal uptake", "diffuse uptake"];
    public static readonly string[] Labels = ["left", "right"];

    private static readonly Grouping[] s_groupings = [Grouping.ByValue("Camera", "Camera"), Grouping.ByRange("Age", "Age", (40, "under 40 years"), (double.PositiveInfinity, "40 years and over"))];

    public static EvaluationOptions Options(string model, int replicates = 200) => new()
    {
        Model = model,
        BootstrapReplicates = replicates,
        Words = new() { Case = "scan", Cases = "scans" },
        Groupings = s_groupings,
    };

    public static EvaluationReport Report(IEvaluation evaluation)
    {
        EvaluationReport sample = SampleReport.Make(options => options with { BootstrapReplicates = 0 });
        return sample with
        {
            Title = $"A sample of {evaluation.Task}",
            Evaluation = evaluation,
            Data = sample.Data with { Splits = [new("training", 80, 160, new ClassCount("focal", 47), new ClassCount("diffuse", 30)), new("test", Patients, 2 * Patients)] },
            Pictures = [.. sample.Pictures.Take(2).Select(picture => picture with { CaseId = evaluation.Test.Cases.Count > 0 ? evaluation.Test.Cases[0].CaseId : "none" })],
        };
    }

    public static MulticlassEvaluation Multiclass() => MulticlassEvaluation.Of(Classes, MulticlassCases("T"), Options("three classes"));

    public static MultiLabelEvaluation MultiLabel() => MultiLabelEvaluation.Of(Classes[1..], new ValidationScores<MultiLabelCase>(MultiLabelCases("V")), new TestScores<MultiLabelCase>(MultiLabelCases("T")), Options("two labels"));

    public static SegmentationEvaluation Segmentation(string model = "masks", double noise = 1) => SegmentationEvaluation.Of(Labels, new TestScores<SegmentedCase>(SegmentedCases(noise)), Options(model));

    public static RegressionEvaluation Regression() => RegressionEvaluation.Of("absorbed dose", "Gy", new TestScores<QuantifiedCase>(QuantifiedCases()), Options("doses"));

    public static MulticlassCase[] MulticlassCases(string prefix) => Cases(prefix, (id, patient, i, random) =>
    {
        int label = i / 2 % 3;
        double[] odds = [.. Enumerable.Range(0, 3).Select(k => Math.Exp((k == label ? 1.4 : 0) + random.NextNormal()))];
        return new MulticlassCase(id, patient, label, [.. odds.Select(odd => (float)(odd / odds.Sum()))]);
    });

    public static MultiLabelCase[] MultiLabelCases(string prefix) => Cases(prefix, (id, patient, i, random) =>
    {
        bool[] labels = [i % 3 == 0, i % 4 < 2];
        return new MultiLabelCase(id, patient, labels, [.. labels.Select(label => (float)(1 / (1 + Math.Exp(-random.NextNormal(label ? 1.2 : -1.2, 1.3)))))]);
    });

    /// <summary>Balls in volumes of 3 x 2 x 2 mm, the predicted ones displaced and of another radius; of the second label a few are missing.</summary>
    public static SegmentedCase[] SegmentedCases(double noise)
    {
        ImageShape shape = new(12, 20, 20);
        return Cases("T", (id, patient, i, random) => new SegmentedCase(id, patient, [.. Labels.Select((_, k) =>
        {
            double radius = 7 + (3 * random.NextDouble());
            bool[] truth = Ball(shape, radius, 0, 0), predicted = Ball(shape, radius + (noise * random.NextNormal()), noise * random.NextNormal(), noise * random.NextNormal());
            return MaskMeasures.Of(truth, k == 1 && i % 20 == 0 ? new bool[shape.Length] : predicted, shape, [3, 2, 2]);
        })]));
    }

    public static QuantifiedCase[] QuantifiedCases() => Cases("T", (id, patient, i, random) =>
    {
        double truth = 5 + (20 * random.NextDouble());
        return new QuantifiedCase(id, patient, truth, (1.04 * truth) + random.NextNormal(0.2, 1.1));
    });

    private static TCase[] Cases<TCase>(string prefix, Func<string, string, int, CounterRandom, TCase> make)
        where TCase : EvaluatedCase =>
        [.. Enumerable.Range(0, 2 * Patients).Select(i => make($"{prefix}{i / 2:00}-{(i % 2 == 0 ? 'a' : 'b')}", $"{prefix}{i / 2:00}", i, new(17, 0, (ulong)i, prefix)) with
        {
            Facts = Facts.Of(("Camera", i / 2 % 2 == 0 ? "A" : "B"), ("Age", 20 + i)),
        })];

    private static bool[] Ball(ImageShape shape, double radius, double dy, double dx)
    {
        bool[] mask = new bool[shape.Length];
        for (int k = 0; k < shape.Sections; k++)
        {
            for (int j = 0; j < shape.Rows; j++)
            {
                for (int i = 0; i < shape.Columns; i++)
                {
                    double z = (k - 5.5) * 3, y = ((j - 9.5) * 2) - dy, x = ((i - 9.5) * 2) - dx;
                    mask[(((k * shape.Rows) + j) * shape.Columns) + i] = (z * z) + (y * y) + (x * x) <= radius * radius;
                }
            }
        }

        return mask;
    }
}
