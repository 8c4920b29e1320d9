using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
using MLNetScinti.StandIns.Contract.Recorded;
using Xunit;

namespace MLNetScinti.StandIns.Contract.MLNet;

public sealed class PredictionEngineTests
{
    private static readonly MLContext Ml = new(1);

    private static readonly RecordedCases Cases = new(RecordedFile.MLNet, "predictionEngine")
    {
        ["predict"] = () =>
        {
            PredictionEngine<In, Out> engine = Ml.Model.CreatePredictionEngine<In, Out>(Model());
            Out first = engine.Predict(new In { P = [1, 2, 3, 4] });
            Out second = engine.Predict(new In { P = [5, 6, 7, 8] });
            return new
            {
                first.Y,
                first.Sum,
                second = second.Sum,
                sameObject = ReferenceEquals(first, second),
                outputSchema = Descriptions.Names(engine.OutputSchema),
                type = Descriptions.NameOf(engine),
            };
        },
        ["predict into an existing object"] = () =>
        {
            Out result = new();
            Ml.Model.CreatePredictionEngine<In, Out>(Model()).Predict(new In { P = [1, 2, 3, 4] }, ref result);
            return result.Sum;
        },
        ["predict: output member without a column"] = () => Ml.Model.CreatePredictionEngine<In, WithMissing>(Model()).Predict(new In { P = [1, 2, 3, 4] }).Missing,
        ["predict: output member without a column, ignoreMissingColumns true"] = () =>
            Ml.Model.CreatePredictionEngine<In, WithMissing>(Model(), ignoreMissingColumns: true).Predict(new In { P = [1, 2, 3, 4] }).Missing,
        ["predict: input class lacks a column the model needs"] = () => Ml.Model.CreatePredictionEngine<OnlyX, Out>(Model()).Predict(new OnlyX()).Sum,
        ["predict: null example"] = () => Ml.Model.CreatePredictionEngine<In, Out>(Model()).Predict(null!).Sum,
        ["predict: vector of a wrong length (3 for [VectorType(4)]) through NormalizeMinMax"] = () =>
            Ml.Model.CreatePredictionEngine<In, Normalized>(Ml.Transforms.NormalizeMinMax("N", "P").Fit(View())).Predict(new In { P = [1, 2, 3] }).N,
        ["predict after Dispose"] = () =>
        {
            PredictionEngine<In, Out> engine = Ml.Model.CreatePredictionEngine<In, Out>(Model());
            engine.Dispose();
            return engine.Predict(new In { P = [0, 1, 2, 3] }).Sum;
        },
        ["predict: the mapping throws"] = () => Ml.Model
            .CreatePredictionEngine<In, Out>(Ml.Transforms.CustomMapping<OnlyP, Out>((_, _) => throw new FormatException("bad row"), null).Fit(View()))
            .Predict(new In()).Sum,
        ["CreatePredictionEngine with inputSchema lacking a column"] = () =>
        {
            IDataView withoutX = Ml.Transforms.DropColumns("X").Fit(View()).Transform(View());
            return Ml.Model.CreatePredictionEngine<In, Out>(Model(), withoutX.Schema).Predict(new In { P = [0, 1, 2, 3] }).Sum;
        },
        ["how often the source is read while fitting then predicting"] = () =>
        {
            int pulled = 0;
            IDataView source = Ml.Data.LoadFromEnumerable(In.Some(3).Select(row =>
            {
                Interlocked.Increment(ref pulled);
                return row;
            }));
            NormalizingTransformer model = Ml.Transforms.NormalizeMinMax("N", "P").Fit(source);
            int fit = pulled;
            _ = Ml.Model.CreatePredictionEngine<In, Normalized>(model).Predict(new In { P = [1, 2, 3, 4] });
            return new { fit, predict = pulled - fit };
        },
    };

    public static TheoryData<string> Names => Cases.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void As_recorded(string name) => Cases.Assert(name);

    private static IDataView View() => Ml.Data.LoadFromEnumerable(In.Three());

    private static ITransformer Model() => Ml.Transforms.CustomMapping<OnlyP, Out>(Out.Map, null).Fit(View());

    private sealed class WithMissing
    {
        public float Sum = 0;
        public float Missing;
    }

    private sealed class Normalized
    {
        [VectorType(4)]
        public float[]? N;
    }
}
