namespace MLNetScinti.Imaging;

/// <summary>Which voxels are neighbours.</summary>
public enum Connectivity
{
    /// <summary>Those that share a face: 6 in a volume, 4 in a planar image.</summary>
    Faces,

    /// <summary>Those that share a face, an edge or a corner: 26 in a volume, 8 in a planar image.</summary>
    Corners,
}
