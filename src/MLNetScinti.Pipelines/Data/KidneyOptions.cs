namespace MLNetScinti.Pipelines.Data;

/// <summary>How a study becomes two cases.</summary>
public sealed record KidneyOptions
{
    /// <summary>The edge of the cube around each kidney, in voxels. The other kidney's side is emptied.</summary>
    public int Size { get; init; } = 128;

    /// <summary>Studies separated with less confidence are left out, with the reason.</summary>
    public double MinimumConfidence { get; init; } = Imaging.KidneySeparation.MinimumConfidence;
}
