using FellowOakDicom;
using FellowOakDicom.IO.Buffer;
using MLNetScinti.Dicom.Codecs;

namespace MLNetScinti.Dicom;

/// <summary>How pixels are stored (PS3.5 8.1), checked against how many bytes there are before anything is made of them.</summary>
internal sealed record PixelFormat(int BitsAllocated, int BitsStored, int Shift, bool IsSigned, int? PaddingFrom, int? PaddingTo)
{
    // What a coding can make of a byte at most: RLE repeats one byte 128 times for two; a sample of JPEG lossless takes at least one bit.
    private const int LargestExpansion = 64;

    public int BytesPerSample => BitsAllocated / 8;

    /// <summary>The smallest value that can be stored.</summary>
    public double Smallest => IsSigned ? -Math.ScaleB(1, BitsStored - 1) : 0;

    /// <summary>The largest value that can be stored.</summary>
    public double Largest => Math.ScaleB(1, IsSigned ? BitsStored - 1 : BitsStored) - 1;

    /// <summary>The format of a data set with a given number of samples.</summary>
    /// <exception cref="DicomReadException">The format is none that is read here, or there are too few bytes, or too many samples.</exception>
    public static PixelFormat Read(DicomDataset dataset, string file, int rows, int columns, int frames, long maximumValues, List<string> warnings)
    {
        int allocated = dataset.Whole(DicomTag.BitsAllocated) ?? throw new DicomReadException(file, SkipReason.InconsistentHeader, "Bits Allocated (0028,0100) is missing, expected 8, 16 or 32: ask its source for another export.");
        if (allocated is not (8 or 16 or 32))
        {
            throw new DicomReadException(file, SkipReason.UnsupportedPixelFormat, $"Bits Allocated is {allocated}, expected 8, 16 or 32: leave the file out.");
        }

        int stored = dataset.Whole(DicomTag.BitsStored) ?? allocated;
        int high = dataset.Whole(DicomTag.HighBit) ?? stored - 1;
        if (stored < 1 || stored > allocated)
        {
            throw new DicomReadException(file, SkipReason.InconsistentHeader, $"Bits Stored is {stored} of {allocated} Bits Allocated: ask its source for another export.");
        }

        if (high >= allocated || high < stored - 1)
        {
            warnings.Add($"High Bit is {high}, which does not go with {stored} bits of {allocated}: taken as {stored - 1}.");
            high = stored - 1;
        }

        CheckSize(dataset, file, rows, columns, frames, allocated, maximumValues);
        bool signed = dataset.Whole(DicomTag.PixelRepresentation) == 1;
        int? padding = Padding(dataset, DicomTag.PixelPaddingValue, stored, signed);
        int? limit = Padding(dataset, DicomTag.PixelPaddingRangeLimit, stored, signed) ?? padding;
        return new(allocated, stored, high + 1 - stored, signed, Min(padding, limit), Max(padding, limit));
    }

    private static void CheckSize(DicomDataset dataset, string file, int rows, int columns, int frames, int allocated, long maximumValues)
    {
        // Three damaged numbers go beyond 64 bits.
        Int128 values = (Int128)rows * columns * frames;
        Int128 bytes = values * (allocated / 8);
        if (dataset.GetDicomItem<DicomFragmentSequence>(DicomTag.PixelData) is DicomFragmentSequence fragments)
        {
            long compressed = fragments.Fragments.Sum(fragment => fragment.Size);
            if (fragments.Fragments.Count < frames)
            {
                throw new DicomReadException(file, SkipReason.PixelDataTooShort, $"the header promises {frames} frames, the compressed pixel data has {fragments.Fragments.Count} fragments: copy it again, and if that changes nothing, ask its source for another export.");
            }

            if (compressed == 0 || (IsBounded(dataset.InternalTransferSyntax) && bytes > (compressed + 1) * LargestExpansion))
            {
                throw new DicomReadException(file, SkipReason.PixelDataTooShort, $"{frames} frames of {rows} x {columns} cannot come out of {compressed} compressed bytes: copy it again, and if that changes nothing, ask its source for another export.");
            }
        }
        else if (dataset.GetDicomItem<DicomElement>(DicomTag.PixelData) is DicomElement element)
        {
            if (PixelCodings.Of(dataset.InternalTransferSyntax) != PixelCoding.Plain)
            {
                throw new DicomReadException(file, SkipReason.InconsistentHeader, $"the transfer syntax says that the pixels are compressed ({dataset.InternalTransferSyntax.UID.Name}), and they are not in fragments: ask its source for another export.");
            }

            long present = element.Buffer is IByteBuffer buffer ? buffer.Size : 0;
            if (present < bytes)
            {
                throw new DicomReadException(file, SkipReason.PixelDataTooShort, $"{frames} frames of {rows} x {columns} with {allocated} bits take {bytes} bytes, the pixel data has {present}: copy it again, and if that changes nothing, ask its source for another export.");
            }
        }
        else
        {
            throw new DicomReadException(file, SkipReason.InconsistentHeader, "the pixel data is no data element: ask its source for another export.");
        }

        // Last: a header that promises more than the file can hold is wrong, and no limit of ours.
        if (values > maximumValues)
        {
            throw new DicomReadException(file, SkipReason.TooLarge, $"the header promises {frames} frames of {rows} x {columns}, {values:N0} values, at most {maximumValues:N0} are read: raise MaximumValues if that is right.");
        }
    }

    // Runs of JPEG-LS and empty tiles of JPEG 2000 compress without bound; MaximumValues alone limits those.
    private static bool IsBounded(DicomTransferSyntax syntax) => PixelCodings.Of(syntax) is PixelCoding.Plain or PixelCoding.RunLengths or PixelCoding.JpegLossless;

    // Explicit files write the padding value as US or SS, rightly or not: it is compared as a stored pixel reads.
    private static int? Padding(DicomDataset dataset, DicomTag tag, int stored, bool signed)
    {
        if (dataset.Whole(tag) is not int value || stored > 31)
        {
            return null;
        }

        int masked = value & ((1 << stored) - 1);
        return signed && (masked >> (stored - 1)) != 0 ? masked - (1 << stored) : masked;
    }

    private static int? Min(int? a, int? b) => a is int x && b is int y ? Math.Min(x, y) : null;

    private static int? Max(int? a, int? b) => a is int x && b is int y ? Math.Max(x, y) : null;
}
