using Microsoft.ML;
using Microsoft.ML.Data;
using MLNetScinti.StandIns.Contract.Recorded;
using Xunit;

namespace MLNetScinti.StandIns.Contract.MLNet;

public sealed class GetColumnTests
{
    private static readonly RecordedCases Cases = new(RecordedFile.MLNet, "getColumn")
    {
        ["GetColumn<float>"] = () => Row.View().GetColumn<float>("X"),
        ["GetColumn<string>"] = () => Row.View().GetColumn<string>("Id"),
        ["GetColumn<ReadOnlyMemory<char>>"] = () => Row.View().GetColumn<ReadOnlyMemory<char>>("Id"),
        ["GetColumn<float[]>"] = () => Row.View().GetColumn<float[]>("V"),
        ["GetColumn<VBuffer<float>>"] = () => Row.View().GetColumn<VBuffer<float>>("V"),
        ["GetColumn<bool>"] = () => Row.View().GetColumn<bool>("B"),
        ["GetColumn<double> of a Single column"] = () => Row.View().GetColumn<double>("X"),
        ["GetColumn<float> of a vector column"] = () => Row.View().GetColumn<float>("V"),
        ["GetColumn<string> of a Single column"] = () => Row.View().GetColumn<string>("X"),
        ["GetColumn of an unknown name"] = () => Row.View().GetColumn<float>("Nope"),
        ["GetColumn<object>"] = () => Row.View().GetColumn<object>("X"),
        ["GetColumn<double[]> of a Single vector"] = () => Row.View().GetColumn<double[]>("V"),
        ["GetColumn<float[]> gives a fresh array per row"] = () =>
        {
            float[][] arrays = [.. Row.View().GetColumn<float[]>("V")];
            return new { distinct = arrays.Distinct().Count() == 3, a0 = arrays[0] };
        },
        ["GetColumn<uint> of a key column"] = () => Keys(0, 1, 5, 9).GetColumn<uint>("K"),
        ["CreateEnumerable of a [KeyType(4)] uint member holding 0, 1, 3, 4, 9: written back into the same class"] = () =>
        {
            IDataView view = Keys(0, 1, 3, 4, 9);
            return new
            {
                columnValues = view.GetColumn<uint>("K"),
                rowObjects = new MLContext(1).Data.CreateEnumerable<KeyRow>(view, false).Select(row => row.K),
            };
        },
        ["GetColumn is checked when called or when enumerated?"] = () =>
        {
            bool throwsAtCall = false;
            bool throwsAtEnumeration = false;
            try
            {
                IEnumerable<double> column = Row.View().GetColumn<double>("X");
                try
                {
                    _ = column.ToArray();
                }
                catch (ArgumentOutOfRangeException)
                {
                    throwsAtEnumeration = true;
                }
            }
            catch (ArgumentOutOfRangeException)
            {
                throwsAtCall = true;
            }

            return new { throwsAtCall, throwsAtEnumeration };
        },
    };

    public static TheoryData<string> Names => Cases.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void As_recorded(string name) => Cases.Assert(name);

    private static IDataView Keys(params uint[] values) =>
        new MLContext(1).Data.LoadFromEnumerable(values.Select(value => new KeyRow { K = value }).ToArray());

    private sealed class KeyRow
    {
        [KeyType(4)]
        public uint K;
    }
}
