using MLNetScinti.Imaging;

namespace MLNetScinti.Simulation;

/// <summary>Writes masks of the truth as NIfTI, see <see cref="NiftiLabels"/>.</summary>
internal static class NiftiMask
{
    /// <summary>Writes a mask; the file appears whole or not at all.</summary>
    /// <param name="path">The file, by custom *.nii.gz.</param>
    /// <param name="labels">A label for each voxel, ordered as a volume's voxels.</param>
    /// <param name="geometry">Where the voxels are.</param>
    public static void Write(string path, ReadOnlySpan<byte> labels, ImageGeometry geometry) =>
        AtomicFile.Write(path, NiftiLabels.Encode(labels, geometry, "simulated truth"));
}
