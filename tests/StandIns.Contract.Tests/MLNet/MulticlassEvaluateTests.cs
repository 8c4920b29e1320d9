using System.Text.Json;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLNetScinti.StandIns.Contract.Recorded;
using Xunit;

namespace MLNetScinti.StandIns.Contract.MLNet;

public sealed class MulticlassEvaluateTests
{
    private static readonly MLContext Ml = new(seed: 1);

    private static readonly RecordedCases Cases = new(RecordedFile.MLNet, "multiclass")
    {
        ["evaluate"] = () => Evaluate(Fixture()),
        ["evaluate: topKPredictionCount 1"] = () => TopK(1),
        ["evaluate: topKPredictionCount 2"] = () => TopK(2),
        ["evaluate: topKPredictionCount 3"] = () => TopK(3),
        ["evaluate: topKPredictionCount 4"] = () => TopK(4),
        ["evaluate: topKPredictionCount 5"] = () => TopK(5),
        ["evaluate: topKPredictionCount -1"] = () => TopK(-1),
        ["evaluate: text labels through MapValueToKey (KeyValues on Label), no SlotNames on Score"] = () => Table(Named()),
        ["evaluate: text labels through MapValueToKey, SlotNames normal/ischaemia/scar/mixed on Score"] = () => Table(Named("normal", "ischaemia", "scar", "mixed")),
        ["evaluate: TopK with SlotNames, k=2"] = () =>
        {
            MulticlassClassificationMetrics metrics = Ml.MulticlassClassification.Evaluate(Named("normal", "ischaemia", "scar", "mixed"), topKPredictionCount: 2);
            return new { metrics.TopKAccuracy, metrics.TopKAccuracyForAllK };
        },
        ["evaluate: labels in order of occurrence only (4 keys), long class name of 20 characters in SlotNames"] = () =>
            Text(Ml.MulticlassClassification.Evaluate(Named("a", "abcdefghijklmnopqrst", "b", "c"))),
        ["evaluate: row 0 Label 99 (out of range: missing)"] = () => Evaluate(FixtureBut(0, row => row.Label = 99)),
        ["evaluate: row 0 PredictedLabel 99 (out of range: missing)"] = () => Evaluate(FixtureBut(0, row => row.PredictedLabel = 99)),
        ["evaluate: PredictedLabel all 0 (contradicts Score)"] = () =>
        {
            Row[] rows = Fixture();
            Array.ForEach(rows, row => row.PredictedLabel = 0);
            return Evaluate(rows);
        },
        ["evaluate: row 0 Score[0] NaN"] = () => Evaluate(FixtureBut(0, row => row.Score[0] = float.NaN)),
        ["evaluate: row 0 Score all NaN"] = () => Evaluate(FixtureBut(0, row => Array.Fill(row.Score, float.NaN))),
        ["evaluate: row 0 Score [0,1,0,0] for Label 0"] = () => Evaluate(FixtureBut(0, row => row.Score = [0, 1, 0, 0])),
        ["evaluate: scores multiplied by 2 (not normalised)"] = () =>
        {
            Row[] rows = Fixture();
            Array.ForEach(rows, row => row.Score = Array.ConvertAll(row.Score, score => 2 * score));
            return Evaluate(rows);
        },
        ["evaluate: class 4 absent from labels (row 11 removed)"] = () => Evaluate(Fixture()[..11]),
        ["evaluate: single class present (rows 0-3)"] = () => Evaluate(Fixture()[..4]),
        ["evaluate: no rows"] = () => Evaluate([]),
        ["evaluate: Label Single 0..3 with PredictedLabel key"] = () => Describe(Ml.MulticlassClassification.Evaluate(
            Load(row => new SingleLabel { Label = row.Label, Score = row.Score, PredictedLabel = row.PredictedLabel }))),
        ["evaluate: Label text"] = () => Describe(Ml.MulticlassClassification.Evaluate(
            Load(row => new TextLabel { Label = "a", Score = row.Score, PredictedLabel = row.PredictedLabel }))),
        ["evaluate: no PredictedLabel column"] = () => Describe(Ml.MulticlassClassification.Evaluate(
            Load(row => new NoPrediction { Label = row.Label, Score = row.Score }))),
        ["evaluate: no Score column"] = () => Describe(Ml.MulticlassClassification.Evaluate(
            Load(row => new NoScore { Label = row.Label, PredictedLabel = row.PredictedLabel }))),
        ["evaluate: no Label column"] = () => Describe(Ml.MulticlassClassification.Evaluate(Load(row => row), labelColumnName: "Nope")),
        ["evaluate: Score vector of length 3 with 4 keys"] = () => Describe(Ml.MulticlassClassification.Evaluate(Ml.Data.LoadFromEnumerable(
            Fixture()[..3].Select(row => new ShortScore { Label = row.Label, Score = row.Score[..3], PredictedLabel = row.PredictedLabel }).ToArray()))),
    };

    public static TheoryData<string> Names => Cases.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void As_recorded(string name) => Cases.Assert(name);

    [Fact]
    public void A_class_beyond_the_scores_is_wrong_and_costs_the_highest_loss()
    {
        ShortScore[] rows =
        [
            new() { Label = 0, Score = [1, 0, 0] },
            new() { Label = 3, Score = [1, 0, 0] },
        ];
        MulticlassClassificationMetrics metrics = Ml.MulticlassClassification.Evaluate(Ml.Data.LoadFromEnumerable(rows));
        Assert.Equal(0.5, metrics.MicroAccuracy);
        Assert.Equal(1, metrics.MacroAccuracy);
        Assert.Equal(-Math.Log(1e-15f) / 2, metrics.LogLoss, 12);
        Assert.Equal(1, metrics.ConfusionMatrix.Counts.Sum(row => row.Sum()));
    }

    private static object Describe(MulticlassClassificationMetrics metrics) => new
    {
        metrics.MicroAccuracy,
        metrics.MacroAccuracy,
        metrics.LogLoss,
        metrics.LogLossReduction,
        metrics.PerClassLogLoss,
        metrics.TopKPredictionCount,
        metrics.TopKAccuracy,
        metrics.TopKAccuracyForAllK,
        ConfusionMatrix = BinaryEvaluateTests.Describe(metrics.ConfusionMatrix),
    };

    private static object Evaluate(Row[] rows) => Describe(Ml.MulticlassClassification.Evaluate(Ml.Data.LoadFromEnumerable(rows)));

    private static object TopK(int count)
    {
        MulticlassClassificationMetrics metrics = Ml.MulticlassClassification.Evaluate(Ml.Data.LoadFromEnumerable(Fixture()), topKPredictionCount: count);
        return new { metrics.TopKPredictionCount, metrics.TopKAccuracy, metrics.TopKAccuracyForAllK };
    }

    private static object Table(IDataView data)
    {
        MulticlassClassificationMetrics metrics = Ml.MulticlassClassification.Evaluate(data);
        return new { metrics.MicroAccuracy, table = Text(metrics) };
    }

    private static string Text(MulticlassClassificationMetrics metrics) => metrics.ConfusionMatrix.GetFormattedConfusionTable().ReplaceLineEndings("\n");

    /// <summary>The fixture with class names as text, mapped to keys in the order in which they occur.</summary>
    private static IDataView Named(params string[] slotNames)
    {
        string[] names = ["normal", "ischaemia", "scar", "mixed"];
        SchemaDefinition schema = SchemaDefinition.Create(typeof(TextLabel));
        if (slotNames.Length > 0)
        {
            VBuffer<ReadOnlyMemory<char>> value = new(slotNames.Length, Array.ConvertAll(slotNames, name => name.AsMemory()));
            schema["Score"].AddAnnotation("SlotNames", value, new VectorDataViewType(TextDataViewType.Instance, slotNames.Length));
        }

        IDataView data = Ml.Data.LoadFromEnumerable(
            Fixture().Select(row => new TextLabel { Label = names[row.Label], Score = row.Score, PredictedLabel = row.PredictedLabel }).ToArray(), schema);
        return Ml.Transforms.Conversion.MapValueToKey("Label").Fit(data).Transform(data);
    }

    private static IDataView Load<T>(Func<Row, T> convert)
        where T : class => Ml.Data.LoadFromEnumerable(Fixture().Select(convert).ToArray());

    private static Row[] FixtureBut(int index, Action<Row> change)
    {
        Row[] rows = Fixture();
        change(rows[index]);
        return rows;
    }

    private static Row[] Fixture() => RecordedFile.MLNet.Entry("multiclass", "fixture").Deserialize<Row[]>()!;

    private sealed class Row
    {
        [KeyType(4)]
        public uint Label { get; set; }

        [VectorType(4)]
        public float[] Score { get; set; } = [];

        [KeyType(4)]
        public uint PredictedLabel { get; set; }
    }

    private sealed class SingleLabel
    {
        public float Label { get; set; }

        [VectorType(4)]
        public float[] Score { get; set; } = [];

        [KeyType(4)]
        public uint PredictedLabel { get; set; }
    }

    private sealed class TextLabel
    {
        public string Label { get; set; } = "";

        [VectorType(4)]
        public float[] Score { get; set; } = [];

        [KeyType(4)]
        public uint PredictedLabel { get; set; }
    }

    private sealed class NoPrediction
    {
        [KeyType(4)]
        public uint Label { get; set; }

        [VectorType(4)]
        public float[] Score { get; set; } = [];
    }

    private sealed class NoScore
    {
        [KeyType(4)]
        public uint Label { get; set; }

        [KeyType(4)]
        public uint PredictedLabel { get; set; }
    }

    private sealed class ShortScore
    {
        [KeyType(4)]
        public uint Label { get; set; }

        [VectorType(3)]
        public float[] Score { get; set; } = [];

        [KeyType(4)]
        public uint PredictedLabel { get; set; }
    }
}
