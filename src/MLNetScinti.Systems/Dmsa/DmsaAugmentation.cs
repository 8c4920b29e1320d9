using MLNetScinti.Imaging;

namespace MLNetScinti.Systems.Dmsa;

/// <summary>The augmentation of Lin et al. 2023 for DMSA SPECT, as a preset.</summary>
public static class DmsaAugmentation
{
    /// <summary>
    /// Flips of columns and rows, zoom by up to 20 %, rotation by up to 90 degrees, translation by up to 25 pixels at 128 x 128. Zoom
    /// and rotation come before the translation, so that the shift is in pixels of the result.
    /// </summary>
    public static Augmentation Published { get; } = new(
        new RandomFlip(horizontal: true, vertical: true), new RandomZoom(0.2), new RandomRotate(90), new RandomTranslate(25));
}
