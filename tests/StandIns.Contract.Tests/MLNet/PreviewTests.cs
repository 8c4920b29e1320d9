using Microsoft.ML;
using Microsoft.ML.Data;
using MLNetScinti.StandIns.Contract.Recorded;
using Xunit;

namespace MLNetScinti.StandIns.Contract.MLNet;

public sealed class PreviewTests
{
    private static readonly RecordedCases Cases = new(RecordedFile.MLNet, "preview")
    {
        ["preview counts"] = () =>
        {
            DataDebuggerPreview preview = Row.View().Preview(2);
            return new
            {
                rows = preview.RowView.Length,
                columns = preview.ColumnView.Length,
                text = preview.ToString(),
                row0 = preview.RowView[0].Values.Select(value => new { value.Key, valueType = Descriptions.NameOf(value.Value), value.Value }),
                rowText = preview.RowView[0].ToString(),
                columnText = preview.ColumnView[0].ToString(),
                column0 = preview.ColumnView[1].Values,
            };
        },
        ["preview default row limit on 150 rows"] = () => new MLContext(1).Data.LoadFromEnumerable(Row.Some(150)).Preview().RowView.Length,
        ["preview(0)"] = () => Row.View().Preview(0).RowView.Length,
        ["preview(-1)"] = () => Row.View().Preview(-1).RowView.Length,
        ["preview of a view with a hidden column"] = () =>
        {
            MLContext ml = new(1);
            DataDebuggerPreview preview = ml.Transforms.Conversion.ConvertType("X", outputKind: DataKind.Double).Fit(Row.View(ml)).Transform(Row.View(ml)).Preview();
            return new { columns = Descriptions.NamesAndTypes(preview.Schema), row = preview.RowView[0].Values.Select(value => value.Key) };
        },
    };

    public static TheoryData<string> Names => Cases.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void As_recorded(string name) => Cases.Assert(name);
}
