using System.Globalization;
using System.Numerics;

namespace Microsoft.ML.Data;

/// <summary>128 bits that identify a row.</summary>
public readonly struct DataViewRowId : IComparable<DataViewRowId>, IEquatable<DataViewRowId>
{
    public readonly ulong Low;

    public readonly ulong High;

    public DataViewRowId(ulong low, ulong high)
    {
        Low = low;
        High = high;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{High:x16}{Low:x16}");

    public int CompareTo(DataViewRowId other) => High != other.High ? High.CompareTo(other.High) : Low.CompareTo(other.Low);

    public bool Equals(DataViewRowId other) => Low == other.Low && High == other.High;

    public override bool Equals(object obj) => obj is DataViewRowId other && Equals(other);

    public override int GetHashCode() => HashCode.Combine(Low, High);

    /// <summary>The id of a row made from this one, so that the ids of different forks of different rows hardly ever meet.</summary>
    public DataViewRowId Fork() => Mixed(Low ^ 0x9e3779b97f4a7c15, High ^ 0xc2b2ae3d27d4eb4f);

    public DataViewRowId Next() => Mixed(Low + 0x165667b19e3779f9, High);

    public DataViewRowId Combine(DataViewRowId other) => Mixed(Low + BitOperations.RotateLeft(other.Low, 17), High ^ BitOperations.RotateLeft(other.High, 31) ^ other.Low);

    private static DataViewRowId Mixed(ulong low, ulong high)
    {
        for (int round = 0; round < 3; round++)
        {
            ulong top = Math.BigMul(low ^ 0xd2b74407b1ce6e93, 0xca5a826395121157, out ulong bottom);
            (low, high) = (high ^ top ^ bottom, BitOperations.RotateLeft(low, 23) + bottom);
        }

        return new DataViewRowId(low, high);
    }
}
