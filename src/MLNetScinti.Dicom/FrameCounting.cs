using FellowOakDicom;
using FellowOakDicom.IO.Buffer;
using MLNetScinti.Dicom.Codecs;

namespace MLNetScinti.Dicom;

/// <summary>How many frames a file holds: Number of Frames, the vectors and the length of the pixel data against each other.</summary>
internal static class FrameCounting
{
    private static readonly DicomTag[] s_vectors =
    [
        DicomTag.EnergyWindowVector, DicomTag.DetectorVector, DicomTag.PhaseVector, DicomTag.RotationVector, DicomTag.RRIntervalVector,
        DicomTag.TimeSlotVector, DicomTag.SliceVector, DicomTag.AngularViewVector, DicomTag.TimeSliceVector,
    ];

    /// <summary>The number of frames.</summary>
    /// <exception cref="DicomReadException">The number is impossible or contradicts the pixel data, or the file is a part of an image that several files hold.</exception>
    public static int Read(DicomDataset dataset, string file, string modality, int rows, int columns, List<string> warnings)
    {
        CheckWhole(dataset, file, warnings);
        int? told = dataset.Whole(DicomTag.NumberOfFrames);
        if (told < 1)
        {
            throw new DicomReadException(file, SkipReason.InconsistentHeader, $"Number of Frames is {told}, expected 1 or more: ask its source for another export.");
        }

        if (told is null && dataset.Contains(DicomTag.NumberOfFrames) && dataset.Text(DicomTag.NumberOfFrames).Length > 0)
        {
            warnings.Add("Number of Frames is no number: it is ignored.");
        }

        bool counts = modality == "NM";
        return dataset.GetDicomItem<DicomItem>(DicomTag.PixelData) switch
        {
            DicomFragmentSequence fragments => Compressed(fragments, PixelCodings.Of(dataset.InternalTransferSyntax), told, file),
            DicomElement { Buffer: IByteBuffer buffer } when dataset.Whole(DicomTag.BitsAllocated) is int bits and (8 or 16 or 32) =>
                Plain(buffer.Size, (long)rows * columns * (bits / 8), told, counts ? VectorLength(dataset) : null, counts, warnings),
            _ => told ?? 1,
        };
    }

    private static int Plain(long present, long frameBytes, int? told, int? vectors, bool counts, List<string> warnings)
    {
        long whole = present / frameBytes;
        long rest = present - (whole * frameBytes);
        // Pixel data has an even length: one byte may be there for that alone.
        bool isExact = rest == 0 || (rest == 1 && present % 2 == 0);
        if (isExact && whole is > 1 and <= int.MaxValue)
        {
            if (told is null && counts && (vectors is null || vectors == whole))
            {
                warnings.Add($"Number of Frames is missing: the pixel data{(vectors is null ? "" : " and the vectors")} hold {whole} frames, which were taken.");
                return (int)whole;
            }

            if (told < whole && vectors == whole)
            {
                warnings.Add($"Number of Frames says {told}, the pixel data and the vectors hold {whole} frames: those were taken.");
                return (int)whole;
            }
        }

        int frames = told ?? 1;
        long surplus = present - (frames * frameBytes);
        if (surplus > 1 || (surplus == 1 && present % 2 != 0))
        {
            warnings.Add($"The pixel data holds {surplus} bytes more than {frames} {(frames == 1 ? "frame takes" : "frames take")}{(surplus >= frameBytes ? $", enough for {surplus / frameBytes} more" : "")}: they were left out.");
        }

        return frames;
    }

    private static int Compressed(DicomFragmentSequence sequence, PixelCoding coding, int? told, string file)
    {
        int frames = told ?? 1;
        IByteBuffer[] fragments = [.. sequence.Fragments.Where(fragment => fragment.Size > 0)];
        if (fragments.Length <= frames)
        {
            return frames;
        }

        int? found = sequence.OffsetTable.Count > 1 ? sequence.OffsetTable.Count
            : fragments.Count(fragment => IsImageStart(fragment, coding)) is int images and > 0 ? images : null;
        return found is null || found <= frames
            ? frames
            : throw new DicomReadException(file, SkipReason.InconsistentHeader, $"the compressed pixel data holds {found} frames, Number of Frames {(told is null ? "is missing" : $"says {told}")}: nothing tells which of the two is right, ask its source for another export.");
    }

    // What JPEG and JPEG 2000 begin an image with; an image of run lengths begins with how many segments it has, 15 at most, and the place of the first (PS3.5 annex G.5).
    private static bool IsImageStart(IByteBuffer fragment, PixelCoding coding)
    {
        const int header = 64;
        bool isRuns = coding == PixelCoding.RunLengths;
        if (fragment.Size < (isRuns ? header : 2))
        {
            return false;
        }

        byte[] start = new byte[isRuns ? 8 : 2];
        fragment.GetByteRange(0, start.Length, start);
        return isRuns ? start is [>= 1 and <= 15, 0, 0, 0, header, 0, 0, 0] : start is [0xFF, 0xD8 or 0x4F];
    }

    /// <summary>The length of all vectors that are there, or null where there are none or they differ.</summary>
    private static int? VectorLength(DicomDataset dataset)
    {
        int[] lengths = [.. s_vectors.Select(tag => dataset.Indices(tag).Length).Where(length => length > 0).Distinct()];
        return lengths is [int only] ? only : null;
    }

    /// <summary>An image of many frames may be cut into several files (PS3.3 C.7.6.16.2.2.4): one of them is not the image.</summary>
    private static void CheckWhole(DicomDataset dataset, string file, List<string> warnings)
    {
        int? number = dataset.Whole(DicomTag.InConcatenationNumber);
        int? total = dataset.Whole(DicomTag.InConcatenationTotalNumber);
        int offset = dataset.Whole(DicomTag.ConcatenationFrameOffsetNumber) ?? 0;
        if (total > 1 || number > 1 || offset > 0)
        {
            throw new DicomReadException(file, SkipReason.PartOfAnImage, $"this is part {number?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "?"} of {total?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "several"} of an image that was cut into several files (a concatenation), expected the whole: ask the source for it in one file.");
        }

        if (total is null && dataset.Text(DicomTag.ConcatenationUID).Length > 0)
        {
            warnings.Add("The file is the first part of an image that may have been cut into several (a concatenation), and does not say of how many: frames may be missing.");
        }
    }
}
