using System.IO.Compression;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
using MLNetScinti.StandIns.Contract.Recorded;
using Xunit;

namespace MLNetScinti.StandIns.Contract.MLNet;

public sealed class CustomMappingTests
{
    private static readonly MLContext Ml = new(1);

    private static readonly RecordedCases Cases = new(RecordedFile.MLNet, "customMapping")
    {
        ["transform"] = () =>
        {
            IDataView view = Mapped<OnlyP, Out>(Out.Map);
            return new
            {
                schema = view.Schema,
                Y = Descriptions.Values<VBuffer<float>>(view, "Y"),
                Sum = view.GetColumn<float>("Sum"),
                rows = view.GetRowCount(),
            };
        },
        ["no Fit work: source rows read by Fit and Transform"] = () =>
        {
            int pulled = 0;
            IDataView source = Ml.Data.LoadFromEnumerable(In.Some(3).Select(row =>
            {
                pulled++;
                return row;
            }));
            CustomMappingTransformer<OnlyP, Out> transformer = Ml.Transforms.CustomMapping<OnlyP, Out>(Out.Map, null).Fit(source);
            int afterFit = pulled;
            IDataView view = transformer.Transform(source);
            int afterTransform = pulled;
            _ = view.GetColumn<float>("Sum").ToArray();
            return new { afterFit, afterTransform, afterRead = pulled };
        },
        ["how often the mapping runs when two outputs of one row are read; when no output is read"] = () =>
        {
            int calls = 0;
            IDataView view = Mapped<OnlyP, Out>((from, to) =>
            {
                Interlocked.Increment(ref calls);
                Out.Map(from, to);
            });
            using (DataViewRowCursor cursor = view.GetRowCursor([view.Schema["Y"], view.Schema["Sum"]]))
            {
                ValueGetter<VBuffer<float>> y = cursor.GetGetter<VBuffer<float>>(view.Schema["Y"]);
                ValueGetter<float> sum = cursor.GetGetter<float>(view.Schema["Sum"]);
                VBuffer<float> vector = default;
                float number = 0;
                while (cursor.MoveNext())
                {
                    y(ref vector);
                    sum(ref number);
                    sum(ref number);
                }
            }

            int both = calls;
            _ = view.GetColumn<float>("X").ToArray();
            return new { callsFor3RowsBothOutputsAndOneTwice = both, callsWhenOnlyAnInputColumnIsRead = calls - both };
        },
        ["output objects are reused between rows: a member not set keeps the last row's value"] = () =>
            Mapped<OnlyX, HasText>((from, to) => to.Text = from.X < 0 ? "first" : to.Text).GetColumn<string>("Text"),
        ["source column missing at Fit"] = () => Mapped<HasQ, Out>((_, _) => { }).Schema,
        ["source column missing at Transform (fitted on a good schema)"] = () =>
            Ml.Transforms.CustomMapping<OnlyP, Out>(Out.Map, null).Fit(View()).Transform(Ml.Data.LoadFromEnumerable([new OnlyX()])).Schema,
        ["source column missing: estimator GetOutputSchema through a chain"] = () =>
            Ml.Transforms.CopyColumns("X2", "X").Append(Ml.Transforms.CustomMapping<HasQ, Out>((_, _) => { }, null)).Fit(View()).Transform(View()).Schema,
        ["source column of another type (Double member, Single column)"] = () => Mapped<DoubleX, Out>((_, _) => { }).Schema,
        ["output overwrites an input column of the same name"] = () =>
        {
            IDataView view = Mapped<OnlyX, OnlyX>((from, to) => to.X = from.X * 10);
            return new { schema = view.Schema, X = view.GetColumn<float>("X") };
        },
        ["output vector without size, set to lengths 1, 2, 3"] = () =>
        {
            IDataView view = Mapped<OnlyX, AnyY>((from, to) => to.Y = new float[(int)from.X + 2]);
            return new { type = view.Schema["Y"].Type.ToString(), Y = Descriptions.Values<VBuffer<float>>(view, "Y") };
        },
        ["output vector [VectorType(2)] set to length 3"] = () =>
        {
            IDataView view = Mapped<OnlyX, Out>((_, to) => to.Y = new float[3]);
            return new { type = view.Schema["Y"].Type.ToString(), Y = Descriptions.Values<VBuffer<float>>(view, "Y") };
        },
        ["output vector left null"] = () => Descriptions.Values<VBuffer<float>>(Mapped<OnlyX, Out>((_, _) => { }), "Y"),
        ["outputs bool, DateTime, [KeyType(3)] uint = 2"] = () =>
        {
            IDataView view = Mapped<OnlyX, Mixed>((from, to) =>
            {
                to.Label = from.X > 0;
                to.D = new DateTime(2026, 1, 2, 0, 0, 0, DateTimeKind.Utc);
                to.K = 2;
            });
            return new { schema = view.Schema, Label = view.GetColumn<bool>("Label"), D = view.GetColumn<DateTime>("D"), K = view.GetColumn<uint>("K") };
        },
        ["mapping throws"] = () => Descriptions.CountRows(Mapped<OnlyX, Out>((_, _) => throw new FormatException("bad row"))),
        ["mapping throws, read through GetColumn"] = () => Mapped<OnlyX, Out>((_, _) => throw new FormatException("bad row")).GetColumn<float>("Sum").ToArray(),
        ["mapping throws, then NormalizeMinMax.Fit"] = () =>
            Ml.Transforms.NormalizeMinMax("Sum").Fit(Mapped<OnlyX, Out>((_, _) => throw new FormatException("bad row"))).GetType().Name,
        ["null mapping"] = () => Ml.Transforms.CustomMapping<OnlyX, Out>(null!, null).GetType().Name,
        ["inputSchemaDefinition renames: member P reads column P2"] = () =>
        {
            IDataView renamed = Ml.Transforms.CopyColumns("P2", "P").Append(Ml.Transforms.DropColumns("P")).Fit(View()).Transform(View());
            SchemaDefinition definition = SchemaDefinition.Create(typeof(OnlyP));
            definition["P"].ColumnName = "P2";
            return new { sum = Ml.Transforms.CustomMapping<OnlyP, Out>(Out.Map, null, definition).Fit(renamed).Transform(renamed).GetColumn<float>("Sum") };
        },
        ["outputSchemaDefinition: Y declared Vector<Single, 2, 2>"] = () =>
        {
            SchemaDefinition definition = SchemaDefinition.Create(typeof(AnyY));
            definition["Y"].ColumnType = new VectorDataViewType(NumberDataViewType.Single, 2, 2);
            return Ml.Transforms.CustomMapping<OnlyP, AnyY>((from, to) => to.Y = from.P, null, null, definition).Fit(View()).Transform(View()).Schema["Y"].Type.ToString();
        },
        ["null contract: Fit and Transform work, Save throws"] = () =>
        {
            Assert.Equal(3, Mapped<OnlyP, Out>(Out.Map).GetColumn<float>("Sum").Count());
            return Saved(Ml.Transforms.CustomMapping<OnlyP, Out>(Out.Map, null)).Length;
        },
        ["empty contract \"\": Save"] = () =>
        {
            _ = Saved(Ml.Transforms.CustomMapping<OnlyP, Out>(Out.Map, ""));
            return null;
        },
        ["contract without a factory: Save works, Load in a new context throws"] = () =>
            new MLContext().Model.Load(new MemoryStream(Saved(Ml.Transforms.CustomMapping<OnlyP, Out>(Out.Map, "behaviour.unknown"))), out _).GetType().Name,
        ["contract with a factory: save, load in a new context without RegisterAssembly", Comparison.But("Length")] = () =>
        {
            byte[] saved = Saved(Ml.Transforms.CustomMapping<OnlyP, Out>(Out.Map, "behaviour.known"));
            ITransformer loaded = new MLContext().Model.Load(new MemoryStream(saved), out DataViewSchema schema);
            IDataView view = loaded.Transform(View());
            using ZipArchive zip = new(new MemoryStream(saved));
            return new
            {
                loadedType = Descriptions.NameOf(loaded),
                loadedSteps = (loaded as IEnumerable<ITransformer>)?.Select(Descriptions.NameOf),
                schema,
                outSchema = view.Schema,
                Y = Descriptions.Values<VBuffer<float>>(view, "Y"),
                zip = zip.Entries.Select(entry => new { entry.FullName, entry.Length }).ToList(),
            };
        },
        ["contract with a factory: a different lambda with the same contract name is replaced by the factory's on load"] = () =>
        {
            CustomMappingEstimator<OnlyP, Out> other = Ml.Transforms.CustomMapping<OnlyP, Out>((_, to) => to.Sum = -1, "behaviour.known");
            ITransformer loaded = new MLContext().Model.Load(new MemoryStream(Saved(other)), out _);
            return new { before = other.Fit(View()).Transform(View()).GetColumn<float>("Sum"), afterLoad = loaded.Transform(View()).GetColumn<float>("Sum") };
        },
        ["transformer facts"] = () =>
        {
            ITransformer transformer = Ml.Transforms.CustomMapping<OnlyP, Out>(Out.Map, null).Fit(View());
            IRowToRowMapper mapper = transformer.GetRowToRowMapper(View().Schema);
            return new
            {
                transformer.IsRowToRowMapper,
                type = Descriptions.NameOf(transformer),
                deps = mapper.GetDependencies([mapper.OutputSchema["Sum"]]).Select(column => column.Name),
            };
        },
        ["canShuffle and rowCount pass through"] = () =>
        {
            IDataView view = Mapped<OnlyP, Out>(Out.Map);
            return new { view.CanShuffle, n = view.GetRowCount(), cursors = view.GetRowCursorSet(view.Schema, 4).Length };
        },
        ["FilterByCustomPredicate (X > 0 removes)"] = () =>
        {
            IDataView view = Ml.Data.FilterByCustomPredicate<OnlyX>(View(), row => row.X > 0);
            return new { kept = view.GetColumn<string>("Id"), n = view.GetRowCount() };
        },
        ["FilterRowsByColumn 0..1 (lower inclusive, upper exclusive)"] = () =>
        {
            IDataView view = Ml.Data.FilterRowsByColumn(View(), "X", 0, 1);
            return new { kept = view.GetColumn<string>("Id"), n = view.GetRowCount() };
        },
    };

    public static TheoryData<string> Names => Cases.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void As_recorded(string name) => Cases.Assert(name);

    private static IDataView View() => Ml.Data.LoadFromEnumerable(In.Three());

    private static IDataView Mapped<TSrc, TDst>(Action<TSrc, TDst> map)
        where TSrc : class, new()
        where TDst : class, new() => Ml.Transforms.CustomMapping(map, null).Fit(View()).Transform(View());

    private static byte[] Saved<TSrc, TDst>(CustomMappingEstimator<TSrc, TDst> estimator)
        where TSrc : class, new()
        where TDst : class, new()
    {
        using MemoryStream stream = new();
        Ml.Model.Save(estimator.Fit(View()), View().Schema, stream);
        return stream.ToArray();
    }

    private sealed class HasQ
    {
        public float Q;
    }

    private sealed class DoubleX
    {
        public double X;
    }

    private sealed class HasText
    {
        public string? Text;
    }

    private sealed class AnyY
    {
        public float[]? Y;
    }

    private sealed class Mixed
    {
        public bool Label;
        public DateTime D;

        [KeyType(3)]
        public uint K;
    }
}
