namespace MLNetScinti.Pipelines.Definitions;

/// <summary>Random changes of the training images, none of the others. Key <c>augmentation</c>.</summary>
/// <param name="FlipHorizontal">Mirror along the columns, every second time.</param>
/// <param name="FlipVertical">Mirror along the rows, every second time.</param>
/// <param name="TranslatePixels">Shift by up to this many pixels either way, along each axis.</param>
/// <param name="RotateDegrees">Turn by up to this many degrees either way.</param>
/// <param name="Zoom">Zoom in or out by up to this fraction.</param>
public sealed record AugmentationDefinition(
    bool FlipHorizontal,
    bool FlipVertical,
    double TranslatePixels,
    double RotateDegrees,
    double Zoom);
