namespace MLNetScinti.Dicom;

/// <summary>One frame of an image: where it stands in each of the directions that the file counts in.</summary>
/// <param name="Index">Its place in the file, from 0.</param>
/// <param name="Numbers">Its number, from 1, in each direction that the Frame Increment Pointer names.</param>
/// <param name="View">From where a planar frame looks at the patient.</param>
/// <param name="Seconds">How long it was counted, or null where the file does not say.</param>
public sealed record ImageFrame(int Index, IReadOnlyDictionary<FrameDimension, int> Numbers, DetectorView View, double? Seconds)
{
    /// <summary>Its number in a direction, or 1 where the file does not count in that direction.</summary>
    public int this[FrameDimension dimension] => Numbers.GetValueOrDefault(dimension, 1);
}
