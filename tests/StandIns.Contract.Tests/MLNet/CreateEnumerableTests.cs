using Microsoft.ML;
using Microsoft.ML.Data;
using MLNetScinti.StandIns.Contract.Recorded;
using Xunit;

namespace MLNetScinti.StandIns.Contract.MLNet;

public sealed class CreateEnumerableTests
{
    private static readonly RecordedCases Cases = new(RecordedFile.MLNet, "createEnumerable")
    {
        ["reuseRowObject false"] = () => Distinct(Rows<OnlyX>(reuse: false).ToArray()),
        ["reuseRowObject true then ToArray"] = () => Distinct(Rows<OnlyX>(reuse: true).ToArray()),
        ["a member without a column"] = () => Rows<WithMissing>().ToArray().Length,
        ["a member without a column, ignoreMissingColumns true"] = () => Rows<WithMissing>(ignoreMissing: true).Select(row => new { row.X, row.Missing }),
        ["member type double for a Single column"] = () => Rows<DoubleX>().ToArray().Length,
        ["member type double for a Single column, ignoreMissingColumns true"] = () => Rows<DoubleX>(ignoreMissing: true).ToArray().Length,
        ["[ColumnName] on the target"] = () => Rows<Renamed>().Select(row => row.Y),
        ["get-only property as target"] = () => Rows<GetOnly>().Select(row => row.X),
        ["float? as target for a Single column"] = () => Rows<NullableX>().ToArray().Length,
        ["enumerated twice"] = () =>
        {
            IEnumerable<OnlyX> rows = Rows<OnlyX>();
            return new { first = rows.Count(), second = rows.Count() };
        },
        ["vector into float[] and VBuffer"] = () => new
        {
            arrays = Vectors<ArrayV>().Select(row => row.V),
            vb = Vectors<BufferV>().Select(row => row.V),
            reuseSharesArray = Vectors<ArrayV>(reuse: true).Select(row => row.V).ToArray().Distinct().Count(),
        },
        ["a vector column of another declared length ([VectorType(2,3)] target, Vector<Single, 3> column)"] = () => Vectors<OtherShape>().First().V,
        ["checked when called or when enumerated?"] = () =>
        {
            try
            {
                IEnumerable<DoubleX> rows = Rows<DoubleX>();
                return new { throwsAtCall = false, throwsAtEnumeration = Throws(() => rows.ToArray().Length) };
            }
            catch (InvalidOperationException)
            {
                return new { throwsAtCall = true, throwsAtEnumeration = false };
            }
        },
    };

    public static TheoryData<string> Names => Cases.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void As_recorded(string name) => Cases.Assert(name);

    private static IEnumerable<T> Rows<T>(bool reuse = false, bool ignoreMissing = false)
        where T : class, new()
    {
        MLContext ml = new(1);
        return ml.Data.CreateEnumerable<T>(ml.Data.LoadFromEnumerable([new OnlyX { X = 1 }, new OnlyX { X = 2 }, new OnlyX { X = 3 }]), reuse, ignoreMissing);
    }

    private static IEnumerable<T> Vectors<T>(bool reuse = false)
        where T : class, new()
    {
        MLContext ml = new(1);
        return ml.Data.CreateEnumerable<T>(ml.Data.LoadFromEnumerable([new ArrayV { V = [1, 2, 3] }, new ArrayV { V = [4, 5, 6] }]), reuse);
    }

    private static object Distinct(OnlyX[] rows) => new { values = rows.Select(row => row.X), distinct = rows.Distinct().Count() };

    private static bool Throws(Func<int> action)
    {
        try
        {
            action();
            return false;
        }
        catch (InvalidOperationException)
        {
            return true;
        }
    }

    private sealed class OnlyX
    {
        public float X;
    }

    private sealed class WithMissing
    {
        public float X;
        public float Missing;
    }

    private sealed class DoubleX
    {
        public double X;
    }

    private sealed class Renamed
    {
        [ColumnName("X")]
        public float Y;
    }

    private sealed class GetOnly
    {
        public float X { get; }
    }

    private sealed class NullableX
    {
        public float? X;
    }

    private sealed class ArrayV
    {
        [VectorType(3)]
        public float[]? V;
    }

    private sealed class BufferV
    {
        [VectorType(3)]
        public VBuffer<float> V;
    }

    private sealed class OtherShape
    {
        [VectorType(2, 3)]
        public float[]? V;
    }
}
