namespace MLNetScinti.Pipelines.Definitions;

/// <summary>The network. Key <c>network</c>.</summary>
/// <param name="Architecture">One of dmsa-2.5d, dmsa-3d, dmsa-2d-transverse, dmsa-2d-sagittal, dmsa-2d-coronal.</param>
/// <param name="Width">Every layer's filters are multiplied by this; 1 is the paper's network.</param>
public sealed record NetworkDefinition(
    string Architecture,
    double Width);
