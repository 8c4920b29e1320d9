namespace FellowOakDicom.Imaging;

public class BitDepth
{
    public BitDepth(int allocated, int stored, int highBit, bool signed)
    {
        BitsAllocated = allocated;
        BitsStored = stored;
        HighBit = highBit;
        IsSigned = signed;
    }

    public int BitsAllocated { get; }

    public int BitsStored { get; }

    public int HighBit { get; }

    public bool IsSigned { get; }

    public int MaximumValue => GetMaximumValue(BitsStored, IsSigned);

    public int MinimumValue => GetMinimumValue(BitsStored, IsSigned);

    public static int GetNextPowerOf2(int value) => (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)value);

    public static int GetMinimumValue(int bitsStored, bool isSigned) => isSigned ? (int)-(1L << (bitsStored - 1)) : 0;

    public static int GetMaximumValue(int bitsStored, bool isSigned) => (int)((1L << (isSigned ? bitsStored - 1 : bitsStored)) - 1);

    public static int GetHighBit(int bitsStored, bool isSigned) => isSigned ? bitsStored - 1 : bitsStored;

    public static BitDepth FromDataset(DicomDataset dataset) => new(
        dataset.GetSingleValue<ushort>(DicomTag.BitsAllocated),
        dataset.GetSingleValue<ushort>(DicomTag.BitsStored),
        dataset.GetSingleValue<ushort>(DicomTag.HighBit),
        dataset.GetSingleValueOrDefault(DicomTag.PixelRepresentation, (ushort)0) == 1);

    public override string ToString() => $"Bits Allocated: {BitsAllocated}; Bits Stored: {BitsStored}; High Bit: {HighBit}; Signed: {IsSigned}";
}
