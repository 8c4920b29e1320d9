using System.IO.Compression;
using System.Text.Json;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;
using MLNetScinti.StandIns.Contract.Recorded;
using Xunit;
using Transformer = Microsoft.ML.Data.BinaryPredictionTransformer<Microsoft.ML.Calibrators.CalibratedModelParametersBase<Microsoft.ML.Trainers.LinearBinaryModelParameters, Microsoft.ML.Calibrators.PlattCalibrator>>;

namespace MLNetScinti.StandIns.Contract.MLNet;

public sealed class TrainerTests
{
    // Weights, scores and what is computed from them: optimiser output in float32.
    private static readonly Comparison Fitted = Comparison.Within(relative: 1e-3, absolute: 1e-4);

    private static readonly MLContext Ml = new(seed: 1);

    private static readonly RecordedCases Cases = new(RecordedFile.MLNet, "trainers")
    {
        { "LbfgsLogisticRegression default", Fitted, () => Train(Ml.BinaryClassification.Trainers.LbfgsLogisticRegression()) },
        { "LbfgsLogisticRegression default, MLContext(seed: 2)", Fitted, () => Train(new MLContext(seed: 2).BinaryClassification.Trainers.LbfgsLogisticRegression()) },
        { "LbfgsLogisticRegression l1 0, l2 0", Fitted, () => Train(Ml.BinaryClassification.Trainers.LbfgsLogisticRegression(l1Regularization: 0, l2Regularization: 0)) },
        { "LbfgsLogisticRegression l1 0, l2 0.1", Fitted, () => Train(Ml.BinaryClassification.Trainers.LbfgsLogisticRegression(l1Regularization: 0, l2Regularization: 0.1f)) },
        {
            "LbfgsLogisticRegression l1 0, l2 0, optimizationTolerance 1e-9",
            Fitted,
            () => Train(Ml.BinaryClassification.Trainers.LbfgsLogisticRegression(l1Regularization: 0, l2Regularization: 0, optimizationTolerance: 1e-9f))
        },
        { "LbfgsLogisticRegression: NaN feature in row 0", Fitted, TrainWithoutTheFirstRow },
        { "LbfgsLogisticRegression output schema", OutputSchema },
        { "LbfgsLogisticRegression types", Types },
        { "LbfgsLogisticRegression save and load: entries, values", Comparison.But("Length"), SaveAndLoad },
        { "LbfgsLogisticRegression: label missing", () => Ml.BinaryClassification.Trainers.LbfgsLogisticRegression("Nope").Fit(Data(Fixture())) },
        { "LbfgsLogisticRegression: feature missing", () => Ml.BinaryClassification.Trainers.LbfgsLogisticRegression(featureColumnName: "Nope").Fit(Data(Fixture())) },
        { "LbfgsLogisticRegression: no rows", () => Ml.BinaryClassification.Trainers.LbfgsLogisticRegression().Fit(Data([])) },
        { "ChangeModelThreshold 0.7 on LBFGS", ChangeThreshold },
    };

    private static readonly RecordedCases LogCases = new(RecordedFile.MLNet, "context")
    {
        ["log: events of LbfgsLogisticRegression.Fit (first 14; durations vary)"] = () =>
        {
            List<object> events = [];
            MLContext ml = new(seed: 1);
            ml.Log += (_, message) => events.Add(new { kind = message.Kind, message.Source, message.Message, message.RawMessage });
            _ = ml.BinaryClassification.Trainers.LbfgsLogisticRegression().Fit(ml.Data.LoadFromEnumerable(Fixture()));
            return events.Take(14);
        },
    };

    public static TheoryData<string> Names => Cases.Names;

    public static TheoryData<string> LogNames => LogCases.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void As_recorded(string name) => Cases.Assert(name);

    [Theory]
    [MemberData(nameof(LogNames))]
    public void Logged_as_recorded(string name) => LogCases.Assert(name);

    [Fact]
    public void One_class_only_still_gives_a_model_that_is_sure_of_it()
    {
        // Where the bias stops growing depends on the rounding of the loss; that it grows, and that no weight does, does not.
        Row[] rows = Fixture();
        Array.ForEach(rows, row => row.Label = true);
        Transformer model = Ml.BinaryClassification.Trainers.LbfgsLogisticRegression().Fit(Data(rows));
        Assert.All(model.Model.SubModel.Weights, weight => Assert.Equal(0, weight));
        Assert.InRange(model.Model.SubModel.Bias, 10, 40);
    }

    [Fact]
    public void A_penalty_large_enough_leaves_no_weight()
    {
        Transformer model = Ml.BinaryClassification.Trainers.LbfgsLogisticRegression(l1Regularization: 1000).Fit(Data(Fixture()));
        Assert.All(model.Model.SubModel.Weights, weight => Assert.Equal(0, weight));
        Assert.Equal(0, model.Model.SubModel.Bias, 3);
    }

    private static Transformer Fit() => Ml.BinaryClassification.Trainers.LbfgsLogisticRegression().Fit(Data(Fixture()));

    private static object OutputSchema() => Fit().Transform(Data(Fixture())).Schema.Select(column => new
    {
        column.Index,
        column.Name,
        Type = column.Type.ToString(),
        column.IsHidden,
        Annotations = column.Annotations.Schema.Select(annotation => $"{annotation.Name}:{annotation.Type}"),
    });

    private static object Types()
    {
        Transformer model = Fit();
        return new { transformer = Name(model.GetType()), model = Name(model.Model.GetType()), model.FeatureColumnName, feature = model.FeatureColumnType.ToString() };
    }

    private static object ChangeThreshold()
    {
        Transformer model = Fit();
        IDataView before = model.Transform(Data(Fixture()));
        IDataView after = Ml.BinaryClassification.ChangeModelThreshold(model, 0.7f).Transform(Data(Fixture()));
        return new
        {
            before = before.GetColumn<bool>("PredictedLabel"),
            after = after.GetColumn<bool>("PredictedLabel"),
            accuracyBefore = Ml.BinaryClassification.Evaluate(before).Accuracy,
            accuracyAfter = Ml.BinaryClassification.Evaluate(after).Accuracy,
        };
    }

    private static object TrainWithoutTheFirstRow()
    {
        Row[] rows = Fixture();
        rows[0].Features = [float.NaN, rows[0].Features[1]];
        return Describe(Ml.BinaryClassification.Trainers.LbfgsLogisticRegression().Fit(Data(rows)));
    }

    private static object Train(LbfgsLogisticRegressionBinaryTrainer trainer) => Describe(trainer.Fit(Data(Fixture())));

    private static object Describe(Transformer model)
    {
        IDataView scored = model.Transform(Data(Fixture()));
        CalibratedBinaryClassificationMetrics metrics = Ml.BinaryClassification.Evaluate(scored);
        return new
        {
            weights = model.Model.SubModel.Weights,
            bias = model.Model.SubModel.Bias,
            calibrator = new { model.Model.Calibrator.Slope, model.Model.Calibrator.Offset },
            score = scored.GetColumn<float>("Score"),
            probability = scored.GetColumn<float>("Probability"),
            predicted = scored.GetColumn<bool>("PredictedLabel"),
            metrics = new { metrics.Accuracy, metrics.AreaUnderRocCurve, metrics.LogLoss },
        };
    }

    private static object SaveAndLoad()
    {
        Transformer model = Fit();
        IDataView data = Data(Fixture());
        using MemoryStream stream = new();
        Ml.Model.Save(model, data.Schema, stream);
        stream.Position = 0;
        ITransformer loaded = new MLContext().Model.Load(stream, out _);
        stream.Position = 0;
        using ZipArchive zip = new(stream, ZipArchiveMode.Read, leaveOpen: true);
        return new
        {
            zip = zip.Entries.Select(entry => new Dictionary<string, object?> { ["FullName"] = entry.FullName, ["Length"] = entry.Length }),
            same = model.Transform(data).GetColumn<float>("Probability").SequenceEqual(loaded.Transform(data).GetColumn<float>("Probability")),
            type = Name(loaded.GetType()),
        };
    }

    private static string Name(Type type) => type.IsGenericType
        ? $"{type.Name[..type.Name.IndexOf('`', StringComparison.Ordinal)]}<{string.Join(',', type.GetGenericArguments().Select(Name))}>"
        : type.Name;

    private static IDataView Data(Row[] rows) => Ml.Data.LoadFromEnumerable(rows);

    private static Row[] Fixture() => RecordedFile.MLNet.Entry("trainers", "fixture").Deserialize<Row[]>()!;

    private sealed class Row
    {
        public bool Label { get; set; }

        [VectorType(2)]
        public float[] Features { get; set; } = [];
    }
}
