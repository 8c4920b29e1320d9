namespace MLNetScinti.Imaging;

/// <summary>An operator that moves the pixels of a planar image, or of every section of a volume, by an affine map.</summary>
public interface IPlaneOperator : IImageOperator
{
    /// <summary>The map, in pixels from the middle of the plane.</summary>
    PlaneTransform Transform { get; }
}
