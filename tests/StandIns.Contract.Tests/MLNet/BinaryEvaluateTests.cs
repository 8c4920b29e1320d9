using System.Text.Json;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLNetScinti.StandIns.Contract.Recorded;
using Xunit;

namespace MLNetScinti.StandIns.Contract.MLNet;

public sealed class BinaryEvaluateTests
{
    private static readonly MLContext Ml = new(seed: 1);

    private static readonly RecordedCases Cases = new(RecordedFile.MLNet, "binary")
    {
        ["evaluate"] = () => Evaluate(Fixture()),
        ["evaluate.types"] = Types,
        ["evaluateNonCalibrated"] = () => EvaluateNonCalibrated(Fixture()),
        ["evaluateNonCalibrated: no Probability column"] = () => Describe(Ml.BinaryClassification.EvaluateNonCalibrated(
            Load(Fixture(), row => new Uncalibrated { Label = row.Label, Score = row.Score, PredictedLabel = row.PredictedLabel }))),
        ["evaluate: all rows predicted false (PredictedLabel contradicts Score)"] = () => Evaluate(Fixture(row => row.PredictedLabel = false)),
        ["evaluate: all rows predicted true (PredictedLabel contradicts Score)"] = () => Evaluate(Fixture(row => row.PredictedLabel = true)),
        ["evaluate: rows reversed"] = () => Evaluate([.. Fixture().Reverse()]),
        ["evaluate: only the 10 positive rows"] = () => Evaluate([.. Fixture().Where(row => row.Label)]),
        ["evaluate: only the 10 negative rows"] = () => Evaluate([.. Fixture().Where(row => !row.Label)]),
        ["evaluateNonCalibrated: only the 10 positive rows"] = () => EvaluateNonCalibrated([.. Fixture().Where(row => row.Label)]),
        ["evaluateNonCalibrated: only the 10 negative rows"] = () => EvaluateNonCalibrated([.. Fixture().Where(row => !row.Label)]),
        ["evaluate: no rows"] = () => Evaluate([]),
        ["evaluateNonCalibrated: no rows"] = () => EvaluateNonCalibrated([]),
        ["evaluate: row 3 Score NaN"] = () => Evaluate(FixtureBut(3, row => row.Score = float.NaN)),
        ["evaluate: row 3 Score NaN and Probability NaN"] = () => Evaluate(FixtureBut(3, row => row.Score = row.Probability = float.NaN)),
        ["evaluate: row 3 Probability NaN"] = () => Evaluate(FixtureBut(3, row => row.Probability = float.NaN)),
        ["evaluate: all Scores NaN"] = () => Evaluate(Fixture(row => row.Score = float.NaN)),
        ["evaluateNonCalibrated: row 3 Score NaN"] = () => EvaluateNonCalibrated(FixtureBut(3, row => row.Score = float.NaN)),
        ["evaluate: row 0 (negative) Score +Infinity"] = () => Evaluate(FixtureBut(0, row => row.Score = float.PositiveInfinity)),
        ["evaluate: row 0 (negative) Probability 1"] = () => Evaluate(FixtureBut(0, row => row.Probability = 1)),
        ["evaluate: row 19 (positive) Probability 0"] = () => Evaluate(FixtureBut(19, row => row.Probability = 0)),
        ["evaluate: row 0 Probability 1.5"] = () => Evaluate(FixtureBut(0, row => row.Probability = 1.5f)),
        ["evaluate: all Scores equal 0 and Probability 0.5, PredictedLabel true"] = () => Evaluate(Fixture(row =>
        {
            row.Score = 0;
            row.Probability = 0.5f;
            row.PredictedLabel = true;
        })),
        ["evaluate: no Label column"] = () => Describe(Ml.BinaryClassification.Evaluate(
            Load(Fixture(), row => new NoLabel { Score = row.Score, Probability = row.Probability, PredictedLabel = row.PredictedLabel }))),
        ["evaluate: no Score column"] = () => Describe(Ml.BinaryClassification.Evaluate(
            Load(Fixture(), row => new NoScore { Label = row.Label, Probability = row.Probability, PredictedLabel = row.PredictedLabel }))),
        ["evaluate: no Probability column"] = () => Describe(Ml.BinaryClassification.Evaluate(
            Load(Fixture(), row => new Uncalibrated { Label = row.Label, Score = row.Score, PredictedLabel = row.PredictedLabel }))),
        ["evaluate: no PredictedLabel column"] = () => Describe(Ml.BinaryClassification.Evaluate(
            Load(Fixture(), row => new NoPrediction { Label = row.Label, Score = row.Score, Probability = row.Probability }))),
        ["evaluate: Label is text"] = () => Describe(Ml.BinaryClassification.Evaluate(
            Load(Fixture(), row => new TextLabel { Label = row.Label.ToString(), Score = row.Score, Probability = row.Probability, PredictedLabel = row.PredictedLabel }))),
        ["evaluate: Label is Single 0/1"] = () => Describe(Ml.BinaryClassification.Evaluate(Load(Fixture(), row => SingleLabel.From(row)))),
        ["evaluate: Label is Single 0/1, row 0 NaN"] = () =>
        {
            SingleLabel[] rows = Array.ConvertAll(Fixture(), SingleLabel.From);
            rows[0].Label = float.NaN;
            return Describe(Ml.BinaryClassification.Evaluate(Ml.Data.LoadFromEnumerable(rows)));
        },
        ["evaluate: own column names"] = () => Describe(Ml.BinaryClassification.Evaluate(
            Load(Fixture(), row => new OwnNames { Truth = row.Label, S = row.Score, P = row.Probability, Predicted = row.PredictedLabel }),
            labelColumnName: "Truth",
            scoreColumnName: "S",
            probabilityColumnName: "P",
            predictedLabelColumnName: "Predicted")),
        ["evaluate: null data"] = () => Describe(Ml.BinaryClassification.Evaluate(null!)),
        ["evaluateNonCalibrated: no Score column"] = () => Describe(Ml.BinaryClassification.EvaluateNonCalibrated(
            Load(Fixture(), row => new NoScore { Label = row.Label, Probability = row.Probability, PredictedLabel = row.PredictedLabel }))),
        ["confusionMatrix.GetCountForClassPair(predicted, actual)"] = () => new
        {
            p0a0 = Confusion().GetCountForClassPair(0, 0),
            p0a1 = Confusion().GetCountForClassPair(0, 1),
            p1a0 = Confusion().GetCountForClassPair(1, 0),
            p1a1 = Confusion().GetCountForClassPair(1, 1),
        },
        ["confusionMatrix.GetCountForClassPair(2, 0)"] = () => Confusion().GetCountForClassPair(2, 0),
        ["confusionMatrix.GetCountForClassPair(-1, 0)"] = () => Confusion().GetCountForClassPair(-1, 0),
    };

    public static TheoryData<string> Names => Cases.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void As_recorded(string name) => Cases.Assert(name);

    [Fact]
    public void Keys_of_two_count_as_labels_and_their_values_name_the_confusion_table()
    {
        IDataView data = Load(Fixture(), row => new TextLabel { Label = row.Label ? "abnormal" : "a", Score = row.Score, Probability = row.Probability });
        IDataView keyed = Ml.Transforms.Conversion.MapValueToKey("Label").Fit(data).Transform(data);
        CalibratedBinaryClassificationMetrics metrics = Ml.BinaryClassification.Evaluate(keyed);
        Assert.Equal(0.815, metrics.AreaUnderRocCurve, 12);
        Assert.Equal(0.75, metrics.Accuracy, 12);
        Assert.Contains("||        a | abnormal | Recall", metrics.ConfusionMatrix.GetFormattedConfusionTable(), StringComparison.Ordinal);
    }

    internal static object Describe(BinaryClassificationMetrics metrics)
    {
        Dictionary<string, object?> described = RecordedValue.Map(
            ("Accuracy", metrics.Accuracy),
            ("AreaUnderRocCurve", metrics.AreaUnderRocCurve),
            ("AreaUnderPrecisionRecallCurve", metrics.AreaUnderPrecisionRecallCurve),
            ("F1Score", metrics.F1Score),
            ("PositivePrecision", metrics.PositivePrecision),
            ("PositiveRecall", metrics.PositiveRecall),
            ("NegativePrecision", metrics.NegativePrecision),
            ("NegativeRecall", metrics.NegativeRecall),
            ("ConfusionMatrix", Describe(metrics.ConfusionMatrix)));
        if (metrics is CalibratedBinaryClassificationMetrics calibrated)
        {
            described["LogLoss"] = calibrated.LogLoss;
            described["LogLossReduction"] = calibrated.LogLossReduction;
            described["Entropy"] = calibrated.Entropy;
        }

        return described;
    }

    internal static object Describe(ConfusionMatrix matrix) => new
    {
        matrix.NumberOfClasses,
        matrix.Counts,
        matrix.PerClassPrecision,
        matrix.PerClassRecall,
        FormattedConfusionTable = matrix.GetFormattedConfusionTable().ReplaceLineEndings("\n"),
    };

    private static object Types()
    {
        CalibratedBinaryClassificationMetrics metrics = Ml.BinaryClassification.Evaluate(Ml.Data.LoadFromEnumerable(Fixture()));
        return new { metrics = metrics.GetType().FullName, baseType = metrics.GetType().BaseType!.FullName, cm = metrics.ConfusionMatrix.GetType().FullName };
    }

    private static object Evaluate(Row[] rows) => Describe(Ml.BinaryClassification.Evaluate(Ml.Data.LoadFromEnumerable(rows)));

    private static object EvaluateNonCalibrated(Row[] rows) => Describe(Ml.BinaryClassification.EvaluateNonCalibrated(Ml.Data.LoadFromEnumerable(rows)));

    private static ConfusionMatrix Confusion() => Ml.BinaryClassification.Evaluate(Ml.Data.LoadFromEnumerable(Fixture())).ConfusionMatrix;

    private static IDataView Load<T>(Row[] rows, Func<Row, T> convert)
        where T : class => Ml.Data.LoadFromEnumerable(rows.Select(convert).ToArray());

    private static Row[] FixtureBut(int index, Action<Row> change)
    {
        Row[] rows = Fixture();
        change(rows[index]);
        return rows;
    }

    private static Row[] Fixture(Action<Row>? change = null)
    {
        Row[] rows = RecordedFile.MLNet.Entry("binary", "fixture").Deserialize<Row[]>()!;
        Array.ForEach(rows, change ?? (_ => { }));
        return rows;
    }

    private sealed class Row
    {
        public bool Label { get; set; }

        public float Score { get; set; }

        public float Probability { get; set; }

        public bool PredictedLabel { get; set; }
    }

    private sealed class Uncalibrated
    {
        public bool Label { get; set; }

        public float Score { get; set; }

        public bool PredictedLabel { get; set; }
    }

    private sealed class NoLabel
    {
        public float Score { get; set; }

        public float Probability { get; set; }

        public bool PredictedLabel { get; set; }
    }

    private sealed class NoScore
    {
        public bool Label { get; set; }

        public float Probability { get; set; }

        public bool PredictedLabel { get; set; }
    }

    private sealed class NoPrediction
    {
        public bool Label { get; set; }

        public float Score { get; set; }

        public float Probability { get; set; }
    }

    private sealed class TextLabel
    {
        public string Label { get; set; } = "";

        public float Score { get; set; }

        public float Probability { get; set; }

        public bool PredictedLabel { get; set; }
    }

    private sealed class SingleLabel
    {
        public float Label { get; set; }

        public float Score { get; set; }

        public float Probability { get; set; }

        public bool PredictedLabel { get; set; }

        public static SingleLabel From(Row row) =>
            new() { Label = row.Label ? 1 : 0, Score = row.Score, Probability = row.Probability, PredictedLabel = row.PredictedLabel };
    }

    private sealed class OwnNames
    {
        public bool Truth { get; set; }

        public float S { get; set; }

        public float P { get; set; }

        public bool Predicted { get; set; }
    }
}
