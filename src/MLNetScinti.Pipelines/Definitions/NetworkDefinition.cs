namespace MLNetScinti.Pipelines.Definitions;

/// <summary>The network. Key <c>network</c>.</summary>
/// <param name="Architecture">One of dmsa-2.5d, dmsa-3d, dmsa-2d-transverse, dmsa-2d-sagittal, dmsa-2d-coronal.</param>
/// <param name="Width">Every layer's filters are multiplied by this; 1 is the paper's network.</param>
/// <param name="Downsample">Voxels along each edge that become one before the network sees them: 1 (none), 2 or 4.</param>
public sealed record NetworkDefinition(
    string Architecture,
    double Width,
    int Downsample = 1);
