using Microsoft.ML;
using Microsoft.ML.Data;
using MLNetScinti.StandIns.Contract.Recorded;
using Xunit;

namespace MLNetScinti.StandIns.Contract.MLNet;

public sealed class RowTests
{
    private static readonly MLContext Ml = new(1);

    private static readonly RecordedCases Cases = new(RecordedFile.MLNet, "rows")
    {
        ["TakeRows 3"] = () =>
        {
            IDataView view = Ml.Data.TakeRows(View(), 3);
            return new { I = I(view), n = view.GetRowCount(), view.CanShuffle };
        },
        ["TakeRows 0"] = () => I(Ml.Data.TakeRows(View(), 0)),
        ["TakeRows 50"] = () =>
        {
            IDataView view = Ml.Data.TakeRows(View(), 50);
            return new { I = I(view), n = view.GetRowCount() };
        },
        ["TakeRows -1"] = () => I(Ml.Data.TakeRows(View(), -1)),
        ["SkipRows 17"] = () =>
        {
            IDataView view = Ml.Data.SkipRows(View(), 17);
            return new { I = I(view), n = view.GetRowCount() };
        },
        ["SkipRows 50"] = () => I(Ml.Data.SkipRows(View(), 50)),
        ["SkipRows -1"] = () => I(Ml.Data.SkipRows(View(), -1)),
        ["TakeRows 3 of SkipRows 5"] = () => I(Ml.Data.TakeRows(Ml.Data.SkipRows(View(), 5), 3)),
        ["FilterRowsByColumn X 4..9"] = () => I(Ml.Data.FilterRowsByColumn(View(), "X", 4, 9)),
        ["FilterRowsByColumn X no bounds (NaN rows dropped?)"] = () => I(Ml.Data.FilterRowsByColumn(View(), "X")),
        ["FilterRowsByColumn Pat (text)"] = () => I(Ml.Data.FilterRowsByColumn(View(), "Pat", 0, 1)),
        ["FilterRowsByColumn unknown column"] = () => I(Ml.Data.FilterRowsByColumn(View(), "Nope", 0, 1)),
        ["FilterRowsByColumn I (Int32)"] = () => I(Ml.Data.FilterRowsByColumn(View(), "I", 0, 1)),
        ["FilterRowsByKeyColumnFraction K 0...5"] = () =>
        {
            IDataView view = Ml.Transforms.Conversion.MapValueToKey("K", "Pat").Fit(View()).Transform(View());
            return I(Ml.Data.FilterRowsByKeyColumnFraction(view, "K", 0, 0.5));
        },
        ["Cache: type and count"] = () =>
        {
            IDataView view = Ml.Data.Cache(View());
            return new { type = Descriptions.NameOf(view), n = view.GetRowCount(), view.CanShuffle, I = I(view) };
        },
        ["Cache null columns of unknown name"] = () => I(Ml.Data.Cache(View(), "Nope")),
    };

    public static TheoryData<string> Names => Cases.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void As_recorded(string name) => Cases.Assert(name);

    private static IDataView View() => Ml.Data.LoadFromEnumerable(
        Enumerable.Range(0, 20).Select(i => new Patient { I = i, X = i % 7 == 3 ? float.NaN : i, Pat = $"p{i / 4}", Label = i % 3 == 0 }).ToArray());

    private static int[] I(IDataView view) => [.. view.GetColumn<int>("I")];

    private sealed class Patient
    {
        public int I;
        public float X;
        public string? Pat;
        public bool Label;
    }
}
