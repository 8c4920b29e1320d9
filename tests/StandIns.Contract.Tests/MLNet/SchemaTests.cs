using Microsoft.ML;
using Microsoft.ML.Data;
using MLNetScinti.StandIns.Contract.Recorded;
using Xunit;

namespace MLNetScinti.StandIns.Contract.MLNet;

public sealed class SchemaTests
{
    private static readonly RecordedCases Cases = new(RecordedFile.MLNet, "schema")
    {
        ["texts"] = () => new
        {
            schema = Schema.ToString(),
            columns = Schema.Select(column => column.ToString()),
            types = Schema.Select(column => column.Type.ToString()),
        },
        ["type texts"] = () => new
        {
            single = Text(NumberDataViewType.Single),
            dbl = Text(NumberDataViewType.Double),
            sbyte_ = Text(NumberDataViewType.SByte),
            byte_ = Text(NumberDataViewType.Byte),
            int16 = Text(NumberDataViewType.Int16),
            uint16 = Text(NumberDataViewType.UInt16),
            int32 = Text(NumberDataViewType.Int32),
            uint32 = Text(NumberDataViewType.UInt32),
            int64 = Text(NumberDataViewType.Int64),
            uint64 = Text(NumberDataViewType.UInt64),
            boolean = Text(BooleanDataViewType.Instance),
            text = Text(TextDataViewType.Instance),
            date = Text(DateTimeDataViewType.Instance),
            dto = Text(DateTimeOffsetDataViewType.Instance),
            span = Text(TimeSpanDataViewType.Instance),
            rowId = Text(RowIdDataViewType.Instance),
            key = Text(new KeyDataViewType(typeof(uint), 4)),
            key64 = Text(new KeyDataViewType(typeof(ulong), 10)),
            vec = Text(Vector(4)),
            vec2 = Text(Vector(4, 5)),
            vec0 = Text(new VectorDataViewType(NumberDataViewType.Single)),
            vecUnknown = Text(Vector(0, 3)),
            vecKey = Text(new VectorDataViewType(new KeyDataViewType(typeof(uint), 4), 2)),
            vecText = Text(new VectorDataViewType(TextDataViewType.Instance, 2)),
        },
        ["raw types"] = () => new
        {
            text = Raw(TextDataViewType.Instance),
            vec = Raw(Vector(4)),
            key = Raw(new KeyDataViewType(typeof(uint), 4)),
            b = Raw(BooleanDataViewType.Instance),
            date = Raw(DateTimeDataViewType.Instance),
        },
        ["vectorDataViewType"] = () => new
        {
            Vector(2, 3).Size,
            Dimensions = Vector(2, 3).Dimensions.ToArray(),
            Vector(2, 3).IsKnownSize,
            unknown = Facts(new VectorDataViewType(NumberDataViewType.Single)),
            partly = Facts(Vector(0, 3)),
            equalSame = Vector(2, 3).Equals(Vector(2, 3)),
            equalOtherShapeSameSize = Vector(2, 3).Equals(Vector(3, 2)),
            equalOtherItem = Vector(2, 3).Equals(new VectorDataViewType(NumberDataViewType.Double, 2, 3)),
            hashSame = Vector(2, 3).GetHashCode() == Vector(2, 3).GetHashCode(),
        },
        ["vectorDataViewType: negative dimension"] = () => Text(new VectorDataViewType(NumberDataViewType.Single, -1)),
        ["vectorDataViewType: product overflows Int32"] = () => Text(Vector(65536, 65536)),
        ["vectorDataViewType: null item"] = () => Text(new VectorDataViewType(null, 3)),
        ["primitive type equality"] = () => new
        {
            sameInstance = NumberDataViewType.Single.Equals(NumberDataViewType.Single),
            singleVsDouble = NumberDataViewType.Single.Equals(NumberDataViewType.Double),
            boolVsText = BooleanDataViewType.Instance.Equals(TextDataViewType.Instance),
            keyVsUInt32 = new KeyDataViewType(typeof(uint), 4).Equals(NumberDataViewType.UInt32),
        },
        ["indexer: unknown name"] = () => Schema["Nope"].Name,
        ["indexer: index out of range"] = () => Schema[9].Name,
        ["GetColumnOrNull: unknown name"] = () => Schema.GetColumnOrNull("Nope") is null,
        ["indexer: null name"] = () => Schema[null!].Name,
        ["indexer: other letter case"] = () => Schema["id"].Name,
        ["hidden column when overwritten"] = () =>
        {
            MLContext ml = new(1);
            IDataView view = ml.Transforms.Conversion.ConvertType("X", "X", DataKind.Double).Fit(Row.View(ml)).Transform(Row.View(ml));
            DataViewSchema.Column hidden = view.Schema.First(column => column.Name == "X");
            return new
            {
                schema = view.Schema,
                byName = new { view.Schema["X"].Index, type = view.Schema["X"].Type.ToString() },
                text = view.Schema.ToString(),
                hiddenColumnText = hidden.ToString(),
                count = view.Schema.Count,
                hiddenStillReadable = view.GetColumn<float>(hidden),
                newValues = view.GetColumn<double>("X"),
            };
        },
        ["DataViewSchema.Builder with duplicate names"] = () =>
        {
            DataViewSchema.Builder builder = new();
            builder.AddColumn("A", NumberDataViewType.Single);
            builder.AddColumn("A", NumberDataViewType.Double);
            builder.AddColumn("B", TextDataViewType.Instance);
            return builder.ToSchema();
        },
        ["DataViewSchema.Builder: empty name"] = () =>
        {
            new DataViewSchema.Builder().AddColumn("", NumberDataViewType.Single);
            return null;
        },
        ["DataViewSchema.Builder: null type"] = () =>
        {
            new DataViewSchema.Builder().AddColumn("A", null);
            return null;
        },
        ["DataViewSchema.Builder: no columns"] = () => new DataViewSchema.Builder().ToSchema().Count,
        ["column equality across equal schemas"] = () =>
        {
            DataViewSchema one = Row.View().Schema;
            DataViewSchema other = Row.View().Schema;
            return new { equals = one["X"].Equals(other["X"]), schemaEquals = one.Equals(other), detached = new DataViewSchema.DetachedColumn(one["X"]).Name };
        },
        ["SchemaShape of an estimator input: text"] = () => new
        {
            throws = ((IReadOnlyDictionary<string, object?>)RecordedValue.Probe(() => new MLContext(1).Transforms.CopyColumns("Y", "X").GetOutputSchema(null).Count)!)["throws"],
        },
    };

    public static TheoryData<string> Names => Cases.Names;

    private static DataViewSchema Schema => Row.View().Schema;

    [Theory]
    [MemberData(nameof(Names))]
    public void As_recorded(string name) => Cases.Assert(name);

    private static string Text(DataViewType type) => type.ToString()!;

    private static string Raw(DataViewType type) => Descriptions.Name(type.RawType);

    private static VectorDataViewType Vector(params int[] dimensions) => new(NumberDataViewType.Single, dimensions);

    private static object Facts(VectorDataViewType type) => new { type.Size, Dimensions = type.Dimensions.ToArray(), type.IsKnownSize };
}
