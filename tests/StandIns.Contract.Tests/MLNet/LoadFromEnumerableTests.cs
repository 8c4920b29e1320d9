using Microsoft.ML;
using Microsoft.ML.Data;
using MLNetScinti.StandIns.Contract.Recorded;
using Xunit;

namespace MLNetScinti.StandIns.Contract.MLNet;

public sealed class LoadFromEnumerableTests
{
    private static readonly RecordedCases Cases = new(RecordedFile.MLNet, "loadFromEnumerable")
    {
        ["types of members"] = () => SchemaOf<AllTypes>(),
        ["column order: fields then properties?"] = () => Descriptions.Names(SchemaOf<AllTypes>()),
        ["get-only property"] = () => SchemaOf<GetOnly>(),
        ["private setter"] = () => SchemaOf<PrivateSetter>(),
        ["inherited field"] = () => SchemaOf<Derived>(),
        ["object member"] = () => SchemaOf<HasObject>(),
        ["decimal member"] = () => SchemaOf<HasDecimal>(),
        ["float? member"] = () => SchemaOf<HasNullable>(),
        ["char member"] = () => SchemaOf<HasChar>(),
        ["List<float> member"] = () => SchemaOf<HasList>(),
        ["float[,] member"] = () => SchemaOf<HasMatrix>(),
        ["no members"] = () => SchemaOf<Nothing>(),
        ["Guid member"] = () => SchemaOf<HasGuid>(),
        ["enum member"] = () => SchemaOf<HasEnum>(),
        ["record with positional properties"] = () => View(new Positional(1, "b")).Schema,
        ["anonymous type"] = () => View(new { A = 1f, B = "b" }).Schema,
        ["class without a parameterless constructor"] = () => View(new NoDefault(4)).GetColumn<float>("A"),
        ["null enumerable"] = () => new MLContext(1).Data.LoadFromEnumerable<Row>(null!).Schema,
        ["null row"] = () => View<Row>(new Row(), null!).GetColumn<float>("X").ToArray(),
        ["[VectorType(3)] with array of 2"] = () => Buffers(new Vector3 { V = [1, 2] }),
        ["[VectorType(3)] with array of 4"] = () => Buffers(new Vector3 { V = [1, 2, 3, 4] }),
        ["[VectorType(3)] with null array"] = () => Buffers(new Vector3()),
        ["[VectorType(3)] with empty array"] = () => Buffers(new Vector3 { V = [] }),
        ["float[] without attribute: null and lengths 1, 2"] = () =>
        {
            IDataView view = View(new AnyVector(), new AnyVector { V = [1] }, new AnyVector { V = [1, 2] });
            return new { type = view.Schema["V"].Type.ToString(), values = Descriptions.Values<VBuffer<float>>(view, "V") };
        },
        ["VBuffer member [VectorType(3)] with default(VBuffer)"] = () => Buffers(new Buffer3()),
        ["VBuffer member [VectorType(3)] with sparse value"] = () => Buffers(new Buffer3 { V = new VBuffer<float>(3, 1, [5], [2]) }),
        ["VBuffer member [VectorType(3)] with length 2"] = () => Buffers(new Buffer3 { V = new VBuffer<float>(2, [5, 6]) }),
        ["wrong vector length, then NormalizeMinMax"] = () =>
        {
            MLContext ml = new(1);
            IDataView view = ml.Data.LoadFromEnumerable([new Vector3 { V = [1, 2] }]);
            return Descriptions.Values<VBuffer<float>>(ml.Transforms.NormalizeMinMax("V").Fit(view).Transform(view), "V");
        },
        ["wrong vector length, then Concatenate"] = () => Concatenated("V"),
        ["wrong vector length, then Concatenate of two copies"] = () => Concatenated("V", "V"),
        ["string null and empty"] = () =>
        {
            MLContext ml = new(1);
            IDataView view = ml.Data.LoadFromEnumerable([new Texts(), new Texts { T = "" }]);
            return new
            {
                text = Descriptions.Values<ReadOnlyMemory<char>>(view, "T").Select(text => new { text.Length, text.IsEmpty }),
                asString = view.GetColumn<string>("T"),
                back = ml.Data.CreateEnumerable<Texts>(view, false).Select(row => row.T),
            };
        },
        ["null inside string[]"] = () => Descriptions.Values<VBuffer<ReadOnlyMemory<char>>>(View(new ManyTexts { T = [null, "b"] }), "T"),
        ["bool, DateTime, TimeSpan values"] = () =>
        {
            IDataView view = View(new Times
            {
                Flag = true,
                When = new DateTime(2026, 8, 13, 1, 2, 3, DateTimeKind.Utc),
                WhenO = new DateTimeOffset(2026, 8, 13, 1, 2, 3, TimeSpan.FromHours(2)),
                Span = TimeSpan.FromSeconds(90),
            });
            return new
            {
                flag = view.GetColumn<bool>("Flag"),
                when = view.GetColumn<DateTime>("When"),
                wheno = view.GetColumn<DateTimeOffset>("WhenO"),
                span = view.GetColumn<TimeSpan>("Span"),
            };
        },
        ["float? values 1.5, null"] = () => View(new NullableX { X = 1.5f }, new NullableX()).Schema,
        ["the array handed to the getter is a copy"] = () =>
        {
            float[] array = [1, 2, 3];
            IDataView view = View(new Vector3 { V = array });
            using DataViewRowCursor cursor = view.GetRowCursor(view.Schema);
            ValueGetter<VBuffer<float>> getter = cursor.GetGetter<VBuffer<float>>(view.Schema["V"]);
            cursor.MoveNext();
            VBuffer<float> first = default;
            getter(ref first);
            array[0] = 9;
            VBuffer<float> second = default;
            getter(ref second);
            return new { firstReadAfterSourceChanged = first, secondRead = second };
        },
        ["SchemaDefinition.Create"] = () =>
            SchemaDefinition.Create(typeof(OnlyV)).Select(column => new { column.MemberName, column.ColumnName, type = column.ColumnType.ToString() }),
        ["SchemaDefinition: ColumnType override V to Vector<Single, 6>"] = () =>
        {
            SchemaDefinition definition = SchemaDefinition.Create(typeof(OnlyV));
            definition["V"].ColumnType = new VectorDataViewType(NumberDataViewType.Single, 6);
            return new MLContext(1).Data.LoadFromEnumerable([new OnlyV()], definition).Schema;
        },
        ["SchemaDefinition: ColumnName override"] = () =>
        {
            SchemaDefinition definition = SchemaDefinition.Create(typeof(AnyVector));
            definition["V"].ColumnName = "Pixels";
            return new
            {
                schema = new MLContext(1).Data.LoadFromEnumerable([new AnyVector()], definition).Schema,
                lookupByOldNameAfterRename = RecordedValue.Probe(() => definition["V"].MemberName),
            };
        },
        ["SchemaDefinition: ColumnType of another item type (Double for float[])"] = () =>
        {
            SchemaDefinition definition = SchemaDefinition.Create(typeof(OnlyV));
            definition["V"].ColumnType = new VectorDataViewType(NumberDataViewType.Double, 6);
            return new MLContext(1).Data.LoadFromEnumerable([new OnlyV()], definition).Schema;
        },
        ["SchemaDefinition: unknown column"] = () => SchemaDefinition.Create(typeof(OnlyV))["Nope"].ColumnName,
        ["SchemaDefinition: AddAnnotation SlotNames"] = () =>
        {
            SchemaDefinition definition = SchemaDefinition.Create(typeof(Vector3));
            VBuffer<ReadOnlyMemory<char>> names = new(3, ["a".AsMemory(), "b".AsMemory(), "c".AsMemory()]);
            definition["V"].AddAnnotation("SlotNames", names, new VectorDataViewType(TextDataViewType.Instance, 3));
            IDataView view = new MLContext(1).Data.LoadFromEnumerable([new Vector3()], definition);
            VBuffer<ReadOnlyMemory<char>> read = default;
            view.Schema["V"].GetSlotNames(ref read);
            return new { has = view.Schema["V"].HasSlotNames(), names = read };
        },
        ["LoadFromEnumerable(data, DataViewSchema): vector size taken from the schema"] = () =>
        {
            DataViewSchema.Builder builder = new();
            builder.AddColumn("V", new VectorDataViewType(NumberDataViewType.Single, 2, 3));
            return new MLContext(1).Data.LoadFromEnumerable([new AnyVector { V = [1, 2, 3, 4, 5, 6] }], builder.ToSchema()).Schema;
        },
    };

    public static TheoryData<string> Names => Cases.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void As_recorded(string name) => Cases.Assert(name);

    private enum Letter
    {
        A,
    }

    private static DataViewSchema SchemaOf<T>()
        where T : class, new() => View(new T()).Schema;

    private static IDataView View<T>(params T[] rows)
        where T : class => new MLContext(1).Data.LoadFromEnumerable(rows);

    private static object Buffers<T>(params T[] rows)
        where T : class => Descriptions.Values<VBuffer<float>>(View(rows), "V");

    private static object Concatenated(params string[] inputs)
    {
        MLContext ml = new(1);
        IDataView view = ml.Data.LoadFromEnumerable([new Vector3 { V = [1, 2] }]);
        return Descriptions.Values<VBuffer<float>>(ml.Transforms.Concatenate("F", inputs).Fit(view).Transform(view), "F");
    }

    private class Base
    {
        public float A;
    }

    private sealed record Positional(float A, string B);

    private sealed class AllTypes
    {
        [VectorType(2, 3)]
        public float[]? M;
        public double D;
        public byte U8;
        public sbyte I8;
        public short I16;

        [KeyType(4)]
        public uint K { get; set; }

        public ushort U16;
        public int I32;
        public uint U32;
        public long I64;
        public ulong U64;
        public float[]? AnyLength;

        public string? Text { get; set; }

        public VBuffer<float> VB;

        [VectorType(3)]
        public VBuffer<float> VB3;
        public int[]? VI;
        public ReadOnlyMemory<char> Rom;
        public string[]? Texts;

        [KeyType(3)]
        [VectorType(2)]
        public uint[]? VK;

        public bool Flag { get; set; }

        [ColumnName("Renamed")]
        public float Original;

        [NoColumn]
        public object? Ignored;

        public DateTime When { get; set; }

        public DateTimeOffset WhenO { get; set; }

        public TimeSpan Span { get; set; }
    }

    private sealed class GetOnly
    {
        public float A { get; set; }

        public float B => 1;
    }

    private sealed class PrivateSetter
    {
        public float A { get; private set; }

        public void Change() => A = 1;
    }

    private sealed class Derived : Base
    {
        public float B;
    }

    private sealed class HasObject
    {
        public object? O;
    }

    private sealed class HasDecimal
    {
        public decimal O;
    }

    private sealed class HasNullable
    {
        public float? O;
    }

    private sealed class NullableX
    {
        public float? X;
    }

    private sealed class HasChar
    {
        public char C;
    }

    private sealed class HasList
    {
        public List<float>? L;
    }

    private sealed class HasMatrix
    {
        public float[,]? M;
    }

    private sealed class Nothing;

    private sealed class HasGuid
    {
        public Guid G;
    }

    private sealed class HasEnum
    {
        public Letter E;
    }

    private sealed class NoDefault(float a)
    {
        public float A { get; set; } = a;
    }

    private sealed class Vector3
    {
        [VectorType(3)]
        public float[]? V;
    }

    private sealed class Buffer3
    {
        [VectorType(3)]
        public VBuffer<float> V;
    }

    private sealed class AnyVector
    {
        public float[]? V;
    }

    private sealed class OnlyV
    {
        [VectorType(2, 3)]
        public float[]? V;
    }

    private sealed class Texts
    {
        public string? T;
    }

    private sealed class ManyTexts
    {
        public string?[]? T;
    }

    private sealed class Times
    {
        public bool Flag;
        public DateTime When;
        public DateTimeOffset WhenO;
        public TimeSpan Span;
    }
}
