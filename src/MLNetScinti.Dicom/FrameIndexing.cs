using FellowOakDicom;
using FellowOakDicom.IO;

namespace MLNetScinti.Dicom;

/// <summary>Reads the vectors that say what each frame is (PS3.3 C.8.4.8).</summary>
internal static class FrameIndexing
{
    private static readonly (FrameDimension Dimension, DicomTag Tag)[] s_vectors =
    [
        (FrameDimension.EnergyWindow, DicomTag.EnergyWindowVector),
        (FrameDimension.Detector, DicomTag.DetectorVector),
        (FrameDimension.Phase, DicomTag.PhaseVector),
        (FrameDimension.Rotation, DicomTag.RotationVector),
        (FrameDimension.RRInterval, DicomTag.RRIntervalVector),
        (FrameDimension.TimeSlot, DicomTag.TimeSlotVector),
        (FrameDimension.Slice, DicomTag.SliceVector),
        (FrameDimension.AngularView, DicomTag.AngularViewVector),
        (FrameDimension.TimeSlice, DicomTag.TimeSliceVector),
    ];

    /// <summary>The directions that the Frame Increment Pointer names, slowest first, with the number of every frame in each.</summary>
    public static List<(FrameDimension Dimension, ushort[] Numbers)> Read(DicomDataset dataset, int frames, List<string> warnings)
    {
        List<(FrameDimension, ushort[])> found = [];
        foreach (FrameDimension dimension in Pointed(dataset))
        {
            ushort[] numbers = dataset.Indices(s_vectors[(int)dimension].Tag);
            if (numbers.Length == frames)
            {
                found.Add((dimension, numbers));
            }
            else
            {
                warnings.Add($"The {dimension} vector has {numbers.Length} entries for {frames} frames: it is ignored.");
            }
        }

        return found;
    }

    private static IEnumerable<FrameDimension> Pointed(DicomDataset dataset)
    {
        // fo-dicom turns tags of big-endian files around as whole words: group and element change places. No two vectors are mistaken for each other by it.
        bool isTurned = dataset.InternalTransferSyntax.Endian == Endian.Big;
        HashSet<FrameDimension> seen = [];
        foreach (string pointer in dataset.Texts(DicomTag.FrameIncrementPointer))
        {
            foreach ((FrameDimension dimension, DicomTag tag) in s_vectors)
            {
                if ((Names(pointer, tag.Group, tag.Element) || (isTurned && Names(pointer, tag.Element, tag.Group))) && seen.Add(dimension))
                {
                    yield return dimension;
                }
            }
        }
    }

    private static bool Names(string pointer, ushort first, ushort second) => pointer.Contains($"{first:x4},{second:x4}", StringComparison.OrdinalIgnoreCase);
}
