using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
using MLNetScinti.StandIns.Contract.Recorded;
using Xunit;

namespace MLNetScinti.StandIns.Contract.MLNet;

public sealed class KeyTests
{
    private static readonly MLContext Ml = new(1);

    private static readonly RecordedCases Cases = new(RecordedFile.MLNet, "keys")
    {
        ["mapValueToKey"] = () => Mapped(Ml.Transforms.Conversion.MapValueToKey("K", "C")),
        ["mapValueToKey: keyOrdinality ByOccurrence"] = () => Mapped(Ml.Transforms.Conversion.MapValueToKey("K", "C", keyOrdinality: ValueToKeyMappingEstimator.KeyOrdinality.ByOccurrence)),
        ["mapValueToKey: keyOrdinality ByValue"] = () => Mapped(Ml.Transforms.Conversion.MapValueToKey("K", "C", keyOrdinality: ValueToKeyMappingEstimator.KeyOrdinality.ByValue)),
        ["mapValueToKey: addKeyValueAnnotationsAsText"] = () => Mapped(Ml.Transforms.Conversion.MapValueToKey("K", "C", addKeyValueAnnotationsAsText: true)),
        ["mapValueToKey: maximumNumberOfKeys 2"] = () => Mapped(Ml.Transforms.Conversion.MapValueToKey("K", "C", maximumNumberOfKeys: 2)),
        ["mapValueToKey: keyData fig, apple"] = () => Mapped(Ml.Transforms.Conversion.MapValueToKey("K", "C", keyData: Texts("fig", "apple"))),
        ["mapValueToKey: keyData fig, apple, fig (a duplicate)"] = () => Mapped(Ml.Transforms.Conversion.MapValueToKey("K", "C", keyData: Texts("fig", "apple", "fig"))),
        ["mapValueToKey: keyData fig, apple with keyOrdinality ByValue"] = () =>
            Mapped(Ml.Transforms.Conversion.MapValueToKey("K", "C", keyData: Texts("fig", "apple"), keyOrdinality: ValueToKeyMappingEstimator.KeyOrdinality.ByValue)),
        ["mapValueToKey: keyData with two columns"] = () => Mapped(Ml.Transforms.Conversion.MapValueToKey("K", "C", keyData: Ml.Data.LoadFromEnumerable([new TwoTexts()]))),
        ["mapValueToKey: keyData of another type (Single) for text input"] = () => Mapped(Ml.Transforms.Conversion.MapValueToKey("K", "C", keyData: View(new Singles { C = 1 }))),
        ["mapValueToKey: keyData empty"] = () => Mapped(Ml.Transforms.Conversion.MapValueToKey("K", "C", keyData: Texts())),
        ["mapValueToKey: in place (output name = input name)"] = () => Mapped(Ml.Transforms.Conversion.MapValueToKey("C"), output: "C"),
        ["mapValueToKey: input column missing"] = () => Mapped(Ml.Transforms.Conversion.MapValueToKey("K", "Nope")),
        ["mapValueToKey: Single input 2.5, 1, 2.5, NaN"] = () =>
            Mapped<float>(Ml.Transforms.Conversion.MapValueToKey("K", "C"), View(new Singles { C = 2.5f }, new Singles { C = 1 }, new Singles { C = 2.5f }, new Singles { C = float.NaN })),
        ["mapValueToKey: Int32 input 7, 3, 7"] = () => Mapped<int>(Ml.Transforms.Conversion.MapValueToKey("K", "C"), View(new Ints { C = 7 }, new Ints { C = 3 }, new Ints { C = 7 })),
        ["mapValueToKey: vector of text"] = () =>
        {
            IDataView keys = Ml.Transforms.Conversion.MapValueToKey("K", "C").Fit(VectorsOfText()).Transform(VectorsOfText());
            return Facts<string>(keys.Schema["K"], Descriptions.Values<VBuffer<uint>>(keys, "K"));
        },
        ["mapValueToKey: fitted on pear,apple; applied to apple, kiwi, null"] = () =>
        {
            IDataView keys = Ml.Transforms.Conversion.MapValueToKey("K", "C").Fit(Texts("pear", "apple")).Transform(Texts("apple", "kiwi", null));
            return Facts<string>(keys.Schema["K"], keys.GetColumn<uint>("K"));
        },
        ["mapValueToKey: no rows"] = () =>
        {
            IDataView keys = Ml.Transforms.Conversion.MapValueToKey("K", "C").Fit(Texts()).Transform(Fruit());
            return Facts<string>(keys.Schema["K"], keys.GetColumn<uint>("K"));
        },
        ["mapValueToKey: two columns at once share nothing"] = () =>
        {
            IDataView view = Ml.Data.LoadFromEnumerable([new TwoTexts { A = "a", B = "x" }, new TwoTexts { A = "b", B = "a" }]);
            IDataView keys = Ml.Transforms.Conversion.MapValueToKey([new InputOutputColumnPair("K1", "A"), new InputOutputColumnPair("K2", "B")]).Fit(view).Transform(view);
            return new { K1 = Facts<string>(keys.Schema["K1"], keys.GetColumn<uint>("K1")), K2 = Facts<string>(keys.Schema["K2"], keys.GetColumn<uint>("K2")) };
        },
        ["mapKeyToValue after mapValueToKey"] = () =>
        {
            IDataView view = ThereAndBack().Fit(Fruit()).Transform(Fruit());
            return new { type = view.Schema["Back"].Type.ToString(), values = view.GetColumn<string>("Back") };
        },
        ["mapKeyToValue: unseen value"] = () =>
        {
            IDataView view = ThereAndBack().Fit(Texts("pear", "apple")).Transform(Texts("apple", "kiwi"));
            return new { type = view.Schema["Back"].Type.ToString(), values = view.GetColumn<string>("Back") };
        },
        ["mapKeyToValue: Single keys, unseen value"] = () =>
        {
            IDataView view = ThereAndBack().Fit(View(new Singles { C = 2 }, new Singles { C = 1 })).Transform(View(new Singles { C = 1 }, new Singles { C = 7 }));
            return new { type = view.Schema["Back"].Type.ToString(), values = view.GetColumn<float>("Back") };
        },
        ["mapKeyToValue: column is not a key"] = () => Ml.Transforms.Conversion.MapKeyToValue("Back", "C").Fit(Fruit()).Transform(Fruit()).Schema,
        ["mapKeyToValue: key without KeyValues"] = () =>
        {
            IDataView view = View(new Key32 { K = 0 });
            return Ml.Transforms.Conversion.MapKeyToValue("Back", "K").Fit(view).Transform(view).Schema;
        },
        ["mapKeyToValue: vector of keys"] = () =>
        {
            IDataView view = ThereAndBack().Fit(VectorsOfText()).Transform(VectorsOfText());
            return new { type = view.Schema["Back"].Type.ToString(), values = Descriptions.Values<VBuffer<ReadOnlyMemory<char>>>(view, "Back") };
        },
        ["keyTypes from attributes"] = () =>
        {
            IDataView u32 = View(new[] { 0u, 1u, 4u, 5u, 9u }.Select(k => new Key32 { K = k }).ToArray());
            IDataView u8 = View(new byte[] { 0, 1, 4, 200 }.Select(k => new Key8 { K = k }).ToArray());
            IDataView u64 = View(new ulong[] { 0, 5, 9 }.Select(k => new Key64 { K = k }).ToArray());
            return new
            {
                u32 = Facts<string>(u32.Schema["K"], u32.GetColumn<uint>("K")),
                u8 = Facts<string>(u8.Schema["K"], u8.GetColumn<byte>("K").Select(key => (int)key)),
                u64 = Facts<string>(u64.Schema["K"], u64.GetColumn<ulong>("K")),
            };
        },
        ["keyTypes convert [KeyType(4)] values 0,1,4,5,9 to Single"] = () =>
        {
            IDataView view = View(new[] { 0u, 1u, 4u, 5u, 9u }.Select(k => new Key32 { K = k }).ToArray());
            return Ml.Transforms.Conversion.ConvertType("F", "K", DataKind.Single).Fit(view).Transform(view).GetColumn<float>("F");
        },
        ["keyDataViewType properties"] = () =>
        {
            KeyDataViewType key = new(typeof(uint), 4);
            return new
            {
                text = key.ToString(),
                raw = key.RawType.Name,
                key.Count,
                valid3 = KeyDataViewType.IsValidDataType(typeof(int)),
                validU = KeyDataViewType.IsValidDataType(typeof(uint)),
                eq = key.Equals(new KeyDataViewType(typeof(uint), 4)),
                neqCount = key.Equals(new KeyDataViewType(typeof(uint), 5)),
                neqType = key.Equals(new KeyDataViewType(typeof(ulong), 4)),
            };
        },
        ["keyDataViewType: typeof(int)"] = () => new KeyDataViewType(typeof(int), 4).ToString(),
        ["keyDataViewType: count 0"] = () => new KeyDataViewType(typeof(uint), 0).ToString(),
        ["keyDataViewType: byte, count 256"] = () => new KeyDataViewType(typeof(byte), 256).ToString(),
        ["keyDataViewType: byte, count 255"] = () => new KeyDataViewType(typeof(byte), 255).ToString(),
        ["annotations read: KeyValues of the wrong type"] = () =>
        {
            VBuffer<float> values = default;
            KeyColumn().GetKeyValues(ref values);
            return values;
        },
        ["annotations read: KeyValues on a column without"] = () =>
        {
            VBuffer<ReadOnlyMemory<char>> values = default;
            Fruit().Schema["C"].GetKeyValues(ref values);
            return values;
        },
        ["annotations read: SlotNames on a column without"] = () =>
        {
            VBuffer<ReadOnlyMemory<char>> values = default;
            Fruit().Schema["C"].GetSlotNames(ref values);
            return values;
        },
        ["annotations read: GetValue of an unknown kind"] = () =>
        {
            float value = 0;
            KeyColumn().Annotations.GetValue("Nope", ref value);
            return value;
        },
        ["annotations ToString of a key column"] = () => KeyColumn().Annotations.ToString(),
    };

    public static TheoryData<string> Names => Cases.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void As_recorded(string name) => Cases.Assert(name);

    private static IDataView Fruit() => Texts("pear", "apple", "pear", "fig", null, "", "Apple");

    private static IDataView Texts(params string?[] texts) => Ml.Data.LoadFromEnumerable(texts.Select(text => new Text { C = text }).ToArray());

    private static IDataView View<T>(params T[] rows)
        where T : class => Ml.Data.LoadFromEnumerable(rows);

    private static IDataView VectorsOfText() => View(new TextVector { C = ["a", "b"] }, new TextVector { C = ["b", "c"] });

    private static EstimatorChain<KeyToValueMappingTransformer> ThereAndBack() =>
        Ml.Transforms.Conversion.MapValueToKey("K", "C").Append(Ml.Transforms.Conversion.MapKeyToValue("Back", "K"));

    private static DataViewSchema.Column KeyColumn() => Ml.Transforms.Conversion.MapValueToKey("K", "C").Fit(Fruit()).Transform(Fruit()).Schema["K"];

    private static object Mapped(ValueToKeyMappingEstimator estimator, string output = "K")
    {
        IDataView keys = estimator.Fit(Fruit()).Transform(Fruit());
        return Facts<string>(keys.Schema[output], keys.GetColumn<uint>(output));
    }

    private static object Mapped<TValue>(ValueToKeyMappingEstimator estimator, IDataView view)
    {
        IDataView keys = estimator.Fit(view).Transform(view);
        return Facts<TValue>(keys.Schema["K"], keys.GetColumn<uint>("K"));
    }

    private static object Facts<TValue>(DataViewSchema.Column column, object values)
    {
        KeyDataViewType key = (KeyDataViewType)(column.Type is VectorDataViewType vector ? vector.ItemType : column.Type);
        return new
        {
            type = column.Type.ToString(),
            count = key.Count,
            values,
            hasKeyValues = column.HasKeyValues(),
            keyValues = column.Annotations.Schema.Any(annotation => annotation.Name == "KeyValues") ? KeyValues<TValue>(column) : null,
            annotations = column.Annotations.Schema.Select(annotation => $"{annotation.Name}:{annotation.Type}"),
        };
    }

    private static object KeyValues<TValue>(DataViewSchema.Column column)
    {
        if (typeof(TValue) == typeof(string))
        {
            VBuffer<ReadOnlyMemory<char>> texts = default;
            column.GetKeyValues(ref texts);
            return texts.DenseValues();
        }

        VBuffer<TValue> values = default;
        column.GetKeyValues(ref values);
        return values.DenseValues();
    }

    private sealed class Text
    {
        public string? C;
    }

    private sealed class TwoTexts
    {
        public string? A;
        public string? B;
    }

    private sealed class Singles
    {
        public float C;
    }

    private sealed class Ints
    {
        public int C;
    }

    private sealed class TextVector
    {
        [VectorType(2)]
        public string[]? C;
    }

    private sealed class Key32
    {
        [KeyType(4)]
        public uint K;
    }

    private sealed class Key8
    {
        [KeyType(4)]
        public byte K;
    }

    private sealed class Key64
    {
        [KeyType(5)]
        public ulong K;
    }
}
