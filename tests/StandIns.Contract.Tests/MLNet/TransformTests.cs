using Microsoft.ML;
using Microsoft.ML.Data;
using MLNetScinti.StandIns.Contract.Recorded;
using Xunit;

namespace MLNetScinti.StandIns.Contract.MLNet;

public sealed class TransformTests
{
    private static readonly MLContext Ml = new(1);

    private static readonly RecordedCases Cases = new(RecordedFile.MLNet, "transforms")
    {
        ["NormalizeMinMax V fixZero True (third slot constant 5, no NaN: third row's V is [2,0,5])"] = () => Column(Ml.Transforms.NormalizeMinMax("O", "V"), "O", WithoutNaN()),
        ["NormalizeMinMax V fixZero True (NaN in a slot)"] = () => Column(Ml.Transforms.NormalizeMinMax("O", "V")),
        ["NormalizeMinMax X fixZero True"] = () => Column(Ml.Transforms.NormalizeMinMax("O", "X")),
        ["NormalizeMinMax D (Double) fixZero True"] = () => Column(Ml.Transforms.NormalizeMinMax("O", "D")),
        ["NormalizeMinMax V fixZero False (third slot constant 5, no NaN: third row's V is [2,0,5])"] = () => Column(Ml.Transforms.NormalizeMinMax("O", "V", fixZero: false), "O", WithoutNaN()),
        ["NormalizeMinMax V fixZero False (NaN in a slot)"] = () => Column(Ml.Transforms.NormalizeMinMax("O", "V", fixZero: false)),
        ["NormalizeMinMax X fixZero False"] = () => Column(Ml.Transforms.NormalizeMinMax("O", "X", fixZero: false)),
        ["NormalizeMinMax D (Double) fixZero False"] = () => Column(Ml.Transforms.NormalizeMinMax("O", "D", fixZero: false)),
        ["NormalizeMinMax default fixZero"] = () => Column(Ml.Transforms.NormalizeMinMax("O", "X")),
        ["NormalizeMinMax of values outside the fitted range (fit 1,5; apply -10, 20), fixZero false"] = () => Outside(fixZero: false),
        ["NormalizeMinMax of values outside the fitted range (fit 1,5; apply -10, 20), fixZero true"] = () => Outside(fixZero: true),
        ["NormalizeMinMax maximumExampleCount 1"] = () => Column(Ml.Transforms.NormalizeMinMax("O", "X", maximumExampleCount: 1)),
        ["NormalizeMinMax no rows"] = () => Column(Ml.Transforms.NormalizeMinMax("O", "X"), "O", Ml.Data.LoadFromEnumerable<OnlyX>([])),
        ["NormalizeMinMax text column"] = () => Column(Ml.Transforms.NormalizeMinMax("O", "T")),
        ["NormalizeMinMax Int32 column"] = () => Column(Ml.Transforms.NormalizeMinMax("O", "I")),
        ["NormalizeMinMax vector of unknown size"] = () => Column(Ml.Transforms.NormalizeMinMax("O", "A"), "O", AnySize()),
        ["NormalizeMinMax constant zero column, fixZero true / false"] = () =>
        {
            IDataView zeros = Ml.Data.LoadFromEnumerable([new OnlyX(), new OnlyX()]);
            return new
            {
                t = Ml.Transforms.NormalizeMinMax("X").Fit(zeros).Transform(zeros).GetColumn<float>("X"),
                f = Ml.Transforms.NormalizeMinMax("X", fixZero: false).Fit(zeros).Transform(zeros).GetColumn<float>("X"),
            };
        },
        ["NormalizeMinMax column missing"] = () => Column(Ml.Transforms.NormalizeMinMax("O", "Nope")),
        ["Concatenate X, V, X"] = () => Column(Ml.Transforms.Concatenate("O", "X", "V", "X")),
        ["Concatenate: SlotNames values of X, V"] = () => SlotNames(Ml.Transforms.Concatenate("O", "X", "V")),
        ["Concatenate: SlotNames values of X, D-as-Single, X"] = () =>
            SlotNames(Ml.Transforms.Conversion.ConvertType("D", outputKind: DataKind.Single).Append(Ml.Transforms.Concatenate("O", "X", "D"))),
        ["Concatenate mixed types X (Single), D (Double)"] = () => Column(Ml.Transforms.Concatenate("O", "X", "D")),
        ["Concatenate one scalar"] = () => Column(Ml.Transforms.Concatenate("O", "X")),
        ["Concatenate one vector"] = () => Column(Ml.Transforms.Concatenate("O", "V")),
        ["Concatenate into an input name"] = () => Column(Ml.Transforms.Concatenate("X", "X", "V"), "X"),
        ["Concatenate with unknown-size vector"] = () => Column(Ml.Transforms.Concatenate("O", "A", "A"), "O", AnySize()),
        ["Concatenate missing column"] = () => Column(Ml.Transforms.Concatenate("O", "X", "Nope")),
        ["Concatenate nothing"] = () => Column(Ml.Transforms.Concatenate("O")),
        ["Concatenate sparse inputs"] = () =>
            Column(Ml.Transforms.Concatenate("O", "S", "S"), "O", Ml.Data.LoadFromEnumerable([new Sparse { S = new VBuffer<float>(3, 1, [5], [2]) }])),
        ["CopyColumns X -> Y"] = () => Column(Ml.Transforms.CopyColumns("Y", "X"), "Y"),
        ["CopyColumns keeps annotations of a key"] = () => Column(Ml.Transforms.Conversion.MapValueToKey("K", "T").Append(Ml.Transforms.CopyColumns("Y", "K")), "Y"),
        ["CopyColumns missing column"] = () => Column(Ml.Transforms.CopyColumns("Y", "Nope"), "Y"),
        ["CopyColumns onto an existing name"] = () =>
        {
            IDataView view = Ml.Transforms.CopyColumns("X", "D").Fit(View()).Transform(View());
            return new { schema = view.Schema, X = view.GetColumn<double>("X") };
        },
        ["SelectColumns X, V"] = () => Schema(Ml.Transforms.SelectColumns("X", "V")),
        ["SelectColumns V, X (order)"] = () => Descriptions.Names(Schema(Ml.Transforms.SelectColumns("V", "X"))),
        ["SelectColumns missing column"] = () => Schema(Ml.Transforms.SelectColumns("X", "Nope")),
        ["SelectColumns with hidden columns, keepHidden true / false"] = () =>
        {
            IEstimator<ITransformer> hides = Ml.Transforms.CopyColumns("X", "D");
            return new
            {
                keep = Schema(hides.Append(Ml.Transforms.SelectColumns(["X"], keepHidden: true))),
                drop = Schema(hides.Append(Ml.Transforms.SelectColumns(["X"], keepHidden: false))),
            };
        },
        ["DropColumns X, V"] = () => Descriptions.Names(Schema(Ml.Transforms.DropColumns("X", "V"))),
        ["DropColumns missing column"] = () => Schema(Ml.Transforms.DropColumns("Nope")),
        ["DropColumns when a hidden column of that name exists"] = () => Schema(Ml.Transforms.CopyColumns("X", "D").Append(Ml.Transforms.DropColumns("X"))),
        ["DropColumns of nothing"] = () => Schema(Ml.Transforms.DropColumns()),
        ["ConvertType X -> Double"] = () => Converted("X", DataKind.Double),
        ["ConvertType D -> Single"] = () => Converted("D", DataKind.Single),
        ["ConvertType D -> Int32"] = () => Converted("D", DataKind.Int32),
        ["ConvertType B -> Single"] = () => Converted("B", DataKind.Single),
        ["ConvertType I -> Byte"] = () => Converted("I", DataKind.Byte),
        ["ConvertType I -> Single"] = () => Converted("I", DataKind.Single),
        ["ConvertType Num -> Single"] = () => Converted("Num", DataKind.Single),
        ["ConvertType X -> String"] = () => Converted("X", DataKind.String),
        ["ConvertType D -> String"] = () => Converted("D", DataKind.String),
        ["ConvertType I -> String"] = () => Converted("I", DataKind.String),
        ["ConvertType B -> String"] = () => Converted("B", DataKind.String),
        ["ConvertType X -> Int32"] = () => Converted("X", DataKind.Int32),
        ["ConvertType X -> Boolean"] = () => Converted("X", DataKind.Boolean),
        ["ConvertType T -> Boolean"] = () => Converted("T", DataKind.Boolean),
        ["ConvertType V -> Double"] = () => Converted("V", DataKind.Double),
        ["ConvertType V -> Int32"] = () => Converted("V", DataKind.Int32),
        ["ConvertType Num -> Int32"] = () => Converted("Num", DataKind.Int32),
        ["ConvertType I -> Boolean"] = () => Converted("I", DataKind.Boolean),
        ["ConvertType I -> Int64"] = () => Converted("I", DataKind.Int64),
        ["ConvertType key K (of T) -> Single"] = () => FromKey(DataKind.Single),
        ["ConvertType key K (of T) -> UInt32"] = () => FromKey(DataKind.UInt32),
        ["ConvertType default kind"] = () => Column(Ml.Transforms.Conversion.ConvertType("O", "D")),
    };

    public static TheoryData<string> Names => Cases.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void As_recorded(string name) => Cases.Assert(name);

    private static IDataView View() => Ml.Data.LoadFromEnumerable(Fixture());

    private static N[] Fixture() =>
    [
        new() { V = [1, -2, 5], X = 1, D = 1.5, T = "a", B = true, I = 1, Num = "1.5" },
        new() { V = [3, 4, 5], X = 5, D = 2.5, T = "b", B = false, I = 2, Num = "abc" },
        new() { V = [2, 0, float.NaN], X = -3, D = -0.5, T = "a", B = true, I = 300, Num = "" },
    ];

    private static IDataView WithoutNaN()
    {
        N[] rows = Fixture();
        rows[2].V = [2, 0, 5];
        return Ml.Data.LoadFromEnumerable(rows);
    }

    private static IDataView AnySize() => Ml.Data.LoadFromEnumerable([new Any { A = [1, 2] }]);

    private static DataViewSchema Schema(IEstimator<ITransformer> estimator) => estimator.Fit(View()).Transform(View()).Schema;

    private static object Converted(string column, DataKind kind) => Column(Ml.Transforms.Conversion.ConvertType("O", column, kind));

    private static object FromKey(DataKind kind) =>
        Column(Ml.Transforms.Conversion.MapValueToKey("K", "T").Append(Ml.Transforms.Conversion.ConvertType("O", "K", kind)));

    private static object Outside(bool fixZero)
    {
        ITransformer model = Ml.Transforms.NormalizeMinMax("X", fixZero: fixZero).Fit(Ml.Data.LoadFromEnumerable([new OnlyX { X = 1 }, new OnlyX { X = 5 }]));
        return model.Transform(Ml.Data.LoadFromEnumerable([new OnlyX { X = -10 }, new OnlyX { X = 20 }])).GetColumn<float>("X");
    }

    private static object SlotNames(IEstimator<ITransformer> estimator)
    {
        VBuffer<ReadOnlyMemory<char>> names = default;
        Schema(estimator)["O"].GetSlotNames(ref names);
        return names;
    }

    private static object Column(IEstimator<ITransformer> estimator, string name = "O", IDataView? source = null)
    {
        source ??= View();
        IDataView view = estimator.Fit(source).Transform(source);
        DataViewSchema.Column column = view.Schema[name];
        return new
        {
            type = column.Type.ToString(),
            annotations = column.Annotations.Schema.Select(annotation => $"{annotation.Name}:{annotation.Type}"),
            values = view.Preview().ColumnView[column.Index].Values,
        };
    }

    private sealed class N
    {
        [VectorType(3)]
        public float[]? V;
        public float X;
        public double D;
        public string? T;
        public bool B;
        public int I;
        public string? Num;
    }

    private sealed class Any
    {
        public float[]? A;
    }

    private sealed class Sparse
    {
        [VectorType(3)]
        public VBuffer<float> S;
    }
}
