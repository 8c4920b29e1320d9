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

public class PhotometricInterpretation : DicomParseable
{
    public static readonly PhotometricInterpretation Monochrome1 = new("MONOCHROME1", "Monochrome 1", isColor: false);
    public static readonly PhotometricInterpretation Monochrome2 = new("MONOCHROME2", "Monochrome 2", isColor: false);
    public static readonly PhotometricInterpretation PaletteColor = new("PALETTE COLOR", "Palette Color", isColor: true, isPalette: true);
    public static readonly PhotometricInterpretation Rgb = new("RGB", "RGB", isColor: true);
    public static readonly PhotometricInterpretation YbrFull = new("YBR_FULL", "YBR Full", isColor: true, isYbr: true);
    public static readonly PhotometricInterpretation YbrFull422 = new("YBR_FULL_422", "YBR Full 4:2:2", isColor: true, isYbr: true);
    public static readonly PhotometricInterpretation YbrPartial422 = new("YBR_PARTIAL_422", "YBR Partial 4:2:2", isColor: true, isYbr: true);
    public static readonly PhotometricInterpretation YbrPartial420 = new("YBR_PARTIAL_420", "YBR Partial 4:2:0", isColor: true, isYbr: true);
    public static readonly PhotometricInterpretation YbrIct = new("YBR_ICT", "YBR Irreversible Color Transformation (JPEG 2000)", isColor: true, isYbr: true);
    public static readonly PhotometricInterpretation YbrRct = new("YBR_RCT", "YBR Reversible Color Transformation (JPEG 2000)", isColor: true, isYbr: true);

    private static readonly PhotometricInterpretation[] s_known =
        [Monochrome1, Monochrome2, PaletteColor, Rgb, YbrFull, YbrFull422, YbrPartial422, YbrPartial420, YbrIct, YbrRct];

    private PhotometricInterpretation(string value, string description, bool isColor, bool isPalette = false, bool isYbr = false)
    {
        Value = value;
        Description = description;
        IsColor = isColor;
        IsPalette = isPalette;
        IsYBR = isYbr;
    }

    public string Value { get; }

    public string Description { get; }

    public bool IsColor { get; }

    public bool IsPalette { get; }

    public bool IsYBR { get; }

    public static PhotometricInterpretation Parse(string photometricInterpretation)
    {
        string value = photometricInterpretation.Trim().ToUpperInvariant();
        return Array.Find(s_known, known => string.Equals(known.Value, value, StringComparison.Ordinal))
            ?? throw new DicomImagingException($"Unknown Photometric Interpretation [{photometricInterpretation}]");
    }

    public override bool Equals(object obj) => obj is PhotometricInterpretation other && string.Equals(Value, other.Value, StringComparison.Ordinal);

    public override int GetHashCode() => Value.GetHashCode(StringComparison.Ordinal);

    public override string ToString() => Description;

    public static bool operator ==(PhotometricInterpretation a, PhotometricInterpretation b) => a is null ? b is null : a.Equals(b);

    public static bool operator !=(PhotometricInterpretation a, PhotometricInterpretation b) => !(a == b);
}

public enum PixelRepresentation
{
    Unsigned = 0,
    Signed = 1,
}

public enum PlanarConfiguration
{
    Interleaved = 0,
    Planar = 1,
}

public class DicomImagingException : DicomException
{
    public DicomImagingException(string message)
        : base(message)
    {
    }

    public DicomImagingException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
